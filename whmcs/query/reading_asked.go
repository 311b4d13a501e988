package query

import (
	"slices"
	"strconv"
	"strings"
)

// What a line asks for beside the services that it names: how many there are, the first of an
// order, addresses, what WHMCS does not know.

// counting takes a question for a number: how many active vps.
func (t *listener) counting() bool {
	switch {
	case t.at(0).lower == "how" && t.at(1).lower == "many":
	case t.at(0).lower == "number" && t.at(1).lower == "of" && keyNamed(t.before().lower) == nil:
	default:
		return false
	}
	t.changed = true
	if t.hasControl("as:") {
		t.i += 2
		return true
	}
	t.take(2, "as:summary", controlPart)
	return true
}

// hasControl reports whether the line has a control already, that begins so.
func (t *listener) hasControl(begins string) bool {
	return slices.ContainsFunc(t.phrases, func(p phrase) bool { return strings.HasPrefix(p.text, begins) })
}

// valueWords are by what the most expensive come first.
var valueWords = wordSet(`price prices amount amounts revenue turnover value cost costs spend spending`)

// top takes the first rows of an order: top 5 by price. Without another order they are the
// most expensive.
func (t *listener) top() bool {
	if t.at(0).lower != "top" || t.hasControl("sort:") {
		return false
	}
	n, rows := 1, 0
	if w := t.at(1).text; isNumber(w) {
		rows, _ = strconv.Atoi(strings.TrimPrefix(w, "#"))
		n = 2
	}
	clients := false
	for ; fillers[t.at(n).lower] && t.at(n).lower != "by" && !prepositions[t.at(n).lower]; n++ {
		clients = clients || clientWords[t.at(n).lower]
	}
	order, by := "-amount", t.at(n).lower == "by" && t.at(n+1).text != ""
	if by {
		key := t.at(n + 1).lower
		read, flaw := readSort(key)
		switch {
		case valueWords[key]:
		case flaw != nil:
			return false
		case strings.TrimPrefix(read, "-") != "amount":
			order = read
		}
		if n += 2; t.at(n).lower == "date" {
			n++
		}
	}
	if rows == 0 && !by {
		return false
	}
	if clients && order == "-amount" {
		t.matter, t.things = MatterRanking, nil
	}
	t.changed = true
	if rows > maxListRows {
		t.left = append(t.left, t.at(1).text)
	}
	control := "sort:" + order
	if rows > 0 {
		control += " rows:" + strconv.Itoa(min(rows, maxListRows))
	}
	t.take(n, control, controlPart)
	return true
}

// clientWords are what people call clients.
var clientWords = wordSet(`client clients customer customers account accounts`)

// orderAlone takes an order after the rest: saturn by price, client 5 by due date.
func (t *listener) orderAlone() bool {
	if t.at(0).lower != "by" || t.hasControl("sort:") || t.hasControl("as:") {
		return false
	}
	n := 1
	if t.at(n).lower == "next" {
		n++
	}
	key := t.at(n).lower
	order, flaw := readSort(key)
	switch date := dateKeys[key]; {
	case valueWords[key] && !isNumber(t.at(2).text):
		order, n = "amount", n+1
	case t.at(n+1).lower == "date" && date != "":
		order, n = date, n+2
	case (flaw == nil && isLetter(key[0]) || date != "") && (t.at(n+1).text == "" || t.at(n).comma):
		if date != "" {
			order = date
		}
		n++
	default:
		return false
	}
	return t.sort(n, order)
}

// mailWords ask for addresses where none follows.
var mailWords = wordSet(`email emails e-mail e-mails`)

// addresses takes a wish for addresses: email addresses of all on saturn, email of client 5.
func (t *listener) addresses() bool {
	next := t.at(1).lower
	switch {
	case keyNamed(t.at(0).lower) == lookup("email") && (next == "addresses" || next == "address" && !isEmail(t.at(2).text)):
		t.i++
	case mailWords[t.at(0).lower] && (next == "list" || next == "lists"):
		t.i++
	case !mailWords[t.at(0).lower] || next != "of" && next != "for" && next != "from" && (next != "" || len(t.phrases) == 0):
		return false
	}
	t.changed = true
	if t.hasControl("as:") {
		t.i++
		return true
	}
	t.take(1, "as:emails", controlPart)
	return true
}

// measured is what is free, used or full on a server, and not in WHMCS.
var measured = wordSet(`space disk diskspace memory ram cpu load capacity slots uptime inodes storage`)

// measurement takes a question for the state of a server: free space on saturn.
func (t *listener) measurement() bool {
	switch t.at(0).lower {
	case "free", "available", "remaining", "left":
	default:
		return false
	}
	n := 1
	for measured[t.at(n).lower] {
		n++
	}
	if n == 1 {
		return false
	}
	t.matter, t.changed = MatterMeasured, true
	t.i += n
	return true
}

// sinceWhen takes a question for the day on which something got a state: when was client 5
// suspended, how long has it been.
func (t *listener) sinceWhen() bool {
	n := 0
	switch two := t.at(0).lower + " " + t.at(1).lower; {
	case two == "since when" && t.i > 0 && t.at(2).text == "" && slices.ContainsFunc(t.tokens[:t.i], isStateButActive): // unpaid.example suspended since when
		t.asksWhen, t.changed = true, true
		t.i += 2
		return true
	case t.i > 0 || !questions[t.at(0).lower] && two != "since when":
		return false
	case two == "since when", two == "how long":
		n = 2
	case t.at(0).lower == "when" && pastWords[t.at(1).lower]:
		n = 2
	default:
		return false
	}
	if !slices.ContainsFunc(t.tokens[n:], func(w typedWord) bool {
		return isStateButActive(w) || matters[w.lower] == MatterChange
	}) {
		return false
	}
	t.matter, t.changed = MatterWhen, true
	t.i += n
	return true
}

// isStateButActive reports whether a word is a state other than active.
func isStateButActive(w typedWord) bool {
	return strings.HasPrefix(loneTerms[w.lower], "status:") && w.lower != "active"
}

// pastWords come before what happened.
var pastWords = wordSet(`was were did got has have`)
