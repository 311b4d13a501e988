package query

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// A meaning is one of the things that a line may mean.
type meaning struct {
	query   Query
	without []string // what is left out of the line
	named   string   // what is looked for among names of clients; "": nothing
}

// meanings are what a line may mean beside all that it says, best first. A line written in
// the language means what it says; only texts in it may be names of clients.
func (f *Finder) meanings(ctx context.Context, r Reading) iter.Seq[meaning] {
	return func(yield func(meaning) bool) {
		servers := f.knownServers(ctx)
		others := append(slices.Clone(r.Others), r.onServers(servers)...)
		if len(r.Fuller.Terms) > 0 {
			others = append(others, r.Fuller)
		}
		for _, q := range others {
			if !yield(meaning{query: q}) {
				return
			}
		}
		known := f.knownNames(ctx)
		for _, m := range r.names(known) {
			if !yield(m) {
				return
			}
		}
		if r.Strict {
			return
		}
		for _, m := range r.certain(known, others) {
			if !yield(m) {
				return
			}
		}
	}
}

// onServers are the queries in which host names are those of servers, and names of several
// servers are alternatives.
func (r Reading) onServers(servers []whmcs.Server) []Query {
	var all []Query
	q := r.Query
	for i, t := range q.Terms {
		if t.Key != "domain" || t.Not || len(t.Values) != 1 || strings.Contains(strings.ToLower(r.Typed), "domain:") {
			continue
		}
		for _, s := range servers {
			if strings.EqualFold(s.Hostname, t.Values[0]) {
				q = q.withTerm(i, Term{Key: "server", Values: []string{cmp.Or(s.Name, s.Hostname)}})
				all = append(all, q)
				break
			}
		}
	}
	isServer := func(w string) bool {
		return slices.ContainsFunc(servers, func(s whmcs.Server) bool { return strings.EqualFold(s.Name, w) })
	}
	var names []string
	rest := r.Query
	rest.Terms = nil
	for _, t := range r.Query.Terms {
		if isWords(t) && len(t.Values) == 1 && isServer(t.Values[0]) {
			names = append(names, t.Values[0])
			continue
		}
		rest.Terms = append(rest.Terms, t)
	}
	if len(names) > 1 && !r.Strict {
		rest.Terms = slices.Insert(rest.Terms, 0, Term{Key: "server", Values: names})
		all = append(all, rest)
	}
	return all
}

// names are the queries that look for words among clients' names: for all words
// together, then for one alone, those first that name nothing else, with at most maxNames
// calls.
func (r Reading) names(known map[string]bool) []meaning {
	words := slices.DeleteFunc(wordsIn(r.Query), func(w string) bool {
		_, err := NewTerm("client", w)
		return len(w) < 2 || err != nil || isNumber(w)
	})
	if len(words) == 0 {
		return nil
	}
	isKnown := func(w string) int {
		if known[strings.ToLower(w)] {
			return 1
		}
		return 0
	}
	name := strings.Join(words, " ")
	if whole := wordsIn(r.Fuller); len(whole) == 1 {
		name = whole[0]
	}
	all := []meaning{{named: name, query: named(r.Query, wordsIn(r.Query), name)}}
	if len(words) > 1 {
		slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(isKnown(a), isKnown(b)) })
		for _, w := range words[:min(len(words), maxNames-1)] {
			all = append(all, meaning{named: w, query: named(r.Query, []string{w}, w)})
		}
	}
	return all
}

// named is q with the name of a client in the place of some words.
func named(q Query, words []string, name string) Query {
	q = q.WithPage(1)
	q.Terms = slices.DeleteFunc(slices.Clone(q.Terms), func(t Term) bool {
		return isWords(t) && len(t.Values) == 1 && slices.Contains(words, t.Values[0])
	})
	q.Terms = slices.Insert(q.Terms, 0, Term{Key: "client", Values: []string{name}})
	return q
}

// isWords reports whether a term is a text without a key that is not an address.
func isWords(t Term) bool {
	return t.Key == "" && !t.Not && !slices.ContainsFunc(t.Values, isAddressWord)
}

// wordsIn are the texts of a query without a key, of which all must match.
func wordsIn(q Query) []string {
	var words []string
	for _, t := range q.Terms {
		if isWords(t) && len(t.Values) == 1 {
			words = append(words, t.Values[0])
		}
	}
	return words
}

// certain are the queries of what is certain in a line: keys, hosts, addresses, numbers,
// and words that are exactly a known name; first with the lone words of the language, then
// without these too.
func (r Reading) certain(known map[string]bool, others []Query) []meaning {
	isLoose := func(t Term) bool {
		same := func(o Term) bool { return o.String() == t.String() }
		return slices.ContainsFunc(r.Query.Terms, same) && !isWords(t) && !slices.ContainsFunc(r.Core.Terms, same)
	}
	var all []meaning
	for _, dropsLoose := range []bool{false, true} {
		for _, q := range append([]Query{r.Query}, others...) {
			m := certainPart(q, known, isLoose, dropsLoose)
			if len(m.without) > 0 && m.query.asksSomething() {
				all = append(all, m)
			}
		}
	}
	return all
}

// certainPart drops from q the words that are no known name and, with dropsLoose, the lone
// words of the language. Where nothing else is left, the query is empty.
func certainPart(q Query, known map[string]bool, isLoose func(Term) bool, dropsLoose bool) meaning {
	m := meaning{query: q.WithPage(1)}
	m.query.Terms = nil
	firm := false
	var words []string
	keep := func() {
		kept, dropped := knownRuns(words, known)
		for _, w := range kept {
			m.query.Terms, firm = append(m.query.Terms, Term{Values: []string{w}}), true
		}
		m.without = append(m.without, dropped...)
		words = nil
	}
	for _, t := range q.Terms {
		switch {
		case isWords(t) && len(t.Values) == 1:
			words = append(words, t.Values[0])
			continue
		case isWords(t):
			m.without = append(m.without, strings.Join(t.Values, " or "))
		case isLoose(t) && dropsLoose:
			m.without = append(m.without, t.spoken())
		default:
			keep()
			m.query.Terms, firm = append(m.query.Terms, t), firm || !isLoose(t) && !t.Not
		}
	}
	if keep(); !firm {
		m.query.Terms, m.query.As = nil, ""
	}
	return m
}

// knownRuns parts words that follow each other into runs that are a known name, longest
// first, and the others.
func knownRuns(words []string, known map[string]bool) (kept, dropped []string) {
	for i := 0; i < len(words); {
		n := len(words) - i
		for n > 0 && !known[strings.ToLower(strings.Join(words[i:i+n], " "))] {
			n--
		}
		if n == 0 {
			dropped = append(dropped, words[i])
			i++
			continue
		}
		kept = append(kept, strings.Join(words[i:i+n], " "))
		i += n
	}
	return kept, dropped
}

// spoken is a term as people say it: suspended, not suspended.
func (t Term) spoken() string {
	said := strings.Join(t.Values, " or ")
	if t.Key == "due" && len(t.Values) == 1 && t.Values[0] != overdue {
		said = "due " + said
	}
	if t.Not {
		return "not " + said
	}
	return said
}
