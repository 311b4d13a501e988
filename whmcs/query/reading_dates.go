package query

import (
	"slices"
	"strings"
)

// overdueFor takes how long something is overdue: overdue more than 30 days, more than 30
// days overdue.
func (t *listener) overdueFor() bool {
	n, found := 0, false
	if t.at(0).lower == overdue {
		n, found = 1, true
	}
	op := ""
	for ; ; n++ {
		switch t.at(n).lower {
		case "more", "over", "longer", ">":
			op = ">"
			continue
		case "less", "<":
			op = "<"
			continue
		case "than", "for", "by", "since":
			if n > 0 {
				continue
			}
		}
		break
	}
	distance, used := t.distanceAt(n)
	if days := strings.TrimLeft(t.at(n).lower, "<>="); used == 0 && found && allDigits(days) && days != "" && len(days) < 4 && !currencies[t.at(n+1).lower] {
		distance, used, t.unsure = days+"d", 1, true // overdue > 30
	}
	if used == 0 {
		return false
	}
	if w := t.at(n).lower; w[0] == '>' || w[0] == '<' {
		op = w[:1]
	}
	n += used
	if !found {
		if t.at(n).lower != overdue {
			return false
		}
		n++
	}
	t.changed = true
	t.take(n, overdue+":"+op+distance, loosePart)
	return true
}

// distanceAt reads 30d or 30 days n words further on, and returns how many words it is.
func (t *listener) distanceAt(n int) (distance string, used int) {
	w := strings.TrimLeft(t.at(n).lower, "<>=")
	if unit, next := "", t.at(n+1).lower; w == "a" || w == "an" || w == "one" {
		if unit = map[string]string{"day": "d", "week": "w", "month": "m", "year": "y"}[next]; unit != "" {
			return "1" + unit, 2
		}
	}
	if w == "" || !isDigit(w[0]) {
		return "", 0
	}
	used = 1
	if allDigits(w) {
		if unit := t.at(n + 1).lower; len(unit) < 2 || strings.IndexByte("dwmy", unit[0]) < 0 {
			return "", 0
		}
		w, used = w+t.at(n+1).lower, 2
	}
	if m := spelledForm.FindStringSubmatch(w); m != nil && m[3] != "" {
		return m[2] + m[3], used
	}
	return "", 0
}

// dated takes a date or a period with the words before it: due next week, created in 2025,
// due between 2026-12-01 and 2026-12-15.
func (t *listener) dated() bool {
	if t.at(0).lower == "next" && dateKeys[strings.TrimRight(t.at(1).lower, ":")] == "due" {
		t.i++ // "Next Due Date" is what WHMCS calls it
		return true
	}
	key := dateKeys[strings.TrimRight(t.at(0).lower, ":")]
	if key == "" || t.at(0).lower == "since" && t.afterState() {
		return t.periodAlone()
	}
	op, n := t.dateWords(key)
	value, used := t.rangeAt(n)
	switch {
	case used > 0:
		op = ""
	case t.datedAt(n, &value, &used):
		if op == within {
			op = ""
		}
	case t.weekdayAt(n):
		t.left, t.unsure = append(t.left, t.at(n).text), true
		op, value, used = "<", "7d", 1
	default:
		if op, value, used = t.distanceAway(key, op, n); used == 0 {
			if n < 2 || op != "" && op != within || !slices.ContainsFunc(t.tokens[t.i:t.i+n], func(w typedWord) bool { return vague[w.lower] }) {
				return false
			}
			op, value, t.unsure = "<", "30d", true
		}
	}
	t.changed = true
	t.take(n+used, key+":"+op+value, loosePart)
	return true
}

// within is the operator of a distance that is all the days up to it: due in 30 days. It
// says nothing of a day or a period: due in december.
const within = "in"

// dateOps are the words between a key and its date that say on which side of it.
var dateOps = map[string]string{
	"in": within, "within": within, "before": "<", "until": "<=", "till": "<=", "by": "<=", "after": ">", "since": ">=", "from": ">=",
	"than": "", "more": ">", "longer": ">", "older": ">", "less": "<", "over": ">", "under": "<",
}

// dateWords goes over the words between a key and its date, and returns where they end and
// what they say.
func (t *listener) dateWords(key string) (op string, n int) {
	op = dateOps[t.at(0).lower]
	for n = 1; ; n++ {
		w := t.at(n).lower
		switch w {
		case "on", "am", "le", "el", "il", "op", "den", "for", "the", "at", "date", "date:", "up", "soon", "shortly", "services", "domains", "customers", "clients", "orders", "accounts", "products", "is", "was", "than":
			continue
		}
		if w == "over" && t.at(n+1).lower == "the" { // over the weekend
			continue
		}
		if o, ok := dateOps[w]; ok {
			op = o
			continue
		}
		if dateKeys[w] != key || lookup(w) != nil { // new signups
			return op, n
		}
	}
}

