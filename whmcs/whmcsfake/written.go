package whmcsfake

import "strings"

// The services of the documentation's example are 1 and 2; those written by hand
// follow; the rest is made.
const firstWritten = 3

// documented makes the two services of the example on the API's page, word for
// word but for the passwords, which are masked there.
func (in *installation) documented(id int) service {
	sv := service{
		id: id, qty: id, client: 1, order: id, until: zeroDate, lastUpdate: zeroTime,
		server: &servers[id-1], cycle: "Monthly",
	}
	if id == 1 {
		sv.orderNumber, sv.product, sv.regDate = "456789", &products[0], "2015-01-01"
		sv.domain, sv.username = "demodomain.com", "demodoma"
		sv.first, sv.recurring, sv.gateway = "12.95", "12.95", &gateways[0]
		sv.nextDue, sv.status = "2016-11-25", "Terminated"
		return sv
	}
	sv.product, sv.regDate = &products[1], "2015-05-20"
	sv.domain, sv.username = "demodomain2.net", "demodom2"
	sv.first, sv.recurring, sv.gateway = "24.95", "24.95", &gateways[1]
	sv.nextDue, sv.status = "2017-01-20", "Active"
	sv.options = []configOption{{id: 1, name: "Sample Config Option", kind: "dropdown", value: "Selected option value"}}
	return sv
}

// Clients with a story.
const (
	PageClient    = 1 // owns the two services of the documentation's example
	HostileClient = 2 // writes mentions, links and markup wherever a client can write
	EmptyClient   = 3 // has no services
)

// hostileTexts are what a client could write to come alive in a chat.
var hostileTexts = []string{
	"<!channel> *x* <https://evil.example|bank.example>",
	"&lt;!here&gt; twice encoded",
	"`code` ```fence``` _i_ ~s~ :tada: @here #general",
	"\u202egnp.exe\u202c \u200bhidden\ufeff",
	"<@U012ABCDEF> <#C012ABCDEF> <!subteam^S012ABCDEF>",
	"=HYPERLINK(\"https://evil.example\",\"click\")",
	"line one\nline two\r\n\ttabbed",
	"mailto:a@evil.example https://evil.example/?a=1&b=2|c>",
}

// A hand is a service written by hand. What it leaves open is as for any other.
type hand struct {
	client  int
	product int // index in products
	status  string
	due     int // days from today; noDue: none
	cycle   string
	domain  string
	server  int // id; 0: none
	reason  string
	price   int // cents a cycle
}

// noDue stands for a service that never falls due.
const noDue = 1 << 20

// written are the services from 3 on: something for every question, at any date.
var written = []hand{
	// 2: hostile texts.
	{2, 0, "Active", 12, "Monthly", hostileTexts[0], 1, "", 1295},
	{2, 1, "Suspended", -8, "Monthly", hostileTexts[4], 2, "<!everyone> pay <https://evil.example|here>", 2495},
	{2, 3, "Active", 20, "Annually", hostileTexts[5], 3, "", 49900},
	{2, 8, "Pending", 0, "Monthly", hostileTexts[3], 0, "", 400},

	// 4: right-to-left and other scripts; a name of the new kind.
	{4, 2, "Active", 33, "Quarterly", "xn--4dbcagdahymbxekheh6e0a7fei0b.example", 4, "", 11985},
	{4, 0, "Active", 5, "Monthly", "مثال.example", 5, "", 1295},
	{4, 12, "Active", noDue, "Free Account", "бюро.example", 6, "", 0},

	// 5: everything about dates.
	{5, 0, "Active", 0, "Monthly", "today.example", 1, "", 1295},
	{5, 0, "Active", 1, "Monthly", "tomorrow.example", 1, "", 1295},
	{5, 1, "Active", 3, "Monthly", "threedays.example", 2, "", 2495},
	{5, 1, "Active", 7, "Monthly", "sevendays.example", 2, "", 2495},
	{5, 2, "Active", 30, "Annually", "thirtydays.example", 3, "", 39950},
	{5, 2, "Active", -1, "Monthly", "yesterday.example", 3, "", 3995},
	{5, 4, "Active", -12, "Monthly", "overdue.example", 4, "", 1900},
	{5, 5, "Suspended", -40, "Monthly", "unpaid.example", 5, "Overdue on Payment", 3900},
	{5, 7, "Active", 400, "Biennially", "metal.example", 6, "", 378000},
	{5, 2, "Active", 900, "Triennially", "patient.example", 7, "", 119850},
	{5, 1, "Active", 100, "Semi-Annually", "half.example", 8, "", 14970},

	// 6: things without a domain, a server, a date or a price.
	{6, 11, "Completed", noDue, "One Time", "", 0, "", 9900},
	{6, 9, "Active", 60, "Annually", "", 0, "", 17990},
	{6, 12, "Active", noDue, "Free Account", "verein.example", 7, "", 0},
	{6, 8, "Active", 17, "Monthly", "a customer's own words, edited by staff", 0, "", -500},

	// 8: a client in trouble.
	{8, 0, "Fraud", -100, "Monthly", "totally-real-shop.example", 1, "", 1295},
	{8, 0, "Cancelled", -45, "Monthly", "closed.example", 2, "", 1295},
	{8, 4, "Suspended", 9, "Monthly", "spam.example", 3, "Abuse: outgoing spam", 1900},

	// 4 once more: a name as long as they come.
	{4, 1, "Active", 45, "Monthly", strings.Repeat("llanfairpwllgwyngyll-", 10) + "gogogoch.example", 2, "", 2495},
}

// byHand makes a service that was written by hand.
func (in *installation) byHand(id int) service {
	h := written[id-firstWritten]
	sv := in.made(id)
	p := &products[h.product]
	sv.client, sv.product, sv.status, sv.cycle, sv.reason = h.client, p, h.status, h.cycle, h.reason
	sv.gateway, sv.subscription, sv.qty = &gateways[id%4], "", 1
	sv.server, sv.username, sv.ns1, sv.ns2 = nil, "", "", ""
	sv.disk, sv.diskLimit, sv.bw, sv.bwLimit, sv.lastUpdate = 0, 0, 0, 0, zeroTime
	sv.dedicatedIP, sv.assigned, sv.fields, sv.options = "", "", nil, nil
	sv.promo, sv.overide, sv.until, sv.notes = 0, "", zeroDate, ""
	if p.server {
		in.place(&sv)
		sv.server = &servers[h.server-1]
		sv.ns1, sv.ns2 = "ns1."+sv.server.host, "ns2."+sv.server.host
	}
	in.extras(&sv)
	sv.domain = h.domain
	sv.nextDue = zeroDate
	if h.due != noDue {
		sv.nextDue = in.day.date(h.due)
	}
	sv.first, sv.recurring = money(h.price), money(h.price)
	if h.cycle == "One Time" {
		sv.recurring = "0.00"
	}
	if h.client == HostileClient {
		sv.notes = hostileTexts[id%len(hostileTexts)] + " " + PlantedNote
	}
	return sv
}
