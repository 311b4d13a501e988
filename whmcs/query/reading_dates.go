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
	if w == "" || !isDigit(w[0]) {
		return "", 0
	}
	if m := spelledForm.FindStringSubmatch(w); m != nil {
		if m[3] != "" {
			return m[2] + m[3], 1
		}
		if m := spelledForm.FindStringSubmatch(w + t.at(n+1).lower); m != nil && m[3] != "" && len(t.at(n+1).lower) > 1 {
			return m[2] + m[3], 2
		}
	}
	return "", 0
}

// dated takes a date or a period with the word before it: due next week, created in 2025.
func (t *listener) dated() bool {
	if t.at(0).lower == "next" && dateKeys[strings.TrimRight(t.at(1).lower, ":")] == "due" {
		t.i++ // "Next Due Date" is what WHMCS calls it
		return true
	}
	key, n := dateKeys[strings.TrimRight(t.at(0).lower, ":")], 1
	if key == "" {
		key, n = "due", 0
		p, used := t.periodAt(0)
		if used != 2 || !strings.Contains(p, "-") {
			return t.monthOfState()
		}
		if last := len(t.phrases) - 1; last >= 0 && t.phrases[last].kind == loosePart && strings.HasPrefix(t.phrases[last].text, "status:") {
			t.left = append(t.left, t.at(0).text, t.at(1).text) // when it got that state is not known
			t.i += 2
			return true
		}
	}
	op := ""
	for ; ; n++ {
		switch w := t.at(n).lower; w {
		case "in", "on", "by", "for", "the", "within", "at", "date", "date:", "up", "soon", "shortly", "services", "domains", "customers", "clients", "orders", "accounts", "products", "is", "was":
			if t.at(n).lower == "within" || t.at(n).lower == "in" {
				op = "<="
			}
			continue
		case "before":
			op = "<"
			continue
		case "after":
			op = ">"
			continue
		default:
			if dateKeys[w] == key && n > 0 && lookup(w) == nil { // new signups
				continue
			}
		}
		break
	}
	value, used := t.periodAt(n)
	if year := t.at(n).lower; used == 0 && len(year) == 4 && allDigits(year) && (year[:2] == "19" || year[:2] == "20") {
		value, used = year, 1
	}
	if used > 0 {
		if op == "<=" {
			op = ""
		}
	} else if value, used = t.distanceAt(n); used == 0 {
		if n < 2 || op != "" && op != "<=" || !slices.ContainsFunc(t.tokens[t.i:t.i+n], func(w typedWord) bool { return vague[w.lower] }) {
			return false
		}
		op, value, t.unsure = "<", "30d", true
	}
	t.changed = true
	t.take(n+used, key+":"+op+value, loosePart)
	return true
}

// monthOfState leaves out a month behind a state, as in "cancelled in october": when a
// service got its state is not known.
func (t *listener) monthOfState() bool {
	last := len(t.phrases) - 1
	if monthOf(t.at(0).lower) == 0 || last < 0 || t.phrases[last].kind != loosePart || !strings.HasPrefix(t.phrases[last].text, "status:") {
		return false
	}
	t.left = append(t.left, t.at(0).text)
	t.i++
	return true
}

// periodAt reads a day or a period n words further on, and returns how many words it is.
func (t *listener) periodAt(n int) (period string, used int) {
	first := t.at(n).lower
	if first == "" {
		return "", 0
	}
	if second := t.at(n + 1).lower; second != "" && (mayBePeriod(first) || monthOf(first) > 0) {
		if p, ok := periodNamed(first + "-" + second); ok {
			return p, 2
		}
	}
	if _, ok := periodNamed(first); ok && (mayBePeriod(first) || monthOf(first) > 0) || first == overdue || isDigit(first[0]) && !isNumber(first) || dayWords[first] != 0 || first == "today" {
		p, flaw := readDue(first)
		switch {
		case flaw == nil && !relativeForm.MatchString(p):
			return p, 1
		case flaw != nil && flaw.Reason == AmbiguousDate:
			return first, 1 // the grammar asks which
		}
	}
	return "", 0
}
