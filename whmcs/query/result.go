package query

import (
	"context"
	"errors"
	"time"

	"servicesbot/whmcs"
)

// A Result is an answer that explains itself.
type Result struct {
	Query    Query
	Services []whmcs.Service // the rows of the page asked for; all of them for as:csv, none for as:summary
	First    int             // place of the first row among the matches, from 0
	Matched  int             // how many match; only a true number where Counted
	Counted  bool            // whether all matches were counted
	Unpriced int             // services left out because an amount: filter cannot compare theirs

	// Lines of the pages around this one; "" where there is none. They say in pos:
	// where they go on, so that no row is skipped and none is shown twice.
	Next, Previous string
	// Continue is the line that goes on where the search ended; "" where it cannot. What
	// it finds is behind what this answer looked at, and not in it.
	Continue string
	// Changed is set where the rows before this page are not those that they were when
	// its line was made: WHMCS changed since.
	Changed bool

	Asked  []string // what was asked of WHMCS: "clientid=1"; empty: the whole installation
	Tested []string // the terms that were tested here alone

	whmcs.Coverage // of what was asked of WHMCS

	Warm bool // it rests on warm rows, which are older than a snapshot's; see Options

	Before int // rows looked at by the answers that this one goes on from

	Complete bool
	Why      Gap // why it is not complete; zero where it is

	Clients  map[int]whmcs.Client // those of the page, or of a summary of one, whose details are known; may be nil
	Statuses []Count              // matches by status, in the words of status:; nil where they were not counted
	Holders  int                  // clients whose services match; 0 where they were not counted
	Summary  *Summary             // of as:summary
	ByClient []Holder             // of as:clients a page of them, those with most services first; of as:emails all
	Domains  []string             // of as:domains: all of them, each once, sorted
	Matches  Matches              // with Options.Since, and of warm rows: all matches; nil where they are not all known
	Changes  *Changes             // with Options.Since: what changed; nil where that is not known
	Unnamed  int                  // clients whose names and addresses an answer is about, and WHMCS did not give

	// Try are whole lines that are worth asking instead: server:3 where servers
	// have no names, the last page behind the last.
	Try []string

	Heard                      // how what was typed was understood; set by Answer
	Lapsed      *Offer         // services that have ended, which due:overdue leaves out, past their date; nil: none, or not counted
	Missing     []string       // values of a list that no match has, at most maxMissing; nil where not all matches are known
	MissingMore int            // how many more there are
	Near        []Offer        // where nothing was found, what is near; set by Answer
	Also        []Namesake     // what else has a name with the text of one asked for
	Existing    []whmcs.Client // the clients asked for by a number, an address or a name that WHMCS has
	NoClient    bool           // WHMCS has no client of the one number asked for

	partly bool // some row has a word of the question only as a part of a name
	loose  bool // some row has a word only within another, and of several not all together
}

// A Namesake is what else a text may mean: what it would find too, were nothing of exactly that
// name, and of a word without a key the server or the clients of that name.
type Namesake struct {
	Key, Text string
	Names     []string // at most maxNamesakes
	Line      string   // the question that finds them
}

// Private reports whether n names clients, whom the question did not ask for: it is for the
// asker alone.
func (n Namesake) Private() bool { return n.Key == "client" }

// Empty reports whether nothing was found that can be shown.
func (r *Result) Empty() bool {
	return len(r.Services) == 0 && r.Summary == nil && len(r.ByClient) == 0 && len(r.Domains) == 0
}

// A Gap is why an answer is not complete.
type Gap struct {
	Kind    GapKind
	Looked  int        // rows looked at, by the answers before too
	Of      int        // rows that WHMCS counts
	Limit   int        // rows that one question may look at
	Service int        // of GapDetails: its id
	Failure whmcs.Kind // of GapFailed and GapDetails; "": not one of WHMCS's
}

// A GapKind is a reason why an answer is not complete.
type GapKind string

// The reasons.
const (
	GapBudget      GapKind = "limit of rows"          // one question may not look at more
	GapTime        GapKind = "time"                   // the time for one question was over
	GapFirstPage   GapKind = "as the first page"      // whose search ended there; its other pages go no further
	GapMoved       GapKind = "rows deleted meanwhile" // again and again, so that some may be missing
	GapFailed      GapKind = "WHMCS failed"           // after a part of the rows
	GapFewer       GapKind = "fewer rows sent"        // WHMCS counts more than it sends
	GapPart        GapKind = "a part"                 // figures or a file of the rows behind those of the answer before
	GapLost        GapKind = "place lost"             // WHMCS changed so much that the page cannot be found again
	GapNotAtHand   GapKind = "rows not at hand"       // of which the page is one, and one question may not read so many
	GapDetails     GapKind = "details not read"       // of the one service found
	GapNoServers   GapKind = "servers without names"  // and the question needs them
	GapServerWords GapKind = "words not looked for in names of servers"
)

// kindOf names a failure of WHMCS; "" where it is another.
func kindOf(err error) whmcs.Kind {
	if e, ok := errors.AsType[*whmcs.Error](err); ok {
		return e.Kind
	}
	return ""
}

