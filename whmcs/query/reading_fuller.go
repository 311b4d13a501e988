package query

import (
	"slices"
	"strings"
)

// fuller is the line in which words that follow each other are one text, with what stands
// between them.
func (t *listener) fuller() (string, bool) {
	is := make(map[int]int) // the phrases that are words, by place
	for i, p := range t.phrases {
		if p.kind == wordPart && !t.tokens[p.at].quoted && p.text[0] != '-' && !strings.Contains(p.text, ",") {
			is[p.at] = i
		}
	}
	whole := *t
	whole.phrases = slices.Clone(t.phrases)
	found := false
	for from := 0; from < len(t.tokens); from++ {
		to, words := t.runFrom(from, is)
		if words == 0 || to-from < 2 {
			continue
		}
		var texts []string
		for _, w := range t.tokens[from:to] {
			texts = append(texts, w.text)
		}
		first := true
		for at := from; at < to; at++ {
			i, ok := is[at]
			if !ok {
				continue
			}
			if whole.phrases[i].text = ""; first {
				whole.phrases[i].text, first = valueText(strings.Join(texts, " ")), false
			}
		}
		found, from = true, to
	}
	whole.phrases = slices.DeleteFunc(whole.phrases, func(p phrase) bool { return p.text == "" })
	return whole.line(allParts), found
}

// runFrom returns where the run of words and of nouns beside them that begins at a place
// ends, and how many words are in it.
func (t *listener) runFrom(from int, is map[int]int) (to, words int) {
	for to = from; to < len(t.tokens); to++ {
		if _, ok := is[to]; ok {
			words++
		} else if w := t.tokens[to]; !nouns[w.lower] && (to == from || !joiners[w.lower]) {
			break
		}
		if t.tokens[to].comma || t.tokens[to].ends {
			to++
			break
		}
	}
	for to > from && joiners[t.tokens[to-1].lower] {
		to--
	}
	return to, words
}
