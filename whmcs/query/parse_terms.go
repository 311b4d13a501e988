package query

import (
	"slices"
	"strings"
)

// Terms that are more than a key of the table and its values, each read by itself.

// otherKey reads the keys that are not in the table: overdue, which is of due, and name,
// which may be a client's or a product's.
func (p *parser) otherKey(t token) bool {
	text := p.line[t.values[0].start:t.end]
	switch squeeze(t.key) {
	case overdue:
		_, flaw := readYes(text)
		switch {
		case flaw == nil && !t.not:
			p.q.Terms = append(p.q.Terms, Term{Key: "due", Values: []string{overdue}})
		case !p.overdueBy(t, ""):
			p.fault(newFlaw(NotDistance, text).at(t.span, "due"))
		}
	case "name":
		f := newFault(t.span, AmbiguousKey)
		f.Key, f.Value = t.key, text
		f.Meant = []string{"client:" + text, "product:" + text}
		f.edits = replace(t.keySpan.start, t.keySpan.end, "client")
		f.or = [][]edit{replace(t.keySpan.start, t.keySpan.end, "product")}
		p.fault(f)
	default:
		return false
	}
	return true
}

// overdueBy reads a value that says how long something is overdue, behind a text that
// it begins with: overdue>30d. It becomes two terms.
func (p *parser) overdueBy(t token, begins string) bool {
	if t.not || len(t.values) != 1 {
		return false
	}
	text, ok := strings.CutPrefix(strings.ToLower(t.values[0].text), begins)
	op := opOf(text)
	if !ok || text == "" || op == "" && begins != "" {
		return false
	}
	distance, flaw := readPoint(strings.TrimSpace(text[len(op):]), true)
	if flaw != nil || !isRelative(distance) || distance[0] == '-' {
		return false
	}
	back := map[string]string{"": "<=", "=": "", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	p.q.Terms = append(p.q.Terms, Term{Key: "due", Values: []string{overdue}}, Term{Key: "due", Values: []string{back + "-" + distance}})
	return true
}

// joinedAmounts joins the values of a list that are one amount with a comma in it.
func (p *parser) joinedAmounts(values []value) []value {
	if len(values) < 2 || slices.ContainsFunc(values, func(v value) bool { return v.quoted }) {
		return values
	}
	whole := value{span: span{values[0].start, values[len(values)-1].end}}
	whole.text = p.line[whole.start:whole.end]
	low, high, _ := strings.Cut(whole.text, "..")
	if strings.Count(low, ",") > 1 || strings.Count(high, ",") > 1 {
		return values
	}
	if _, flaw := readAmount(whole.text); flaw != nil {
		return values
	}
	return []value{whole}
}

// settled returns a term as it is written in a line: clients asked for by an e-mail
// address, and amounts of a list.
func (t Term) settled() Term {
	switch {
	case t.Key == "client" && len(t.Values) > 0 && !slices.ContainsFunc(t.Values, func(v string) bool { return !isEmail(v) }):
		t.Key = "email"
	case t.Key == "amount" && len(t.Values) > 1:
		t.Values = amountList(t.Values)
	}
	return t
}

// single reports whether t has one value that no service can have beside another of the
// same key.
func (t Term) single() bool {
	if t.Not || len(t.Values) != 1 {
		return false
	}
	switch v := t.Values[0]; t.Key {
	case "service", "order", "status", "cycle", "email", "username":
		return true
	case "client", "product":
		return isNumber(v)
	case "domain":
		return !strings.Contains(v, "*")
	case "":
		return isAddressWord(v)
	}
	return false
}

// mergeSingles makes one list of values of one key of which no service can have two:
// status:active status:suspended means either.
func (p *parser) mergeSingles() {
	if len(p.q.Terms) < 2 {
		return
	}
	terms := p.q.Terms[:0]
	lists := make(map[string]int) // places in terms, by key
	for _, t := range p.q.Terms {
		at, has := lists[t.Key]
		switch {
		case !t.single():
			terms = append(terms, t)
		case !has:
			lists[t.Key] = len(terms)
			terms = append(terms, t)
		case slices.Contains(terms[at].Values, t.Values[0]):
		case len(terms[at].Values) == maxValues:
			p.fault(tooManyValues(span{0, len(p.line)}, maxValues+1))
			return
		default:
			terms[at].Values = append(slices.Clip(terms[at].Values), t.Values[0])
		}
	}
	p.q.Terms = terms
}
