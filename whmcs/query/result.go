package query

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	More     bool            // whether rows follow this page

	Asked  []string // what was asked of WHMCS: "clientid=1"; empty: the whole installation
	Tested []string // the terms that were tested here alone

	whmcs.Coverage // of what was asked of WHMCS

	Snapshot bool // whether the rows came from an earlier scan

	Complete bool
	Why      string // why it is not complete, a plain sentence; "" where it is
	Continue bool   // whether the scan can go on from where it ended

	Clients  map[int]whmcs.Client // those of the page, or of a summary of one, whose details are known; may be nil
	Statuses []Count              // matches by status, in the words of status:; nil where they were not counted
	Summary  *Summary             // of as:summary

	// Try are whole lines that are worth asking instead: server:3 where servers
	// have no names, the last page behind the last, status:active for a lone
	// "active" that found nothing.
	Try []string
}

// answer fills the result from what was found.
func (a *question) answer(ctx context.Context, d *details) {
	a.fill()
	if a.isCard() {
		a.card(ctx, d)
	}
	if a.q.As == ViewSummary {
		a.res.Summary = summarize(a.found, a.env)
		a.addRevenue(ctx, d)
		return
	}
	a.addClients(ctx, d)
	a.offer()
}

// fill puts the page asked for, and what is counted, into the result.
func (a *question) fill() {
	n := len(a.found)
	first, last := min(a.first(), n), min(a.first()+a.pageRows(), n)
	switch a.q.As {
	case ViewCSV:
		first, last = 0, n
	case ViewSummary:
		first, last = 0, 0
	}
	rows := a.found
	if a.byOrder && last > first {
		rows = sorted(rows, a.q.Sort, last)
	}
	a.res.First, a.res.Matched = first, n
	a.res.More = last < n && a.q.As != ViewSummary
	a.res.Services = make([]whmcs.Service, 0, last-first)
	for _, s := range rows[first:last] {
		row := *s
		row.ServerName, row.ServerHostname, row.ServerIP = a.env.serverNames(s)
		a.res.Services = append(a.res.Services, row)
	}
	if a.res.Counted {
		a.res.Statuses = countStatuses(a.found)
	}
}

// isCard reports whether the answer is one service, to be shown in full.
func (a *question) isCard() bool {
	return a.q.As == "" && a.res.Counted && len(a.found) == 1 && len(a.res.Services) == 1
}

// card reads a scan's row anew by its id, as a scan keeps no notes, fields and
// options, and as it may have changed: a row that is not what was asked for any
// more is none of the answer.
func (a *question) card(ctx context.Context, d *details) {
	s := &a.res.Services[0]
	if a.env.clients[s.ClientID].ID == 0 {
		d.start(ctx, s.ClientID)
	}
	if !a.slim {
		return
	}
	page, err := a.f.api.GetClientsProducts(ctx, whmcs.GetClientsProductsRequest{ServiceID: s.ID, Fresh: a.q.Fresh})
	if err != nil {
		a.res.Complete = false
		a.res.Why = fmt.Sprintf("The details of service %d could not be read: %s.", s.ID, inWords(err))
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
	a.res.Services, a.res.Matched, a.res.Statuses = nil, 0, nil
}

// A details is the question for one client's name and currency, asked beside the
// one for services. What it fails to bring is left out.
type details struct {
	api    *whmcs.API
	id     int
	cancel context.CancelFunc
	reply  chan *whmcs.Client
}

// startDetails asks for the client where the query is about one.
func (a *question) startDetails(ctx context.Context) *details {
	d := &details{api: a.f.api, cancel: func() {}}
	ids := make(map[int]struct{})
	for _, r := range a.plan.requests {
		ids[r.ClientID] = struct{}{}
	}
	for id := range ids {
		if len(ids) == 1 && a.env.clients[id].ID == 0 {
			d.start(ctx, id)
		}
	}
	return d
}

// start asks for a client, unless one was asked for already.
func (d *details) start(ctx context.Context, id int) {
	if id == 0 || d.id != 0 {
		return
	}
	ctx, d.cancel = context.WithCancel(ctx)
	d.id, d.reply = id, make(chan *whmcs.Client, 1)
	go func() {
		c, err := d.api.GetClientsDetails(ctx, id, "")
		if err != nil {
			c = nil
		}
		d.reply <- c
	}()
}

// wait returns the client; nil: unknown, or not within detailsWait.
func (d *details) wait(ctx context.Context) *whmcs.Client {
	if d.reply == nil {
		return nil
	}
	late := time.NewTimer(detailsWait)
	defer late.Stop()
	select {
	case c := <-d.reply:
		d.reply <- c
		return c
	case <-late.C:
	case <-ctx.Done():
	}
	return nil
}

// stop ends the call, and waits for that.
func (d *details) stop() {
	d.cancel()
	if d.reply != nil {
		<-d.reply
	}
}

// addClients tells what is known of the clients on the page.
func (a *question) addClients(ctx context.Context, d *details) {
	for _, s := range a.res.Services {
		if s.ClientID == d.id && d.id != 0 && a.env.clients[d.id].ID == 0 {
			a.learn(d.wait(ctx))
			break
		}
	}
	for _, s := range a.res.Services {
		a.addClient(s.ClientID)
	}
}

// learn keeps a client that was waited for; nil: it did not come.
func (a *question) learn(c *whmcs.Client) {
	if c != nil {
		a.env.know(c.Email, *c)
	}
}

// addClient tells what is known of a client.
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
	}
}

// offer adds lines that are worth trying where the page is empty.
func (a *question) offer() {
	if len(a.res.Services) > 0 || len(a.res.Try) > 0 {
		return
	}
	q := a.q.Lasting()
	if a.res.Matched > 0 {
		last := (a.res.Matched-1)/a.pageRows() + 1
		a.res.Try = []string{q.WithPage(last).String()}
		return
	}
	for i, t := range q.Terms {
		if len(a.res.Try) == maxOffers || t.Not {
			continue
		}
		if other, ok := otherReading(t); ok {
			other.Terms = slices.Replace(slices.Clone(q.Terms), i, i+1, other.Terms...)
			a.res.Try = append(a.res.Try, other.withControls(q).String())
		}
	}
}

// otherReading returns what else may have been meant by a term that found
// nothing: a word that is a status or a cycle, a host name that is a server's.
func otherReading(t Term) (Query, bool) {
	key := ""
	switch {
	case t.Key == "domain" && !strings.HasPrefix(t.Values[0], "*."):
		key = "server"
	case t.Key == "" && all(t.Values, readStatus):
		key = "status"
	case t.Key == "" && all(t.Values, readCycle):
		key = "cycle"
	default:
		return Query{}, false
	}
	other, err := NewTerm(key, t.Values...)
	return Query{Terms: []Term{other}}, err == nil
}

// all reports whether every value is taken by a reader.
func all(values []string, read func(string) (string, *flaw)) bool {
	return !slices.ContainsFunc(values, func(v string) bool {
		_, flaw := read(v)
		return flaw != nil
	})
}

// withControls returns q with from's order and view, from the first page on.
func (q Query) withControls(from Query) Query {
	terms := q.Terms
	q = from.WithPage(1)
	q.Terms = terms
	return q
}

// grouped writes a number with commas between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
