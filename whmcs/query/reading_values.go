package query

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// separateValue takes the value that comes n words after its key.
func (t *listener) separateValue(k *field, n int, sign bool) bool {
	next := t.at(n)
	if all := idsOf(next.text); all != "" && (k.Kind == kindID || k.Kind == kindClient) {
		t.changed = true
		t.take(n+1, k.Name+":"+all, firmPart)
		return true
	}
	text := next.text
	switch k.Kind {
	case kindID, kindClient, kindProduct, kindNumber, kindHost, kindEmail, kindAddress:
		isNumeric := isNumber(text)
		if !sign && !isNumeric && (k.Kind == kindID || k.Kind == kindNumber) {
			return false
		}
		if isNumeric || k.Kind == kindHost || k.Kind == kindEmail || k.Kind == kindAddress || k.Kind == kindNumber {
			if k.Kind == kindHost && !isHostWord(text) && !sign {
				return false
			}
			t.changed = true
			value, used := t.listFrom(k, n)
			t.take(used, k.Name+":"+valueList(value), firmPart)
			return true
		}
	case kindList, kindDate:
		if !sign {
			return false
		}
		t.changed = true
		t.take(n+1, k.Name+":"+valueText(text), firmPart)
		return true
	}
	return t.textValue(k, n)
}

// idsOf reads numbers that are written together as a list: 5/7/103, 5,7, and 5-7 for 5,6,7; "" where
// it is something else.
func idsOf(text string) string {
	if low, high, ok := strings.Cut(text, "-"); ok && allDigits(low) && allDigits(high) {
		from, _ := strconv.Atoi(low)
		to, _ := strconv.Atoi(high)
		if from == 0 || to <= from || to-from >= maxPushed {
			return ""
		}
		all := low
		for from++; from <= to; from++ {
			all += "," + strconv.Itoa(from)
		}
		return all
	}
	parts := strings.Split(strings.ReplaceAll(text, ",", "/"), "/")
	if len(parts) < 2 || slices.ContainsFunc(parts, func(p string) bool { return !isNumber(p) }) {
		return ""
	}
	return strings.Join(parts, ",")
}

// listFrom reads the values that begin n words further on: after commas, and for numbers of
// clients and services also after "and" or nothing. It returns where they end.
func (t *listener) listFrom(k *field, n int) (value string, end int) {
	value, end = t.at(n).text, n+1
	for last := t.at(n); ; end++ {
		next := t.at(end)
		switch numbers := (k.Kind == kindID || k.Kind == kindClient) && isNumber(t.at(n).text); {
		case last.comma && t.continues(k, next):
		case numbers && isNumber(next.text) && !last.ends:
		case numbers && (joiners[next.lower] || next.lower == "or") && isNumber(t.at(end+1).text):
			end++
			next = t.at(end)
		default:
			return value, end
		}
		value, last = value+","+next.text, next
	}
}

// valueList writes values that commas part.
func valueList(v string) string { return strings.ReplaceAll(v, " ", "") }

// textValue takes the longest run of words as the value of a key with text.
func (t *listener) textValue(k *field, n int) bool {
	run := t.textRun(n)
	if w := t.at(n); len(run) == 0 && k.Name == "product" && nouns[w.lower] && !w.comma && t.isText(t.at(n+1)) {
		run = append([]string{w.text}, t.textRun(n+1)...) // product mail seats
	}
	if len(run) == 0 {
		return false
	}
	if last := t.at(n + len(run) - 1); last.comma || t.at(n+len(run)).lower == "or" && t.isText(t.at(n+len(run)+1)) || k.Name == "server" && slices.ContainsFunc(run, func(w string) bool { return joiners[strings.ToLower(w)] }) {
		if values, used := t.textList(n); len(values) > 1 && k.names != nil {
			t.changed = true
			t.take(used, k.Name+":"+strings.Join(values, ","), firmPart)
			return true
		}
	}
	t.changed = true
	at, value := t.i, valueText(t.inBrackets(n, run))
	t.take(n+len(run), k.Name+":"+value, firmPart)
	p := &t.phrases[len(t.phrases)-1]
	p.run, p.word, p.key = run, strings.TrimRight(t.tokens[at].text, ":="), strings.TrimSuffix(p.text, value)
	p.key = strings.TrimSuffix(p.key, ":")
	return true
}

// inBrackets is a run of words, which begins n words further on, with the brackets that are
// within it: direct debit (sepa).
func (t *listener) inBrackets(n int, run []string) string {
	var b strings.Builder
	open := false
	for i, text := range run {
		w := t.at(n + i)
		if i > 0 {
			b.WriteByte(' ')
		}
		if w.opens && i > 0 && !open {
			open = true
			b.WriteByte('(')
		}
		b.WriteString(text)
		if w.closes && open {
			open = false
			b.WriteByte(')')
		}
	}
	if open {
		return strings.Join(run, " ")
	}
	return b.String()
}

// textRun is the run of words that begins n words further on and may be one value. Nouns and
// joiners count between other words: web & mail pro.
func (t *listener) textRun(n int) []string {
	var run []string
	for used := n; ; used++ {
		w := t.at(used)
		between := joiners[w.lower] && (w.lower != "and" || keyNamed(t.at(used+1).text) == nil) && len(run) > 0 && !w.comma && t.textFollows(used+1)
		if !t.isText(w) && !between && !(len(run) > 0 && t.ofName(used)) || w.quoted && len(run) > 0 {
			return run
		}
		run = append(run, w.text)
		if w.comma || w.asks || w.quoted || len(run) == maxRun {
			return run
		}
	}
}

// ofName reports whether the word n places further on is a noun that may be of the name that
// the words before it are of: web hosting pro, or shared hosting where nothing of its own
// follows.
func (t *listener) ofName(n int) bool {
	w, next := t.at(n), t.at(n+1)
	if !nouns[w.lower] {
		return false
	}
	if !w.comma && t.textFollows(n+1) {
		return true
	}
	_, lone := loneTerms[next.lower]
	return next.text == "" || w.comma || w.ends || w.asks || lone || dateKeys[next.lower] != "" || prepositions[next.lower] || joiners[next.lower]
}

// textFollows reports whether a text comes n words further on, or behind nouns and joiners
// there.
func (t *listener) textFollows(n int) bool {
	for nouns[t.at(n).lower] || joiners[t.at(n).lower] {
		n++
	}
	return t.isText(t.at(n))
}

// isText reports whether a word is neither of the language nor a host, an address or a
// number.
func (t *listener) isText(w typedWord) bool {
	return strings.IndexFunc(w.text, isWordRune) >= 0 && keyLength(w.text) == 0 && !isOfLanguage(w.lower) && !looksLikeTerm(w.text) && !isNumber(w.text)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// textList reads texts with commas or joiners between them, and returns where they end.
func (t *listener) textList(n int) (values []string, end int) {
	var run []string
	add := func() {
		if len(run) > 0 {
			values = append(values, valueText(strings.Join(run, " ")))
		}
		run = nil
	}
	for end = n; ; end++ {
		w := t.at(end)
		if between := joiners[w.lower] || w.lower == "or"; between && len(values)+len(run) > 0 && t.isText(t.at(end+1)) {
			add()
			continue
		}
		if !t.isText(w) && !(len(run) > 0 && t.ofName(end)) {
			break
		}
		if run = append(run, w.text); w.comma {
			add()
		}
		if w.ends || w.asks {
			end++
			break
		}
	}
	add()
	return values, end
}

// maxRun is the most words that a value without quotes may have.
const maxRun = 6