// answer fills the result from what was found.
func (a *question) answer(ctx context.Context, d *details) {
	a.fill()
	a.res.partly, a.res.loose = a.foundInPart(), a.foundLoosely()
	a.res.Missing, a.res.MissingMore = a.missing()
	a.countLapsed()
	a.res.Unpriced = len(a.env.priceless)
	if a.res.IsCard() {
		a.card(ctx, d)
	}
	switch a.q.As {
	case ViewSummary:
		a.res.Summary = summarize(a.found, a.env)
		a.addRevenue(ctx, d)
	case ViewClients, ViewEmails:
		a.hold(ctx)
	case ViewDomains:
		a.res.Domains = domains(a.found)
		if a.res.Holders == 1 {
			a.learn(d.wait(ctx))
			a.addClient(d.id)
		}
	default:
		a.addClients(ctx, d)
	}
	if a.q.As.ofAll() && a.q.As != ViewCSV {
		a.addExisting(ctx, d)
		return
	}
	a.addExisting(ctx, d)
	a.res.Also = a.env.namesakes(a.q)
	a.offerLastPage()
}

// fill puts the page asked for, and what is counted, into the result.
func (a *question) fill() {
	p := a.cutPage()
	a.res.Changed = a.res.Changed || a.extent.startMoved || a.pageGap == GapLost
	if a.pageGap != "" {
		a.found = nil
		a.incomplete(Gap{Kind: a.pageGap, Looked: a.pos.until})
	}
	a.res.First, a.res.Matched = p.first, len(a.found)
	a.res.Counted = a.extent.ended && a.pageGap == ""
	if a.pos.from != (place{}) {
		a.continued()
	}
	a.links(p)
	switch a.res.Why.Kind {
	case GapBudget, GapTime, GapFirstPage:
		a.res.Continue = a.onward()
	case GapMoved, GapFailed:
		a.res.Continue = a.again()
	}
	a.res.Services = make([]whmcs.Service, 0, len(p.rows))
	for _, s := range p.rows {
		row := *s
		row.ServerName, row.ServerHostname, row.ServerIP = a.env.serverNames(s)
		a.res.Services = append(a.res.Services, row)
	}
	if a.res.Counted && a.res.Before == 0 {
		a.res.Statuses, a.res.Holders = countStatuses(a.found), countHolders(a.found)
	}
}

// continued says what an answer is that goes on from another: a list counts on, figures
// and a file are of its own rows.
func (a *question) continued() {
	if asOf := time.Unix(a.pos.asOf, 0); a.pos.asOf > 0 && asOf.Before(a.res.AsOf) {
		a.res.AsOf = asOf
	}
	if !a.q.As.ofAll() {
		a.res.First += a.pos.matched
		a.res.Matched += a.pos.matched
		return
	}
	a.res.Counted = false
	if a.res.Complete {
		a.incomplete(Gap{Kind: GapPart, Looked: a.res.Before + a.res.Looked, Of: a.res.Of})
	}
}

// IsCard reports whether an answer is one service, to be shown in full.
func (r *Result) IsCard() bool {
	return r.Query.As == "" && r.Counted && r.Matched == 1 && len(r.Services) == 1
}

// card reads a scan's row again by its id, as a scan keeps no notes, fields and
// options, and as it may have changed: a row that is not what was asked for any
// more is none of the answer.
func (a *question) card(ctx context.Context, d *details) {
	s := &a.res.Services[0]
	if a.env.clients[s.ClientID].ID == 0 {
		d.start(ctx, s.ClientID)
	}
	if !a.fromScan {
		return
	}
	page, err := a.f.api.GetClientsProducts(ctx, whmcs.GetClientsProductsRequest{ServiceID: s.ID, Fresh: a.q.Fresh})
	if err != nil {
		a.incomplete(Gap{Kind: GapDetails, Service: s.ID, Failure: kindOf(err)})
		return
	}
	a.res.Calls += page.Calls
	if len(page.Services) == 1 {
		row := page.Services[0]
		if nameless(&row) {
			row.ServerName, row.ServerHostname, row.ServerIP = s.ServerName, s.ServerHostname, s.ServerIP
		}
		if a.wanted(&row) {
			*s = row
			return
		}
	}
	a.res.Services, a.res.Matched, a.res.Statuses, a.res.Holders = nil, 0, nil, 0
}

// learn keeps a client that was waited for; nil: it did not come.
func (a *question) learn(c *whmcs.Client) {
	if c != nil {
		a.env.know(c.Email, *c)
	}
}

// addClient adds what is known of a client.
func (a *question) addClient(id int) {
	if c := a.env.clients[id]; c.ID != 0 {
		if a.res.Clients == nil {
			a.res.Clients = make(map[int]whmcs.Client)
		}
		a.res.Clients[id] = c
	}
}

// addRevenue says in which currency the revenue is; without one, amounts of
// several clients are not summed.
func (a *question) addRevenue(ctx context.Context, d *details) {
	sum := a.res.Summary
	sum.Currency = a.f.cfg.Currency
	if sum.Clients == 1 {
		id := a.found[0].ClientID
		if a.env.clients[id].ID == 0 {
			d.start(ctx, id)
			a.learn(d.wait(ctx))
		}
		if code := a.env.clients[id].CurrencyCode; code != "" {
			sum.Currency = code
		}
		a.addClient(id)
	} else if sum.Currency == "" {
		sum.Revenue = ""
		for i := range sum.Products {
			sum.Products[i].Revenue = ""
		}
	}
}

// offerLastPage offers the last page behind which a page is empty.
func (a *question) offerLastPage() {
	if len(a.res.Services) == 0 && len(a.res.Try) == 0 && a.res.Matched > 0 {
		last := (a.res.Matched-1)/a.pageRows() + 1
		a.res.Try = []string{a.q.Lasting().WithPage(last).String()}
	}
}
