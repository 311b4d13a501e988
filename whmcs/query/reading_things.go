package query

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// thing takes what names something by its form: a host, an address, an e-mail, a number.
func (t *listener) thing() bool {
	w := t.at(0)
	text, not := w.text, ""
	if len(text) > 1 && (text[0] == '-' || text[0] == '!') {
		not, text = "-", text[1:]
	}
	switch {
	case isEmail(text) || isEmail(strings.TrimPrefix(strings.ToLower(text), "mailto:")):
		if w.angled {
			t.dropName()
		}
		t.changed = t.changed || w.angled
		t.take(1, not+"email:"+strings.TrimPrefix(strings.ToLower(text), "mailto:"), firmPart)
	case isAddressWord(text):
		t.address(not, text)
	case isHostWord(text) || isHostWord(strings.TrimPrefix(text, "@")) && text[0] == '@' || strings.HasPrefix(text, "//") && isHostWord(text[2:]):
		if host, flaw := readDomain(text); flaw == nil {
			t.take(1, not+"domain:"+host, firmPart)
			return true
		}
		return false
	case isNumber(text) && t.priced(0):
		return t.amounted()
	case strings.Contains(text, ",") && isNumber(strings.ReplaceAll(text, ",", "")) || isNumber(text):
		if last := len(t.phrases) - 1; last >= 0 && not == "" && !t.not && t.phrases[last].kind == numberPart && (joiners[t.before().lower] || t.or || t.before().comma || t.phrases[last].at == t.i-1) {
			t.phrases[last].text += "," + strings.TrimPrefix(text, "#") // cancel 1 and 3
			t.phrases[last].at, t.changed = t.i, true
			t.i++
			return true
		}
		t.take(1, not+text, numberPart)
	case len(text) > 1 && text[0] == '+' && isDigit(text[1]):
		t.matter = MatterPhone
		t.i++
		for isNumber(t.at(0).text) {
			t.i++
		}
	default:
		return false
	}
	return true
}

// joinSpelled makes one word of a host name that was said: demodomain dot com.
func (t *listener) joinSpelled() {
	for i := 1; i+1 < len(t.tokens); i++ {
		if t.tokens[i].lower != "dot" {
			continue
		}
		w := t.tokens[i+1]
		if w.text = t.tokens[i-1].text + "." + w.text; isHostWord(w.text) {
			w.lower, t.changed = strings.ToLower(w.text), true
			t.tokens = slices.Replace(t.tokens, i-1, i+2, w)
			i--
		}
	}
}

// glued takes a key and its number in one word: client7, order#12. It may be a name too.
func (t *listener) glued() bool {
	w := t.at(0)
	digits := strings.TrimLeftFunc(w.text, unicode.IsLetter)
	name := w.text[:len(w.text)-len(digits)]
	if name == "" || !isNumber(strings.TrimLeft(digits, "#-_")) {
		return false
	}
	digits = strings.TrimLeft(digits, "#-_")
	if m, ok := matters[strings.ToLower(name)]; ok && m != MatterChange {
		t.matter = cmp.Or(t.matter, m)
		t.i++
		return true
	}
	k := keyNamed(name)
	if k == nil || k.Kind != kindID && k.Kind != kindClient {
		return false
	}
	t.changed = true
	had := len(t.phrases)
	if t.take(1, k.Name+":"+digits, firmPart); len(t.phrases) > had {
		t.phrases[had].word = w.text
	}
	return true
}

// address takes an address; several that follow each other are alternatives.
func (t *listener) address(not, text string) {
	if last := len(t.phrases) - 1; not == "" && !t.not && last >= 0 && t.phrases[last].kind == firmPart && isAddressWord(strings.Split(t.phrases[last].text, ",")[0]) {
		t.phrases[last].text += "," + wordText(text)
		t.i++
		return
	}
	t.take(1, not+wordText(text), firmPart)
}

// dropName drops the words before an address in angle brackets: they are whose it is.
func (t *listener) dropName() {
	for n := len(t.phrases); n > 0 && t.phrases[n-1].kind == wordPart; n-- {
		t.phrases = t.phrases[:n-1]
	}
}

// lookedUp are the lines about what a line names that is about something that is not looked
// up: each thing of its own, else all of them together, else its words.
func (t *listener) lookedUp() []string {
	var things []string
	for _, p := range t.phrases {
		if q, faults := parse(p.text); p.kind == firmPart && len(faults) == 0 && len(q.Terms) == 1 && q.Terms[0].single() {
			things = append(things, q.String())
		}
	}
	if len(things) > 1 {
		return things[:min(len(things), maxThings)]
	}
	for _, parts := range []func(phraseKind) bool{namedParts, allParts} {
		switch q, faults := parse(t.line(parts)); {
		case len(faults) == 0 && q.names() && len(wordsIn(q)) < maxNames:
			return []string{q.String()}
		case len(faults) > 0 && faults[0].Reason == LoneNumber:
			return newError(t.line(parts), faults).Corrected
		}
	}
	if t.matter == MatterRanking {
		return []string{"all:yes " + t.line(allParts)}
	}
	return nil
}

// maxThings is how many things a line that asks for none of them may name.
const maxThings = 5
