package query

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// rangeAt reads a range of days or periods n words further on: between 2018 and 2020, 1 dec to
// 15 dec, 1-15 dec, 1. bis 15. Dezember, 1.12.-15.12.2026. A month or a year that one end lacks
// is that of the other.
func (t *listener) rangeAt(n int) (value string, used int) {
	at := n
	between := t.at(n).lower == "between" || t.at(n).lower == "zwischen"
	switch t.at(n).lower {
	case "between", "zwischen", "from", "von", "vom":
		n++
	}
	t.partDays(n)
	low, used := t.endOfRange(n)
	n += used
	switch w := t.at(n).lower; {
	case low == "":
		return "", 0
	case w == "to", w == "until", w == "till", w == "through", w == "-", w == "bis", between && (w == "and" || w == "und"):
	default:
		return "", 0
	}
	if n++; t.at(n).lower == "zum" {
		n++
	}
	high, used := t.endOfRange(n)
	n += used
	if low, high = sameMonth(low, high); low == "" || high == "" {
		return "", 0
	}
	if year, used := t.yearAt(n); used > 0 && !hasYear(low) && !hasYear(high) { // dec 1 to 15, 2026
		high = inYear(high, year)
		n++
	}
	low, high = sameYear(low, high)
	return low + ".." + high, n - at
}

// endOfRange reads an end of a range: a date, a period, or a day alone.
func (t *listener) endOfRange(n int) (value string, used int) {
	if t.datedAt(n, &value, &used) {
		return value, used
	}
	if dayOf(t.at(n).lower) > 0 {
		return strconv.Itoa(dayOf(t.at(n).lower)), 1
	}
	return "", 0
}

// partDays makes three words of one that is a range of days: 1-15 beside a month, 1.-15.12,
// 1.12.-15.12.2026. It is n words further on, or behind a month there.
func (t *listener) partDays(n int) {
	beside := t.at(n + 1).lower
	if beside == "of" {
		beside = t.at(n + 2).lower
	}
	if monthOf(t.at(n).lower) > 0 {
		beside = t.at(n).lower
		n++
	}
	w := t.at(n)
	from, to, ok := strings.Cut(w.text, "-")
	if !ok || dayOf(from) == 0 && !isDayFirst(from) || !isDayFirst(to) && (dayOf(to) == 0 || monthOf(beside) == 0) {
		return
	}
	last := w
	last.text, last.lower = to, to
	t.tokens = slices.Replace(t.tokens, t.i+n, t.i+n+1, typedWord{text: from, lower: from}, typedWord{text: "-", lower: "-"}, last)
}

// isDayFirst reports whether a word is a day and a month in digits, with a year or without.
func isDayFirst(w string) bool { return dayFirstForm.MatchString(w) || shortDayForm.MatchString(w) }

// sameMonth gives an end of a range that is a day alone the month of the other, or the one
// beside it where the range goes over the end of a month; "": there is none.
func sameMonth(low, high string) (string, string) {
	switch first, last := dayOf(low), dayOf(high); {
	case first == 0 && last == 0:
		return low, high
	case first > 0:
		return dayBeside(high, first, -1), high
	default:
		return low, dayBeside(low, last, 1)
	}
}

// dayBeside is a day of the month of a canonical day, or n months on where it is not on that
// side of it.
func dayBeside(date string, day, n int) string {
	year, short, ok := "", date, true
	if hasYear(date) && len(date) == len(time.DateOnly) {
		year, short = date[:4], months[dayOf(date[5:7])-1]+date[7:]
	}
	month, from := monthDay(short)
	if from == 0 {
		return ""
	}
	if (day-from)*n < 0 {
		month += n
		switch {
		case month == 0:
			month, year = 12, yearFrom(year, -1)
		case month == 13:
			month, year = 1, yearFrom(year, 1)
		}
	}
	if short, ok = dayWithoutYear(month, day); !ok {
		return ""
	}
	return inYear(short, year)
}

// hasYear reports whether a canonical date begins with its year.
func hasYear(date string) bool { return len(date) >= len("2026") && allDigits(date[:4]) }

// inYear is a canonical day or month without a year in a year; "": in none.
func inYear(date, year string) string {
	month, day := monthDay(date)
	switch {
	case month == 0 || year == "":
		return date
	case day == 0:
		return year + twoDigits(month)
	}
	return year + twoDigits(month) + twoDigits(day)
}

// sameYear gives an end of a range without a year that of the other, or the one before or
// after where the range goes over the turn of the year.
func sameYear(low, high string) (string, string) {
	switch year := ""; {
	case hasYear(high) && len(high) > len("2026") && !hasYear(low):
		year = high[:4]
		if inYear(low, year) > high {
			year = yearFrom(year, -1)
		}
		low = inYear(low, year)
	case hasYear(low) && len(low) > len("2026") && !hasYear(high):
		year = low[:4]
		if inYear(high, year)+"-31" < low {
			year = yearFrom(year, 1)
		}
		high = inYear(high, year)
	}
	return low, high
}

// yearFrom is the year that is n years after another; "": after none.
func yearFrom(year string, n int) string {
	y, err := strconv.Atoi(year)
	if err != nil {
		return ""
	}
	return strconv.Itoa(y + n)
}