// datedAt reads a day, a period or a year n words further on.
func (t *listener) datedAt(n int, value *string, used *int) bool {
	for _, read := range []func(int) (string, int){t.dayAt, t.periodAt, t.endAt, t.yearAt} {
		if *value, *used = read(n); *used > 0 {
			return true
		}
	}
	return false
}

// distanceAway reads a distance n words further on: 30 days, the next 7 days, 2 years ago.
func (t *listener) distanceAway(key, op string, n int) (string, string, int) {
	first := n
	ahead, back := false, false
	switch t.at(n).lower {
	case "next", "coming", "following":
		ahead = true
		n++
	case "last", "past", "previous":
		back = true
		n++
	}
	distance, used := t.distanceAt(n)
	if used == 0 {
		return op, "", 0
	}
	if n += used; t.at(n).lower == "ago" {
		n++
	}
	switch {
	case back && key == "due":
		return "", "-" + distance + "..today", n - first
	case back || ahead || op == within:
		op = "<="
	}
	return op, distance, n - first
}

// periodAlone takes a period without a key, which is of due: next month, next 7 days. When a
// service got a state is not known.
func (t *listener) periodAlone() bool {
	if t.afterState() {
		if n := t.sinceState(); n > 0 {
			for range n {
				t.left = append(t.left, t.at(0).text)
				t.i++
			}
			return true
		}
	}
	if t.dateAgain() {
		return true
	}
	p, used := t.periodAt(0)
	switch {
	case used == 2 && strings.Contains(p, "-") && !strings.HasPrefix(p, "next") && t.hasState():
		t.left = append(t.left, t.at(0).text, t.at(1).text) // suspended on saturn last month
		t.i += 2
		return true
	case used == 2 && strings.Contains(p, "-"), used == 1 && strings.HasSuffix(p, "weekend"):
		t.changed = true
		t.take(used, "due:"+p, loosePart)
		return true
	case used == 1 && isDigit(t.at(0).text[0]) && t.isDay(0):
		if w := t.at(1).text; w != "" && isDigit(w[0]) && strings.Contains(w, ":") { // of a line of a log
			t.left = append(t.left, t.at(0).text, w)
			t.i += 2
			return true
		}
		if t.matter != "" {
			t.i++ // to which a change is asked for
			return true
		}
		t.changed, t.unsure = true, true
		t.take(used, "due:"+t.at(0).text, loosePart)
		return true
	case t.at(0).lower != "next" && t.at(0).lower != "coming":
		return false
	}
	op, value, used := t.distanceAway("due", "", 0)
	if used == 0 {
		return false
	}
	t.changed = true
	t.take(used, "due:"+op+value, loosePart)
	return true
}

// sinceState returns how many words say when or for how long something is in a state: since
// october, for more than 3 days, last month.
func (t *listener) sinceState() int {
	n := 0
	for t.at(n).lower != "" && (dateOps[t.at(n).lower] != "" || t.at(n).lower == "for" || t.at(n).lower == "than") {
		n++
	}
	var value string
	var used int
	if n > 0 {
		if _, used = t.distanceAt(n); used > 0 || t.datedAt(n, &value, &used) && value != overdue {
			return n + used
		}
		return 0
	}
	if p, used := t.periodAt(0); used > 0 && p != overdue {
		return used
	}
	if w := t.at(0).lower; w != "" && (w[0] == '<' || w[0] == '>') { // pending >30 days
		_, used = t.distanceAt(0)
		return used
	}
	return 0
}

// dateAgain takes one more date of a list: due today and tomorrow.
func (t *listener) dateAgain() bool {
	last := len(t.phrases) - 1
	if before := t.before(); last < 0 || !t.or && !joiners[before.lower] && !before.comma {
		return false
	}
	key, v, _ := strings.Cut(t.phrases[last].text, ":")
	if key != "due" && key != "registered" || opOf(v) != "" || strings.HasPrefix(v, overdue) {
		return false
	}
	var value string
	var used int
	if !t.datedAt(0, &value, &used) || value == overdue {
		return false
	}
	t.phrases[last].text += "," + value
	t.changed, t.or = true, false
	t.i += used
	return true
}

// dayAgain takes one more day of a list, whose number is no other: due 5 dec and 7 dec.
func (t *listener) dayAgain() bool {
	if w := t.at(0).text; !isDigit(w[0]) || dayOf(w) == 0 {
		return false
	}
	_, used := t.dayAt(0)
	return used > 0 && t.dateAgain()
}

// hasState reports whether the line has a lone state that a service got on some day.
func (t *listener) hasState() bool {
	return slices.ContainsFunc(t.phrases, func(p phrase) bool {
		return p.kind == loosePart && strings.HasPrefix(p.text, "status:") && p.text != "status:active"
	})
}

// afterState reports whether the phrase before is a lone state.
func (t *listener) afterState() bool {
	last := len(t.phrases) - 1
	return last >= 0 && t.phrases[last].kind == loosePart && (strings.HasPrefix(t.phrases[last].text, "status:") || strings.HasPrefix(t.phrases[last].text, "due:"+overdue))
}
