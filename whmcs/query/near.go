package query

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"servicesbot/whmcs"
)

const (
	// nearTime is how long an answer that found nothing looks for what is near.
	nearTime = 3 * time.Second
	// maxNear is how many lines it offers.
	maxNear = 5
)

// An Offer is a line that is worth asking instead of one that found nothing.
type Offer struct {
	Line    string
	Found   int           // how many services it has
	Counted bool          // whether Found is known, and is all of them
	Without string        // the filter that the line leaves out; "": none
	Client  *whmcs.Client // of a line about one client: who that is; nil: not known
}

// near puts into an empty result what there is near to what was asked for: similar names,
// the domain above, the server of an address, and each filter without which something
// matches. It looks at most nearTime, and offers only what has a match.
func (f *Finder) near(ctx context.Context, res *Result, r Reading) {
	ctx, cancel := context.WithTimeout(ctx, nearTime)
	defer cancel()
	add := func(q Query, without string) {
		if len(res.Near) == maxNear || ctx.Err() != nil || slices.ContainsFunc(res.Near, func(o Offer) bool { return o.Line == q.String() }) {
			return
		}
		if o, err := f.offer(ctx, q); err == nil && o.Found > 0 {
			o.Without = without
			res.Near = append(res.Near, o)
		}
	}
	q := res.Query.Lasting().WithPage(1)
	r, _ = f.exactClient(ctx, r)
	known := f.knownNames(ctx)
	rest := withoutWords(r.Query.Lasting().WithPage(1))
	for _, m := range r.certain(known, nil) {
		q, rest = m.query, m.query
		break
	}
	for _, t := range r.Fuller.Terms { // words that are one text may be a slip for one name
		if isWords(t) {
			for _, other := range f.nearTerms(ctx, t) {
				add(withoutWords(rest).first(other), "")
			}
		}
	}
	for i, t := range q.Terms {
		if t.Not {
			continue
		}
		for _, other := range f.nearTermOf(ctx, q, i) {
			add(q.withTerm(i, other), "")
		}
	}
	if !res.NamesClosed {
		for _, m := range r.names(nil) {
			add(named(q, wordsIn(q), m.named), "")
		}
	}
	for _, n := range r.Numbers {
		for _, key := range []string{"client", "service"} {
			add(rest.first(Term{Key: key, Values: []string{n}}), "")
		}
	}
	if words := wordsIn(r.Query); len(words) > 0 && !r.Strict && rest.asksSomething() && !rest.names() && f.quick(rest) {
		add(rest, strings.Join(words, " ")) // states alone
	}
	q = r.Query.Lasting().WithPage(1)
	for i, t := range q.Terms {
		if isWords(t) && !r.Strict && !known[strings.ToLower(t.Values[0])] {
			continue // a word alone may mean something else
		}
		if rest, ok := q.eased(i); ok && f.quick(rest) {
			add(rest, t.String())
		}
	}
}

// eased is q without term i; false: too little is left of it. What is left names something, or
// has another filter of the same key, which may exclude term i.
func (q Query) eased(i int) (Query, bool) {
	rest := q.Without(i)
	rival := slices.ContainsFunc(rest.Terms, func(t Term) bool { return t.Key == q.Terms[i].Key })
	if !rest.asksSomething() && rival {
		rest = rest.first(Term{Key: "all", Values: []string{"yes"}})
	}
	return rest, rest.asksSomething() && (rest.names() || rival)
}

// slipped offers what a word may be a slip for, beside what was found without it, or with it
// as a part of another: a state, and of the words that were left out also a name.
func (f *Finder) slipped(ctx context.Context, r Reading, res *Result, without []string) {
	ctx, cancel := context.WithTimeout(ctx, nearTime)
	defer cancel()
	for _, w := range wordsIn(r.Query) {
		meant, ok := slipFor(w)
		if names := f.similar(ctx, "", w); !ok && len(w) >= shortestPlural && len(names) > 0 && slices.Contains(without, w) {
			meant, ok = names[0], true
		}
		q := res.Query.Lasting()
		q.Terms = slices.DeleteFunc(slices.Clone(q.Terms), func(t Term) bool { return isWords(t) && slices.Contains(t.Values, w) })
		if !ok || slices.ContainsFunc(q.Terms, func(t Term) bool { return t.Key == meant.Key }) || len(res.Near) == maxNear {
			continue
		}
		if o, err := f.offer(ctx, q.With(meant)); err == nil && o.Found > 0 {
			res.Near = append(res.Near, o)
		}
	}
}

// withoutWords is q without its texts.
func withoutWords(q Query) Query {
	q.Terms = slices.DeleteFunc(slices.Clone(q.Terms), isWords)
	return q
}

// first is q with another term before its own.
func (q Query) first(t Term) Query {
	q.Terms = append([]Term{t}, q.Terms...)
	return q
}

// names reports whether q has a filter that says more than a state, a date or a price.
func (q Query) names() bool {
	return slices.ContainsFunc(q.Terms, func(t Term) bool {
		return !t.Not && namesThings(t.Key)
	})
}

// withTerm is q with another term in the place of term i.
func (q Query) withTerm(i int, t Term) Query {
	q.Terms = slices.Clone(q.Terms)
	q.Terms[i] = t
	return q
}

