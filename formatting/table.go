package formatting

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

const (
	tableText  = 10_000 // characters over all cells: the smaller of the two numbers that Slack's pages give
	tablePage  = 20     // rows that Slack shows before one turns the table's own page
	compact    = 12_000 // characters of the list that stands for a table
	compactRow = 10     // rows of it in one block
)

// table shows up to 100 rows as a table that Slack sorts, or, where Slack refuses
// tables, as lines.
func (d *draft) table(res *query.Result) Message {
	if len(res.Services) == 0 {
		return d.list(res)
	}
	d.head(res)
	if d.view.Lists {
		d.compact(res)
		d.context("Shown as lines, because Slack takes no tables here yet.")
	} else {
		d.add(d.dataTable(res))
	}
	d.controls(res)
	d.foot(res)
	return d.message()
}

// A column of the table: its title and how it reads a row. text is what is shown;
// value is what Slack sorts by in a column of numbers.
type column struct {
	title  string
	number bool
	text   func(s whmcs.Service) string
	value  func(s whmcs.Service) float64
}

// columns are the table's, the domain first: the first column is the row's header, and all
// that a narrow window shows.
func columns(res *query.Result, currency string) []column {
	return []column{
		{title: "Domain", text: func(s whmcs.Service) string { return s.Domain }},
		{title: "Status", text: func(s whmcs.Service) string { return statusText(s.Status) }},
		{title: "Product", text: productText},
		{title: "Next due", text: func(s whmcs.Service) string { return string(s.NextDueDate) }},
		{title: "Amount", number: true,
			text:  func(s whmcs.Service) string { return priceText(s, currencyOf(s.ClientID, res.Clients, currency)) },
			value: func(s whmcs.Service) float64 { return sortable(charged(s)) }},
		{title: "Client", text: func(s whmcs.Service) string { return clientName(s.ClientID, res.Clients) }},
		{title: "Server", text: serverText},
		{title: "Service", number: true,
			text:  func(s whmcs.Service) string { return strconv.Itoa(s.ID) },
			value: func(s whmcs.Service) float64 { return float64(s.ID) }},
	}
}

// sortable returns an amount as Slack sorts by it; it is never shown.
func sortable(a whmcs.Amount) float64 {
	d, ok := a.Decimal()
	if !ok {
		return 0
	}
	return d.InexactFloat64()
}

// dataTable builds the block. Texts are cut shorter until all cells together keep
// to Slack's limit, so that no row is left out.
func (d *draft) dataTable(res *query.Result) *slack.DataTableBlock {
	rows := res.Services[:min(len(res.Services), query.TableRows)]
	block := &slack.DataTableBlock{
		Type:     slack.MBTDataTable,
		Caption:  plain(tableTitle(res), 150),
		PageSize: min(tablePage, len(rows)),
	}
	cols := columns(res, d.style.Currency)
	texts := make([][]string, len(rows))
	for i, s := range rows {
		for _, c := range cols {
			texts[i] = append(texts[i], plain(c.text(s), cellWidths[0]))
		}
	}
	for _, width := range cellWidths {
		var used int
		block.Rows, used = cells(rows, texts, cols, width)
		if used <= tableText {
			break
		}
	}
	return block
}

// tableTitle says what the head of the answer does not: which of the rows, and in which order.
func tableTitle(res *query.Result) string {
	return or(upperFirst(span(res)), "All rows") + ", " + orderOf(res)
}

// orderOf says in which order rows are.
func orderOf(res *query.Result) string {
	sort := res.Query.Sort
	switch {
	case sort.Key == "" && !res.Counted:
		return "as WHMCS sent them"
	case sort.Key == "" && names(res.Query, "status"):
		return "by service"
	case sort.Key == "":
		return "active ones first"
	case sort.Desc:
		return "by " + sort.Key + ", the highest first"
	}
	return "by " + sort.Key
}

// cellWidths are the lengths that texts are cut to, tried one after the other. At
// the last one 100 rows fit whatever they hold.
var cellWidths = []int{120, 80, 50, 30, 18, 12, 8, 5}

// cells returns the header and the rows, with texts of at most width units, and
// the characters of all of them.
func cells(rows []whmcs.Service, texts [][]string, cols []column, width int) ([][]slack.DataTableCell, int) {
	used := 0
	header := make([]slack.DataTableCell, len(cols))
	for i, c := range cols {
		header[i] = slack.NewDataTableRawTextCell(c.title)
		used += units(c.title)
	}
	out := [][]slack.DataTableCell{header}
	for r, s := range rows {
		row := make([]slack.DataTableCell, len(cols))
		for i, c := range cols {
			text := or(cut(texts[r][i], width, units), dash)
			used += units(text)
			row[i] = slack.NewDataTableRawTextCell(text)
			if c.number {
				value := c.value(s)
				used += len(strconv.FormatFloat(value, 'f', -1, 64))
				row[i] = slack.NewDataTableRawNumberCell(value).WithText(text)
			}
		}
		out = append(out, row)
	}
	return out, used
}

// compact shows the rows of a table as lines, several to a block.
func (d *draft) compact(res *query.Result) {
	rows := res.Services[:min(len(res.Services), query.TableRows)]
	width := min(compact/len(rows), maxTextObject/compactRow) - 1
	for len(rows) > 0 {
		n := min(compactRow, len(rows))
		lines := make([]markup, n)
		for i, s := range rows[:n] {
			lines[i] = short(d.oneLine(s, currencyOf(s.ClientID, res.Clients, d.style.Currency)), width)
		}
		d.section(join("\n", lines...), nil)
		rows = rows[n:]
	}
}

// oneLine shows a service in one line.
func (d *draft) oneLine(s whmcs.Service, currency string) string {
	parts := []string{statusText(s.Status), s.Domain, productText(s),
		priceText(s, currency), dueText(s, d.view.Now), serverText(s), serviceLine(s.ID)}
	var out []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}
