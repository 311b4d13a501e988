package main

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"servicesbot/bot"
	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// An answerJSON is what ask --json prints. Programs rely on its names, which ask --help
// lists: they are those of the CSV file, and of the language where it has one.
type answerJSON struct {
	Query      string        `json:"query"`
	Error      string        `json:"error,omitempty"`
	Text       string        `json:"text,omitempty"`
	Guess      bool          `json:"guess"`
	LeftOut    []string      `json:"left_out,omitempty"`
	Offers     []offerJSON   `json:"offers,omitempty"`
	Matched    int           `json:"matched"`
	More       bool          `json:"more"`
	Next       string        `json:"next,omitempty"`
	Continue   string        `json:"continue,omitempty"`
	Complete   bool          `json:"complete"`
	Why        string        `json:"why,omitempty"`
	LookedAt   int           `json:"looked_at"`
	Of         int           `json:"of"`
	Unreadable int           `json:"unreadable"`
	Malformed  int           `json:"malformed"`
	Foreign    int           `json:"foreign"`
	Unpriced   int           `json:"unpriced"`
	AsOf       *time.Time    `json:"as_of,omitempty"`
	Services   []serviceJSON `json:"services"`
	Clients    []clientJSON  `json:"clients,omitempty"`
	Unnamed    int           `json:"unnamed,omitempty"`
	Domains    []string      `json:"domains,omitempty"`
	Summary    *summaryJSON  `json:"summary,omitempty"`
}

// A clientJSON is a client whose services match. Email is there where BOT_FIELDS has it.
type clientJSON struct {
	Client     int         `json:"client"`
	ClientName string      `json:"client_name,omitempty"`
	Company    string      `json:"company,omitempty"`
	Email      string      `json:"email,omitempty"`
	Services   int         `json:"services"`
	Statuses   []countJSON `json:"status"`
}

func newClientsJSON(holders []query.Holder, style formatting.Style) []clientJSON {
	var all []clientJSON
	for _, h := range holders {
		one := clientJSON{Client: h.ID, ClientName: h.Name, Company: h.Company, Services: h.Services, Statuses: countsJSON(h.Statuses)}
		if style.Emails() {
			one.Email = h.Email
		}
		all = append(all, one)
	}
	return all
}

// An offerJSON is a question that is worth asking instead.
type offerJSON struct {
	Query string `json:"query"`
	Found *int   `json:"found,omitempty"` // nil: not counted
}

func newOffersJSON(offers []query.Offer) []offerJSON {
	var all []offerJSON
	for _, o := range offers {
		one := offerJSON{Query: o.Line}
		if o.Counted {
			one.Found = &o.Found
		}
		all = append(all, one)
	}
	return all
}

// A serviceJSON is one service. Numbers are ids and counts; money is text, as WHMCS sent
// it, because a float would round it.
type serviceJSON struct {
	Service          int          `json:"service"`
	Client           int          `json:"client"`
	ClientName       string       `json:"client_name,omitempty"`
	Company          string       `json:"company,omitempty"`
	Email            string       `json:"email,omitempty"`
	Status           string       `json:"status"`
	ProductID        int          `json:"product_id"`
	Product          string       `json:"product"`
	Group            string       `json:"group"`
	Qty              int          `json:"qty"`
	Domain           string       `json:"domain"`
	Username         string       `json:"username"`
	Amount           string       `json:"amount"`
	FirstPayment     string       `json:"first_payment"`
	Currency         string       `json:"currency,omitempty"`
	Cycle            string       `json:"cycle"`
	Due              string       `json:"due,omitempty"`
	Registered       string       `json:"registered,omitempty"`
	Payment          string       `json:"payment"`
	Server           string       `json:"server,omitempty"`
	ServerHost       string       `json:"server_host,omitempty"`
	ServerIP         string       `json:"server_ip,omitempty"`
	IP               string       `json:"ip,omitempty"`
	AssignedIPs      []string     `json:"assigned_ips,omitempty"`
	SuspensionReason string       `json:"suspension_reason,omitempty"`
	Order            int          `json:"order"`
	OrderNumber      string       `json:"order_number,omitempty"`
	Options          []optionJSON `json:"options,omitempty"`
	Notes            string       `json:"notes,omitempty"`
	SubscriptionID   string       `json:"subscriptionid,omitempty"`
	Fields           []optionJSON `json:"fields,omitempty"`
}

// An optionJSON is a configurable option or a custom field.
type optionJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A summaryJSON counts all that match.
type summaryJSON struct {
	Clients    int         `json:"clients"`
	Due7       int         `json:"due_7"`
	Due30      int         `json:"due_30"`
	Overdue    int         `json:"overdue"`
	FreeOrOnce int         `json:"free_or_once"`
	Unpriced   int         `json:"unpriced"`
	OddCycle   int         `json:"odd_cycle"`
	Revenue    string      `json:"revenue_per_month,omitempty"`
	Currency   string      `json:"currency,omitempty"`
	Statuses   []countJSON `json:"status"`
	Products   []countJSON `json:"product"`
	Servers    []countJSON `json:"server"`
	Cycles     []countJSON `json:"cycle"`
}

// A countJSON is how many services have one value, and what those of a product earn.
type countJSON struct {
	Value   string `json:"value"`
	N       int    `json:"n"`
	Revenue string `json:"revenue_per_month,omitempty"`
}

