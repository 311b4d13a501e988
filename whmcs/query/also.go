package query

import (
	"cmp"
	"context"
	"slices"

	"servicesbot/whmcs"
)

// alsoTime is how long an answer looks for what else has the name that its words may be.
const alsoTime = detailsWait

// also notes what has the words of an answered question for its name, where they were found
// as a part of other names: servers, and clients. It needs a call each at most.
func (f *Finder) also(ctx context.Context, r Reading, res *Result) *Result {
	words := wordsIn(res.Query)
	if !res.partly || len(words) == 0 || res.Query.Page > 1 || res.Query.Position != "" {
		return res
	}
	ctx, cancel := context.WithTimeout(ctx, alsoTime)
	defer cancel()
	if list, err := f.api.GetServers(ctx); err == nil {
		res.Also = append(res.Also, serversNamed(res.Query, list)...)
	}
	if names := (Reading{Query: res.Query, Fuller: r.Fuller}).names(nil); len(names) > 0 {
		all := names[0] // by all words together
		if found, err := f.clientsBeginning(ctx, all.named); err == nil && found.Total > 0 && f.worthAsking(ctx, all.query, found) {
			res.Also = append(res.Also, clientsNamed(all, found))
		}
	}
	return res
}

// worthAsking reports whether the clients of a name have services that match the rest of a
// question. Of many that is not asked.
func (f *Finder) worthAsking(ctx context.Context, q Query, found whmcs.Clients) bool {
	if found.Total > maxNames {
		return len(q.Terms) == 1
	}
	o, err := f.offer(ctx, q)
	return err == nil && o.Found > 0
}

// serversNamed are the servers of exactly the name that a word of q is.
func serversNamed(q Query, list []whmcs.Server) []Namesake {
	var all []Namesake
	for i, t := range q.Terms {
		if !isWords(t) || len(t.Values) != 1 {
			continue
		}
		w := newWantedName(t.Values[0])
		for _, s := range list {
			if !w.isExactly(namesOfServer(s)) {
				continue
			}
			name := cmp.Or(s.Name, s.Hostname)
			line := q.Lasting().WithPage(1).withTerm(i, Term{Key: "server", Values: []string{name}})
			all = append(all, Namesake{Key: "server", Text: w.text, Names: []string{name}, Line: line.String()})
		}
	}
	return all
}

// clientsNamed are the clients whose names begin with the words of a question.
func clientsNamed(m meaning, found whmcs.Clients) Namesake {
	n := Namesake{Key: "client", Text: m.named, Line: m.query.Lasting().String()}
	for _, c := range found.Clients[:min(len(found.Clients), maxNamesakes)] {
		if name := cmp.Or(c.Company, c.Name); !slices.Contains(n.Names, name) {
			n.Names = append(n.Names, name)
		}
	}
	return n
}
