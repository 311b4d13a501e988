package query

import (
	"slices"
	"strings"
)

// A Reading is what somebody who typed a line probably meant, found without asking
// anybody. What depends on names in WHMCS stays open: Words are for the search
// to try.
type Reading struct {
	Typed string
	Kind  ReadingKind
	Query Query // of ReadQuestion: all that was typed
	Core  Query // of ReadQuestion: keys, hosts, addresses and numbers alone, without Words and lone words of the language

	// Words are the texts of Query without a key, in the order typed: phrases of names of
	// products, groups, domains, servers or clients.
	Words []string
	heard *listener // what was understood, to be read in other ways; nil: there are none

	// Fuller has the same words as Query, those that follow each other as one text, with
	// words between and beside them that say nothing elsewhere: "vps s", "demo domain ltd".
	// It is zero where that is not another query.
	Fuller Query
	// Numbers stand without a key among other words.
	Numbers []string

	LeftOut []string // words that nothing accounts for
	Unsure  bool     // what was typed may as well mean something else
	Strict  bool     // every part was written in the language: read as it is, certain
	When    bool     // since when something has its state was asked too, which WHMCS does not say
	ReadAs  bool     // more than case, spaces and what stood around the words was changed

	Offers []string // of ReadChoice and the others that ask nothing: lines to choose from
	Matter Matter   // of ReadCannot
	Err    *Error   // of ReadMistake, and of ReadChoice where a value can be read in two ways
}

// Guess reports whether words were left out that nothing accounts for, or may mean something
// else. What answers a guess is for the asker alone.
func (r Reading) Guess() bool { return len(r.LeftOut) > 0 || r.Unsure }

// A ReadingKind is what is to be done with a line.
type ReadingKind string

// The kinds of readings.
const (
	ReadQuestion   ReadingKind = "question"   // Query is to be answered
	ReadChoice     ReadingKind = "choice"     // one of Offers, to be chosen
	ReadHelp       ReadingKind = "help"       // a greeting, thanks or a wish for help; Query.Topic may name a key
	ReadCannot     ReadingKind = "cannot"     // about Matter, which is not looked up; Offers may hold what is
	ReadEverything ReadingKind = "everything" // exclusions alone: all services but these; Offers has it as a line
	ReadNoFilter   ReadingKind = "no filter"  // a view or an order of nothing
	ReadMistake    ReadingKind = "mistake"    // Err says what is wrong
)

// A Matter is what people ask for that is not looked up.
type Matter string

// The matters.
const (
	MatterChange   Matter = "change" // only reads
	MatterInvoice  Matter = "invoice"
	MatterTicket   Matter = "ticket"
	MatterPhone    Matter = "phone"
	MatterPassword Matter = "password"
	MatterWhen     Matter = "when"        // a service got its state
	MatterMeasured Matter = "measurement" // of a server
	MatterRanking  Matter = "ranking"     // of clients
	MatterList     Matter = "list"        // of servers, products or clients, without saying which
	MatterTrouble  Matter = "trouble"     // of nothing that is named
)

// Read finds out what a typed line means. It asks nobody. A line of which every part is
// written in the language is read as it is.
func Read(line string) Reading {
	r := Reading{Typed: line}
	l := lexer{line: line}
	if tokens := l.tokens(); isStrict(line, tokens) {
		if q, faults := parsed(&l, tokens); len(faults) == 0 {
			r.Strict = true
			r.settle(q, q)
			return r
		}
	}
	t := &listener{tokens: wordsOf(line)}
	t.phrases = make([]phrase, 0, len(t.tokens))
	t.read()
	if len(t.tokens) == 1 && len(t.left) == 1 && len(t.phrases) == 0 && !asksForHelp(t.left) { // spam
		t.phrases, t.left = append(t.phrases, phrase{text: wordTextOf(t.left[0]), kind: wordPart}), nil
	}
	return t.reading(r)
}

// Written reads a line that was written for a button: it is taken as it is.
func Written(line string) Reading {
	r := Reading{Typed: line, Strict: true}
	q, faults := parse(line)
	if len(faults) > 0 {
		r.Kind, r.Err = ReadMistake, newError(line, faults)
		return r
	}
	r.settle(q, q)
	return r
}

// isStrict reports whether every token of a line that parses is key:value, a quoted text,
// a host name, an e-mail address or an IP address, or help with its topic.
func isStrict(line string, tokens []token) bool {
	if len(tokens) > 0 && asksHelp(tokens[0]) && line != "?" {
		return true
	}
	if strings.Contains(line, ";") || strings.Contains(line, ".php?") {
		return false
	}
	for _, t := range tokens {
		if t.hasKey {
			continue
		}
		for _, v := range t.values {
			if v.quoted == looksLikeTerm(v.text) {
				return false
			}
		}
	}
	return len(tokens) > 0
}

// looksLikeTerm reports whether a word is a host name, an address, or key:value; in quotes
// it is still meant as that.
func looksLikeTerm(w string) bool {
	if isHostWord(w) || isEmail(w) || isAddressWord(w) {
		return true
	}
	k := keyLength(w)
	return k > 0 && k < len(w)-1 && !strings.ContainsAny(w, ` "`) && lookup(w[:k]) != nil
}

