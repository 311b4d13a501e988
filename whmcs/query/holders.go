package query

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// Whose services match: for as:clients and as:emails, and the names that other answers show.

const (
	// maxDetails is how many clients one question asks for one by one.
	maxDetails = 50
	// HolderRows is how many clients a page of as:clients has.
	HolderRows = 50
)

// A Holder is a client whose services match.
type Holder struct {
	whmcs.Client         // its number alone where no more is known
	Services     int     // of theirs, how many match
	Statuses     []Count // of those, in the words of status:
}

// hold fills what is said of clients instead of services: of as:clients a page of them, of
// as:emails all.
func (a *question) hold(ctx context.Context) {
	rows := make(map[int][]*whmcs.Service)
	for _, s := range a.found {
		rows[s.ClientID] = append(rows[s.ClientID], s)
	}
	all := make([]Holder, 0, len(rows))
	for id, of := range rows {
		all = append(all, Holder{Client: whmcs.Client{ID: id}, Services: len(of), Statuses: countStatuses(of)})
	}
	slices.SortFunc(all, func(x, y Holder) int { return cmp.Or(cmp.Compare(y.Services, x.Services), cmp.Compare(x.ID, y.ID)) })
	if a.q.As == ViewClients {
		all = a.pageOfHolders(all)
	}
	ids := make([]int, len(all))
	for i, h := range all {
		ids[i] = h.ID
	}
	a.nameClients(ctx, ids)
	for i := range all {
		if c := a.env.clients[all[i].ID]; c.ID != 0 {
			all[i].Client = c
			a.addClient(c.ID)
		}
	}
	a.res.ByClient = all
}

// pageOfHolders cuts the page asked for out of all clients, and makes the lines of those
// beside it.
func (a *question) pageOfHolders(all []Holder) []Holder {
	page := max(a.q.Page, 1)
	first := min((page-1)*HolderRows, len(all))
	last := min(first+HolderRows, len(all))
	a.res.First = first
	if last < len(all) {
		a.res.Next = a.q.Lasting().WithPage(page + 1).String()
	}
	if first > 0 {
		a.res.Previous = a.q.Lasting().WithPage(page - 1).String()
	}
	return all[first:last]
}

// nameClients learns the names and addresses of clients, as far as WHMCS gives them: one
// call for each, or where they are many GetClients page by page, if that is fewer calls. What it
// does not learn is counted.
func (a *question) nameClients(ctx context.Context, ids []int) {
	a.knowNames(ids)
	unknown := a.unknownClients(ids)
	if len(unknown) > maxDetails {
		a.listClients(ctx, unknown)
		unknown = a.unknownClients(ids)
	}
	a.askClients(ctx, unknown[:min(len(unknown), maxDetails)])
	a.res.Unnamed = len(a.unknownClients(ids))
}

// knowNames learns the names of clients that came with warm rows.
func (a *question) knowNames(ids []int) {
	for _, id := range a.unknownClients(ids) {
		if c, ok := a.names[id]; ok {
			a.learn(&c)
		}
	}
}

// unknownClients are those of ids that nothing is known of, each once.
func (a *question) unknownClients(ids []int) []int {
	var unknown []int
	seen := make(map[int]bool)
	for _, id := range ids {
		if id != 0 && a.env.clients[id].ID == 0 && !seen[id] {
			unknown, seen[id] = append(unknown, id), true
		}
	}
	return unknown
}

// askClients asks for each client, for all at once. Until WHMCS has answered one, the first is
// asked for alone, as it may not be permitted. The API lets so many through as WHMCS bears, and
// asks for none that it was told of within WHMCS_CACHE_TTL. One that fails is left unnamed. It
// reports whether WHMCS permits it, as far as that is known.
func (a *question) askClients(ctx context.Context, ids []int) (permitted bool) {
	if len(ids) > 0 && !a.f.named.Load() {
		c, err := a.f.api.GetClientsDetails(ctx, ids[0], "")
		if err == nil {
			a.learn(c)
			a.f.named.Store(true)
		}
		if ids = ids[1:]; errors.Is(err, whmcs.ErrActionNotPermitted) || ctx.Err() != nil {
			return !errors.Is(err, whmcs.ErrActionNotPermitted)
		}
	}
	found, asked := make([]*whmcs.Client, len(ids)), make([]<-chan error, len(ids))
	for i, id := range ids {
		asked[i] = whmcs.Go(func() (err error) {
			found[i], err = a.f.api.GetClientsDetails(ctx, id, "")
			return err
		})
	}
	for i := range ids {
		if err := <-asked[i]; err == nil {
			a.learn(found[i])
		}
	}
	return true
}

