package whmcsfake

import "strconv"

// A product is what can be bought.
type product struct {
	id          int
	group, name string
	cents       int    // a month
	cycle       string // the only one there is; "": any
	domain      bool   // whether its services have one
	server      bool   // whether its services live on one
	root        bool   // whether the customer has the machine to himself
	seats       bool   // whether more than one can be bought at once
	megabytes   int    // of disk; 0: not limited or not known
}

// products is the catalogue. The first two are those of the documentation's
// example.
var products = []product{
	{id: 1, group: "Shared Hosting", name: "Starter", cents: 1295, domain: true, server: true, megabytes: 5_000},
	{id: 3, group: "Shared Hosting", name: "Plus", cents: 2495, domain: true, server: true, megabytes: 20_000},
	{id: 2, group: "Shared Hosting", name: "Business", cents: 3995, domain: true, server: true, megabytes: 50_000},
	{id: 4, group: "Shared Hosting", name: `Web & Mail "Pro"`, cents: 4995, domain: true, server: true, megabytes: 80_000},
	{id: 10, group: "VPS", name: "VPS S", cents: 1900, domain: true, server: true, root: true},
	{id: 11, group: "VPS", name: "VPS M", cents: 3900, domain: true, server: true, root: true},
	{id: 12, group: "VPS", name: "VPS L", cents: 7900, domain: true, server: true, root: true},
	{id: 20, group: "Dedicated Servers", name: "Metal 16", cents: 18900, domain: true, server: true, root: true},
	{id: 30, group: "Mail & Calendar", name: "Mail Seats", cents: 400, domain: true, seats: true},
	{id: 40, group: "Licences", name: "Panel Licence", cents: 1799, seats: true},
	{id: 50, group: "Backup", name: "Domain Backup", cents: 250, domain: true},
	{id: 60, group: "Services", name: "Site Migration", cents: 9900, cycle: "One Time"},
	{id: 70, group: "Community", name: "Association Page", cycle: "Free Account", domain: true, server: true, megabytes: 500},
	{id: 80, group: "Reseller Hosting", name: "Reseller 50", cents: 6900, domain: true, server: true, megabytes: 200_000},
}

// productWeights are how often each product was bought, in percent.
var productWeights = []int{24, 19, 10, 4, 8, 6, 3, 2, 7, 4, 6, 3, 2, 2}

// A server is a machine that services live on.
type server struct {
	id             int
	name, host, ip string
}

// servers are in the order of their ids, from 1. The first two are those of the
// documentation's example.
var servers = []server{
	{1, "Saturn", "saturn.example.com", "1.2.3.4"},
	{2, "Pluto", "pluto.example.com", "2.3.4.5"},
	{3, "Jupiter", "jupiter.example.com", "192.0.2.13"},
	{4, "Neptune", "neptune.example.com", "192.0.2.14"},
	{5, "Mercury", "mercury.example.com", "198.51.100.15"},
	{6, "Venus", "venus.example.com", "198.51.100.16"},
	{7, "Uranus", "uranus.example.com", "203.0.113.17"},
	{8, "Io", "io.example.com", "2001:db8::18"},
}

// A gateway is a way to pay.
type gateway struct{ module, name string }

// gateways are the ways to pay; the last was removed from the installation.
var gateways = []gateway{
	{"authorize", "Credit Card"},
	{"paypal", "PayPal"},
	{"banktransfer", "Bank Transfer"},
	{"directdebit", "Direct Debit (SEPA)"},
	{"oldcheckout", ""},
}

// cycles are the billing cycles that come round, in months.
var cycles = []struct {
	name   string
	months int
}{
	{"Monthly", 1}, {"Quarterly", 3}, {"Semi-Annually", 6}, {"Annually", 12}, {"Biennially", 24}, {"Triennially", 36},
}

// monthsOf returns the length of a cycle; 0 for those that do not come round.
func monthsOf(cycle string) int {
	for _, c := range cycles {
		if c.name == cycle {
			return c.months
		}
	}
	return 0
}

var statuses = []string{"Active", "Suspended", "Pending", "Terminated", "Cancelled", "Completed", "Fraud"}

var reasons = []string{"Overdue on Payment", "Abuse: outgoing spam", "Over its disk limit & warned twice", "Requested by the client", ""}

var notes = []string{
	"Migrated from the old panel, keep the redirect until further notice.",
	"Call before any maintenance.",
	"Contract signed on paper; see the folder.",
	"Cron jobs run at night, do not reboot before 06:00.",
}

var purposes = []string{"Shop", "Staging", "Mail relay", "Game server", "Backups of the office"}

var places = []string{"Oslo", "Frankfurt", "São Paulo", "Osaka"}

var firstWords = []string{
	"amber", "birch", "bright", "cedar", "clever", "coastal", "copper", "corner", "early", "eastern", "fair", "fern",
	"gentle", "golden", "green", "happy", "harbour", "hazel", "honest", "ivory", "little", "lucky", "maple", "misty",
	"modern", "north", "old", "orange", "quiet", "river", "royal", "silver", "small", "south", "spring", "sunny",
	"swift", "tall", "velvet", "willow",
}

var lastWords = []string{
	"academy", "bakery", "bikes", "books", "bureau", "cafe", "ceramics", "cinema", "clinic", "coffee", "dental", "design",
	"farm", "florist", "garage", "gardens", "gallery", "heating", "homes", "hotel", "kitchen", "knits", "law", "lettings",
	"media", "music", "optics", "outdoor", "pets", "photo", "plumbing", "press", "roofing", "sailing", "school", "shoes",
	"studio", "tailors", "travel", "yoga",
}

// endings of domains; all of them are reserved for examples, so that no name in
// the data can be anybody's.
var endings = []string{".example", ".example.com", ".example.org", ".example.net", ".test"}

// domainOf makes the domain of a service. Past the first thousand it carries the
// id, because the words repeat.
func domainOf(id int) string {
	name := firstWords[pick(id, askName, len(firstWords))] + lastWords[pick(id, askName+100, len(lastWords))]
	if id > 1000 {
		name += "-" + strconv.Itoa(id)
	}
	return name + endings[weighted(id, askName+200, 55, 20, 10, 10, 5)]
}

// usernameOf makes the name in the control panel, up to 8 letters and digits.
func usernameOf(id int) string {
	n := strconv.FormatInt(int64(id), 36)
	word := firstWords[pick(id, askName, len(firstWords))]
	return word[:min(len(word), 8-len(n))] + n
}
