package query

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"servicesbot/whmcs"
)

// A days is a span of days, both included, as text that orders like WHMCS's
// dates; "" leaves an end open.
type days struct{ first, last whmcs.Date }

// holds reports whether d, a day of the calendar, is within the span.
func (s days) holds(d whmcs.Date) bool {
	return (s.first == "" || d >= s.first) && (s.last == "" || d <= s.last)
}

var (
	dayForm      = regexp.MustCompile(`^([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?$`)
	dayFirstForm = regexp.MustCompile(`^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})$`)
	shortDayForm = regexp.MustCompile(`^([0-9]{1,2})[./]([0-9]{1,2})\.?$`)
	spelledForm  = regexp.MustCompile(`^(-?)0*([0-9]{1,4}) ?(d|w|m|y|)(?:ays?|eeks?|o|onths?|r|rs|ears?|)$`)
)

const (
	overdue = "overdue"
	never   = "none"
)

// dayWords are the days with a name, as days from today.
var dayWords = map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1}

// readDue reads a value of due.
func readDue(s string) (string, *flaw) { return readDate(s, true) }

// readRegistered reads a value of registered, whose relative dates count back
// from today.
func readRegistered(s string) (string, *flaw) { return readDate(s, false) }

func readDate(s string, ahead bool) (string, *flaw) {
	s = strings.ToLower(s)
	switch {
	case s == never, s == overdue && ahead:
		return s, nil
	case s == overdue:
		return "", newFlaw(OverdueRegistered, s)
	}
	if low, high, ok := strings.Cut(s, ".."); ok {
		return readDateRange(low, high, ahead)
	}
	op := opOf(s)
	p, flaw := readPoint(s[len(op):], ahead)
	if flaw != nil {
		flaw.instead = prefixed(op, flaw.instead)
		return "", flaw
	}
	if op == "=" {
		op = ""
	}
	return op + p, nil
}

// readDateRange reads the ends of a range, of which one may be open.
func readDateRange(low, high string, ahead bool) (string, *flaw) {
	if low == "" && high == "" {
		return "", newFlaw(OpenRange, "..")
	}
	ends := []string{low, high}
	for i, end := range ends {
		if end == "" {
			continue
		}
		p, flaw := readPoint(end, ahead)
		if flaw != nil {
			for j, v := range flaw.instead {
				if i == 0 {
					flaw.instead[j] = v + ".." + high
				} else {
					flaw.instead[j] = low + ".." + v
				}
			}
			return "", flaw
		}
		ends[i] = p
	}
	low, high = ends[0], ends[1]
	if dayForm.MatchString(low) && dayForm.MatchString(high) && pointDays(low, "", ahead).first > pointDays(high, "", ahead).last {
		return "", newFlaw(RangeBackwards, low+".."+high, high+".."+low)
	}
	return low + ".." + high, nil
}

// relativeOf parts a distance in days, weeks, months or years: -30d.
func relativeOf(s string) (sign, number, unit string, ok bool) {
	n := strings.TrimPrefix(s, "-")
	if len(n) < 2 || strings.IndexByte("dwmy", n[len(n)-1]) < 0 {
		return "", "", "", false
	}
	sign, number, unit = s[:len(s)-len(n)], n[:len(n)-1], n[len(n)-1:]
	for len(number) > 1 && number[0] == '0' {
		number = number[1:]
	}
	return sign, number, unit, allDigits(number) && len(number) < 5
}

func isRelative(s string) bool {
	_, _, _, ok := relativeOf(s)
	return ok
}

// readPoint reads a day, a month, a year, a day with a name, or a distance.
func readPoint(s string, ahead bool) (string, *flaw) {
	if _, ok := dayWords[s]; ok {
		return s, nil
	}
	if sign, n, unit, ok := relativeOf(s); ok {
		if sign != "" && !ahead {
			return "", newFlaw(RegisteredAhead, s, s[1:])
		}
		return sign + n + unit, nil
	}
	if p, ok := periodNamed(s); ok {
		return p, nil
	}
	if m := dayFirstForm.FindStringSubmatch(s); m != nil {
		return readDayFirst(s, m[1], m[2], m[3])
	}
	if m := shortDayForm.FindStringSubmatch(s); m != nil {
		return readShortDay(s, m[1], m[2])
	}
	if p, ok := canonicalDay(strings.NewReplacer("/", "-", ".", "-").Replace(s)); ok {
		return p, nil
	}
	if _, day := monthDay(s); day > 0 || dayForm.MatchString(s) {
		return "", newFlaw(NotInCalendar, s)
	}
	if m := spelledForm.FindStringSubmatch(s); m != nil {
		if m[3] == "" {
			return "", newFlaw(NotDistance, s, m[1]+m[2]+"d")
		}
		return readPoint(m[1]+m[2]+m[3], ahead)
	}
	words := []string{"today", "tomorrow", "yesterday", "this-week", "next-week", "this-month", "next-month", never}
	if ahead {
		words = append(words, overdue)
	}
	if near := nearest(s, words); near != "" {
		return "", newFlaw(NotDate, s, near)
	}
	return "", newFlaw(NotDate, s)
}

// readDayFirst reads a date whose year comes last: with points or dashes the day is
// first; with slashes the day or the month, which only one above 12 decides.
func readDayFirst(s, first, second, year string) (string, *flaw) {
	return dayOrMonthFirst(s, dayOrNone(canonicalDay(year+"-"+second+"-"+first)), dayOrNone(canonicalDay(year+"-"+first+"-"+second)))
}

// readShortDay reads a day without a year, 31.12. or 12/31, as readDayFirst does.
func readShortDay(s, first, second string) (string, *flaw) {
	one, other := dayOf(first), dayOf(second)
	return dayOrMonthFirst(s, dayOrNone(dayWithoutYear(other, one)), dayOrNone(dayWithoutYear(one, other)))
}

