package query

import (
	"slices"

	"servicesbot/whmcs"
)

// maxMissing is how many values without a match an answer names.
const maxMissing = 10

// missing are the values of lists that no match has: hosts, addresses, numbers and names. It
// says nothing where not every match is known, or where there is none.
func (a *question) missing() (named []string, more int) {
	if !a.res.Counted || a.res.Before > 0 || len(a.found) == 0 || !a.res.Complete {
		return nil, 0
	}
	for _, t := range a.q.Terms {
		if t.Not || len(t.Values) < 2 || !namesThings(t.Key) {
			continue
		}
		for _, v := range t.Values {
			switch {
			case slices.ContainsFunc(a.found, a.env.testOf(t.Key, v)):
			case len(named) == maxMissing:
				more++
			default:
				named = append(named, v)
			}
		}
	}
	return named, more
}

// namesThings reports whether the values of a key name things, of which each may be there or
// not: a list of states says nothing of each.
func namesThings(key string) bool {
	switch key {
	case "status", "cycle", "due", "registered", "amount", "qty", "all":
		return false
	}
	return true
}

// testOf tests for one value of a key.
func (e *env) testOf(key, value string) match {
	if key == "" {
		return testWord([]string{value}, e)
	}
	k := lookup(key)
	if k.names == nil {
		return k.test([]string{value}, e)
	}
	n := newNameTest(k, Term{Key: key, Values: []string{value}})
	n.known = true
	return func(s *whmcs.Service) bool { return n.holds(s, e) }
}
