package query

import "strings"

// part takes a part of a name, of a domain where nothing else is said: domains ending in
// .net, product contains vps, *.net.
func (t *listener) part() bool {
	k, n := keyNamed(t.at(0).lower), 1
	if k == nil {
		k, n = lookup("domain"), 0
		if below := strings.TrimPrefix(t.at(0).text, "-"); strings.HasPrefix(below, "*.") && strings.IndexFunc(below, isWordRune) == 2 && strings.Count(below, ".") == 1 {
			return t.starred(k, 1, below)
		}
	}
	for n > 0 && fillers[t.at(n).lower] && parts[t.at(n).lower] == "" {
		n++ // domain name that ends
	}
	form := parts[t.at(n).lower]
	if form == "" || k.names == nil && k.Name != "domain" {
		return false
	}
	bare := n == 0
	switch n++; t.at(n).lower {
	case "in", "with":
		n++
	}
	text := strings.Trim(t.at(n).text, "*")
	if before := t.at(n - 1).lower; bare && before != "with" && (before != "in" || text[:min(1, len(text))] != ".") {
		return false // text is looked for as a part anyway, and what starts in december is no domain
	}
	if text == "" || strings.IndexFunc(text, isWordRune) < 0 || strings.ContainsAny(text, ",:") {
		return false
	}
	if form == "*%" && k.Name == "domain" && isLetter(text[0]) && len(text) <= 3 {
		text = "." + text // ending in net
	}
	return t.starred(k, n+1, strings.Replace(form, "%", text, 1))
}

// starred takes the value of a key that n words are, if that is one.
func (t *listener) starred(k *field, n int, value string) bool {
	if _, flaw := k.value(value); flaw != nil {
		return false
	}
	t.changed = true
	if t.at(0).text[0] == '-' {
		t.not = true
	}
	t.take(n, k.Name+":"+valueText(value), firmPart)
	return true
}
