package query

import (
	"slices"
	"strings"
)

// A listener goes through the words of a line, each of which is looked at a bounded number
// of times.
type listener struct {
	tokens  []typedWord
	i       int
	phrases []phrase
	left    []string
	changed bool   // more than what stood around words was changed
	matter  Matter // what is asked for and not looked up; "": nothing
	topic   string // a key that stood alone
	or      bool   // the word before was "or"
	badOr   bool   // "or" stood between two keys
	not     bool   // the word before was "not"
	asks    bool   // the line asks about one thing, of which a status is asked
}

// read understands all words.
func (t *listener) read() {
	t.asks = t.asksAboutOne()
	for t.i < len(t.tokens) {
		at := t.i
		before := len(t.phrases)
		for _, understand := range []func(*listener) bool{
			(*listener).quoted, (*listener).mention, (*listener).link, (*listener).keyed, (*listener).separateKey, (*listener).thing,
			(*listener).matterWord, (*listener).overdueFor, (*listener).dated, (*listener).connective, (*listener).loneTerm, (*listener).plain,
		} {
			if understand(t) {
				break
			}
		}
		if t.i == at {
			t.i++ // no word is looked at twice
		}
		if len(t.phrases) > before {
			t.or, t.not = false, false
		}
	}
}

// asksAboutOne reports whether a line that names one thing asks how it is.
func (t *listener) asksAboutOne() bool {
	if len(t.tokens) == 0 {
		return false
	}
	asks := t.tokens[len(t.tokens)-1].asks
	switch t.tokens[0].lower {
	case "is", "are", "was", "were", "has":
		asks = true
	}
	return asks && slices.ContainsFunc(t.tokens, func(w typedWord) bool {
		return isHostWord(w.text) || isEmail(w.text) || isAddressWord(w.text) ||
			strings.HasPrefix(w.lower, "service:") || strings.HasPrefix(w.lower, "username:") || w.lower == "service"
	})
}

// at returns the word n places further on; the zero word where there is none.
func (t *listener) at(n int) typedWord {
	if t.i+n < len(t.tokens) {
		return t.tokens[t.i+n]
	}
	return typedWord{}
}

// take adds a phrase that n words are, excluded where that was said.
func (t *listener) take(n int, text string, kind phraseKind) {
	if t.not && text[0] != '-' && kind != controlPart {
		text = "-" + text
		t.changed = true
	}
	if last := len(t.phrases) - 1; last >= 0 && kind != wordPart {
		key, v, _ := strings.Cut(text, ":")
		switch same := strings.HasPrefix(t.phrases[last].text, key+":"); {
		case t.or && !same:
			t.badOr = true
		case same && slices.Contains([]string{"client", "service", "order", "status", "cycle"}, key) && t.phrases[last].run == nil:
			t.phrases[last].text += "," + v
			t.i += n
			t.or, t.not = false, false
			return
		}
	}
	t.phrases = append(t.phrases, phrase{text: text, kind: kind})
	t.i += n
}

// quoted takes a text in quotes.
func (t *listener) quoted() bool {
	w := t.at(0)
	if !w.quoted {
		return false
	}
	var b strings.Builder
	quote(&b, w.text)
	t.take(1, b.String(), wordPart)
	return true
}

// mention skips who is mentioned: people, groups, channels.
func (t *listener) mention() bool {
	w := t.at(0)
	named := len(w.text) > 1 && (w.text[0] == '@' && !isHostWord(w.text[1:]) || w.text[0] == '#' && !isDigit(w.text[1]))
	if !named && !(w.angled && len(w.text) > 1 && strings.IndexByte("@#!", w.text[0]) >= 0) {
		return false
	}
	t.changed = true
	t.i++
	return true
}

// link takes the address of a client or a service in WHMCS.
func (t *listener) link() bool {
	w := t.at(0)
	if !strings.Contains(w.lower, ".php?") {
		return false
	}
	_, parameters, _ := strings.Cut(w.lower, ".php?")
	values := make(map[string]string)
	for pair := range strings.SplitSeq(strings.NewReplacer("&amp;", "&").Replace(parameters), "&") {
		name, v, _ := strings.Cut(pair, "=")
		if v, _, _ = strings.Cut(v, "#"); allDigits(v) {
			values[name] = v
		}
	}
	service := values["productselect"]
	if strings.Contains(w.lower, "clientsservices.php") && values["id"] != "" {
		service = values["id"]
	}
	switch {
	case service != "":
		t.take(1, "service:"+service, firmPart)
	case values["userid"] != "":
		t.take(1, "client:"+values["userid"], firmPart)
	default:
		return false
	}
	t.changed = true
	return true
}