// settle says what is to be done with a query that was read.
func (r *Reading) settle(q, core Query) {
	r.Query, r.Core = q, core
	switch {
	case q.Help:
		r.Kind = ReadHelp
	case q.asksSomething():
		r.Kind = ReadQuestion
		for _, t := range q.Terms {
			if t.Key == "" && !t.Not {
				r.Words = append(r.Words, t.Values...)
			}
		}
	case len(q.Terms) > 0:
		r.Kind = ReadEverything
		all := q.Lasting()
		all.Terms = slices.Insert(slices.Clone(q.Terms), 0, Term{Key: "all", Values: []string{"yes"}})
		r.Offers = []string{all.String()}
	default:
		r.Kind = ReadNoFilter
	}
}

// asksSomething reports whether q has a filter that is no exclusion, or is a summary of
// everything, which lists nobody.
func (q Query) asksSomething() bool {
	return q.As == ViewSummary || slices.ContainsFunc(q.Terms, func(t Term) bool { return !t.Not })
}

// reading makes a Reading of what was understood.
func (t *listener) reading(r Reading) Reading {
	t.wordNumbers()
	r.LeftOut, r.Unsure, r.Numbers, r.When = t.left, t.unsure, t.numbers, t.asksWhen
	line := t.line(allParts)
	switch {
	case t.matter != "":
		r.Kind, r.Matter, r.LeftOut = ReadCannot, t.matter, nil
		r.Offers = t.lookedUp()
		return r
	case t.topic != "" && len(t.phrases) == 0:
		r.Kind, r.Query = ReadHelp, Query{Help: true, Topic: t.topic}
		return r
	case len(t.phrases) == 0 && len(t.things) > 0 && !greetings[t.tokens[0].lower] && !slices.ContainsFunc(t.left, isTrouble):
		r.Kind, r.Matter, r.Offers, r.LeftOut = ReadCannot, MatterList, []string{"as:summary"}, nil
		return r
	case len(t.phrases) == 0 && len(t.left) > 0 && !asksForHelp(t.left):
		r.Kind, r.Matter, r.LeftOut = ReadCannot, MatterTrouble, nil
		return r
	case len(t.phrases) == 0:
		r.Kind, r.Query, r.LeftOut = ReadHelp, Query{Help: true}, nil
		return r
	}
	q, faults := parse(line)
	switch {
	case len(faults) > 0:
		return r.mistaken(line, t.changed)
	case t.badOr:
		r.Kind, r.Err = ReadMistake, q.problem(Problem{Reason: OrBetweenKeys})
		return r
	}
	core := q
	if firm := t.line(coreParts); firm != line {
		if core, faults = parse(firm); len(faults) > 0 {
			core = Query{}
		}
	}
	r.ReadAs = t.changed
	r.settle(q, core)
	if fuller, ok := t.fuller(); ok {
		if q, faults := parse(fuller); len(faults) == 0 {
			r.Fuller = q
		}
	}
	r.heard = t
	return r
}

// asksForHelp reports whether words ask for help with the bot.
func asksForHelp(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, "help") || strings.EqualFold(w, "why") })
}

func isTrouble(w string) bool { return troubles[strings.ToLower(w)] }

// A phrase is a term that was understood, as it is written in a line.
type phrase struct {
	text string
	kind phraseKind
	at   int // the place of its first word

	// Of a key with text whose value may have fewer words:
	run  []string // the words
	key  string   // with its - and without its colon
	word string   // the key as it was typed

	amount string // of a number that may be one of money: the term
}

// A phraseKind is how sure a phrase is.
type phraseKind int

const (
	firmPart    phraseKind = iota // a key with its value, a host, an address, a number
	wordPart                      // a text
	loosePart                     // a lone word of the language
	controlPart                   // an order or a view
	numberPart                    // a number without a key
)

func allParts(phraseKind) bool     { return true }
func namedParts(k phraseKind) bool { return k == firmPart || k == loosePart || k == numberPart }
func coreParts(k phraseKind) bool  { return k == firmPart || k == numberPart || k == controlPart }

// wordNumbers takes the numbers of a line with other words for words.
func (t *listener) wordNumbers() {
	if !slices.ContainsFunc(t.phrases, func(p phrase) bool { return p.kind == firmPart || p.kind == wordPart }) {
		return
	}
	for i, p := range t.phrases {
		if p.kind == numberPart {
			t.numbers = append(t.numbers, strings.TrimLeft(p.text, "#-"))
			t.phrases[i].text, t.phrases[i].kind = wordTextOf(strings.TrimLeft(p.text, "#")), wordPart
		}
	}
}

// line writes the phrases of some kinds: what names something, then the lone words, then
// the controls.
func (t *listener) line(of func(phraseKind) bool) string {
	var b strings.Builder
	for _, kinds := range [][]phraseKind{{firmPart, wordPart, numberPart}, {loosePart}, {controlPart}} {
		for _, p := range t.phrases {
			if slices.Contains(kinds, p.kind) && of(p.kind) {
				if b.Len() > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(p.text)
			}
		}
	}
	return b.String()
}

// valueText writes a value, in quotes where it needs them.
func valueText(v string) string {
	if bare(v) {
		return v
	}
	var b strings.Builder
	quote(&b, v)
	return b.String()
}

// wordTextOf writes a text without a key, in quotes where it would be read as something
// else.
func wordTextOf(w string) string {
	if bare(w) && plainWord(w) {
		return w
	}
	var b strings.Builder
	quote(&b, w)
	return b.String()
}