// offer counts what a line has.
func (f *Finder) offer(ctx context.Context, q Query) (Offer, error) {
	o := Offer{Line: q.String()}
	counted := q.Lasting().WithAs(ViewSummary) // which counts all
	res, err := f.Find(ctx, counted, Options{Snapshot: true})
	if err != nil {
		return o, err
	}
	o.Found, o.Counted = res.Matched, res.Counted
	if len(res.Existing) == 1 {
		o.Client = &res.Existing[0]
	}
	return o, nil
}

// quick reports whether a line can be counted without reading the installation.
func (f *Finder) quick(q Query) bool {
	return f.allAtHand() || slices.ContainsFunc(q.Terms, func(t Term) bool {
		k := lookup(t.Key)
		return !t.Not && k != nil && k.Pushed != "" && !(k.names != nil && len(texts(t.Values)) > 0) && !strings.Contains(t.String(), "*")
	})
}

// nearTerms are terms near to one that found nothing, best first.
func (f *Finder) nearTerms(ctx context.Context, t Term) []Term {
	var near []Term
	for _, v := range t.Values {
		switch t.Key {
		case "domain":
			near = append(near, f.nearHosts(ctx, v)...)
			near = append(near, f.similarHosts(v)...)
		case "email":
			_, host, _ := cutLast(v, "@")
			near = append(near, Term{Key: "domain", Values: []string{host}})
			near = append(near, f.nearHosts(ctx, host)...)
		case "ip":
			near = append(near, Term{Key: "server", Values: []string{v}})
		case "", "server", "product", "group":
			if t.Key == "" && !strings.ContainsAny(v, " *") {
				near = append(near, Term{Key: "username", Values: []string{v}})
			}
			if meant, ok := slipFor(v); ok && t.Key == "" {
				near = append(near, meant)
			}
			if !strings.Contains(v, "*") && !isNumber(v) && !isAddressWord(v) {
				near = append(near, f.similar(ctx, t.Key, v)...)
			}
		}
	}
	return slices.DeleteFunc(near, func(t Term) bool {
		_, err := NewTerm(t.Key, t.Values...)
		return err != nil
	})
}

// nearTermOf are terms near to term i of a question that found nothing: also domains among the
// rows of what else it names.
func (f *Finder) nearTermOf(ctx context.Context, q Query, i int) []Term {
	t := q.Terms[i]
	near := f.nearTerms(ctx, t)
	if t.Key == "domain" && len(t.Values) == 1 {
		near = append(near, f.hostsOfRest(ctx, q.Without(i), t.Values[0])...)
	}
	return near
}

// nearHosts are the domains above a host name, its server, and for a name without a point
// all that begins so.
func (f *Finder) nearHosts(ctx context.Context, host string) []Term {
	host = strings.TrimPrefix(host, "*.")
	if strings.Contains(host, "*") {
		return nil
	}
	if !strings.Contains(host, ".") {
		return append(f.similar(ctx, "server", host), Term{Key: "domain", Values: []string{host + "*"}})
	}
	var near []Term
	suffix, _ := publicsuffix.PublicSuffix(host)
	for _, above, ok := strings.Cut(host, "."); ok && above != suffix && strings.Contains(above, "."); _, above, ok = strings.Cut(above, ".") {
		near = append(near, Term{Key: "domain", Values: []string{above}})
	}
	for _, s := range f.knownServers(ctx) {
		if s.Hostname != "" && strings.HasSuffix("."+strings.ToLower(host), "."+strings.ToLower(s.Hostname)) { // ns1.saturn.example.com
			near = append(near, Term{Key: "server", Values: []string{cmp.Or(s.Name, s.Hostname)}})
		}
	}
	return near
}

// similar are the names of servers, products and groups that a text may be a slip for, or
// the beginning of.
func (f *Finder) similar(ctx context.Context, key, text string) []Term {
	var near []Term
	add := func(of, name string) {
		if name == "" || len(name) > maxKeyLength || key != "" && key != of || of != "payment" && strings.EqualFold(name, text) || distance(text, name) >= maxKeyLength {
			return
		}
		if t := (Term{Key: of, Values: []string{name}}); !slices.ContainsFunc(near, func(n Term) bool { return n.String() == t.String() }) {
			near = append(near, t)
		}
	}
	for _, s := range f.knownServers(ctx) {
		add("server", s.Name)
	}
	for s := range f.rowsAtHand() {
		if len(near) >= maxNear {
			return near
		}
		add("product", s.Name)
		add("group", s.GroupName)
		add("payment", s.PaymentMethodName)
	}
	return near
}

// Choose counts what lines have from which people are to choose: the numbers of a client,
// a service or an order. What does not exist is left out; what cannot be counted quickly is
// not counted.
func (f *Finder) Choose(ctx context.Context, lines []string) ([]Offer, error) {
	var offers []Offer
	for _, line := range lines {
		q, err := Parse(line)
		if err != nil {
			return nil, err
		}
		if !f.quick(q) {
			offers = append(offers, Offer{Line: q.String()})
			continue
		}
		o, err := f.offer(ctx, q)
		switch _, asked := errors.AsType[*Error](err); {
		case asked:
			continue
		case err != nil:
			return nil, err
		}
		if o.Found > 0 || o.Client != nil || !o.Counted {
			offers = append(offers, o)
		}
	}
	return offers, nil
}
