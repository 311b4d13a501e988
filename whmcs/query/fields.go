package query

import (
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// A Key is a row of the table of keys, as help, the search form, LANGUAGE.md and
// shell completion need it.
type Key struct {
	Name    string
	Aliases []string
	Words   []string // what people call it in a sentence: customer 5; in the order of the alphabet
	Kind    string   // what values are: id, text, date, number, one of a list ...
	Values  []string // the valid values, where they are a list
	Pushed  string   // the WHMCS parameter it is asked as; "": tested here
	Control bool     // sort, page, rows, as, in, fresh: no filter
	Help    string   // one line
	Forms   []Form   // how values can be written, beside those of the kind: part of Line
	Example string   // a line that parses
}

// A Form is one way to write a value.
type Form struct {
	Text  string
	Means string // in a few words; "": the text says it
}

// Line is what a key is for and how its values are written, in one line.
func (k Key) Line() string {
	if len(k.Forms) == 0 {
		return k.Help
	}
	forms := make([]string, len(k.Forms))
	for i, f := range k.Forms {
		forms[i] = f.Text
		if f.Means != "" {
			forms[i] += " (" + f.Means + ")"
		}
	}
	return k.Help + ": " + strings.Join(forms, ", ")
}

// The kinds of values.
const (
	kindID      = "id"
	kindClient  = "id or name"
	kindProduct = "id or text"
	kindAddress = "IP address"
	kindText    = "text"
	kindHost    = "host name"
	kindEmail   = "e-mail"
	kindList    = "one of a list"
	kindDate    = "date"
	kindNumber  = "number"
)

// A field is all that the language knows of a key.
type field struct {
	Key
	synonyms []string // words of other systems, for suggestions only

	// value reads a value and returns it in canonical form, which it reads as
	// itself again.
	value func(string) (string, *flaw)
	// test makes of a term's values what reports whether a service has one of them.
	// It is nil for controls.
	test func(values []string, e *env) match
	// names, in the place of test, are what a row has that a text of the term may be.
	names func(s *whmcs.Service, e *env) rowNames
}

// A match reports whether a service is one that was asked for.
type match func(*whmcs.Service) bool

var (
	statuses = []string{"pending", "active", "completed", "suspended", "terminated", "cancelled", "fraud", "unknown"}
	cycles   = []string{"free", "one-time", "monthly", "quarterly", "semi-annually", "annually", "biennially", "triennially"}
	sortKeys = []string{"id", "due", "amount", "product", "domain", "status", "registered"}
	views    = []string{string(ViewList), string(ViewTable), string(ViewSummary), string(ViewCSV), string(ViewClients), string(ViewDomains), string(ViewEmails)}
)

// yesSpellings are how people say yes, squeezed.
var yesSpellings = map[string]string{"true": "yes", "1": "yes", "on": "yes", "now": "yes"}

// table is the language: every key, in the order of help.
var table = []field{
	{Key: Key{Name: "client", Aliases: []string{"clientid", "company", "cid", "uid", "userid"}, Kind: kindClient, Pushed: "clientid",
		Help:    "services of the client with this number, or of those whose name or company begins with this text",
		Example: "client:1 status:active"},
		synonyms: []string{"customer", "account"},
		value:    readClient, test: testClient},
	{Key: Key{Name: "service", Aliases: []string{"serviceid", "sid", "id"}, Kind: kindID, Pushed: "serviceid",
		Help:    "the service with this number",
		Example: "service:2"},
		synonyms: []string{"hosting", "hostingid"},
		value:    readID, test: testService},
	{Key: Key{Name: "order", Aliases: []string{"orderid", "ordernumber"}, Kind: kindID,
		Help:    "services of the order with this id or this number",
		Example: "order:4"},
		value: readOrder, test: testOrder},
	{Key: Key{Name: "product", Aliases: []string{"pid"}, Kind: kindProduct, Pushed: "pid",
		Help:    "the product with this number or name, else those with this text in the name; vps* begins with vps",
		Example: `client:1 product:"starter"`},
		synonyms: []string{"plan", "package", "productid"},
		value:    readName, names: productNames},
	{Key: Key{Name: "domain", Kind: kindHost, Pushed: "domain",
		Help:    "services for this host name, with or without www.; *.example.com is everything below it, demo* everything that begins with demo",
		Example: "domain:demodomain.com"},
		synonyms: []string{"hostname", "host", "site", "website", "url"},
		value:    readDomain, test: testDomain},
	{Key: Key{Name: "username", Aliases: []string{"username2", "user"}, Kind: kindText, Pushed: "username2",
		Help:    "the service with this control panel login",
		Example: "username:demodoma"},
		synonyms: []string{"login", "cpanel"},
		value:    readText, test: testUsername},
	{Key: Key{Name: "email", Kind: kindEmail, Pushed: "GetClientsDetails",
		Help:    "services of the client with this e-mail address",
		Example: "email:ann@example.com"},
		synonyms: []string{"mail", "e-mail"},
		value:    readEmail, test: testEmail},
	{Key: Key{Name: "status", Kind: kindList, Values: statuses,
		Help:    "services in this state",
		Example: "client:1 status:active,suspended"},
		synonyms: []string{"state"},
		value:    readStatus, test: testStatus},
	{Key: Key{Name: "cycle", Aliases: []string{"billing"}, Kind: kindList, Values: cycles,
		Help:    "services with this billing cycle",
		Example: "client:1 cycle:monthly"},
		synonyms: []string{"billingcycle", "period", "term"},
		value:    readCycle, test: testCycle},
	{Key: Key{Name: "group", Kind: kindText,
		Help:    "the product group with this name, else those with this text in the name",
		Example: `client:1 group:"shared hosting"`},
		synonyms: []string{"groupname", "category"},
		value:    readName, names: groupNames},
	{Key: Key{Name: "server", Kind: kindText,
		Help:    "the server with this name, host name or address, else those with this text in one of these; web* begins with it; a number is the server's id",
		Example: "server:saturn status:active as:summary"},
		synonyms: []string{"serverid", "servername", "node", "machine"},
		value:    readName, names: serverNames},
	{Key: Key{Name: "payment", Kind: kindText,
		Help:    "the payment method with this name, else those with this text in the name",
		Example: `client:1 payment:"credit card"`},
		synonyms: []string{"gateway", "paymentmethod"},
		value:    readName, names: paymentNames},
	{Key: Key{Name: "ip", Kind: kindAddress,
		Help:    "an address of the service, dedicated or assigned, or a prefix: 203.0.113.0/24, 203.0.113.*; for a server's address use server",
		Example: "ip:203.0.113.7"},
		synonyms: []string{"address", "dedicatedip", "assignedips"},
		value:    readIP, test: testIP},
	{Key: Key{Name: "due", Kind: kindDate,
		Help: "next due date",
		Forms: []Form{
			{"2026-12-01", ""}, {"today", ""}, {"2026-12", ""}, {"dec", ""}, {"this-month", ""}, {"next-week", ""}, {"next-weekend", ""},
			{"<2026-12-01", "before that day"}, {"2026-12-01..2026-12-31", "from the first to the last"},
			{"<30d", "within the next 30 days"}, {"<-30d", "more than 30 days ago"},
			{"overdue", "past, of services that have not ended"}, {"none", "without a date"},
		},
		Example: "client:1 due:overdue,<30d"},
		synonyms: []string{"nextdue", "nextduedate", "renews", "renewal", "expires"},
		value:    readDue, test: testDue},
	{Key: Key{Name: "registered", Kind: kindDate,
		Help: "day of registration",
		Forms: []Form{
			{"2026-12-01", ""}, {"today", ""}, {"2026-12", ""}, {"dec", ""}, {"this-week", ""}, {"last-month", ""},
			{">2026-12-01", "after that day"}, {"<30d", "within the last 30 days"}, {"none", "without a date"},
		},
		Example: "client:1 registered:<2y"},
		synonyms: []string{"created", "regdate", "since", "ordered"},
		value:    readRegistered, test: testRegistered},
	{Key: Key{Name: "amount", Kind: kindNumber,
		Help:    "recurring amount: 24.95, 24,95, >100, >1.000,00, 10..20",
		Example: "client:1 amount:>=10"},
		synonyms: []string{"price", "cost", "recurringamount"},
		value:    readAmount, test: testAmount},
	{Key: Key{Name: "qty", Kind: kindNumber,
		Help:    "quantity: 2, >1, 5..10",
		Example: "client:1 qty:>1"},
		synonyms: []string{"quantity", "count"},
		value:    readQty, test: testQty},
	{Key: Key{Name: "all", Kind: kindList, Values: []string{"yes"},
		Help:    "every service",
		Example: "all:yes -status:terminated as:summary"},
		value: readYes, test: testAll},

	{Key: Key{Name: "sort", Kind: kindList, Values: sortKeys, Control: true,
		Help:    "order of the rows; - in front reverses it",
		Example: "client:1 sort:-amount"},
		synonyms: []string{"orderby"},
		value:    readSort},
	{Key: Key{Name: "page", Kind: kindNumber, Control: true,
		Help:    "page of the rows",
		Example: "client:1 page:2"},
		value: readPage},
	{Key: Key{Name: "rows", Kind: kindNumber, Control: true,
		Help:    "rows on a page of a list, 1 to 10",
		Example: "client:1 rows:10"},
		synonyms: []string{"limit", "limitnum"},
		value:    readRows},
	{Key: Key{Name: "as", Kind: kindList, Values: views, Control: true,
		Help:    "the form of the answer",
		Example: "client:1 as:table"},
		synonyms: []string{"view", "format"},
		value:    readOneOf(views, nil)},
	{Key: Key{Name: "in", Kind: kindList, Values: []string{"channel"}, Control: true,
		Help:    "share the answer in the channel at once",
		Example: "client:1 in:channel"},
		synonyms: []string{"share"},
		value:    readOneOf([]string{"channel"}, map[string]string{"public": "channel", "here": "channel"})},
	{Key: Key{Name: "fresh", Kind: kindList, Values: []string{"yes"}, Control: true,
		Help:    "skips the cache: WHMCS is asked again",
		Example: "client:1 fresh:yes"},
		synonyms: []string{"refresh", "nocache"},
		value:    readYes},
	{Key: Key{Name: "live", Kind: kindList, Values: []string{"yes", "1h", "4h", "8h"}, Control: true,
		Help:    "keeps a public answer current: yes is 2 hours, else 1h to 8h",
		Example: "server:saturn status:active live:4h"},
		synonyms: []string{"keepcurrent"},
		value:    readLive},
}

// byName finds a field by each of its names, squeezed.
var byName = func() map[string]*field {
	m := make(map[string]*field)
	for i := range table {
		m[squeeze(table[i].Name)] = &table[i]
		for _, a := range table[i].Aliases {
			m[squeeze(a)] = &table[i]
		}
	}
	return m
}()

// filterNames and keyNames list the keys for errors.
var filterNames, keyNames = func() (filters, all []string) {
	for _, f := range table {
		all = append(all, f.Name)
		if !f.Control {
			filters = append(filters, f.Name)
		}
	}
	return filters, all
}()

// lookup finds a key by name or alias, in any case, with or without - and _
// inside; nil where there is none.
func lookup(name string) *field {
	if len(name) > maxKeyLength {
		return nil
	}
	if f, ok := byName[name]; ok {
		return f
	}
	if plain := squeeze(name); plain != name {
		return byName[plain]
	}
	return nil
}

// Keys returns the table of keys in the order of help.
func Keys() []Key {
	keys := make([]Key, len(table))
	for i, f := range table {
		keys[i] = f.Key
		keys[i].Aliases = slices.Clone(f.Aliases)
		keys[i].Values = slices.Clone(f.Values)
		keys[i].Words = wordsFor(f.Name)
	}
	return keys
}

// LookupKey finds a key by its name or an alias, in any case.
func LookupKey(name string) (Key, bool) {
	f := lookup(strings.TrimSpace(name))
	if f == nil {
		return Key{}, false
	}
	return f.Key, true
}
