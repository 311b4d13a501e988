package query

import (
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// textsOf are the texts of a row in which words are looked for, each with the first label of
// a host name.
func (e *env) textsOf(s *whmcs.Service) []rowNames {
	host, _, _ := strings.Cut(withoutWWW(serviceHost(s.Domain)), ".")
	return []rowNames{productNames(s, e), groupNames(s, e), serverNames(s, e), paymentNames(s, e), {texts: [3]string{s.Domain}, label: host}}
}

// foundInPart reports whether a word of the question is only a part of what a row has it in.
func (a *question) foundInPart() bool {
	words := wordsIn(a.q)
	if len(words) == 0 {
		return false
	}
	wanted := make([]*wantedName, len(words))
	for i, w := range words {
		wanted[i] = newWantedName(w)
	}
	return slices.ContainsFunc(a.found, func(s *whmcs.Service) bool {
		rows := a.env.textsOf(s)
		return slices.ContainsFunc(wanted, func(w *wantedName) bool { return !slices.ContainsFunc(rows, w.isExactly) })
	})
}

// foundLoosely reports whether some row has a word only within other words, and of several
// not all of them together: "harbour web" in harbourshoes.example with "Web & Mail".
func (a *question) foundLoosely() bool {
	words := wordsIn(a.q)
	if len(words) == 0 {
		return false
	}
	texts, whole := sought(words), foldedText(strings.Join(words, " "))
	return slices.ContainsFunc(a.found, func(s *whmcs.Service) bool {
		var fields []string
		for _, row := range a.env.textsOf(s) {
			fields = append(fields, row.texts[:]...)
		}
		if len(words) > 1 && slices.ContainsFunc(fields, func(f string) bool { return holdsFolded(f, whole) }) {
			return false
		}
		return slices.ContainsFunc(texts, func(t soughtText) bool { return !slices.ContainsFunc(fields, t.isWordOf) })
	})
}
