package formatting

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
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
	return b.Bytes(), string(join("\n", fileSays(res)+style.draft(v).leftOut(res), evidence(res, countsRows)))
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

// fileSays says whether the file is complete, then what it is.
func fileSays(res *query.Result) markup {
	what := "a CSV file of " + count(len(res.Services), "service")
	switch res.Query.As {
	case query.ViewDomains:
		what = "a file of " + count(len(toCopy(res)), "domain")
	case query.ViewEmails:
		what = "a file of " + count(len(toCopy(res)), "e-mail address")
	}
	why := Gap(res)
	switch {
	case res.Complete && res.Unreadable > 0:
		why = "WHMCS sent " + count(res.Unreadable, "row") + " that could not be read."
	case res.Complete && res.Unpriced > 0:
		why = count(res.Unpriced, "service") + " left out: no price that can be compared."
	case res.Complete && res.Unnamed > 0 && res.Query.As == query.ViewEmails:
		why = "WHMCS did not give the addresses of " + count(res.Unnamed, "client") + "."
	}
	if why == "" && complete(res) {
		return join(" ", "*Complete:*", literal(what), "for", asked(res.Query)+".")
	}
	return join(" ", "*Not complete.*", short(why, 500)) +
		join(" ", "\n"+literal(upperFirst(what)), "for", asked(res.Query)+".")
}

// leftOut says what is not in a CSV file.
func (d *draft) leftOut(res *query.Result) markup {
	if res.Query.As != query.ViewCSV {
		return ""
	}
	said := markup("")
	switch {
	case d.style.Emails() && d.view.Public:
		said = " Logins and e-mail addresses are left out, as others can open this file."
	case d.view.Public:
		said = " Logins are left out, as others can open this file."
	}
	if res.Unnamed > 0 {
		said += literal(" The names of " + count(res.Unnamed, "client") + " are left out: WHMCS did not give them.")
	}
	return said
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

// loginColumn is left out of a file that others can open.
const loginColumn = "Login"

// csvColumns are the file's, named as people say it.
func (style Style) csvColumns(res *query.Result, v View) []column {
	currency := func(s whmcs.Service) string { return currencyOf(s.ClientID, res.Clients, style.Currency) }
	cols := []column{
		{title: "Service", text: func(s whmcs.Service) string { return strconv.Itoa(s.ID) }},
		{title: "Client", text: func(s whmcs.Service) string { return strconv.Itoa(s.ClientID) }},
		{title: "Client name", text: func(s whmcs.Service) string { return res.Clients[s.ClientID].Name }},
		{title: "Company", text: func(s whmcs.Service) string { return res.Clients[s.ClientID].Company }},
		{title: "Status", text: func(s whmcs.Service) string { return or(string(s.Status), "Unknown") }},
		{title: "Product number", text: func(s whmcs.Service) string { return id(s.PID) }},
		{title: "Product", text: func(s whmcs.Service) string { return s.Name }},
		{title: "Group", text: func(s whmcs.Service) string { return s.GroupName }},
		{title: "Quantity", text: func(s whmcs.Service) string { return strconv.Itoa(s.Qty) }},
		{title: "Domain", text: func(s whmcs.Service) string { return s.Domain }},
		{title: loginColumn, text: func(s whmcs.Service) string { return s.Username }},
		{title: "Amount", text: func(s whmcs.Service) string { return string(s.RecurringAmount) }},
		{title: "First payment", text: func(s whmcs.Service) string { return string(s.FirstPaymentAmount) }},
		{title: "Currency", text: currency},
		{title: "Cycle", text: func(s whmcs.Service) string { return cycleText(s.BillingCycle) }},
		{title: "Next due", text: func(s whmcs.Service) string { return string(s.NextDueDate) }},
		{title: "Registered", text: func(s whmcs.Service) string { return string(s.RegDate) }},
		{title: "Payment method", text: func(s whmcs.Service) string { return or(s.PaymentMethodName, s.PaymentMethod) }},
		{title: "Server", text: serverText},
		{title: "Host name of server", text: func(s whmcs.Service) string { return s.ServerHostname }},
		{title: "Address of server", text: func(s whmcs.Service) string { return s.ServerIP }},
		{title: "Own address", text: func(s whmcs.Service) string { return s.DedicatedIP }},
		{title: "Assigned addresses", text: func(s whmcs.Service) string { return strings.Join(strings.Fields(s.AssignedIPs), " ") }},
		{title: "Reason for suspension", text: func(s whmcs.Service) string { return s.SuspensionReason }},
		{title: "Order", text: func(s whmcs.Service) string { return id(s.OrderID) }},
	}
	if v.Public {
		return slices.DeleteFunc(cols, func(c column) bool { return c.title == loginColumn })
	}
	if style.Emails() {
		cols = slices.Insert(cols, 4, column{title: "E-mail address", text: func(s whmcs.Service) string { return res.Clients[s.ClientID].Email }})
	}
	for i, f := range chosen(whmcs.Service{}, style.Fields) {
		cols = append(cols, column{title: f.title, text: func(s whmcs.Service) string {
			return chosen(s, style.Fields)[i].value
		}})
	}
	return cols
}
