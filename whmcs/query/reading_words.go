package query

import (
	"slices"
	"strings"
)

// The words that a reading knows, in lower case, a table for each use.

// fillers say nothing about which services are meant.
var fillers = wordSet(`
	a an the my our ours mine your yours his her hers its their theirs this that these those some
	i me we us you he she it they them one ones
	please pls plz kindly show list find get give tell look looking search searching see display fetch check pull need needs
	want wants would like can could will shall should may might must do does did done let lets make
	is are was were be been being has have had having am isn't aren't
	who whom whose what what's whats which when where why how who's
	on in at of for from by to with about into onto under within up out as
	all any anyone anybody someone know knows every each both everything anything
	services service's customers customer's clients client's accounts hostings purchases purchased bought products product's
	customer client account domains servers server's
	status state states info information details data overview record records
	there here now currently still right just also again only so too then yet quick quickly today's
	ok okay hey dear cc fyi re fw fwd team all guys folks everyone colleague colleagues hostname website site
	more than over above below less between until during after before
	concern concerns concerned affected affects affect involved running runs run hosted hosting's belonging belongs belong
	exist exists but name named called number numbers id ids matching question
	thanks thank thx ty cheers greetings regards hello hi hallo morning afternoon evening good day
	address addresses very much many lot appreciated help work works how
	whole entire full export exported dump download file report
	mate mates buddy pal man dude great awesome perfect cool nice lol haha wow sorry np best you're youre they're we're she's he's i'm im
	caller says said saying guy lady gentleman line mr mrs ms mister sir madam yo bot robot ask asks asking asked wrong channel
	via range subnet paid names something contain contains containing
	own owns owned owner owners pay pays paying per hit using use uses used belongs hold holder
	fee fees
	sitting sits located called calling wonder wondering believe think thinks seems seem told reported reports reporting
	claims claimed complains complaining complained wrote writes writing sent sends happened happens happening tried tries trying
	everybody everybody's somebody nobody u ur sites websites shops
	keeps keep kept left remaining available become became gone went
	check checking confirm verify remind hear heard got gets getting go going comes come thing things stuff bit
	eur euro euros usd gbp chf dollar dollars
`)

// greetings are lines that want nothing but an answer.
var greetings = wordSet(`hi hello hey hallo thanks thank thx ty cheers help --help -h ? about usage manual howto`)

// currencies follow an amount, or come before it.
var currencies = wordSet(`eur euro euros usd gbp chf dollar dollars € $ £`)

// moneyWords say that a number behind them is an amount.
var moneyWords = wordSet(`pay pays paying paid costs costing worth amount price charged`)

// prepositions come before what something belongs to, or after what was said.
var prepositions = wordSet(`on in at for from with of by per each every a to`)

// joiners stand between things that are all meant.
var joiners = wordSet(`and & + as well`)

// excluders say that what follows is not meant.
var excluders = wordSet(`not non no without except excluding exclude minus`)

// loneTerms are words that are a filter or a control by themselves.
var loneTerms = map[string]string{
	"pending": "status:pending", "active": "status:active", "completed": "status:completed", "suspended": "status:suspended",
	"terminated": "status:terminated", "cancelled": "status:cancelled", "canceled": "status:cancelled", "fraud": "status:fraud",
	"fraudulent": "status:fraud",
	"monthly":    "cycle:monthly", "quarterly": "cycle:quarterly", "semi-annually": "cycle:semi-annually", "semiannually": "cycle:semi-annually",
	"annually": "cycle:annually", "yearly": "cycle:annually", "annual": "cycle:annually", "biennially": "cycle:biennially",
	"triennially": "cycle:triennially", "one-time": "cycle:one-time", "onetime": "cycle:one-time", "biennial": "cycle:biennially",
	"triennial": "cycle:triennially", "semi-annual": "cycle:semi-annually", "half-yearly": "cycle:semi-annually",
	"csv": "as:csv", "excel": "as:csv", "spreadsheet": "as:csv", "table": "as:table", "summary": "as:summary", "count": "as:summary", "revenue": "as:summary",
	"total": "as:summary", "totals": "as:summary", "breakdown": "as:summary", "turnover": "as:summary", "mrr": "as:summary", "arr": "as:summary",
	"emails": "as:emails", "e-mails": "as:emails",
	"statistics": "as:summary", "stats": "as:summary",
	"fresh": "fresh:yes", "refreshed": "fresh:yes",
	"overdue": "due:overdue",
	"free":    "cycle:free",
}

// troubles are what is said of something in an incident, and never the name of it.
var troubles = wordSet(`
	down offline unreachable reachable slow broken urgent asap incident outage error errors issue issues problem problems
	working failing failed hacked spam blocked timeout timeouts emergency important why help
	loading responding resolving opening available accessible online updating syncing
	alert alerts critical warning firing recovery severity ping hostdown trigger triggered resolved
	reason reasons because cause
	hasnt hasn't havent haven't doesnt doesn't didnt didn't isnt wasnt wasn't cannot can't wont won't
`)

// parts are what is said of a part of a name before the part, with stars around it: domains
// ending in .net.
var parts = map[string]string{
	"ending": "*%", "ends": "*%", "end": "*%", "beginning": "%*", "begins": "%*", "starting": "%*", "starts": "%*", "start": "%*", "begin": "%*",
	"containing": "*%*", "contains": "*%*", "contain": "*%*", "like": "*%*",
}

