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
	apart   bool   // what was excluded last was so by another word than "not"
	numbers []string
	unsure  bool     // what was understood may mean something else
	things  []string // words for kinds of things that stood without a name
	asks    bool     // the line asks about one thing, of which a status is asked

	asksWhen bool // since when something has its state is asked too
}

// ways are the ways to understand words, in the order in which they are tried.
var ways = []func(*listener) bool{
	(*listener).quoted, (*listener).mention, (*listener).link, (*listener).counting, (*listener).top, (*listener).measurement, (*listener).sinceWhen, (*listener).sorted, (*listener).keyed, (*listener).addresses, (*listener).part, (*listener).separateKey, (*listener).glued,
	(*listener).overdueFor, (*listener).amountRange, (*listener).dayAgain, (*listener).thing, (*listener).change, (*listener).matterWord, (*listener).dated, (*listener).amounted, (*listener).connective, (*listener).grouped, (*listener).orderAlone, (*listener).loneTerm, (*listener).onHold, (*listener).alternatives, (*listener).plain,
}

// read understands all words.
func (t *listener) read() {
	t.joinSpelled()
	t.asks = t.asksAboutOne()
	for t.i < len(t.tokens) {
		at := t.i
		before := len(t.phrases)
		for _, understand := range ways {
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
		case kind == loosePart && t.phrases[last].text[0] == '-' && strings.HasPrefix(t.phrases[last].text[1:], key+":") && t.alsoExcluded():
			t.phrases[last].text += "," + v // without cancelled and terminated
			t.i += n
			t.or, t.not = false, false
			return
		case t.or && !same:
			t.badOr = true
		case same && (slices.Contains([]string{"client", "service", "order", "status", "cycle"}, key) && t.phrases[last].run == nil || key == "server"):
			t.phrases[last].text += "," + v
			t.phrases[last].run = nil
			t.i += n
			t.or, t.not = false, false
			return
		}
	}
	t.phrases = append(t.phrases, phrase{text: text, kind: kind, at: t.i})
	t.i += n
}

// alsoExcluded reports whether what follows an exclusion is excluded with it.
func (t *listener) alsoExcluded() bool {
	before := t.before()
	return t.or || before.comma || joiners[before.lower] && t.apart
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
	for page, m := range map[string]Matter{"invoices.php": MatterInvoice, "supporttickets.php": MatterTicket, "transactions.php": MatterInvoice} {
		if strings.Contains(w.lower, page) {
			t.matter = m
			t.i++
			return true
		}
	}
	switch {
	case strings.Contains(w.lower, "orders.php") && values["id"] != "":
		t.take(1, "order:"+values["id"], firmPart)
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
			if n = strings.IndexByte(text, '='); n > 1 && n+1 < len(text) && len(t.tokens) > 1 && !strings.Contains(text, "/") {
				return t.unknownKey(not, text, n)
			}
			return false
		}
		t.changed = true
	}
	k := keyNamed(text[:n])
	if k == nil {
		return t.unknownKey(not, text, n)
	}
	if lookup(text[:n]) == nil {
		t.changed = true
	}
	value := text[n+1:]
	used := 1
	switch host, port, _ := strings.Cut(value, ":"); {
	case k.Name == "server" && allDigits(port) && port != "" && isHostWord(host): // node=mercury.example.com:9100
		value, t.changed = host, true
	case k.Name == "amount" && inThousands(value, t.at(1).text): // 1 198,50
		value, used, t.changed = value+t.at(1).text, 2, true
	}
	for last := w; last.comma && t.continues(k, t.at(used)) || (k.Kind == kindID || k.Kind == kindClient) && isNumber(value) && joiners[t.at(used).lower] && isNumber(t.at(used+1).text); used++ {
		if joiners[t.at(used).lower] {
			used++
		}
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

// unknownKey takes key:value of which nobody knows the key. Where it is no slip for one and
// other words are there, a host or an address in it is taken, and the rest left out.
func (t *listener) unknownKey(not, text string, n int) bool {
	value := strings.Trim(text[n+1:], "<>[](){}")
	switch {
	case strings.EqualFold(text[:n], "name"), len(nearestKeys(text[:n])) > 0, len(t.tokens) == 1:
		t.take(1, not+text, firmPart) // the grammar says what is wrong with it
	case isHostWord(value) || isEmail(value) || isAddressWord(value):
		t.tokens[t.i].text, t.tokens[t.i].lower = value, strings.ToLower(value)
		t.changed = true
		return t.thing()
	default:
		t.left = append(t.left, text)
		t.i++
	}
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
	if strings.EqualFold(w.text, "name:") && t.at(1).text != "" {
		t.changed = true
		t.take(2, "name:"+valueText(t.at(1).text), firmPart)
		return true
	}
	if last := len(t.phrases) - 1; last >= 0 && strings.EqualFold(name, "id") && strings.HasPrefix(t.phrases[last].text, "client:") && isNumber(t.at(1).text) {
		t.phrases[last] = phrase{text: "client:" + t.at(1).text, at: t.phrases[last].at} // Client: Dana Demo (ID 1)
		t.i += 2
		return true
	}
	k := keyNamed(name)
	if k == nil && isNumber(t.at(1).text) {
		k = misspelt(w.lower)
		t.unsure = t.unsure || k != nil
	}
	if k == nil || name == "" || k.Control && len(name) == len(w.text) || k.Name == "all" {
		return false
	}
	used, sign := 1, len(name) < len(w.text)
	for ; ; used++ {
		next := t.at(used)
		switch next.lower {
		case "=", ":", "is", "no", "nr", "number", "id", "#", "no.", "id:", "number:", "called", "named", "name", "name:", "method", "method:", "range", "subnet", "via":
			sign = sign || strings.HasSuffix(next.lower, "=") || strings.HasSuffix(next.lower, ":")
			continue
		}
		break
	}
	next := t.at(used)
	if next.text == "" {
		return t.lone(k, w)
	}
	if _, flaw := k.value(next.text); flaw != nil && idsOf(next.text) == "" && (!sign || len(t.tokens) > used+1) {
		if k.Kind == kindList && sign && len(t.tokens) == t.i+used+2 && len(t.phrases) == 0 { // status: on hold
			t.take(used+2, k.Name+":"+valueText(next.text+" "+t.at(used+1).text), firmPart)
			t.changed = true
			return true
		}
		return false
	}
	return t.separateValue(k, used, sign || k.Kind == kindList || k.Kind == kindNumber)
}

// misspelt is the key that a word before a number is a slip for; nil: none.
func misspelt(word string) *field {
	if len(word) < 5 || isOfLanguage(word) {
		return nil
	}
	return lookup(map[string]string{"client": "client", "customer": "client", "account": "client", "service": "service"}[nearest(word, []string{"client", "customer", "account", "service"})])
}

// lone takes a key without any value: it is explained where nothing else is there.
func (t *listener) lone(k *field, w typedWord) bool {
	if fillers[w.lower] {
		t.things = append(t.things, w.text)
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