// keyed takes key:value, key!=value and key=value, and joins a list that goes on after a
// comma and a space.
func (t *listener) keyed() bool {
	w := t.at(0)
	text, not := w.text, ""
	if len(text) > 1 && (text[0] == '-' || text[0] == '!') {
		not, text = "-", text[1:]
		t.changed = t.changed || w.text[0] == '!'
	}
	n := keyLength(text)
	if strings.HasPrefix(w.lower, "mailto:") {
		return false
	}
	if n == 0 || n+1 >= len(text) {
		var ok bool
		if text, not, n, ok = equalsTerm(text, not); !ok {
			return false
		}
		t.changed = true
	}
	k := keyNamed(text[:n])
	if k == nil {
		t.take(1, not+text, firmPart) // the grammar says what is wrong with it
		return true
	}
	if lookup(text[:n]) == nil {
		t.changed = true
	}
	value := text[n+1:]
	used := 1
	for last := w; last.comma && t.continues(k, t.at(used)); used++ {
		value += "," + t.at(used).text
		last = t.at(used)
		t.changed = true
	}
	kind := firmPart
	if k.Control {
		kind = controlPart
	}
	t.take(used, not+k.Name+":"+value, kind)
	return true
}

// continues reports whether a word after a comma is one more value of a key.
func (t *listener) continues(k *field, w typedWord) bool {
	if w.text == "" || keyLength(w.text) > 0 || isOfLanguage(w.lower) && k.Kind != kindList {
		return false
	}
	if k.Kind != kindList && k.Kind != kindID && !isNumber(w.text) {
		return false
	}
	_, flaw := k.value(w.text)
	return flaw == nil
}

// equalsTerm reads key=value and key!=value as key:value.
func equalsTerm(text, not string) (term, excluded string, n int, ok bool) {
	name, v, found := strings.Cut(text, "=")
	if !found || v == "" {
		return text, not, 0, false
	}
	if trimmed, is := strings.CutSuffix(name, "!"); is && not == "" {
		name, not = trimmed, "-"
	}
	if keyNamed(name) == nil {
		return text, not, 0, false
	}
	return name + ":" + strings.TrimPrefix(v, "="), not, len(name), true
}

// keyNamed finds a key by its name, an alias, or what people call it.
func keyNamed(name string) *field {
	if k := lookup(name); k != nil {
		return k
	}
	return lookup(keyWords[strings.ToLower(name)])
}

// separateKey takes a key with its value apart: client 5, Client ID: 5, server = saturn,
// product vps s.
func (t *listener) separateKey() bool {
	w := t.at(0)
	name := strings.TrimRight(w.text, ":=")
	k := keyNamed(name)
	if k == nil || name == "" || k.Control && len(name) == len(w.text) || k.Name == "all" {
		return false
	}
	used, sign := 1, len(name) < len(w.text)
	for ; ; used++ {
		next := t.at(used)
		switch next.lower {
		case "=", ":", "is", "no", "nr", "number", "id", "#", "no.", "id:", "number:", "called", "named", "name", "on":
			sign = sign || next.lower == "=" || next.lower == ":"
			continue
		}
		break
	}
	next := t.at(used)
	if next.text == "" {
		return t.lone(k, w)
	}
	if _, flaw := k.value(next.text); flaw != nil && !sign {
		return false
	}
	return t.separateValue(k, used, sign || k.Kind == kindList || k.Kind == kindNumber)
}

// separateValue takes the value that comes n words after its key.
func (t *listener) separateValue(k *field, n int, sign bool) bool {
	next := t.at(n)
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
			value := text
			used := n + 1
			for last := next; last.comma && t.continues(k, t.at(used)); used++ {
				value += "," + t.at(used).text
				last = t.at(used)
			}
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

// valueList writes values that commas part.
func valueList(v string) string { return strings.ReplaceAll(v, " ", "") }

// textValue takes the longest run of words as the value of a key with text.
func (t *listener) textValue(k *field, n int) bool {
	var run []string
	for used := n; ; used++ {
		w := t.at(used)
		if w.text == "" || keyLength(w.text) > 0 || isOfLanguage(w.lower) || looksLikeTerm(w.text) || isNumber(w.text) || w.quoted && len(run) > 0 {
			break
		}
		run = append(run, w.text)
		if w.comma || w.asks || w.quoted || len(run) == maxRun {
			break
		}
	}
	if len(run) == 0 {
		return false
	}
	t.changed = true
	at := t.i
	t.take(n+len(run), k.Name+":"+valueText(strings.Join(run, " ")), firmPart)
	p := &t.phrases[len(t.phrases)-1]
	p.run, p.word, p.key = run, strings.TrimRight(t.tokens[at].text, ":="), strings.TrimSuffix(p.text, valueText(strings.Join(run, " ")))
	p.key = strings.TrimSuffix(p.key, ":")
	return true
}

// maxRun is the most words that a value without quotes may have.
const maxRun = 6

// lone takes a key without any value: it is explained where nothing else is there.
func (t *listener) lone(k *field, w typedWord) bool {
	if fillers[w.lower] {
		t.i++
		return true
	}
	if len(t.tokens) > 1 {
		return false
	}
	t.topic = k.Name
	t.i++
	return true
}