// addClients adds what is known of the clients of the rows: of a page as far as that comes
// soon, of a file all of it.
func (a *question) addClients(ctx context.Context, d *details) {
	ids := make([]int, len(a.res.Services))
	for i, s := range a.res.Services {
		ids[i] = s.ClientID
	}
	switch {
	case d.id != 0 && slices.Contains(ids, d.id) && a.env.clients[d.id].ID == 0:
		a.learn(d.wait(ctx))
	case a.q.As == ViewCSV:
		a.nameClients(ctx, ids)
	default:
		a.nameSoon(ctx, ids)
	}
	for _, id := range ids {
		a.addClient(id)
	}
}

// addExisting notes which of the clients asked for WHMCS has, so that one without services
// is not taken for one that does not exist.
func (a *question) addExisting(ctx context.Context, d *details) {
	if len(a.found) == 0 && d.id != 0 && a.env.clients[d.id].ID == 0 {
		c := d.wait(ctx)
		a.res.NoClient = c == nil && d.reply != nil && a.gone(d)
		a.learn(c)
	}
	for _, t := range a.q.Terms {
		if t.Not {
			continue
		}
		switch t.Key {
		case "client":
			for _, id := range numbers(t.Values) {
				a.exists(a.env.clients[id])
			}
			for _, name := range texts(t.Values) {
				for _, c := range a.env.byName[name] {
					a.exists(c)
				}
			}
		case "email":
			for _, v := range t.Values {
				a.exists(a.env.clients[a.env.emails[v]])
			}
		}
	}
}

// exists notes a client that WHMCS has; one without an id is not known.
func (a *question) exists(c whmcs.Client) {
	if c.ID != 0 && !slices.ContainsFunc(a.res.Existing, func(had whmcs.Client) bool { return had.ID == c.ID }) {
		a.res.Existing = append(a.res.Existing, c)
	}
}

// gone reports whether WHMCS answered that the client does not exist.
func (a *question) gone(d *details) bool {
	select {
	case c := <-d.reply:
		d.reply <- c
		return d.absent
	default:
		return false
	}
}

// nameSoon learns names as far as they come within detailsWait. Those that do not come are
// counted, but not where WHMCS does not permit any: that is no news.
func (a *question) nameSoon(ctx context.Context, ids []int) {
	ctx, cancel := context.WithTimeout(ctx, detailsWait)
	defer cancel()
	a.knowNames(ids)
	unknown := a.unknownClients(ids)
	if a.askClients(ctx, unknown[:min(len(unknown), maxDetails)]) {
		a.res.Unnamed = len(a.unknownClients(ids))
	}
}

// listClients reads the list of all clients page by page until it has had those wanted, where
// that is fewer calls than one for each of them.
func (a *question) listClients(ctx context.Context, wanted []int) {
	want := make(map[int]bool, len(wanted))
	for _, id := range wanted {
		want[id] = true
	}
	for offset, calls := 0, 1; calls < len(wanted); calls++ {
		page, err := a.f.api.ListClients(ctx, offset)
		if err != nil || len(page.Clients) == 0 {
			return
		}
		for i := range page.Clients {
			if c := page.Clients[i]; want[c.ID] {
				a.learn(&c)
				delete(want, c.ID)
			}
		}
		offset += len(page.Clients)
		rest := (page.Total - offset + len(page.Clients) - 1) / len(page.Clients)
		if rest <= 0 || calls+rest >= len(wanted) || len(want) == 0 {
			return
		}
	}
}

// EmailsNotShown is the Error of a question for e-mail addresses where the operator did not
// choose to show them. It offers the clients instead.
func (q Query) EmailsNotShown() *Error {
	e := q.problem(Problem{Reason: EmailsNotShown, Key: "as", Value: string(ViewEmails)})
	part := "as:" + string(ViewEmails)
	if from := strings.Index(e.Line, part); from >= 0 {
		e.Problems[0].Start, e.Problems[0].End = from, from+len(part)
	}
	e.Corrected = []string{q.Lasting().WithAs(ViewClients).String()}
	return e
}

// domains are the host names of all matches, each once, in their order.
func domains(rows []*whmcs.Service) []string {
	var all []string
	for _, s := range rows {
		if d := strings.TrimSpace(s.Domain); d != "" {
			all = append(all, strings.ToLower(d))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
