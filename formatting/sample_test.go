package formatting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// now is the moment of all samples: a Sunday afternoon in Berlin.
var now = time.Date(2026, 11, 22, 15, 4, 0, 0, time.FixedZone("CET", 3600))

// house is the style of all samples.
var house = Style{
	Command: "/services", AdminURL: "https://billing.example.com/admin/", Currency: "EUR",
	Fields: []string{"notes", "subscriptionid", "custom:Licence key"},
}

// addresses is the house where e-mail addresses may be shown.
var addresses = func() Style { s := house; s.Fields = append(slices.Clone(s.Fields), "email"); return s }()

// held adds n clients to a result, with services each.
func held(res *query.Result, n int) *query.Result {
	for i := range n {
		res.ByClient = append(res.ByClient, query.Holder{
			Client:   whmcs.Client{ID: i + 1, Name: fmt.Sprintf("Jane Doe %d", i+1), Company: "Acme & <!here>", Email: fmt.Sprintf("jane%d@example.com", i+1)},
			Services: n - i + 1, Statuses: []query.Count{{Value: "active", N: n - i}, {Value: "suspended", N: 1}},
		})
		res.Matched += n - i + 1
	}
	res.ByClient[n-1].Name, res.ByClient[n-1].Company = "", ""
	res.Holders = n
	return res
}

// here is the view of a private answer.
func here() View { return View{Now: now, Ref: "k3v9x2ab"} }

// shared is the view of an answer that somebody shared.
func shared() View {
	o := here()
	o.Public, o.SharedBy = true, "U0ALICE"
	return o
}

// parsed returns a line's query.
func parsed(t testing.TB, line string) query.Query {
	t.Helper()
	q, err := query.Parse(line)
	if err != nil {
		t.Fatalf("Parse(%q): %v", line, err)
	}
	return q
}

// hosting is a believable service.
func hosting() whmcs.Service {
	return whmcs.Service{
		ID: 2, Qty: 1, ClientID: 1, OrderID: 2, OrderNumber: "2948560317", PID: 3,
		RegDate: "2024-05-01", Name: "Business Hosting", GroupName: "Shared Hosting",
		Domain: "demodomain2.net", DedicatedIP: "203.0.113.17", ServerID: 4, ServerName: "saturn",
		ServerIP: "198.51.100.4", ServerHostname: "saturn.example.net",
		FirstPaymentAmount: "24.95", RecurringAmount: "24.95", PaymentMethod: "stripe",
		PaymentMethodName: "Credit Card", BillingCycle: whmcs.CycleMonthly, NextDueDate: "2026-12-01",
		Status: whmcs.StatusActive, Username: "demo_user", SubscriptionID: "sub_91x",
		NS1: "ns1.example.net", NS2: "ns2.example.net", AssignedIPs: "203.0.113.18\r\n203.0.113.19",
		Notes:     "VIP. Call before restarts.\nSecond line.",
		DiskUsage: 5325, DiskLimit: 10240, BWUsage: 700, BWLimit: 0, LastUpdate: "2026-11-22 03:00:12",
		CustomFields:  []whmcs.CustomField{{ID: 9, Name: "Licence Key", Value: "L-4471"}, {ID: 10, Name: "Root password", Value: "planted-custom"}},
		ConfigOptions: []whmcs.ConfigOption{{ID: 1, Option: "Location", Type: "dropdown", Value: "Frankfurt"}, {ID: 2, Option: "Extra IPs", Type: "quantity", Value: "2"}},
	}
}

// mixed returns n services of all states, cycles and dates, always the same.
func mixed(n int) []whmcs.Service {
	states := []whmcs.Status{whmcs.StatusActive, whmcs.StatusSuspended, whmcs.StatusPending, whmcs.StatusActive,
		whmcs.StatusTerminated, whmcs.StatusUnknown, whmcs.StatusCancelled, whmcs.StatusCompleted, whmcs.StatusFraud}
	billing := []whmcs.Cycle{whmcs.CycleMonthly, whmcs.CycleAnnually, whmcs.CycleFree, whmcs.CycleOneTime, whmcs.CycleQuarterly}
	dates := []whmcs.Date{"2026-12-01", "2026-11-10", "", "2027-06-30", "2026-11-22", "2026-02-30"}
	out := make([]whmcs.Service, n)
	for i := range out {
		s := hosting()
		s.ID, s.ClientID = i+11, i%4+1
		s.Status, s.BillingCycle, s.NextDueDate = states[i%len(states)], billing[i%len(billing)], dates[i%len(dates)]
		s.Domain = fmt.Sprintf("site%d.example.com", i+1)
		s.RecurringAmount = whmcs.Amount(fmt.Sprintf("%d.95", 4+i*i%3000))
		if s.Status == whmcs.StatusSuspended {
			s.SuspensionReason = "Overdue on payment"
		}
		if i%7 == 3 {
			s.Domain, s.ServerID, s.ServerName, s.ServerHostname, s.ServerIP = "", 0, "", "", ""
		}
		out[i] = s
	}
	return out
}

