package query

import (
	"cmp"
	"context"
	"iter"
	"maps"
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
		others := append(r.others(), r.onServers(servers)...)
		others = append(others, r.together("product", f.knownProducts())...)
		fuller := 0
		if len(r.Fuller.Terms) > 0 {
			others, fuller = append(others, r.Fuller), 1
		}
		for _, q := range others {
			if !yield(meaning{query: q}) {
				return
			}
		}
		known := f.knownNames(ctx)
		if q, ok := r.knownTexts(known); ok && !yield(meaning{query: q}) {
			return
		}
		for _, m := range r.names(known) {
			if !yield(m) {
				return
			}
		}
		if r.Strict {
			return
		}
		if q, ok := r.paidBy(f.knownPayments()); ok && !yield(meaning{query: q}) {
			return
		}
		r, client := f.exactClient(ctx, r)
		if client != "" && !yield(meaning{query: r.Query, named: client}) {
			return
		}
		for _, m := range r.certain(known, others[:len(others)-fuller]) {
			if m.named = client; !yield(m) {
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
	names := make(map[string]bool)
	for _, s := range servers {
		names[strings.ToLower(s.Name)] = true
	}
	return append(all, r.together("server", names)...)
}

// together is the query in which words that are names of several servers, or of several
// products, are alternatives; none where it has not several.
func (r Reading) together(key string, names map[string]bool) []Query {
	var values []string
	rest := r.Query
	rest.Terms = nil
	for _, t := range r.Query.Terms {
		if isWords(t) && !slices.ContainsFunc(t.Values, func(v string) bool { return !names[strings.ToLower(v)] }) {
			values = append(values, t.Values...)
			continue
		}
		rest.Terms = append(rest.Terms, t)
	}
	if len(values) < 2 || r.Strict {
		return nil
	}
	rest.Terms = slices.Insert(rest.Terms, 0, Term{Key: key, Values: values})
	return []Query{rest}
}

// exactClient returns r with the whole name or company of a client in the place of its
// words, where one is among the clients that were looked for by a word; "": none.
func (f *Finder) exactClient(ctx context.Context, r Reading) (Reading, string) {
	var words, typed []string // each word that names are made of, and the text of the line that has it
	for _, w := range wordsIn(r.Query) {
		for _, of := range nameWords(w) {
			words, typed = append(words, of), append(typed, w)
		}
	}
	for _, m := range r.names(nil) {
		found, err := f.clientsBeginning(ctx, m.named)
		if err != nil {
			return r, ""
		}
		for _, c := range found.Clients {
			for _, name := range []string{c.Company, c.Name} {
				of := nameWords(name)
				if i := indexOfRun(words, of); len(of) > 1 && i >= 0 {
					r.Query = named(r.Query, typed[i:i+len(of)], name)
					r.Core = r.Core.With(Term{Key: "client", Values: []string{name}})
					return r, name
				}
			}
		}
	}
	return r, ""
}

// nameWords are the words of a name as names are compared: without signs, accents and "and".
func nameWords(name string) []string {
	words := strings.FieldsFunc(foldedText(name), func(r rune) bool { return !isWordRune(r) })
	return slices.DeleteFunc(words, func(w string) bool { return joiners[w] })
}

// indexOfRun returns where a run of words begins in others; -1: nowhere.
func indexOfRun(words, run []string) int {
	for i := 0; i+len(run) <= len(words); i++ {
		if slices.Equal(words[i:i+len(run)], run) {
			return i
		}
	}
	return -1
}

// knownProducts are the names of products of the rows at hand, in lower case.
func (f *Finder) knownProducts() map[string]bool {
	known := make(map[string]bool)
	for s := range f.rowsAtHand() {
		known[strings.ToLower(s.Name)] = true
	}
	return known
}

// knownPayments are the names of payment methods of the rows at hand.
func (f *Finder) knownPayments() []string {
	known := make(map[string]bool)
	for s := range f.rowsAtHand() {
		known[s.PaymentMethodName] = true
	}
	return slices.Sorted(maps.Keys(known))
}

// paidBy is the query in which words that are of the name of a payment method, though not all
// of it, are that method: sepa active. It is false where none are, or several of no one name.
func (r Reading) paidBy(names []string) (Query, bool) {
	var value string
	q := r.Query.WithPage(1)
	q.Terms = nil
	within := func(words []string) string {
		i := slices.IndexFunc(names, func(name string) bool {
			return !slices.ContainsFunc(words, func(w string) bool { return !holdsWord(name, foldedText(w)) })
		})
		if i < 0 {
			return ""
		}
		return names[i]
	}
	var words []string
	for _, t := range r.Query.Terms {
		if isWords(t) && len(t.Values) == 1 && within(t.Values) != "" {
			words = append(words, t.Values[0])
			continue
		}
		q.Terms = append(q.Terms, t)
	}
	if len(words) == 1 {
		value = words[0]
	} else if len(words) > 1 {
		value = within(words)
	}
	t, err := NewTerm("payment", value)
	return q.first(t), err == nil && value != ""
}

// names are the queries that look for words among clients' names: for all words
// together, then for those that follow each other, then for one alone, those first that
// name nothing else, with at most maxNames calls.
func (r Reading) names(known map[string]bool) []meaning {
	words := slices.DeleteFunc(wordsIn(r.Query), func(w string) bool {
		_, err := NewTerm("client", w)
		return len(w) < 2 || err != nil || isNumber(w)
	})
	if len(words) == 0 {
		return nil
	}
	isKnown := func(w string) int { // a name begins with a capital, mostly
		switch {
		case known[strings.ToLower(w)]:
			return 2
		case strings.ToLower(w[:1]) == w[:1]:
			return 1
		}
		return 0
	}
	name := strings.Join(words, " ")
	if whole := wordsIn(r.Fuller); len(whole) == 1 {
		name = whole[0]
	}
	all := []meaning{{named: name, query: named(r.Query, wordsIn(r.Query), name)}}
	if len(words) == 1 {
		return all
	}
	for _, run := range wordsIn(r.Fuller) {
		if of := strings.Fields(run); len(of) > 1 && run != name {
			all = append(all, meaning{named: run, query: named(r.Query, of, run)})
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(isKnown(a), isKnown(b)) })
	for _, w := range words {
		all = append(all, meaning{named: w, query: named(r.Query, []string{w}, w)})
	}
	return all[:min(len(all), maxNames)]
}

// named is q with the name of a client in the place of some words.
func named(q Query, words []string, name string) Query {
	q = q.WithPage(1)
	q.Terms = slices.DeleteFunc(slices.Clone(q.Terms), func(t Term) bool {
		return isWords(t) && len(t.Values) == 1 && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, t.Values[0]) })
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

// knownTexts is the query in which words that are a known name together are one text: saturn
// bank transfer. It is false where none are.
func (r Reading) knownTexts(known map[string]bool) (Query, bool) {
	kept, dropped := knownRuns(wordsIn(r.Query), known)
	together := slices.ContainsFunc(kept, func(w string) bool { return strings.Contains(w, " ") })
	q := withoutWords(r.Query.WithPage(1))
	for _, w := range append(dropped, kept...) {
		q = q.first(Term{Values: []string{w}})
	}
	return q, together && !r.Strict
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
	if t.Key == "registered" || t.Key == "due" && len(t.Values) == 1 && t.Values[0] != overdue {
		said = t.Key + " " + said
	}
	if t.Not {
		return "not " + said
	}
	return said
}
