package query

import (
	"strings"
	"time"

	"servicesbot/whmcs"
)

// periods are the weeks, months and years with a name, by the unit they are of and how
// many of those they are from the one of today. A week begins on Monday.
var periods = map[string]struct {
	unit byte
	from int
}{
	"last-week": {'w', -1}, "this-week": {'w', 0}, "next-week": {'w', 1},
	"last-weekend": {'e', -1}, "this-weekend": {'e', 0}, "next-weekend": {'e', 1},
	"last-month": {'m', -1}, "this-month": {'m', 0}, "next-month": {'m', 1},
	"last-year": {'y', -1}, "this-year": {'y', 0}, "next-year": {'y', 1},
}

// months are the names of the months as they are written in a line.
var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// periodNamed brings the name of a period into canonical form: next-week, dec, 2026-12 for
// "december 2026", and dec-05 for "december 5", which may be in any year.
func periodNamed(s string) (string, bool) {
	if s == "" || !isLetter(s[0]) {
		return "", false
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, " ", "-"), "_", "-")
	if len(s) > 4 && s[4] != '-' && mayBePeriod(s) {
		s = s[:4] + "-" + s[4:]
	}
	if _, ok := periods[s]; ok {
		return s, true
	}
	if s == "weekend" {
		return "this-weekend", true
	}
	name, year, hasYear := strings.Cut(s, "-")
	month := monthOf(name)
	switch {
	case month == 0:
		return "", false
	case !hasYear:
		return months[month-1], true
	case dayOf(year) > 0:
		return dayWithoutYear(month, dayOf(year))
	case len(year) != 4 || !allDigits(year):
		return "", false
	}
	return year + twoDigits(month), true
}

// mayBePeriod reports whether a word may begin the name of a period.
func mayBePeriod(s string) bool {
	return strings.HasPrefix(s, "this") || strings.HasPrefix(s, "next") || strings.HasPrefix(s, "last")
}

// twoDigits writes the month or the day of a date.
func twoDigits(n int) string {
	return "-" + string([]byte{byte('0' + n/10), byte('0' + n%10)})
}

// monthOf returns the month that a word names, in English or German, in full or by three
// letters or "sept"; 0: none.
func monthOf(word string) int { return monthNames[word] }

// monthNames are the months by their names.
var monthNames = func() map[string]int {
	names := map[string]int{
		"sept": 9, "januar": 1, "jänner": 1, "februar": 2, "feber": 2, "märz": 3, "maerz": 3, "mär": 3, "mai": 5, "juni": 6, "juli": 7,
		"okt": 10, "oktober": 10, "dez": 12, "dezember": 12,
	}
	for i, short := range months {
		names[short], names[strings.ToLower(time.Month(i+1).String())] = i+1, i+1
	}
	return names
}()

// monthDay parts a canonical day or month without a year, dec-05 or dec; a month has no day.
func monthDay(name string) (month, day int) {
	m, d, _ := strings.Cut(name, "-")
	if month = monthOf(m); d != "" && month > 0 {
		day = dayOf(d)
	}
	return month, day
}

// dayWithoutYear is a day of a month, dec-05; false: there is no such day in any year.
func dayWithoutYear(month, day int) (string, bool) {
	if month < 1 || month > 12 || day < 1 || day > time.Date(2024, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return "", false
	}
	return months[month-1] + twoDigits(day), true
}

// periodDays resolves a canonical period; false: it is none. A month without a year is
// the next one of that name, or the last one where dates count back; the month of
// today is itself. A day without a year is of such a month, the 29th of February the last of it.
func periodDays(name string, today whmcs.Date, ahead bool) (days, bool) {
	now, err := time.Parse(time.DateOnly, string(today))
	if err != nil {
		return days{}, false
	}
	if month, day := monthDay(name); month > 0 {
		year := now.Year()
		switch {
		case ahead && month < int(now.Month()):
			year++
		case !ahead && month > int(now.Month()):
			year--
		}
		first := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1)
		if day > 0 {
			first = first.AddDate(0, 0, min(day, last.Day())-1)
			last = first
		}
		return days{clampDate(first), clampDate(last)}, true
	}
	p, ok := periods[name]
	if !ok {
		return days{}, false
	}
	var first, next time.Time
	switch p.unit {
	case 'w':
		first = now.AddDate(0, 0, -(int(now.Weekday())+6)%7+7*p.from)
		next = first.AddDate(0, 0, 7)
	case 'e':
		next = now.AddDate(0, 0, -(int(now.Weekday())+6)%7+7*p.from+7)
		first = next.AddDate(0, 0, -2)
	case 'm':
		first = time.Date(now.Year(), now.Month()+time.Month(p.from), 1, 0, 0, 0, 0, time.UTC)
		next = first.AddDate(0, 1, 0)
	default:
		first = time.Date(now.Year()+p.from, 1, 1, 0, 0, 0, 0, time.UTC)
		next = first.AddDate(1, 0, 0)
	}
	return days{clampDate(first), clampDate(next.AddDate(0, 0, -1))}, true
}