// printAnswer prints an answer for programs; msg is the same answer for people.
func printAnswer(w io.Writer, ans bot.Answer, msg formatting.Message, style formatting.Style) error {
	out := answerJSON{Query: ans.Line, Services: []serviceJSON{}, Offers: newOffersJSON(ans.Offers)}
	switch {
	case ans.Err != nil:
		out.Error = formatting.Plain(msg)
		return printJSON(w, out)
	case ans.Result == nil:
		out.Text = formatting.Plain(msg)
		return printJSON(w, out)
	}
	res := ans.Result
	out.Guess, out.LeftOut, out.Offers = res.Guess(), append(res.LeftOut, res.Without...), newOffersJSON(res.Near)
	out.Query, out.Matched, out.More = res.Query.String(), res.Matched, res.Next != ""
	out.Complete, out.Why = res.Complete && res.Unreadable+res.Unpriced == 0, formatting.Gap(res)
	out.Next, out.Continue = res.Next, res.Continue
	out.LookedAt, out.Of, out.AsOf = res.Looked, max(res.Of, res.Looked), &res.AsOf
	out.Unreadable, out.Malformed, out.Foreign, out.Unpriced = res.Unreadable, res.Malformed, res.Foreign, res.Unpriced
	for i := range res.Services {
		out.Services = append(out.Services, newServiceJSON(&res.Services[i], res.Clients, style))
	}
	out.Clients, out.Unnamed, out.Domains = newClientsJSON(res.ByClient, style), res.Unnamed, res.Domains
	if res.Summary != nil {
		out.Summary = newSummaryJSON(res.Summary)
	}
	return printJSON(w, out)
}

// newServiceJSON holds of the fields that are shown only on demand those that BOT_FIELDS
// names.
func newServiceJSON(s *whmcs.Service, clients map[int]whmcs.Client, style formatting.Style) serviceJSON {
	client := clients[s.ClientID]
	out := serviceJSON{
		Service: s.ID, Client: s.ClientID, ClientName: client.Name, Company: client.Company,
		Status: statusWord(s.Status), ProductID: s.PID, Product: s.Name, Group: s.GroupName, Qty: s.Qty,
		Domain: s.Domain, Username: s.Username,
		Amount: string(s.RecurringAmount), FirstPayment: string(s.FirstPaymentAmount), Currency: cmp.Or(client.CurrencyCode, style.Currency),
		Cycle: cycleWord(s.BillingCycle), Due: string(s.NextDueDate), Registered: string(s.RegDate),
		Payment: cmp.Or(s.PaymentMethodName, s.PaymentMethod),
		Server:  s.ServerName, ServerHost: s.ServerHostname, ServerIP: s.ServerIP,
		IP: s.DedicatedIP, AssignedIPs: strings.Fields(s.AssignedIPs),
		SuspensionReason: s.SuspensionReason, Order: s.OrderID, OrderNumber: s.OrderNumber,
	}
	for _, option := range s.ConfigOptions {
		out.Options = append(out.Options, optionJSON{option.Option, option.Value})
	}
	if style.Emails() {
		out.Email = client.Email
	}
	if slices.Contains(style.Fields, "notes") {
		out.Notes = s.Notes
	}
	if slices.Contains(style.Fields, "subscriptionid") {
		out.SubscriptionID = s.SubscriptionID
	}
	for _, f := range s.CustomFields {
		if slices.ContainsFunc(style.Fields, func(name string) bool { return strings.EqualFold(name, "custom:"+f.Name) }) {
			out.Fields = append(out.Fields, optionJSON{f.Name, f.Value})
		}
	}
	return out
}

// statusWord is a status in the word that status: takes; one that nobody knows is as WHMCS
// sent it.
func statusWord(s whmcs.Status) string {
	if s.Known() {
		return strings.ToLower(string(s))
	}
	return cmp.Or(string(s), "unknown")
}

// cycleWord is a billing cycle in the word that cycle: takes; one that nobody knows is as
// WHMCS sent it.
func cycleWord(c whmcs.Cycle) string {
	switch c {
	case whmcs.CycleFree:
		return "free"
	case whmcs.CycleOneTime:
		return "one-time"
	case whmcs.CycleMonthly, whmcs.CycleQuarterly, whmcs.CycleSemiAnnually, whmcs.CycleAnnually, whmcs.CycleBiennially, whmcs.CycleTriennially:
		return strings.ToLower(string(c))
	}
	return string(c)
}

func newSummaryJSON(s *query.Summary) *summaryJSON {
	return &summaryJSON{
		Clients: s.Clients, Due7: s.Due7, Due30: s.Due30, Overdue: s.Overdue, FreeOrOnce: s.FreeOrOnce, Unpriced: s.Unpriced, OddCycle: s.OddCycle,
		Revenue: s.Revenue, Currency: s.Currency,
		Statuses: countsJSON(s.Statuses), Products: countsJSON(s.Products), Servers: countsJSON(s.Servers), Cycles: countsJSON(s.Cycles),
	}
}

func countsJSON(counts []query.Count) []countJSON {
	out := make([]countJSON, len(counts))
	for i, c := range counts {
		out[i] = countJSON(c)
	}
	return out
}
