package query

import (
	"cmp"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// An Error is all that is wrong with a line, and how to correct it.
type Error struct {
	Line     string
	Problems []Problem
	// Corrected are whole lines that parse, best first: the line corrected, or, for
	// a lone number, "client:1" and "service:1".
	Corrected []string
	// Clients are those that the corrected lines are about, of ManyClients; else none.
	Clients []whmcs.Client
}

// A Problem is one thing wrong with a line. Which of its values are set depends on
// the reason; formatting makes the sentence.
type Problem struct {
	Start, End int // byte offsets of the wrong part
	Reason     Reason
	Key        string   // the name of the key that it is about
	Value      string   // what was typed, without quotes
	Meant      []string // what was probably meant in its place, best first
	Valid      []string // what would be valid there, where it is a short list
	Count      int      // of TooMany… and ManyClients: how many there are
	Most       int      // and how many there may be
}

// A Reason is why a line cannot be read, or a question not be asked.
type Reason string

// The reasons.
const (
	UnknownKey         Reason = "unknown key"
	UnknownTopic       Reason = "unknown help topic"
	TooManyTopics      Reason = "more than one help topic"
	NothingBeforeComma Reason = "nothing before a comma"
	NothingAfterComma  Reason = "nothing after the last comma"
	NoValue            Reason = "key without a value"
	LoneMinus          Reason = "- with nothing after it"
	NoColon            Reason = "key and value without a colon"
	MinusBeforeValue   Reason = "- before a value"
	QuoteNotClosed     Reason = "quote not closed"
	NoSpaceAfterQuote  Reason = "no space after a closing quote"
	EmptyQuotes        Reason = "empty quotes"
	LoneNumber         Reason = "number without a key"
	TooManyValues      Reason = "too many values"
	ControlExcluded    Reason = "control excluded"
	ControlTwice       Reason = "control given twice"
	ControlManyValues  Reason = "control with several values"
	NotID              Reason = "not a number"
	NotWHMCSID         Reason = "not a number that WHMCS gives"
	NotEmail           Reason = "not an e-mail address"
	NotHost            Reason = "not a host name"
	NotListed          Reason = "not one of the list"
	NotAmount          Reason = "not an amount"
	NotQuantity        Reason = "not a quantity"
	AmbiguousNumber    Reason = "number that can be read in two ways"
	AmbiguousDate      Reason = "date that can be read in two ways"
	NotAddress         Reason = "not an IP address"
	NotOrder           Reason = "not an order number"
	OnlyStars          Reason = "nothing but stars"
	AmbiguousKey       Reason = "key that may be one of two"
	NotPage            Reason = "not a page"
	NotLive            Reason = "not a time to keep an answer current"
	NotRows            Reason = "not a number of rows"
	NotDate            Reason = "not a date"
	NotDistance        Reason = "not a distance"
	NotInCalendar      Reason = "not in the calendar"
	OpenRange          Reason = "range without ends"
	RangeBackwards     Reason = "range backwards"
	OverdueRegistered  Reason = "overdue of registered"
	RegisteredAhead    Reason = "registered in the future"
	TooManyEmails      Reason = "too many e-mail addresses"
	OrBetweenKeys      Reason = "or between different keys"
	TooManyNames       Reason = "too many names"
	ManyClients        Reason = "name of many clients"
	NamesNotPermitted  Reason = "GetClients not permitted"
	EmailsNotShown     Reason = "as:emails not chosen by the operator"
	EmailsNotPermitted Reason = "GetClientsDetails not permitted"
	BadPosition        Reason = "damaged position, or one of another question"
	HelpNotSearched    Reason = "help is not a question"
)

// Error names the first problem for a log: what was typed is not in it.
func (e *Error) Error() string {
	p := e.Problems[0]
	if p.Key == "" {
		return string(p.Reason)
	}
	return p.Key + ": " + string(p.Reason)
}

// A fault is a problem with the edits of the line that correct it.
type fault struct {
	Problem
	edits []edit   // none: nobody knows what was meant
	or    [][]edit // other ways to correct it
}

// newFault returns a fault of one part of the line.
func newFault(at span, why Reason) fault {
	return fault{Problem: Problem{Start: at.start, End: at.end, Reason: why}}
}

// An edit puts text in the place of a part of the line.
type edit struct {
	span
	text string
}

func replace(start, end int, text string) []edit { return []edit{{span{start, end}, text}} }
func remove(start, end int) []edit               { return replace(start, end, "") }

// A flaw is why a key does not take a value.
type flaw struct {
	Problem
	instead []string // values that it would take, best first
}

// newFlaw returns the flaw of a value, for which others would be right.
func newFlaw(why Reason, v string, instead ...string) *flaw {
	return &flaw{Problem: Problem{Reason: why, Value: v, Meant: instead}, instead: instead}
}

// at places the flaw in the line as one of a key's.
func (f *flaw) at(s span, key string) fault {
	t := fault{Problem: f.Problem}
	t.Start, t.End, t.Key = s.start, s.end, key
	return t
}

// correctedAt is at with the edits that correct it; quoted values are written with their quotes.
func (f *flaw) correctedAt(s span, key string) fault {
	t := f.at(s, key)
	for i, v := range f.instead {
		var b strings.Builder
		if bare(v) {
			b.WriteString(v)
		} else {
			quote(&b, v)
		}
		if i == 0 {
			t.edits = replace(s.start, s.end, b.String())
		} else {
			t.or = append(t.or, replace(s.start, s.end, b.String()))
		}
	}
	return t
}

// Limits of what an Error holds and costs.
const (
	maxProblems  = 10
	maxCorrected = 3
	maxRounds    = 3    // correcting one fault may bring out the next
	maxEdited    = 4000 // bytes of a line that is still corrected
)

// newError makes the Error of a line.
func newError(line string, faults []fault) *Error {
	slices.SortStableFunc(faults, func(a, b fault) int { return cmp.Compare(a.Start, b.Start) })
	e := &Error{Line: line}
	for _, f := range faults[:min(len(faults), maxProblems)] {
		e.Problems = append(e.Problems, f.Problem)
	}
	if len(line) <= maxEdited && len(faults) <= maxProblems {
		e.Corrected = corrected(line, faults, maxRounds)
	}
	return e
}

// corrected returns the lines, in canonical form, that correcting all faults gives.
func corrected(line string, faults []fault, rounds int) []string {
	var lines []string
	add := func(text string) {
		q, left := parse(text)
		switch {
		case len(left) == 0:
			if s := q.String(); s != "" && !slices.Contains(lines, s) {
				lines = append(lines, s)
			}
		case rounds > 1:
			for _, s := range corrected(text, left, rounds-1) {
				if !slices.Contains(lines, s) {
					lines = append(lines, s)
				}
			}
		}
	}
	for _, f := range faults {
		if len(f.edits) == 0 {
			return nil
		}
	}
	add(edited(line, faults, 0))
	for i := range widest(faults) {
		add(edited(line, faults, i+1))
	}
	return lines[:min(len(lines), maxCorrected)]
}

// widest returns how many other ways the faults can be corrected at most.
func widest(faults []fault) int {
	n := 0
	for _, f := range faults {
		n = max(n, len(f.or))
	}
	return min(n, maxCorrected)
}

// edited returns the line with every fault corrected in its way number choice,
// where it has that many.
func edited(line string, faults []fault, choice int) string {
	var edits []edit
	for _, f := range faults {
		way := f.edits
		if choice > 0 && choice <= len(f.or) {
			way = f.or[choice-1]
		}
		edits = append(edits, way...)
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.start < at {
			continue
		}
		b.WriteString(line[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(line[at:])
	return b.String()
}

// unknownKey says that there is no such key and which ones come near. Of equally
// near ones those come first that take the values.
func unknownKey(t token) fault {
	f := newFault(t.keySpan, UnknownKey)
	f.Value, f.Valid = t.key, filterNames
	near := nearestKeys(t.key)
	slices.SortStableFunc(near, func(a, b *field) int {
		return cmp.Compare(a.refuses(t.values), b.refuses(t.values))
	})
	for i, k := range near {
		f.Meant = append(f.Meant, k.Name)
		e := replace(t.keySpan.start, t.keySpan.end, k.Name)
		if i == 0 {
			f.edits = e
		} else {
			f.or = append(f.or, e)
		}
	}
	return f
}

// refuses counts the values that k does not take.
func (k *field) refuses(values []value) int {
	n := 0
	for _, v := range values {
		if _, flaw := k.value(v.text); flaw != nil {
			n++
		}
	}
	return n
}

// unknownTopic says that help knows no such key.
func unknownTopic(s span, name string) fault {
	f := newFault(s, UnknownTopic)
	f.Value, f.Valid = name, keyNames
	near := nearestKeys(name)
	if len(near) == 0 {
		f.edits = remove(s.start, s.end)
		return f
	}
	f.Meant = []string{near[0].Name}
	f.edits = replace(s.start, s.end, near[0].Name)
	return f
}