// revenues are what a summary says of money.
var revenues = wordSet(`revenue turnover recurring`)

// groupings are the keys by which a summary counts.
var groupings = wordSet(`status product products server servers cycle`)

// dateKeys are the words before a date, and the key that they mean.
var dateKeys = map[string]string{
	"due": "due", "renews": "due", "renewing": "due", "renewal": "due", "renewals": "due", "expires": "due", "expiring": "due",
	"expire": "due", "expiry": "due", "billed": "due",
	"registration": "registered", "registrations": "registered", "registered": "registered", "regdate": "registered", "created": "registered",
	"ordered": "registered", "since": "registered", "new": "registered", "joined": "registered", "signed": "registered", "newly": "registered",
	"recent": "registered", "recently": "registered", "older": "registered", "orders": "registered", "upcoming": "due",
	"fällig": "due", "faellig": "due", "fällige": "due", "échéance": "due", "echeance": "due", "vence": "due", "vencimiento": "due", "scadenza": "due", "vervalt": "due",
	"signup": "registered", "signups": "registered", "sign-up": "registered", "sign-ups": "registered",
}

// weekdays are the days of a week.
var weekdays = wordSet(`monday tuesday wednesday thursday friday saturday sunday`)

// vague say of a date that it is near, without saying how near.
var vague = wordSet(`new newly recent recently upcoming soon shortly expiring`)

// sortVerbs are the words before an order of the rows.
var sortVerbs = wordSet(`sort sorted sorting order ordered`)

// sortWays are the words that say which way an order goes.
var sortWays = map[string]string{
	"desc": "-", "descending": "-", "reverse": "-", "reversed": "-", "asc": "", "ascending": "",
}

// superlatives are orders by themselves.
var superlatives = map[string]string{
	"newest": "-registered", "latest": "-registered", "oldest": "registered", "cheapest": "amount", "priciest": "-amount", "soonest": "due",
	"most expensive": "-amount", "least expensive": "amount", "most recent": "-registered",
}

// keyWords are what people call the keys of the table beside their names and aliases.
var keyWords = map[string]string{
	"clients": "client", "customer": "client", "customers": "client", "account": "client", "accounts": "client", "clientnumber": "client",
	"services": "service", "hosting": "service", "subscription": "service",
	"orders": "order", "products": "product", "plan": "product", "plans": "product", "package": "product", "packages": "product", "servers": "server", "node": "server", "machine": "server", "host": "server",
	"nodes": "server", "machines": "server", "hosts": "server", "svc": "service",
	"cl": "client", "cust": "client", "acct": "client", "ord": "order",
	"domains": "domain", "sites": "domain", "websites": "domain", "website": "domain", "site": "domain", "hostname": "domain", "login": "username", "mail": "email", "e-mail": "email",
	"gateway": "payment", "state": "status", "groups": "group", "price": "amount", "quantity": "qty",
}

// wordsFor returns the words that mean a key.
func wordsFor(key string) []string {
	var words []string
	for _, table := range []map[string]string{keyWords, dateKeys} {
		for word, k := range table {
			if k == key && word != key && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	slices.Sort(words)
	return words
}

// matters are the words for what is not looked up.
var matters = map[string]Matter{
	"inv": MatterInvoice, "invoice": MatterInvoice, "invoices": MatterInvoice, "bill": MatterInvoice, "bills": MatterInvoice, "transaction": MatterInvoice, "transactions": MatterInvoice,
	"quote": MatterInvoice, "quotes": MatterInvoice, "paid": MatterInvoice, "unpaid": MatterInvoice, "owes": MatterInvoice, "owe": MatterInvoice,
	"ticket": MatterTicket, "tickets": MatterTicket,
	"phone": MatterPhone, "telephone": MatterPhone, "call": MatterPhone,
	"password": MatterPassword, "passwords": MatterPassword, "pw": MatterPassword, "passwd": MatterPassword,
	"cancel": MatterChange, "suspend": MatterChange, "terminate": MatterChange, "unsuspend": MatterChange, "delete": MatterChange,
	"reset": MatterChange, "reboot": MatterChange, "restart": MatterChange, "reinstall": MatterChange, "upgrade": MatterChange,
	"downgrade": MatterChange, "renew": MatterChange, "refund": MatterChange, "reactivate": MatterChange, "activate": MatterChange,
}

// questions begin a line that asks and orders nothing.
var questions = wordSet(`when what which who why how is are was were does did do has have`)

// paidWays follow "paid" where it is about how.
var paidWays = wordSet(`by with via using through`)

// nouns are fillers that may be a part of a name, next to its other words: domain backup.
var nouns = wordSet(`domain domains website site server servers host hosting hostings mail e-mail plan package account service
	product name number data cloud web`)

// changes are verbs that ask for a change where a line begins with them.
var changes = wordSet(`change modify edit update set move transfer add remove`)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// isOfLanguage reports whether a word, in lower case, alone means more than its text.
func isOfLanguage(w string) bool {
	if fillers[w] || greetings[w] || joiners[w] || excluders[w] || troubles[w] || w == "or" {
		return true
	}
	_, lone := loneTerms[w]
	_, date := dateKeys[w]
	_, matter := matters[w]
	_, key := keyWords[w]
	return lone || date || matter || key || lookup(w) != nil
}
