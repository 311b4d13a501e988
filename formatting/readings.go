package formatting

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// heard says what of the line that was typed was understood in which way, where that is not
// plain. What the line was read as is told by itself.
func (d *draft) heard(res *query.Result) []markup {
	h := res.Heard
	var said []markup
	if h.Fresh {
		said = append(said, "Read past the cache.")
	}
	if h.When {
		said = append(said, literal(string(notLookedUp[query.MatterWhen])))
	}
	if len(res.Near) > 0 && atLeast(res) > 0 && h.Named == "" && !d.view.Public {
		said = append(said, "Did you mean "+code(res.Near[0].Line, 300)+"?")
	}
	if len(h.LeftOut) > 0 && len(h.Without) == 0 {
		said = append(said, "Left out: "+emphasized(h.LeftOut)+".")
	}
	if len(h.Apart) > 0 {
		said = append(said, "Found apart, within other words: "+emphasized(h.Apart)+".")
	}
	if h.Named != "" {
		said = append(said, "Clients whose names begin with "+emphasized([]string{h.Named})+".")
	}
	if len(res.Existing) > 1 && len(res.Services) == 0 { // rows name theirs
		said = append(said, named(res.Existing))
	}
	if len(res.Missing) > 0 {
		said = append(said, missed(res))
	}
	if len(h.Servers) > 0 {
		said = append(said, "Found by the address of the server "+short(strings.Join(h.Servers, ", "), 300)+".")
	}
	for _, n := range res.Also {
		if !n.Private() || !d.view.Public {
			said = append(said, "There is also "+alsoA(n)+short(strings.Join(n.Names, ", "), 300)+": "+code(n.Line, 300))
		}
	}
	if res.Unnamed > 0 && len(res.Services) > 0 && !IsFile(res) {
		said = append(said, literal(count(res.Unnamed, "client")+" without a name: WHMCS did not give it in time."))
	}
	if res.Lapsed != nil && d.view.Whole {
		said = append(said, literal(count(res.Lapsed.Found, "ended service")+" past the date not counted:")+" "+code(res.Lapsed.Line, 300))
	}
	return said
}

// saysReading says what the line that was typed was read as: in the first line, or else by a word
// before the line at the foot.
func (d *draft) saysReading(res *query.Result) {
	switch {
	case !res.Heard.ReadAs:
		return
	case d.view.Hint:
		d.lead = "Next time you can type"
	default:
		d.lead = readAs
	}
	d.reading = join(" ", d.lead, code(res.Query.Lasting().String(), 300)) + "."
}

const readAs markup = "Read as"

// withoutParts says which parts of the line are left out, as nothing matches all of it.
func (d *draft) withoutParts(res *query.Result) markup {
	if len(res.Heard.Without) == 0 {
		return ""
	}
	return "*Nothing matches all of it.* Without " + emphasized(slices.Concat(res.Heard.Without, res.Heard.LeftOut)) + ":"
}

// missed names the values of lists that no match has.
func missed(res *query.Result) markup {
	said := emphasized(res.Missing)
	if res.MissingMore > 0 {
		said += literal(" and " + number(res.MissingMore) + " more")
	}
	if len(res.Query.Terms) > 1 {
		return "No match: " + said + "."
	}
	return "Not found: " + said + "."
}

// alsoA says what has the name that a text may mean too.
func alsoA(n query.Namesake) markup {
	if n.Private() {
		return "the client "
	}
	return ""
}

// emphasized lists words as they were typed.
func emphasized(words []string) markup {
	parts := make([]markup, len(words))
	for i, w := range words {
		parts[i] = `"` + short(w, 100) + `"`
	}
	return join(", ", parts...)
}

// named lists clients by number and name.
func named(clients []whmcs.Client) markup {
	names := make([]string, len(clients))
	for i, c := range clients {
		names[i] = id(c.ID) + " " + plain(or(c.Name, c.Company), 60)
	}
	return literal("These are " + count(len(clients), "client") + ": " + plain(strings.Join(names, ", "), 700) + ".")
}

// absent says of a question that found nothing which client it is that has no services, or
// does not exist; "" where it was not about one client alone.
func absent(res *query.Result) markup {
	terms := res.Query.Terms
	if len(terms) > 1 && len(res.Existing) == 1 && res.Looked == 0 && res.Of == 0 { // whatever else was asked
		c := res.Existing[0]
		return bold(literal("Client " + id(c.ID) + nameOf(c) + " has no services."))
	}
	if len(terms) != 1 || terms[0].Not || terms[0].Key != "client" && terms[0].Key != "email" {
		return ""
	}
	if len(res.Existing) == 1 {
		c := res.Existing[0]
		return bold(literal("Client " + id(c.ID) + nameOf(c) + " has no services."))
	}
	if len(terms[0].Values) > 1 || len(res.Existing) > 1 {
		return ""
	}
	v := terms[0].Values[0]
	switch {
	case res.NoClient:
		return bold(literal("There is no client " + v + "."))
	case terms[0].Key == "email":
		return join(" ", "*No client has this e-mail address:*", code(v, 300))
	case strings.Trim(v, "0123456789") == "":
		return bold(literal("WHMCS has no services for client " + v + "."))
	}
	return "*No client's name begins with* " + code(v, 300)
}