// dayOrMonthFirst decides between the two ways to read s, each "" where the calendar does not have it.
func dayOrMonthFirst(s, dayMonth, monthDay string) (string, *flaw) {
	if !strings.Contains(s, "/") {
		monthDay = ""
	}
	switch {
	case dayMonth != "" && monthDay != "" && dayMonth != monthDay:
		return "", newFlaw(AmbiguousDate, s, monthDay, dayMonth)
	case dayMonth != "" || monthDay != "":
		return cmp.Or(dayMonth, monthDay), nil
	}
	return "", newFlaw(NotInCalendar, s)
}

// dayOrNone is a day, "" where it is none.
func dayOrNone(day string, is bool) string {
	if !is {
		return ""
	}
	return day
}

// canonicalDay pads a day, month or year and reports whether it is in the calendar.
func canonicalDay(s string) (string, bool) {
	m := dayForm.FindStringSubmatch(s)
	if m == nil || m[1] < "1000" {
		return "", false
	}
	year, _ := strconv.Atoi(m[1])
	switch {
	case m[2] == "":
		return m[1], true
	case m[3] == "":
		month, _ := strconv.Atoi(m[2])
		return fmt.Sprintf("%s-%02d", m[1], month), month >= 1 && month <= 12
	}
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return d.Format(time.DateOnly), d.Month() == time.Month(month) && d.Day() == day
}

// dateOf writes the day of a moment, in its own location.
func dateOf(t time.Time) whmcs.Date { return whmcs.Date(t.Format(time.DateOnly)) }

// shift returns the day that is n units after a day; a month's end stays one.
func shift(from whmcs.Date, n int, unit byte) whmcs.Date {
	t, err := time.Parse(time.DateOnly, string(from))
	if err != nil {
		return from
	}
	switch unit {
	case 'w':
		n *= 7
	case 'm', 'y':
		if unit == 'y' {
			n *= 12
		}
		first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		return clampDate(first.AddDate(0, 0, min(t.Day(), last)-1))
	}
	return clampDate(t.AddDate(0, 0, n))
}

// clampDate keeps a date within the four digits of year that order as text.
func clampDate(t time.Time) whmcs.Date {
	switch {
	case t.Year() < 1:
		return "0001-01-01"
	case t.Year() > 9999:
		return "9999-12-31"
	}
	return dateOf(t)
}

// pointDays resolves a canonical point to the days it covers. Distances count
// ahead from today, or back where ahead is false.
func pointDays(p string, today whmcs.Date, ahead bool) days {
	if n, ok := dayWords[p]; ok {
		d := shift(today, n, 'd')
		return days{d, d}
	}
	if s, ok := periodDays(p, today, ahead); ok {
		return s
	}
	if sign, number, unit, ok := relativeOf(p); ok {
		n, _ := strconv.Atoi(sign + number)
		if !ahead {
			n = -n
		}
		d := shift(today, n, unit[0])
		return days{d, d}
	}
	switch len(p) {
	case len("2026"):
		return days{whmcs.Date(p + "-01-01"), whmcs.Date(p + "-12-31")}
	case len("2026-12"):
		first := whmcs.Date(p + "-01")
		return days{first, shift(shift(first, 1, 'm'), -1, 'd')}
	}
	return days{whmcs.Date(p), whmcs.Date(p)}
}

// dateDays resolves a canonical value, other than none, to the days it means.
//
// With a distance, < and > compare how far a day is from today: due:<30d is from
// today to the day before the 30th from now, registered:<30d from the day after
// the 30th ago to today. What is overdue is not within any distance ahead.
func dateDays(v string, today whmcs.Date, ahead bool) days {
	if v == overdue {
		return days{last: shift(today, -1, 'd')}
	}
	if low, high, ok := strings.Cut(v, ".."); ok {
		return rangeDays(low, high, today, ahead)
	}
	op := opOf(v)
	text := v[len(op):]
	p := pointDays(text, today, ahead)
	distance := isRelative(text)
	if distance && !ahead {
		op = strings.NewReplacer("<", ">", ">", "<").Replace(op)
	}
	var s days
	switch op {
	case "<":
		s.last = shift(p.first, -1, 'd')
	case "<=":
		s.last = p.last
	case ">":
		s.first = shift(p.last, 1, 'd')
	case ">=":
		s.first = p.first
	default:
		return p
	}
	switch {
	case distance && ahead && s.first == "" && p.first >= today:
		s.first = today
	case distance && !ahead && s.last == "":
		s.last = today
	}
	return s
}

// rangeDays resolves a range; distances back from today may come far end first.
func rangeDays(low, high string, today whmcs.Date, ahead bool) days {
	var s days
	var first, last days
	if low != "" {
		first = pointDays(low, today, ahead)
		s.first = first.first
	}
	if high != "" {
		last = pointDays(high, today, ahead)
		s.last = last.last
	}
	if low != "" && high != "" && s.first > s.last {
		if month, _ := monthDay(low); month > 0 { // the one before the month that the range ends with
			return days{shift(s.first, -1, 'y'), s.last}
		}
		return days{last.first, first.last}
	}
	return s
}

// inCalendar reports whether d is a day of the calendar.
func inCalendar(d whmcs.Date) bool {
	if len(d) != len(time.DateOnly) || d[4] != '-' || d[7] != '-' {
		return false
	}
	number := func(s whmcs.Date) int {
		n := 0
		for _, c := range []byte(s) {
			if !isDigit(c) {
				return -1
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day := number(d[:4]), number(d[5:7]), number(d[8:])
	if year < 0 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= 28 || day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
