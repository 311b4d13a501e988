package formatting

import (
	"slices"
	"strconv"
	"strings"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// The head of every answer: who, and how many, in one line.

// head says whom the answer is about, how many match, and which of them are shown. How the
// question was read, and who reads the answer, is at the foot where the line has no room.
func (d *draft) head(res *query.Result) {
	d.part = literal(span(res))
	if res.Query.As == query.ViewTable && !d.view.Lists {
		d.part = "" // it is in the table's title
	}
	d.saysReading(res)
	d.notes = append([]markup{d.readers()}, d.heard(res)...)
	if len(res.Services) == 0 {
		d.context(join(" ", append(d.notes, d.reading)...))
		d.reading, d.notes = "", nil
	}
	line := d.fittingHeadline(res, d.part)
	if notes := join(" ", d.notes...); notes != "" && !d.footHolds(res) {
		if other := d.fittingHeadline(res, join(dot, notes, d.part)); d.fits(other, notes) {
			line, d.notes = join(dot, other, notes), nil
		}
	}
	for _, rest := range []*markup{&d.part, &d.reading} {
		if d.fits(line, *rest) {
			line, *rest = join(dot, line, *rest), ""
		}
	}
	d.section(line, nil)
	d.live(res)
	d.age(res)
	d.changed(res)
	d.offers(res)
}

const (
	headColumns    = 86 // of the first line of an answer in a window of 1,400 pixels
	companyColumns = 12 // a company that is cut shorter is left out
)

// headRoom is how many columns the first line has; a terminal breaks none.
func (d *draft) headRoom() int {
	if d.view.Whole {
		return 1000
	}
	return headColumns
}

// A brevity is how much of the first line is left out for want of room.
type brevity int

const (
	tellAll       brevity = iota
	fewerStates           // the rarer states are one
	withoutStates         // of several clients
	countFilters          // the filters are counted; they are in the line at the foot
)

// fittingHeadline is the headline that says most of what the first line has room for,
// together with what is behind it.
func (d *draft) fittingHeadline(res *query.Result, behind markup) markup {
	d.behind = behind
	for d.brevity = tellAll; ; d.brevity++ {
		line := d.headline(res)
		if d.brevity == countFilters || d.fits(line, behind) {
			return line
		}
	}
}

// fits reports whether the first line has room for a text behind it.
func (d *draft) fits(line, behind markup) bool {
	return width(line)+width(dot+behind) <= d.headRoom()
}

// readers says who shared the answer, or why only the asker sees it.
func (d *draft) readers() markup {
	if d.view.SharedBy != "" {
		return "Shared by " + mention(d.view.SharedBy)
	}
	if d.view.Alone != "" {
		return join(" ", "Only you see this.", short(string(d.view.Alone), 300))
	}
	return ""
}

// headline is the first thing to be read: whose services they are, how many, and of what
// kind. A number that was not counted to its end is told as what it is.
func (d *draft) headline(res *query.Result) markup {
	question := asked(res.Query)
	shown, matched := len(res.Services), atLeast(res)
	rowless := !res.Empty() || res.Query.As == query.ViewDomains || res.Query.As == query.ViewEmails
	switch {
	case shown == 0 && matched > 0 && !rowless && res.Before > 0:
		return join(" ", bold("Nothing more found."), literal(matches(res)), question)
	case shown == 0 && matched > 0 && !rowless:
		return join(" ", bold(literal("There is no page "+number(max(res.Query.Page, 1))+".")), literal(matches(res)), question)
	case shown == 0 && matched == 0:
		return nothing(res, question)
	}
	howMany, without := d.howMany(res), d.withoutParts(res)
	if id, ok := theClient(res); ok {
		room := d.headRoom() - width(without) - width(join(dot, " ", howMany, d.behind))
		return join(" ", without, join(dot, d.client(id, res.Clients, room), howMany))
	}
	return join(" ", without, join(dot, d.services(res), howMany))
}

// services counts the services and their clients.
func (d *draft) services(res *query.Result) markup {
	who := count(atLeast(res), "service")
	if !res.Counted {
		who = "At least " + who
	}
	if res.Holders > 0 {
		who += " of " + count(res.Holders, "client")
	}
	return d.with(bold(literal(who)), res)
}

// client names a client in so many columns, with a link to the page of WHMCS about them: "*Jane
// Doe* (Acme) · client 1".
func (d *draft) client(id int, clients map[int]whmcs.Client, room int) markup {
	c := clients[id]
	label := "client " + strconv.Itoa(id)
	name, company := strings.TrimSpace(c.Name), strings.TrimSpace(c.Company)
	switch {
	case name == "" && company == "":
		return bold(link(d.style.clientURL(id), upperFirst(label)))
	case name == "":
		name, company = company, ""
	}
	who := inBold(narrow(name, 2*nameColumns))
	left := room - width(dot+literal(label)) - width(who) - width(" ()")
	if company != "" && left >= min(companyColumns, columnsOf(company)) {
		who = join(" ", who, literal("("+narrow(company, left)+")"))
	}
	return join(dot, who, link(d.style.clientURL(id), label))
}

// howMany counts the matches by their states: of one client all of them, of several where
// there is more than one state.
func (d *draft) howMany(res *query.Result) markup {
	_, one := theClient(res)
	states := literal(strings.Join(d.states(res.Statuses), ", "))
	several := len(res.Statuses) > 1 && res.Summary == nil && d.brevity < withoutStates // the chart of a summary has them
	switch {
	case isCard(res):
		return "1 service"
	case !one && several:
		return states
	case !one:
		return ""
	case states != "" && res.Summary == nil:
		return d.with(states, res)
	case res.Counted || res.Summary != nil:
		return d.with(literal(count(atLeast(res), "service")), res)
	}
	return d.with(literal("at least "+count(atLeast(res), "service")), res)
}

// states counts services by state, in words. Of more states than are easily read, those of
// services that have ended are one, and for want of room all but the first.
func (d *draft) states(counts []query.Count) []string {
	states := make([]string, 0, len(counts))
	ended, others := 0, 0
	for _, c := range counts {
		status, ok := knownStatus(c.Value)
		switch {
		case !ok || c.N <= 0:
		case d.brevity >= fewerStates && len(states) > 0:
			others += c.N
		case len(counts) > maxStatuses && !lives(status):
			ended += c.N
		default:
			states = append(states, number(c.N)+" "+strings.ToLower(or(string(status), "of an unknown state")))
		}
	}
	if ended > 0 {
		states = append(states, number(ended)+" ended")
	}
	if others > 0 {
		states = append(states, count(others, "other"))
	}
	return states
}

// theClient is the client that all matches belong to; false where there are others, or may
// be.
func theClient(res *query.Result) (id int, ok bool) {
	if isCard(res) || res.Holders == 1 && len(res.Services) > 0 {
		return res.Services[0].ClientID, true
	}
	if res.Holders == 1 {
		for id := range res.Clients {
			return id, len(res.Clients) == 1
		}
	}
	if res.Holders == 1 && len(res.ByClient) == 1 {
		return res.ByClient[0].ID, true
	}
	for _, t := range res.Query.Terms {
		if t.Key != "client" || t.Not || len(t.Values) != 1 {
			continue
		}
		if id, err := strconv.Atoi(t.Values[0]); err == nil {
			return id, true
		}
	}
	return 0, false
}

// with adds the filters of an answer's question to how many match, in words: "75 services on
// Saturn, active". What the head says already is left out, and what has no words of its
// own is told as it was asked.
func (d *draft) with(howMany markup, res *query.Result) markup {
	_, one := theClient(res)
	var others, states []markup
	on := false
	for _, t := range res.Query.Terms {
		switch {
		case t.Key == "all", one && (t.Key == "client" || t.Key == "email") && !t.Not && len(t.Values) == 1:
		case t.Key == "client" && !t.Not && len(t.Values) == 1 && strings.EqualFold(t.Values[0], res.Heard.Named): // said behind it
		case t.Key == "status" && !t.Not && one && len(res.Statuses) > 0: // counted by state
		case t.Key == "status" && !t.Not:
			states = append(states, literal(strings.Join(t.Values, " or ")))
		case t.Key == "server" && !t.Not && len(t.Values) == 1 && !on:
			howMany, on = join(" on ", howMany, short(serverNamed(t.Values[0], res), 100)), true
		default:
			others = append(others, code(t.String(), 300))
		}
	}
	switch {
	case len(others) == 0 || d.brevity < countFilters:
	case len(res.Heard.Without) > 0: // there is no room for that
		others, states = nil, nil
	default:
		others = []markup{literal("with " + count(len(others), "filter"))}
	}
	return join(", ", slices.Concat([]markup{howMany}, others, states)...)
}

// serverNamed is a server that a question names, as WHMCS writes it where all that is shown
// is on it.
func serverNamed(word string, res *query.Result) string {
	name := ""
	if sum := res.Summary; sum != nil && len(sum.Servers) == 1 {
		name = sum.Servers[0].Value
	}
	for _, s := range res.Services {
		if s.ServerName == "" || name != "" && s.ServerName != name {
			return word
		}
		name = s.ServerName
	}
	if strings.EqualFold(name, word) {
		return name
	}
	return word
}

// atLeast is how many services are known to match: all of them where they were
// counted.
func atLeast(res *query.Result) int {
	if len(res.Services) == 0 {
		return res.Matched
	}
	return max(res.Matched, res.First+len(res.Services))
}

// matches says how many services match; the question follows.
func matches(res *query.Result) string {
	n := atLeast(res)
	verb := " match"
	if n == 1 {
		verb = " matches"
	}
	if !res.Counted {
		return "At least " + count(n, "service") + verb
	}
	return count(n, "service") + verb
}

// span names what of the matches is shown: "rows 6 to 10"; "" where it is all.
func span(res *query.Result) string {
	thing, shown := "row", len(res.Services)
	switch {
	case res.Query.As == query.ViewClients:
		thing, shown = "client", len(res.ByClient)
		if res.Next == "" && res.Previous == "" {
			return ""
		}
	case shown == atLeast(res):
		return ""
	}
	switch shown {
	case 0:
		return ""
	case 1:
		return thing + " " + number(res.First+1)
	}
	return thing + "s " + number(res.First+1) + " to " + number(res.First+shown)
}

// nothing says that no row can be shown, and how sure that is.
func nothing(res *query.Result, question markup) markup {
	switch {
	case !res.Complete && res.Continue != "":
		return join("\n", join(" ", "*Nothing found so far* for", question), short(Gap(res), 500))
	case !res.Complete:
		return join("\n", join(" ", "*No sure answer* for", question), short(Gap(res), 500))
	case res.Unreadable > 0:
		return join(" ", "*Nothing found among the rows that could be read* for", question)
	case res.Unpriced > 0:
		return join(" ", "*Nothing found among the services whose price can be read* for", question)
	}
	if said := absent(res); said != "" {
		return said
	}
	said := join("\n", join(" ", "*Nothing found* for", question)+"\nWHMCS answered, and no service matches.", searched(res))
	if len(res.Asked) > 0 && len(res.Tested) > 0 {
		said += markup("\nAsked of WHMCS: ") + code(strings.Join(res.Asked, ", "), 300) +
			"\nTested here: " + code(strings.Join(res.Tested, ", "), 300)
	}
	return said
}

// asked shows what is asked for, without how it is shown.
func asked(q query.Query) markup {
	q = q.Lasting().WithAs("")
	q.Rows = 0
	line := q.String()
	if line == "" {
		return "any service"
	}
	return code(line, 1000)
}

// offers shows the questions that are worth asking instead.
func (d *draft) offers(res *query.Result) {
	if len(res.Services) == 0 { // below rows it is beside the menu
		d.offered(res.Near)
	}
	buttons := d.asks(res.Try)
	if len(buttons) > 0 {
		primary(buttons[0])
	}
	d.row(buttons...)
}
