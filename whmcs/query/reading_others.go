package query

import (
	"slices"
	"strings"
)

// maxOthers is about how many other queries of the same words are tried.
const maxOthers = 8

// others are other queries of the same words, best first, where a key is followed by more
// words than its value may have: product:"vps s", then product:vps with the word s.
func (r Reading) others() []Query {
	if r.heard == nil {
		return nil
	}
	var all []Query
	for _, line := range r.heard.others() {
		if q, faults := parse(line); len(faults) == 0 {
			all = append(all, q)
		}
	}
	return all
}

// others writes the lines in which the value of a key has fewer words, longest first.
func (t *listener) others() []string {
	var lines []string
	for i, p := range t.phrases {
		if len(lines) >= maxOthers {
			break
		}
		words := len(p.run)
		if !strings.HasSuffix(p.text, `)"`) {
			words--
		}
		for n := words; n > 0; n-- {
			lines = append(lines, t.shorter(i, n))
		}
		if p.amount != "" {
			priced := *t
			priced.phrases = slices.Clone(t.phrases)
			priced.phrases[i] = phrase{text: p.amount, kind: firmPart}
			lines = append(lines, priced.line(allParts))
		}
		if p.word != "" { // the key is a word like the others: "server management"
			plain := *t
			plain.phrases = slices.Delete(slices.Clone(t.phrases), i, i+1)
			for _, w := range append([]string{p.word}, p.run...) {
				plain.phrases = append(plain.phrases, phrase{text: wordTextOf(w), kind: wordPart})
			}
			lines = append(lines, plain.line(allParts))
		}
	}
	return lines
}

// shorter writes the line in which the value of phrase i has n words. Where the next one is a
// key with names, as in product starter server saturn, the others are its value; of the
// others, those that only say what kind of thing the value is drop out.
func (t *listener) shorter(i, n int) string {
	p := t.phrases[i]
	s := *t
	s.phrases = slices.Clone(t.phrases)
	s.phrases[i].text = p.key + ":" + valueText(strings.Join(p.run[:n], " "))
	rest := p.run[n:]
	if len(rest) == 0 { // without its brackets
		return s.line(allParts)
	}
	if k := keyNamed(rest[0]); k != nil && k.names != nil && len(rest) > 1 {
		s.phrases = append(s.phrases, phrase{text: k.Name + ":" + valueText(strings.Join(rest[1:], " "))})
		return s.line(allParts)
	}
	for _, w := range rest {
		if w = strings.ToLower(w); !nouns[w] || !fillers[w] && keyNamed(w) == nil {
			s.phrases = append(s.phrases, phrase{text: wordTextOf(w), kind: wordPart})
		}
	}
	return s.line(allParts)
}
