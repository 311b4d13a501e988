package query

import (
	"slices"
	"strings"
)

// word reads a term without a key: host names and e-mail addresses are asked
// for by their keys, a number needs to be told what it counts, the rest is text.
func (p *parser) word(t token) {
	p.tooMany(t)
	key := classify(t.values)
	switch key {
	case "":
	case "number":
		p.loneNumber(t)
		return
	default:
		p.filter(lookup(key), t)
		return
	}
	term := Term{Not: t.not}
	for _, v := range t.values {
		switch {
		case v.text == "":
			p.emptyQuotes(t, v)
		case len(term.Values) < maxValues && !slices.Contains(term.Values, wordText(v.text)):
			term.Values = append(term.Values, wordText(v.text))
		}
	}
	p.q.Terms = append(p.q.Terms, term)
}

// emptyQuotes notes a word that is nothing but quotes.
func (p *parser) emptyQuotes(t token, v value) {
	f := newFault(v.span, EmptyQuotes)
	f.edits = remove(t.start, t.end)
	p.fault(f)
}

// classify says what the values of a bare word are: "domain", "email", "number"
// or "" for text. A quoted value is always text.
func classify(values []value) string {
	kind := ""
	for i, v := range values {
		of := ""
		switch {
		case v.quoted:
		case isNumber(v.text):
			of = "number"
		case isHostWord(v.text):
			of = "domain"
		case isEmail(v.text):
			of = "email"
		}
		if of == "" || i > 0 && of != kind {
			return ""
		}
		kind = of
	}
	return kind
}

// plainWord reports whether w, without quotes, is read as a word and nothing else.
func plainWord(w string) bool {
	if isAddressWord(w) {
		return wordText(w) == w
	}
	return classify([]value{{text: w}}) == "" && w[0] != '-' && w != "?" &&
		!strings.ContainsAny(w, ":=") && !isOfLanguage(strings.ToLower(w))
}

// wordText is a bare word in canonical form: an address as such, else the text itself.
func wordText(w string) string {
	if isAddressWord(w) {
		p, _ := prefixOf(w)
		return prefixText(p)
	}
	return w
}

// isNumber reports whether a word is a number as people write one: 12 or #12.
func isNumber(w string) bool {
	return allDigits(strings.TrimPrefix(w, "#"))
}

// loneNumber asks whether a number is a client's, a service's or an order's.
func (p *parser) loneNumber(t token) {
	text := p.line[t.values[0].start:t.values[len(t.values)-1].end]
	keys := []string{"client", "service", "order"}
	if slices.ContainsFunc(p.q.Terms, func(t Term) bool { return t.Key == "client" || t.Key == "email" }) {
		keys = []string{"service", "order"}
	}
	f := newFault(t.span, LoneNumber)
	f.Value = text
	at := t.values[0].start
	for i, key := range keys {
		f.Meant = append(f.Meant, key+":"+text)
		if i == 0 {
			f.edits = replace(at, at, key+":")
		} else {
			f.or = append(f.or, replace(at, at, key+":"))
		}
	}
	p.fault(f)
}
