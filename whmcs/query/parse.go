package query

import (
	"slices"
	"strconv"
	"strings"
)

// Parse reads a line. A failure is an *Error with every problem found. An empty
// line is the zero Query.
func Parse(line string) (Query, error) {
	q, faults := parse(line)
	if len(faults) > 0 {
		return Query{}, newError(line, faults)
	}
	return q, nil
}

// NewTerm makes a filter of key and free text, such as a form's field holds:
// each value is taken as it is, quotes and commas included. The key "" makes
// a word. A failure is an *Error whose Line is the first wrong value.
func NewTerm(key string, values ...string) (Term, error) {
	t, read := Term{}, readText
	if key != "" {
		k := lookup(key)
		if k == nil || k.Control {
			return Term{}, newError(key, []fault{unknownKey(token{key: key, keySpan: span{0, len(key)}})})
		}
		t.Key, read = k.Name, k.value
	}
	for _, v := range values {
		canonical, flaw := read(clean(v))
		if flaw != nil {
			return Term{}, newError(v, []fault{flaw.at(span{0, len(v)}, t.Key)})
		}
		if !slices.Contains(t.Values, canonical) {
			t.Values = append(t.Values, canonical)
		}
	}
	t = t.settled()
	switch n := len(t.Values); {
	case n == 0:
		return Term{}, newError("", []fault{{Problem: Problem{Reason: NoValue, Key: t.Key}}})
	case n > maxValues:
		return Term{}, newError("", []fault{tooManyValues(span{}, n)})
	}
	return t, nil
}

// parse reads a line and collects everything wrong with it.
func parse(line string) (Query, []fault) {
	l := lexer{line: line}
	return parsed(&l, l.tokens())
}

// parsed reads the tokens of a line.
func parsed(l *lexer, tokens []token) (Query, []fault) {
	p := parser{line: l.line, faults: l.faults}
	if len(tokens) > 0 && asksHelp(tokens[0]) {
		p.help(tokens)
		return p.q, p.faults
	}
	for i := 0; i < len(tokens) && len(p.faults) <= maxProblems; i++ {
		t := tokens[i]
		var next *token
		if i+1 < len(tokens) && tokens[i+1].word() {
			next = &tokens[i+1]
		}
		if p.unfinished(t, next) || p.spelledOut(t, next) {
			if next != nil {
				i++
			}
			continue
		}
		p.token(t)
	}
	p.mergeSingles()
	return p.q, p.faults
}

// A parser turns tokens into a query.
type parser struct {
	line   string
	q      Query
	faults []fault
	seen   []string // controls given so far
}

func (p *parser) fault(f fault) { p.faults = append(p.faults, f) }

// asksHelp reports whether a first token is "help" or "?".
func asksHelp(t token) bool {
	if t.hasKey || t.not || len(t.values) != 1 || t.values[0].quoted {
		return false
	}
	return t.values[0].text == "?" || strings.EqualFold(t.values[0].text, "help")
}

// help reads "help" and "help key".
func (p *parser) help(tokens []token) {
	p.q.Help = true
	if len(tokens) == 1 {
		return
	}
	topic := tokens[1]
	name := strings.TrimSuffix(p.line[topic.start:topic.end], ":")
	if k := lookup(name); k != nil {
		p.q.Topic = k.Name
	} else {
		p.fault(unknownTopic(topic.span, name))
	}
	if len(tokens) > 2 {
		at := span{tokens[2].start, tokens[len(tokens)-1].end}
		f := newFault(at, TooManyTopics)
		f.edits = remove(at.start, at.end)
		p.fault(f)
	}
}

// unfinished notes a key without a value and a comma with nothing behind it.
// The likely slip is a space after the colon or the comma.
func (p *parser) unfinished(t token, next *token) bool {
	if len(t.values) > 0 && !t.trailing {
		return false
	}
	f := newFault(t.span, LoneMinus)
	switch {
	case t.trailing:
		f.Reason = NothingAfterComma
		f.edits = remove(t.end-1, t.end)
	case t.hasKey:
		f.Reason, f.Key = NoValue, t.key
		if k := lookup(t.key); k != nil {
			f.Key, f.Valid = k.Name, k.Values
		}
	default:
		f.edits = remove(t.start, t.end)
	}
	if next != nil {
		f.End = next.end
		f.edits = remove(t.end, next.start)
	}
	if t.hasKey && lookup(t.key) == nil {
		joined := f.edits
		f = unknownKey(t)
		if len(f.edits) > 0 {
			f.edits = append(f.edits, joined...)
		}
	}
	p.fault(f)
	return true
}

