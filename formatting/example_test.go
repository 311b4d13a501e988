package formatting_test

import (
	"fmt"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// One result makes one message, for Slack and for a terminal.
func ExampleStyle_Answer() {
	q, err := query.Parse("client:1 status:active,suspended")
	if err != nil {
		fmt.Println(err)
		return
	}
	res := &query.Result{
		Query: q, Matched: 2, Counted: true, Complete: true,
		Statuses: []query.Count{{Value: "active", N: 1}, {Value: "suspended", N: 1}}, Holders: 1,
		Clients:  map[int]whmcs.Client{1: {ID: 1, Name: "Dana Demo", Company: "Demo Domain Ltd"}},
		Coverage: whmcs.Coverage{Looked: 3, Of: 3, AsOf: time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)},
		Services: []whmcs.Service{
			{ID: 2, ClientID: 1, Name: "Business Hosting", Domain: "demodomain2.net", Status: whmcs.StatusActive,
				RecurringAmount: "24.95", BillingCycle: whmcs.CycleMonthly, NextDueDate: "2026-11-25", ServerName: "saturn"},
			{ID: 7, ClientID: 1, Name: "Licence <Pro>", Status: whmcs.StatusSuspended, SuspensionReason: "Overdue on payment",
				RecurringAmount: "1200.00", BillingCycle: whmcs.CycleAnnually, NextDueDate: "2026-11-10"},
		},
	}
	msg := formatting.Style{Command: "/services", Currency: "EUR"}.Answer(res, formatting.View{
		Now: time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC),
	})
	fmt.Println(formatting.Check(msg))
	fmt.Println(formatting.Plain(msg))
	// Output:
	// <nil>
	// Dana Demo (Demo Domain Ltd) · client 1 · 1 active, 1 suspended
	//
	// 🟢 Active   demodomain2.net   Business Hosting
	// due in 3 days (2026-11-25) · EUR 24.95 monthly · saturn
	//
	// 🟠 Suspended   Licence <Pro>   Overdue on payment
	// 12 days overdue (2026-11-10) · EUR 1,200.00 annually
	//
	// /services client:1 status:active,suspended
	// as of 2026-11-22 14:03 UTC · looked at 3 of 3 rows · complete
	//
	//   [🟢 Active 1] client:1 status:active
	//   [🟠 Suspended 1] client:1 status:suspended
	//   [Table] client:1 status:active,suspended as:table
	//   [Summary] client:1 status:active,suspended as:summary
	//   [CSV file] client:1 status:active,suspended as:csv
	//   [Clients] client:1 status:active,suspended as:clients
	//   [Domains] client:1 status:active,suspended as:domains
}

// A line that cannot be read is shown with a caret, with a correction.
func ExampleStyle_Failure() {
	line := "clint:1 status:active"
	_, err := query.Parse(line)
	fmt.Println(formatting.Plain(formatting.Style{Command: "/services"}.Failure(err, line, formatting.View{})))
	// Output:
	// clint:1 status:active
	// ^^^^^
	//
	// There is no key "clint"; did you mean "client"?
	//
	// Possible: client, service, order, product, domain, username, email, status, cycle, group, server, payment, ip, due, registered, amount, qty, all
	//
	// Type /services help for everything that can be asked.
	//
	//   client:1 status:active
}
