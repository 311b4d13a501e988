package query

import (
	"slices"
	"strings"
	"unicode"
)

// change takes a verb that asks for a change, where a line begins with it.
func (t *listener) change() bool {
	if !changes[t.at(0).lower] || len(t.phrases) > 0 || len(t.left) > 0 {
		return false
	}
	for _, w := range t.tokens[:t.i] {
		if !fillers[w.lower] {
			return false
		}
	}
	t.matter, t.changed = MatterChange, true
	t.i++
	return true
}

// matterWord takes what is not looked up, with its number.
func (t *listener) matterWord() bool {
	w := t.at(0)
	m, ok := matters[w.lower]
	if before := t.i - 1; ok && m == MatterPhone && before >= 0 && (t.tokens[before].lower == "the" || t.tokens[before].lower == "on") && !isNumber(t.at(1).text) {
		t.i++ // on the phone
		return true
	}
	if !ok || w.lower == "paid" && paidWays[t.at(1).lower] {
		return false
	}
	if m == MatterChange && questions[t.tokens[0].lower] {
		t.changed = true // when does it renew, did they cancel
		t.i++
		return true
	}
	if t.matter == "" {
		t.matter = m
	}
	t.i++
	if isNumber(t.at(0).text) && m != MatterChange {
		t.i++
	}
	return true
}

// connective takes and, or, not.
func (t *listener) connective() bool {
	w := t.at(0)
	switch {
	case w.lower == "or":
		t.or = true
	case joiners[w.lower]:
	case t.isExcluder():
		n := 1
		for fillers[t.at(n).lower] && !t.excludes(t.at(n)) && !isNumber(t.at(n+1).text) {
			n++ // not on saturn, not the active ones
		}
		next := t.at(n)
		switch {
		case t.excludes(next), isNumber(t.at(n+1).text) && keyNamed(next.text) != nil:
		case next.text != "" && t.isText(next) && !next.quoted && t.excludedTexts(n):
			return true
		case next.text != "" && t.isText(next) && !next.quoted:
			t.unsure = t.unsure || len(t.phrases) > 0 || n+1 < len(t.tokens)
		default:
			return false
		}
		t.not, t.changed, t.apart = true, true, w.lower != "not"
		t.i += n
		return true
	default:
		return false
	}
	t.i++
	return true
}

// excludedTexts takes texts of several words that are not meant: without credit card, not
// starter or plus. They begin n words further on.
func (t *listener) excludedTexts(n int) bool {
	values, end := t.textList(n)
	if end-n < 2 {
		return false
	}
	t.unsure = t.unsure || len(t.phrases) > 0 || end < len(t.tokens)-t.i
	t.phrases = append(t.phrases, phrase{text: "-" + strings.Join(values, ","), kind: wordPart, at: t.i})
	t.changed = true
	t.i += end
	return true
}

// isExcluder reports whether the word says that what follows is not meant. "But" does so
// after "everything".
func (t *listener) isExcluder() bool {
	w := t.at(0).lower
	if w != "but" {
		return excluders[w]
	}
	if t.i == 0 {
		return false
	}
	switch t.tokens[t.i-1].lower {
	case "everything", "all", "anything", "any", "everyone":
		return true
	}
	return false
}

// excludes reports whether a word is a term of the language, which "not" excludes.
func (t *listener) excludes(w typedWord) bool {
	_, lone := loneTerms[w.lower]
	return lone || keyLength(w.text) > 0 && !w.quoted || looksLikeTerm(w.text) || keyNamed(w.text) != nil && !fillers[w.lower]
}

// grouped takes what a summary is to be by: services by product. Every summary is by all.
func (t *listener) grouped() bool {
	by, next := t.at(0).lower, t.at(2)
	if by != "by" && by != "per" || !groupings[t.at(1).lower] || t.isText(next) && !t.at(1).comma || isNumber(next.text) {
		return false
	}
	t.changed = true
	if slices.ContainsFunc(t.phrases, func(p phrase) bool { return strings.HasPrefix(p.text, "as:") }) {
		t.i += 2
	} else {
		t.take(2, "as:summary", controlPart)
	}
	return true
}

// loneTerm takes a word that is a filter by itself; in a question about one thing it is
// what is asked.
func (t *listener) loneTerm() bool {
	w := t.at(0)
	lower, not := w.lower, ""
	if len(lower) > 1 && (lower[0] == '!' || lower[0] == '-') {
		lower, not = lower[1:], "-"
	}
	term, used := loneTerms[lower], 1
	switch lower {
	case "one", "semi", "half": // one time
		if both, ok := loneTerms[lower+"-"+t.at(1).lower]; ok {
			term, used = both, 2
		}
	}
	if term == "" {
		return false
	}
	kind := loosePart
	if strings.HasPrefix(term, "as:") || strings.HasPrefix(term, "fresh:") {
		kind = controlPart
		if slices.ContainsFunc(t.phrases, func(p phrase) bool { return strings.HasPrefix(p.text, term[:3]) }) {
			t.i++
			return true
		}
	}
	t.changed = true
	if t.asks && strings.HasPrefix(term, "status:") {
		t.i++
		return true
	}
	if strings.HasPrefix(term, "cycle:") && revenues[t.at(1).lower] {
		t.i++ // monthly revenue is what every summary has
		return true
	}
	if term == "as:summary" && t.at(1).lower == "by" && keyNamed(t.at(2).text) != nil {
		t.i += 2
	}
	t.take(used, not+term, kind)
	return true
}

