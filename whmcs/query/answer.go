package query

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// Heard is how the line that was typed led to an answer. It is zero for a line that was
// answered as it was written.
type Heard struct {
	ReadAs  bool     // the line read differs from the one typed in more than case, spaces and what stood around words
	LeftOut []string // words that nothing accounts for
	Unsure  bool     // what was typed may as well mean something else
	Without []string // parts of the line that nothing matches together with the rest
	Named   string   // a text that nothing has but names of clients, which begin with it
	Servers []string // names of servers whose address was typed, where a service has it not itself

	NamesClosed bool // names of clients were not searched: GetClients is not permitted
}

// Guess reports whether the answer is for the asker alone: words were left out, or a
// client's name alone matched.
func (h Heard) Guess() bool {
	return len(h.LeftOut) > 0 || h.Unsure || len(h.Without) > 0 || h.Named != ""
}

// Answer answers what was typed. Where its words can mean several things it tries these
// in turn, best first, and answers the first that has a match: text of products, groups,
// domains and servers; names of clients; and last what is certain of the line, without
// the rest. Where nothing matches, the result says what is near. The errors are those of
// Find.
func (f *Finder) Answer(ctx context.Context, r Reading, opt Options) (*Result, error) {
	heard := Heard{ReadAs: r.ReadAs, LeftOut: r.LeftOut, Unsure: r.Unsure}
	res, err := f.Find(ctx, r.Query, opt)
	if err != nil && (r.Strict || !is(err, NamesNotPermitted)) {
		return nil, err
	}
	if err == nil && !res.nothing() {
		return f.fuller(ctx, r, res, opt).heard(heard), nil
	}
	other, failed := f.otherMeaning(ctx, r, opt, &heard)
	if other != nil || failed != nil {
		return other.heard(heard), failed
	}
	if err != nil {
		return nil, err
	}
	if f.near(ctx, res, r); ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	return res.heard(heard), nil
}

// otherMeaning answers the first of the other meanings that has a match; nil: none has.
func (f *Finder) otherMeaning(ctx context.Context, r Reading, opt Options, heard *Heard) (*Result, error) {
	opt.Snapshot = true // the rows were just read
	var many error
	for m := range f.meanings(ctx, r) {
		if many != nil && m.named == "" {
			return nil, many
		}
		if m.named != "" && heard.NamesClosed {
			continue
		}
		res, err := f.Find(ctx, m.query, opt)
		switch {
		case is(err, NamesNotPermitted):
			heard.NamesClosed = true
		case is(err, ManyClients):
			many = cmp.Or(many, err)
		case err != nil && isProblem(err):
			// a word that no name can be
		case err != nil:
			return nil, err
		case !res.nothing():
			heard.Without, heard.Named, heard.ReadAs = m.without, m.named, true
			return res, nil
		}
	}
	return nil, many
}

// nothing reports whether it is certain that no service matches.
func (r *Result) nothing() bool {
	return r.Matched == 0 && r.Counted && r.Complete && r.Query.Position == ""
}

// heard notes how the line was understood; r may be nil.
func (r *Result) heard(h Heard) *Result {
	if r != nil {
		r.Heard = h
		r.Heard.Servers = r.serversAsked()
	}
	return r
}

// is reports whether an error is that of a question with a problem for a reason.
func is(err error, why Reason) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Problems[0].Reason == why
}

// isProblem reports whether an error is about the question rather than WHMCS.
func isProblem(err error) bool {
	_, ok := errors.AsType[*Error](err)
	return ok
}

// fuller answers r.Fuller in the place of an answer that has a service with that text: who
// types "vps s" wants no VPS M.
func (f *Finder) fuller(ctx context.Context, r Reading, res *Result, opt Options) *Result {
	if len(r.Fuller.Terms) == 0 {
		return res
	}
	has := func(s *whmcs.Service) bool {
		return !slices.ContainsFunc(wordsIn(r.Fuller), func(w string) bool {
			return !testWord([]string{w}, &env{})(s)
		})
	}
	found := false
	for i := range res.Services {
		found = found || has(&res.Services[i])
	}
	for s := range f.rowsAtHand() {
		if found = found || has(s); found {
			break
		}
	}
	if !found {
		return res
	}
	opt.Snapshot = true
	if fuller, err := f.Find(ctx, r.Fuller, opt); err == nil && !fuller.nothing() {
		return fuller
	}
	return res
}

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

// knownNames are the names of servers, products and groups, in lower case, as GetServers
// and the rows at hand have them.
func (f *Finder) knownNames(ctx context.Context) map[string]bool {
	known := make(map[string]bool)
	add := func(names ...string) {
		for _, n := range names {
			if n != "" {
				known[strings.ToLower(n)] = true
			}
		}
	}
	for _, s := range f.knownServers(ctx) {
		row := namesOfServer(s)
		add(append(row.texts[:], row.label)...)
	}
	for s := range f.rowsAtHand() {
		add(s.Name, s.GroupName)
	}
	return known
}

// knownServers are the servers that GetServers names, else those of the rows at hand.
func (f *Finder) knownServers(ctx context.Context) []whmcs.Server {
	if list, err := f.api.GetServers(ctx); err == nil {
		return list
	}
	byID := make(map[int]whmcs.Server)
	for s := range f.rowsAtHand() {
		if s.ServerID != 0 && !nameless(s) {
			byID[s.ServerID] = whmcs.Server{ID: s.ServerID, Name: s.ServerName, Hostname: s.ServerHostname, IP: s.ServerIP}
		}
	}
	var list []whmcs.Server
	for _, s := range byID {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b whmcs.Server) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// rowsAtHand are the rows of the snapshots that there are.
func (f *Finder) rowsAtHand() iter.Seq[*whmcs.Service] {
	f.mu.Lock()
	scans := slices.Clone(f.scans)
	f.mu.Unlock()
	return func(yield func(*whmcs.Service) bool) {
		for _, s := range scans {
			for _, p := range s.look().pages {
				for i := range p.Services {
					if !yield(&p.Services[i]) {
						return
					}
				}
			}
		}
	}
}

// allAtHand reports whether every row of the installation is at hand.
func (f *Finder) allAtHand() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.scans, func(s *scan) bool {
		now := s.look()
		return s.from == (place{}) && now.ended && !now.fewer
	})
}

// serversAsked names the servers for whose address alone, typed without a key, rows of the
// page are there.
func (r *Result) serversAsked() []string {
	var wanted []string
	for _, t := range r.Query.Terms {
		if t.Key == "" && !t.Not {
			wanted = append(wanted, slices.DeleteFunc(slices.Clone(t.Values), func(v string) bool { return !isAddressWord(v) })...)
		}
	}
	var names []string
	addresses := prefixes(wanted)
	for i := range r.Services {
		s := &r.Services[i]
		if overlap(s.DedicatedIP, addresses) || overlap(s.AssignedIPs, addresses) || !overlap(s.ServerIP, addresses) {
			continue
		}
		if name := cmp.Or(s.ServerName, s.ServerHostname); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