// result returns a complete answer of all services given.
func result(t testing.TB, line string, services ...whmcs.Service) *query.Result {
	q := parsed(t, line)
	return &query.Result{
		Query: q, Services: services, Matched: len(services), Counted: true,
		Asked: []string{"clientid=1"}, Tested: []string{"status:active"},
		Coverage: whmcs.Coverage{Looked: len(services) + 1, Of: len(services) + 1, Calls: 1, AsOf: time.Date(2026, 11, 22, 14, 3, 20, 0, time.UTC)},
		Complete: true,
		Clients:  map[int]whmcs.Client{1: {ID: 1, Name: "Jane Doe", Company: "Acme & Sons", Email: "jane@example.com", CurrencyCode: "EUR"}},
	}
}

// summed adds statuses and a summary to a result.
func summed(res *query.Result) *query.Result {
	res.Statuses = []query.Count{{Value: "active", N: 1208}, {Value: "suspended", N: 31}, {Value: "pending", N: 4}, {Value: "unknown", N: 1}}
	res.Matched = 1244
	res.Summary = &query.Summary{
		Statuses: res.Statuses,
		Products: []query.Count{{Value: "Business Hosting", N: 700}, {Value: "VPS M", N: 300}, {Value: "Web & Mail", N: 200},
			{Value: "Licence", N: 30}, {Value: "Domain Backup", N: 10}, {Value: "Consulting", N: 3}, {Value: "", N: 1}},
		Servers: []query.Count{{Value: "saturn", N: 1244}},
		Cycles:  []query.Count{{Value: "Monthly", N: 1000}, {Value: "Annually", N: 244}},
		Clients: 812, Due7: 40, Due30: 260, Overdue: 12, FreeOrOnce: 9, Revenue: "30412.50", Currency: "EUR",
	}
	return res
}

// every returns a service with text in every field that WHMCS fills with text.
func every(text string) whmcs.Service {
	s := hosting()
	for _, p := range []*string{&s.OrderNumber, &s.Name, &s.TranslatedName, &s.GroupName, &s.TranslatedGroupName, &s.Domain,
		&s.DedicatedIP, &s.ServerName, &s.ServerIP, &s.ServerHostname, &s.SuspensionReason, &s.PaymentMethod,
		&s.PaymentMethodName, &s.Username, &s.SubscriptionID, &s.NS1, &s.NS2, &s.AssignedIPs, &s.Notes} {
		*p = text
	}
	s.RegDate, s.NextDueDate, s.OverideSuspendUntil = whmcs.Date(text), whmcs.Date(text), whmcs.Date(text)
	s.LastUpdate, s.Status, s.BillingCycle = whmcs.DateTime(text), whmcs.Status(text), whmcs.Cycle(text)
	s.FirstPaymentAmount, s.RecurringAmount = whmcs.Amount(text), whmcs.Amount(text)
	s.OverideAutoSuspend = true
	s.CustomFields = []whmcs.CustomField{{ID: 1, Name: text, Value: text}, {ID: 2, Name: "Licence key", Value: text}}
	s.ConfigOptions = []whmcs.ConfigOption{{ID: 1, Option: text, Type: text, Value: text}}
	return s
}

// longest returns a service with very long texts and numbers.
func longest() whmcs.Service {
	s := every(strings.Repeat("Überlänge & <wide> ", 180))
	s.ID, s.ClientID, s.PID, s.OrderID, s.Qty = 1<<31-1, 1<<31-1, 1<<31-1, 1<<31-1, 1<<31-1
	s.RecurringAmount, s.FirstPaymentAmount = "-999999999999999.99999999", "999999999999999.99"
	s.DiskUsage, s.DiskLimit, s.BWUsage, s.BWLimit = 1<<62, 1<<61, -5, 1
	s.ConfigOptions = slices.Repeat(s.ConfigOptions, 60)
	return s
}
