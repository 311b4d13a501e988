package formatting

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strconv"
	"strings"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// CSV writes the rows of a result as a file (RFC 4180, UTF-8 without a byte order
// mark, lines ending in CR LF), and the comment that goes with it, escaped as
// Slack wants it. The comment's first line says whether the file is complete.
//
// A spreadsheet would run a cell that begins with = + - @ as a formula, so those get an
// apostrophe in front. Line ends in cells become spaces. Plain decimals, -5.00 for one, are no formulas
// and stay numbers.
func (style Style) CSV(res *query.Result, v View) (file []byte, comment string) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	cols := style.csvColumns(res, v)
	header := make([]string, len(cols))
	for i, c := range cols {
		header[i] = cell(c.title)
	}
	w.Write(header)
	for _, s := range res.Services {
		row := make([]string, len(cols))
		for i, c := range cols {
			row[i] = cell(c.text(s))
		}
		w.Write(row)
	}
	w.Flush()
	return b.Bytes(), string(join("\n", csvSays(res), evidence(res)))
}

// CSVName returns the name of a result's file. It holds nothing that anybody
// typed and nothing of WHMCS.
func CSVName(res *query.Result) string {
	return "services-" + res.AsOf.UTC().Format("20060102-150405Z") + ".csv"
}

// CSVTitle returns what Slack shows above a result's file, as tame as its name.
func CSVTitle(res *query.Result) string {
	title := count(len(res.Services), "service")
	if !complete(res) {
		title += ", not complete"
	}
	return title
}

// complete reports whether nothing that was asked for is missing from a result.
func complete(res *query.Result) bool { return res.Complete && res.Unreadable == 0 }

// csvSays says whether the file is complete, then what it is.
func csvSays(res *query.Result) markup {
	rows := literal(count(len(res.Services), "service"))
	why := Gap(res)
	if res.Complete && res.Unreadable > 0 {
		why = "WHMCS sent " + count(res.Unreadable, "row") + " that could not be read."
	}
	if complete(res) {
		return join(" ", "*Complete:* a CSV file of", rows, "for", asked(res.Query)+".")
	}
	return join(" ", "*Not complete.*", short(why, 500)) +
		join(" ", "\nA CSV file of", rows, "for", asked(res.Query)+".")
}

// cell returns s as it may stand in a file that a spreadsheet opens, on one line. A
// spreadsheet whose cells are parted by semicolons begins one behind each.
func cell(s string) string {
	s = oneLine(s)
	if plainNumber.MatchString(s) {
		return s
	}
	return formula.ReplaceAllString(s, "$1'$2")
}

// formula matches where a cell begins, as spreadsheets may see it, with what they run.
var formula = regexp.MustCompile(`(^|;[\s"']*)([=+\-@＝＋－＠])`)

// csvColumns are the file's, named by the language's keys where it has one.
func (style Style) csvColumns(res *query.Result, v View) []column {
	currency := func(s whmcs.Service) string { return currencyOf(s.ClientID, res.Clients, style.Currency) }
	cols := []column{
		{title: "service", text: func(s whmcs.Service) string { return strconv.Itoa(s.ID) }},
		{title: "client", text: func(s whmcs.Service) string { return strconv.Itoa(s.ClientID) }},
		{title: "status", text: func(s whmcs.Service) string { return or(string(s.Status), "unknown") }},
		{title: "product_id", text: func(s whmcs.Service) string { return id(s.PID) }},
		{title: "product", text: func(s whmcs.Service) string { return s.Name }},
		{title: "group", text: func(s whmcs.Service) string { return s.GroupName }},
		{title: "qty", text: func(s whmcs.Service) string { return strconv.Itoa(s.Qty) }},
		{title: "domain", text: func(s whmcs.Service) string { return s.Domain }},
		{title: "username", text: func(s whmcs.Service) string { return s.Username }},
		{title: "amount", text: func(s whmcs.Service) string { return string(s.RecurringAmount) }},
		{title: "first_payment", text: func(s whmcs.Service) string { return string(s.FirstPaymentAmount) }},
		{title: "currency", text: currency},
		{title: "cycle", text: func(s whmcs.Service) string { return cycleText(s.BillingCycle) }},
		{title: "due", text: func(s whmcs.Service) string { return string(s.NextDueDate) }},
		{title: "registered", text: func(s whmcs.Service) string { return string(s.RegDate) }},
		{title: "payment", text: func(s whmcs.Service) string { return or(s.PaymentMethodName, s.PaymentMethod) }},
		{title: "server", text: serverText},
		{title: "server_host", text: func(s whmcs.Service) string { return s.ServerHostname }},
		{title: "server_ip", text: func(s whmcs.Service) string { return s.ServerIP }},
		{title: "ip", text: func(s whmcs.Service) string { return s.DedicatedIP }},
		{title: "assigned_ips", text: func(s whmcs.Service) string { return strings.Join(strings.Fields(s.AssignedIPs), " ") }},
		{title: "suspension_reason", text: func(s whmcs.Service) string { return s.SuspensionReason }},
		{title: "order", text: func(s whmcs.Service) string { return id(s.OrderID) }},
	}
	if v.Public {
		return cols
	}
	for i, f := range chosen(whmcs.Service{}, style.Fields) {
		cols = append(cols, column{title: f.title, text: func(s whmcs.Service) string {
			return chosen(s, style.Fields)[i].value
		}})
	}
	return cols
}
