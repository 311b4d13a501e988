package query

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"servicesbot/whmcs"
)

// On some installations rows carry no name, host name or address of their server
// unless a client was asked for. GetServers then says which server an id is.

// maxOffers is how many other lines a result offers.
const maxOffers = 3

// A serverUse is how much a query depends on the names of servers.
type serverUse int

const (
	serverUnused serverUse = iota
	serverUseful           // a word looks there too; a summary counts by server
	serverNeeded           // server: with a text
)

// serverUse returns how much the query depends on the names of servers.
func (q Query) serverUse() serverUse {
	use := serverUnused
	if q.As == ViewSummary {
		use = serverUseful
	}
	for _, t := range q.Terms {
		switch {
		case t.Key == "server" && len(texts(t.Values)) > 0:
			return serverNeeded
		case t.Key == "":
			use = serverUseful
		}
	}
	return use
}

// nameServers makes sure, before rows are tested, that their servers have names
// where the query asks for them.
func (a *question) nameServers(ctx context.Context, rows []whmcs.Service) error {
	use := a.q.serverUse()
	if a.serversChecked || use == serverUnused || !a.plan.namesMayLack() {
		return nil
	}
	var lacking bool
	for i := range rows {
		if s := &rows[i]; nameless(s) {
			lacking = true
		} else if s.ServerID != 0 {
			a.serversChecked = true
			return nil
		}
	}
	if !lacking {
		return nil
	}
	a.serversChecked = true
	list, err := a.f.api.GetServers(ctx)
	switch {
	case err == nil:
		a.env.servers = make(map[int]whmcs.Server, len(list))
		for _, s := range list {
			a.env.servers[s.ID] = s
		}
	case use == serverNeeded && errors.Is(err, whmcs.ErrActionNotPermitted):
		a.sayUnnamed(rows)
		return errUnnamed
	case use == serverNeeded:
		return err
	case a.q.As != ViewSummary:
		a.incomplete(Gap{Kind: GapServerWords})
	}
	return nil
}

// namesMayLack reports whether WHMCS was asked without a client.
func (p plan) namesMayLack() bool {
	return slices.ContainsFunc(p.requests, func(r whmcs.GetClientsProductsRequest) bool { return r.ClientID == 0 })
}

// sayUnnamed says that servers cannot be asked for by name, and offers the
// numbers of those that most of the rows are on.
func (a *question) sayUnnamed(rows []whmcs.Service) {
	a.found, a.foundBefore = nil, nil
	a.incomplete(Gap{Kind: GapNoServers})
	t := make(map[int]int)
	for i := range rows {
		if id := rows[i].ServerID; id != 0 {
			t[id]++
		}
	}
	ids := make([]int, 0, len(t))
	for id := range t {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y int) int { return cmp.Or(cmp.Compare(t[y], t[x]), cmp.Compare(x, y)) })
	for _, id := range ids[:min(len(ids), maxOffers)] {
		q := a.q.Lasting().WithPage(1)
		q.Terms = slices.Clone(q.Terms)
		for i, term := range q.Terms {
			if term.Key == "server" && len(texts(term.Values)) > 0 {
				q.Terms[i].Values = []string{strconv.Itoa(id)}
			}
		}
		a.res.Try = append(a.res.Try, q.String())
	}
}
