package query

import (
	"strings"
)

// What is read as a day or as a period, each n words further on; the number of words is 0
// where there is none.

// periodAt reads a day or a period n words further on, and returns how many words it is.
func (t *listener) periodAt(n int) (period string, used int) {
	first := t.at(n).lower
	if first == "" {
		return "", 0
	}
	if second := t.at(n + 1).lower; second != "" && (mayBePeriod(first) || monthOf(first) > 0 && len(second) == len("2026")) {
		if p, ok := periodNamed(first + "-" + second); ok {
			return p, 2
		}
	}
	if _, ok := periodNamed(first); ok && (mayBePeriod(first) || monthOf(first) > 0 || first == "weekend") || first == overdue || isDigit(first[0]) && len(first) >= len("2026-12") && !isNumber(first) || dayWords[first] != 0 || first == "today" {
		p, flaw := readDue(first)
		switch {
		case flaw == nil && !isRelative(p):
			return p, 1
		case flaw != nil && flaw.Reason == AmbiguousDate:
			return first, 1 // the grammar asks which
		}
	}
	return "", 0
}

// isDay reports whether the word n words further on is a whole date: 30.11.2026.
func (t *listener) isDay(n int) bool {
	return len(strings.FieldsFunc(t.at(n).text, func(r rune) bool { return r == '.' || r == '-' || r == '/' })) == 3
}

// yearAt reads a year.
func (t *listener) yearAt(n int) (year string, used int) {
	y := t.at(n).lower
	if len(y) != 4 || !allDigits(y) || y[:2] != "19" && y[:2] != "20" {
		return "", 0
	}
	return y, 1
}

// endAt reads the end of a period as the period: end of month, end of next week.
func (t *listener) endAt(n int) (period string, used int) {
	from := n
	if t.at(n).lower != "end" && t.at(n).lower != "rest" {
		return "", 0
	}
	for n++; t.at(n).lower == "of" || t.at(n).lower == "the"; n++ {
	}
	if p, used := t.periodAt(n); used > 0 {
		return p, n + used - from
	}
	switch w := t.at(n).lower; w {
	case "week", "month", "year":
		return "this-" + w, n + 1 - from
	}
	return "", 0
}

// dayAt reads a day with its month in words or without a year: 5 december 2026, dec 5th,
// 31.12.
func (t *listener) dayAt(n int) (date string, used int) {
	first, second, third := t.at(n), t.at(n+1), t.at(n+2)
	if second.lower == "of" {
		second, third, used = third, t.at(n+3), 1
	}
	day, month := dayOf(first.lower), monthOf(second.lower)
	if month == 0 {
		day, month = dayOf(second.lower), monthOf(first.lower)
	}
	if used += 2; day == 0 || month == 0 {
		return t.shortDay(n)
	}
	if year, n := t.yearAt(n + used); n > 0 && third.text != "" {
		return year + twoDigits(month) + twoDigits(day), used + 1
	}
	return months[month-1] + twoDigits(day), used
}

// shortDay reads a day without a year, 31.12 or 31/12; where day and month may be either, the
// grammar asks which.
func (t *listener) shortDay(n int) (date string, used int) {
	w := strings.TrimRight(t.at(n).lower, ".")
	if !shortDayForm.MatchString(w) {
		return "", 0
	}
	date, flaw := readPoint(w, true)
	switch {
	case flaw == nil:
		return date, 1
	case flaw.Reason == AmbiguousDate:
		return w, 1
	}
	return "", 0
}

// dayOf is the day of a month that a word says: 5, 5th; 0: none.
func dayOf(w string) int {
	w = strings.TrimRight(w, ".,")
	for _, ending := range []string{"st", "nd", "rd", "th"} {
		w = strings.TrimSuffix(w, ending)
	}
	if len(w) == 0 || len(w) > 2 || !allDigits(w) {
		return 0
	}
	day := int(w[len(w)-1] - '0')
	if len(w) == 2 {
		day += 10 * int(w[0]-'0')
	}
	if day > 31 {
		return 0
	}
	return day
}

// weekdayAt reports whether a word is a day of the week. Which one is meant is not known.
func (t *listener) weekdayAt(n int) bool { return weekdays[t.at(n).lower] }