// nameOf is a client's name behind a number: ", Ann Able (Able Ltd)".
func nameOf(c whmcs.Client) string {
	switch {
	case c.Name == "" && c.Company == "":
		return ""
	case c.Company == "":
		return ", " + plain(c.Name, 100) + ","
	case c.Name == "":
		return ", " + plain(c.Company, 100) + ","
	}
	return ", " + plain(c.Name, 100) + " (" + plain(c.Company, 100) + "),"
}

// searched says where words were looked for that nothing has.
func searched(res *query.Result) markup {
	words, hosts := false, false
	for _, t := range res.Query.Terms {
		if t.Key == "" && len(t.Values) == 1 && isAddress(t.Values[0]) {
			return "Looked at the services' own addresses and those of their servers."
		}
		words = words || t.Key == ""
		hosts = hosts || t.Key == "domain"
	}
	switch {
	case words && res.NamesClosed:
		return "Looked in the names of products, groups, servers and payment methods, and in domains. Names of clients are not searched: the bot's API role lacks GetClients."
	case words:
		return "Looked in the names of products, groups, servers and payment methods, in domains, and at the beginning of clients' names. Invoices, tickets, and domains without a service are not searched."
	case hosts:
		return "Looked for services with this domain. Domains without a service are not searched."
	}
	return ""
}

// isAddress reports whether a text is an IP address or a prefix.
func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	_, prefix := netip.ParsePrefix(s)
	return err == nil || prefix == nil
}

// offered shows lines that are worth asking instead, with what each has. In public there are
// none: they are for the asker.
func (d *draft) offered(offers []query.Offer) {
	if d.view.Public || len(offers) == 0 {
		return
	}
	buttons := make([]*slack.ButtonBlockElement, len(offers))
	for i, o := range offers {
		buttons[i] = d.button(ActionAsk, offerLabel(o), o.Line)
	}
	primary(buttons[0])
	d.row(buttons...)
}

// offerLabel is what a button says of the line that it asks: who or what, and how many.
func offerLabel(o query.Offer) string {
	label := plain(o.Line, 45)
	if o.Without != "" {
		label = "Without " + plain(o.Without, 40)
	}
	if c := o.Client; c != nil && c.Name+c.Company != "" {
		label += ", " + plain(or(c.Name, c.Company), 20)
	}
	if o.Counted || o.Found > 0 {
		n := count(o.Found, "service")
		if !o.Counted {
			n = "at least " + n
		}
		label += " · " + n
	}
	return label
}

// Near says to the asker alone what there is near to a question that found nothing, and was
// answered so in public.
func (s Style) Near(res *query.Result, v View) Message {
	d := s.draft(v)
	d.section(join(" ", "Nothing was found for", asked(res.Query)+".", "This does exist:"), nil)
	d.offered(res.Near)
	return d.message()
}

// Offers answers a line that asks for nothing yet: what can be asked in its place.
func (s Style) Offers(r query.Reading, offers []query.Offer, v View) Message {
	d := s.draft(v)
	switch {
	case r.Kind == query.ReadCannot:
		d.section(literal(string(notLookedUp[r.Matter])), nil)
		if len(offers) > 0 && r.Matter != query.MatterList {
			d.section("This can be looked up:", nil)
		}
	case r.Kind == query.ReadEverything:
		d.section("*That asks for all services but these.* Add what you look for, or list all the others.", nil)
	case len(offers) == 0:
		d.section(join(" ", "*Nothing found.* There is no client, service or order", emphasized([]string{r.Typed})+"."), nil)
	case len(offers) == 1 && !offers[0].Counted:
		d.section(join(" ", "There is no client and no service", emphasized([]string{r.Typed})+".", "An order may have that number:"), nil)
	default:
		is := markup("is a number")
		if strings.Contains(offers[0].Line, ",") {
			is = "are numbers"
		}
		d.section(join(" ", emphasized([]string{r.Typed}), is, "without a key. Which do you mean?"), nil)
	}
	d.offered(offers)
	if r.Kind == query.ReadCannot {
		d.row(d.open("Open WHMCS", s.AdminURL))
	}
	return d.message()
}

// notLookedUp says of each matter that the bot does not look it up.
var notLookedUp = map[query.Matter]Sentence{
	query.MatterChange:   "servicesbot only reads. It cannot change anything: do that in WHMCS.",
	query.MatterInvoice:  "Invoices and payments are not looked up here, only what a client bought: products, domains, servers, dates, prices.",
	query.MatterTicket:   "Tickets are not looked up here. Ask by what the ticket is about: a domain, a client, a service.",
	query.MatterPhone:    "Phone numbers are not looked up here. Ask by a client's name, number or e-mail address, or by a domain.",
	query.MatterWhen:     "WHMCS does not say when a service got its state.",
	query.MatterMeasured: "Space, memory and load of servers are not in WHMCS.",
	query.MatterRanking:  "Clients are not put in order of what they pay. Services are, by their price.",
	query.MatterList:     "Servers, products, clients and services are not all listed at once. How many services there are of each status and product, and on each server:",
	query.MatterTrouble:  "That names nothing to look up. Add a domain, a client, a service, an address or a server: what runs there is shown.",
	query.MatterPassword: "Passwords are never shown. servicesbot shows what a client bought, and only reads.",
}