// spelledOut notes "client 1" and "client=1", which mean "client:1".
func (p *parser) spelledOut(t token, next *token) bool {
	if t.hasKey || len(t.values) != 1 || t.values[0].quoted {
		return false
	}
	text := t.values[0].text
	if name, v, ok := strings.Cut(text, "="); ok && v != "" {
		k := lookup(name)
		if k == nil {
			return false
		}
		at := t.values[0].start + len(name)
		p.noColon(t.span, k.Name+":"+v, replace(at, at+1, ":"))
		return next == nil
	}
	if next == nil || !isNumber(next.values[0].text) || next.values[0].quoted {
		return false
	}
	k := lookup(text)
	if k == nil {
		return false
	}
	p.noColon(span{t.start, next.end}, k.Name+":"+next.values[0].text, replace(t.end, next.start, ":"))
	return true
}

// noColon notes a key and a value that are not joined by a colon.
func (p *parser) noColon(at span, meant string, edits []edit) {
	f := newFault(at, NoColon)
	f.Meant, f.edits = []string{meant}, edits
	p.fault(f)
}

// token reads a token that has values.
func (p *parser) token(t token) {
	if !t.hasKey {
		p.word(t)
		return
	}
	k := lookup(t.key)
	switch {
	case t.key == positionKey:
		p.position(t)
	case k == nil && p.otherKey(t):
	case k == nil:
		p.fault(unknownKey(t))
	case k.Control:
		p.control(k, t)
	default:
		p.filter(k, t)
	}
}

// filter reads a term with a key.
func (p *parser) filter(k *field, t token) {
	term := Term{Not: t.not, Key: k.Name}
	p.tooMany(t)
	switch {
	case k.Name == "amount":
		t.values = p.joinedAmounts(t.values)
	case k.Name == "due" && p.overdueBy(t, overdue):
		return
	}
	for _, v := range t.values {
		if p.excludesValue(k, t, v) {
			continue
		}
		canonical, flaw := k.value(v.text)
		switch {
		case flaw != nil:
			p.fault(flaw.correctedAt(v.span, k.Name))
		case len(term.Values) < maxValues && !slices.Contains(term.Values, canonical):
			term.Values = append(term.Values, canonical)
		}
	}
	p.q.Terms = append(p.q.Terms, term.settled())
}

// excludesValue notes "status:-active", which means "-status:active". In numbers,
// dates and texts a - is part of the value.
func (p *parser) excludesValue(k *field, t token, v value) bool {
	if v.quoted || len(v.text) < 2 || v.text[0] != '-' && v.text[0] != '!' {
		return false
	}
	switch k.Kind {
	case kindNumber, kindDate, kindText, kindProduct, kindClient, kindAddress:
		return false
	}
	f := newFault(v.span, MinusBeforeValue)
	f.Key, f.Value, f.Meant = k.Name, v.text, []string{"-" + k.Name + ":" + v.text[1:]}
	if len(t.values) == 1 && !t.not {
		f.edits = append(replace(t.start, t.start, "-"), remove(v.start, v.start+1)...)
	}
	p.fault(f)
	return true
}

// tooMany notes a term with more alternatives than anybody types.
func (p *parser) tooMany(t token) {
	if len(t.values) > maxValues {
		p.fault(tooManyValues(t.span, len(t.values)))
	}
}

func tooManyValues(at span, n int) fault {
	f := newFault(at, TooManyValues)
	f.Count, f.Most = n, maxValues
	return f
}

// control reads sort, page, rows, as, in, fresh and live.
func (p *parser) control(k *field, t token) {
	misused := func(why Reason, edits []edit) {
		f := newFault(t.span, why)
		f.Key, f.edits = k.Name, edits
		p.fault(f)
	}
	if t.not {
		misused(ControlExcluded, remove(t.start, t.start+1))
		return
	}
	if slices.Contains(p.seen, k.Name) {
		misused(ControlTwice, remove(t.start, t.end))
		return
	}
	p.seen = append(p.seen, k.Name)
	if len(t.values) > 1 {
		misused(ControlManyValues, remove(t.values[0].end, t.end))
		return
	}
	v, flaw := k.value(t.values[0].text)
	if flaw != nil {
		p.fault(flaw.correctedAt(t.values[0].span, k.Name))
		return
	}
	p.set(k.Name, v)
}

// position reads pos:, which no person types.
func (p *parser) position(t token) {
	_, ok := readPosition(t.values[0].text)
	if !ok || t.not || len(t.values) > 1 || p.q.Position != "" {
		f := newFault(t.span, BadPosition)
		f.edits = remove(t.start, t.end)
		p.fault(f)
		return
	}
	p.q.Position = t.values[0].text
}

// set stores a control's value.
func (p *parser) set(name, v string) {
	switch name {
	case "sort":
		p.q.Sort.Key = strings.TrimPrefix(v, "-")
		p.q.Sort.Desc = v[0] == '-'
	case "page":
		p.q.Page, _ = strconv.Atoi(v)
	case "rows":
		p.q.Rows, _ = strconv.Atoi(v)
	case "as":
		p.q.As = View(v)
	case "in":
		p.q.InChannel = true
	case "fresh":
		p.q.Fresh = true
	case "live":
		p.q.Live, _ = strconv.Atoi(v)
	}
}
