package query

import (
	"cmp"
	"context"
	"errors"
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
	Apart   []string // the words, where some row has them apart, one of them only within another word
	When    bool     // since when something has its state was asked too, which WHMCS does not say
	Fresh   bool     // the line asks for rows past the cache
	Named   string   // a text that nothing has but names of clients, which begin with it
	Servers []string // names of servers whose address was typed, where a service has it not itself

	NamesClosed bool // names of clients were not searched: GetClients is not permitted
}

// Guess reports whether the answer is for the asker alone: words were left out, a
// client's name alone matched, or words were found apart and within others.
func (h Heard) Guess() bool {
	return len(h.LeftOut) > 0 || h.Unsure || len(h.Without) > 0 || len(h.Apart) > 0 || h.Named != ""
}

// Answer answers what was typed. Where its words can mean several things it tries these
// in turn, best first, and answers the first that has a match: text of products, groups,
// domains and servers; names of clients; and last what is certain of the line, without
// the rest. Where nothing matches, the result says what is near. The errors are those of
// Find.
func (f *Finder) Answer(ctx context.Context, r Reading, opt Options) (*Result, error) {
	heard := Heard{ReadAs: r.ReadAs, LeftOut: r.LeftOut, Unsure: r.Unsure, When: r.When, Fresh: r.Core.Fresh}
	res, err := f.Find(ctx, r.Query, opt)
	if err != nil && (r.Strict || !is(err, NamesNotPermitted)) {
		return nil, err
	}
	if err == nil && !res.nothing() {
		return f.found(ctx, r, f.fuller(ctx, r, res, opt), heard, opt), nil
	}
	other, failed := f.otherMeaning(ctx, r, opt, &heard)
	if other != nil {
		f.slipped(ctx, r, other, heard.Without)
	}
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

// found completes an answer that has services. Where some have a word only within another,
// clients whose names begin with the words come first.
func (f *Finder) found(ctx context.Context, r Reading, res *Result, heard Heard, opt Options) *Result {
	words := wordsIn(res.Query)
	if res.loose && !r.Strict {
		if named := f.namedTogether(ctx, r, heard, opt); named != nil {
			named.Near = []Offer{{Line: res.Query.Lasting().WithPage(1).String(), Found: res.Matched, Counted: res.Counted}}
			return named
		}
		if len(words) > 1 {
			heard.Apart = words
		}
	}
	if res.partly && !r.Strict {
		f.slipped(ctx, r, res, nil)
	}
	return f.also(ctx, r, res).heard(heard)
}

// namedTogether answers a line whose words are the beginning of clients' names, all together;
// nil: none has such a name and a service that matches the rest, or too many have.
func (f *Finder) namedTogether(ctx context.Context, r Reading, heard Heard, opt Options) *Result {
	all := r.names(nil)
	if len(all) == 0 {
		return nil
	}
	opt.Snapshot = true // the rows were just read
	res, err := f.Find(ctx, all[0].query, opt)
	if err != nil || res.nothing() {
		return nil
	}
	heard.ReadAs, heard.Named = true, all[0].named
	return res.heard(heard)
}

// otherMeaning answers the first of the other meanings that has a match; nil: none has.
func (f *Finder) otherMeaning(ctx context.Context, r Reading, opt Options, heard *Heard) (*Result, error) {
	opt.Snapshot = true // the rows were just read
	var many error
	var idle *Result // of clients without services
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
		case res.nothing() && len(res.Existing) == 1 && len(res.Query.Terms) == 1 && idle == nil:
			idle = res
		case !res.nothing():
			heard.Without, heard.Named, heard.ReadAs = m.without, m.named, true
			return res, nil
		}
	}
	return idle, many
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

// knownNames are the names of servers, products, groups and payment methods, in lower case,
// as GetServers and the rows at hand have them.
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
		add(s.Name, s.GroupName, s.PaymentMethodName)
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