// onHold leaves out a state that WHMCS does not have, of words that say nothing elsewhere.
func (t *listener) onHold() bool {
	if t.at(0).lower != "on" || t.at(1).lower != "hold" || keyNamed(t.before().lower) != lookup("status") {
		return false
	}
	t.left = append(t.left, t.at(0).text, t.at(1).text)
	t.i += 2
	return true
}

// alternatives takes texts of several words on both sides of "or": vps m or vps s. They have
// as many words, or begin with the same one.
func (t *listener) alternatives() bool {
	last := len(t.phrases) - 1
	if !t.or || last < 0 || t.phrases[last].kind != wordPart {
		return false
	}
	run := t.textRun(0)
	if _, text, listed := cutLast(t.phrases[last].text, ","); listed { // vps m or vps s or vps l
		if n := len(strings.Fields(text)); n > 1 && len(run) >= n {
			return t.alternative(last, t.phrases[last].text, run[:n])
		}
		return false
	}
	var words []string
	for i := last; i >= 0 && t.phrases[i].kind == wordPart && t.phrases[i].at == t.i-2-len(words) && t.isText(t.tokens[t.phrases[i].at]); i-- {
		if strings.ContainsAny(t.phrases[i].text, `-",`) {
			break
		}
		if words = append(words, t.phrases[i].text); len(run) > 0 && strings.EqualFold(words[len(words)-1], run[0]) {
			run = run[:min(len(run), len(words))]
			break
		}
	}
	if len(words) < 2 || len(words) != len(run) {
		return false
	}
	slices.Reverse(words)
	return t.alternative(last-len(words)+1, valueText(strings.Join(words, " ")), run)
}

// alternative adds a text of several words to those of a phrase, which is the last then.
func (t *listener) alternative(i int, texts string, run []string) bool {
	t.phrases = append(t.phrases[:i], phrase{text: texts + "," + valueText(strings.Join(run, " ")), kind: wordPart, at: t.phrases[i].at})
	t.changed, t.or = true, false
	t.i += len(run)
	return true
}

// plain takes what remains: words without meaning, trouble, and texts.
func (t *listener) plain() bool {
	w := t.at(0)
	w.lower = strings.TrimRight(w.lower, ":")
	t.i++
	switch {
	case (greetings[w.lower] || fillers[w.lower]) && keyNamed(w.lower) != nil && keyNamed(w.lower).Name != "all":
		t.changed, t.things = true, append(t.things, w.text)
		return true
	case greetings[w.lower], fillers[w.lower], joiners[w.lower], strings.Trim(w.text, "-–—.,:;!?=/|*&+") == "":
		t.changed = true
		return true
	case t.not && keyNamed(w.lower) != nil: // suspended for non payment on saturn
		t.left, t.not = append(t.left, t.tokens[t.i-2].text, w.text), false
		return true
	case keyNamed(w.lower) != nil && len(t.tokens) > 1:
		t.changed, t.things = true, append(t.things, w.text)
		return true
	case troubles[w.lower], excluders[w.lower], dateKeys[w.lower] != "" && len(t.tokens) > 1 && !t.isText(t.at(0)):
		t.left = append(t.left, strings.TrimRight(w.text, ":"))
		return true
	}
	if t.embedded(w) {
		return true
	}
	if parts := strings.Split(w.text, "/"); len(parts) > 1 && !slices.Contains(parts, "") && unicode.IsLetter([]rune(parts[0])[0]) {
		words := make([]typedWord, len(parts)) // saturn/HTTP
		for i, p := range parts {
			words[i] = typedWord{text: p, lower: strings.ToLower(p)}
		}
		t.i--
		t.tokens = slices.Replace(t.tokens, t.i, t.i+1, words...)
		t.changed = true
		return t.plain()
	}
	text, not := w.text, ""
	if len(text) > 1 && text[0] == '-' {
		text, not = text[1:], "-"
	}
	if t.not {
		not, t.not = "-", false
	}
	word := not + wordsOfList(strings.TrimRight(text, ":"))
	if last := len(t.phrases) - 1; t.or && last >= 0 && t.phrases[last].kind == wordPart {
		t.phrases[last].text += "," + word
		t.changed, t.or = true, false
		return true
	}
	t.phrases = append(t.phrases, phrase{text: word, kind: wordPart, at: t.i - 1})
	return true
}

// wordsOfList writes the texts that commas part: starter,plus.
func wordsOfList(text string) string {
	parts := strings.Split(text, ",")
	if slices.Contains(parts, "") {
		return wordTextOf(text)
	}
	for i, p := range parts {
		parts[i] = wordTextOf(p)
	}
	return strings.Join(parts, ",")
}

// embedded takes an address or a host name within a word of a log: unknown[198.51.100.94].
// What is around it is left out.
func (t *listener) embedded(w typedWord) bool {
	if !strings.ContainsAny(w.text, "[]()=<>|{}") {
		return false
	}
	for piece := range strings.FieldsFuncSeq(w.text, func(r rune) bool { return strings.ContainsRune("[]()=<>|{},;", r) }) {
		if !isAddressWord(piece) && !isHostWord(piece) && !isEmail(piece) {
			continue
		}
		around, _, _ := strings.Cut(w.text, piece)
		if around = strings.Trim(around, "[]()=<>|{},;"); around != "" {
			t.left = append(t.left, around)
		}
		t.i--
		t.tokens[t.i].text, t.tokens[t.i].lower, t.changed = piece, strings.ToLower(piece), true
		return t.thing()
	}
	return false
}
