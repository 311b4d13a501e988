package query

import (
	"slices"
	"strings"
)

// sorted takes an order of the rows: sort by due, ordered by amount desc, newest first.
func (t *listener) sorted() bool {
	n := 1
	order, ok := superlatives[t.at(0).lower]
	if most := t.at(0).lower; most == "most" || most == "least" {
		order, ok = superlatives[most+" "+t.at(1).lower]
		n = 2
	}
	if ok {
		if t.at(n).lower == "first" {
			n++
		}
		return t.sort(n, order)
	}
	n = 1
	switch verb := strings.TrimRight(t.at(0).lower, ":"); {
	case !sortVerbs[verb]:
		return false
	case t.at(1).lower == "by" || t.at(1).lower == "on":
		n++
	case !strings.HasPrefix(verb, "sort"):
		return false // order 12
	}
	if t.at(n).lower == "the" || t.at(n).lower == "next" {
		n++
	}
	key := t.at(n).lower
	if key == "" {
		return false
	}
	var flaw *flaw
	order, flaw = readSort(key)
	if flaw != nil {
		if order = dateKeys[key]; order == "" {
			for _, w := range t.tokens[t.i : t.i+n+1] {
				t.left = append(t.left, w.text) // nothing can be sorted by that
			}
			t.i += n + 1
			return true
		}
	}
	if n++; t.at(n).lower == "date" {
		n++
	}
	if way, ok := sortWays[t.at(n).lower]; ok {
		order = way + strings.TrimPrefix(order, "-")
		n++
	}
	return t.sort(n, order)
}

// sort adds the order that n words are; only the first of a line counts.
func (t *listener) sort(n int, order string) bool {
	t.changed = true
	if slices.ContainsFunc(t.phrases, func(p phrase) bool { return strings.HasPrefix(p.text, "sort:") }) {
		t.left = append(t.left, t.at(0).text)
		t.i += n
		return true
	}
	t.take(n, "sort:"+order, controlPart)
	return true
}
