package query

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

var digitsForm = regexp.MustCompile(`[0-9]+`)

// noValue is the flaw of a value that is empty.
func noValue() *flaw { return newFlaw(EmptyQuotes, "") }

// readID reads a number of WHMCS's, also as #12.
func readID(s string) (string, *flaw) {
	digits := strings.TrimPrefix(s, "#")
	if !isNumber(s) {
		f := newFlaw(NotID, s)
		if runs := digitsForm.FindAllString(s[:min(len(s), 100)], 2); len(runs) == 1 && strings.Trim(runs[0], "0") != "" {
			f.instead = runs
		}
		return "", f
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" || len(digits) > 10 {
		return "", newFlaw(NotWHMCSID, s)
	}
	return digits, nil
}

// readClient reads a client's number, or the beginning of a name, a company or an e-mail
// address; a star at its end says no more than that.
func readClient(s string) (string, *flaw) {
	if isNumber(s) {
		return readID(s)
	}
	name := strings.TrimRight(s, "* ")
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		if s == "" {
			return "", noValue()
		}
		return "", newFlaw(NotID, s)
	}
	if isEmail(name) {
		return strings.ToLower(name), nil
	}
	return name, nil
}

// maxOrderDigits is more than WHMCS gives order numbers.
const maxOrderDigits = 20

// readOrder reads an order's id or number, also as #12.
func readOrder(s string) (string, *flaw) {
	digits := strings.TrimLeft(strings.TrimPrefix(s, "#"), "0")
	if !isNumber(s) || digits == "" || len(digits) > maxOrderDigits {
		return "", newFlaw(NotOrder, s)
	}
	return digits, nil
}

// readText takes any text. Text is compared without regard to case and kept as
// it was typed.
func readText(s string) (string, *flaw) {
	if s == "" {
		return "", noValue()
	}
	return s, nil
}

// readEmail reads an e-mail address.
func readEmail(s string) (string, *flaw) {
	s = strings.TrimPrefix(strings.ToLower(s), "mailto:")
	if !isEmail(s) {
		return "", newFlaw(NotEmail, s)
	}
	return s, nil
}

// isEmail reports whether s has the form of an e-mail address.
func isEmail(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	return ok && local != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " ,:<>\"()/") && asciiHost(strings.ToLower(host)) != ""
}

// readOneOf makes the reader of a key whose values are a list. Other spellings
// are told by also, squeezed.
func readOneOf(values []string, also map[string]string) func(string) (string, *flaw) {
	known := make(map[string]string)
	for _, v := range values {
		known[squeeze(v)] = v
	}
	for k, v := range also {
		known[k] = v
	}
	return func(s string) (string, *flaw) {
		if v, ok := known[squeeze(s)]; ok && s[0] != '-' {
			return v, nil
		}
		f := newFlaw(NotListed, s)
		if near := nearest(s, values); near != "" {
			f = newFlaw(NotListed, s, near)
		}
		f.Valid = values
		return "", f
	}
}

var (
	readStatus = readOneOf(statuses, map[string]string{"canceled": "cancelled", "none": "unknown"})
	readCycle  = readOneOf(cycles, cycleSpellings)
	readYes    = readOneOf([]string{"yes"}, yesSpellings)
	readSortBy = readOneOf(sortKeys, map[string]string{
		"service": "id", "serviceid": "id", "nextdue": "due", "price": "amount", "name": "product", "regdate": "registered"})
)

// cycleSpellings are how WHMCS's other actions and people spell the cycles,
// squeezed.
var cycleSpellings = map[string]string{
	"freeaccount": "free", "once": "one-time", "month": "monthly", "quarter": "quarterly",
	"semiannual": "semi-annually", "halfyearly": "semi-annually",
	"annual": "annually", "yearly": "annually", "year": "annually",
	"biennial": "biennially", "triennial": "triennially",
}

// statusValue returns the status: value for WHMCS's word.
func statusValue(word string) string {
	if v, flaw := readStatus(word); flaw == nil {
		return v
	}
	return "unknown"
}

// readSort reads an order, with - in front for the other way round.
func readSort(s string) (string, *flaw) {
	desc := ""
	if strings.HasPrefix(s, "-") {
		desc, s = "-", s[1:]
	}
	v, flaw := readSortBy(s)
	if flaw != nil {
		flaw.instead = prefixed(desc, flaw.instead)
		return "", flaw
	}
	return desc + v, nil
}

// prefixed returns values with a text before each.
func prefixed(text string, values []string) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = text + v
	}
	return all
}

// maxPage keeps the offset of a page within an int.
const maxPage = 1_000_000

// readPage reads the number of a page.
func readPage(s string) (string, *flaw) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxPage {
		return "", newFlaw(NotPage, s, "1")
	}
	return strconv.Itoa(n), nil
}

// LiveHours is for how many hours an answer is kept current where nobody says how long.
const LiveHours = 2

const liveMost = 8 // hours

// readLive reads for how many hours an answer is kept current.
func readLive(s string) (string, *flaw) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.ToLower(s), "h"))
	_, no := readYes(s)
	switch {
	case err != nil && no == nil:
		return strconv.Itoa(LiveHours), nil
	case err == nil && n < 1:
		return "", newFlaw(NotLive, s, "1h")
	case err == nil && n > liveMost:
		return "", newFlaw(NotLive, s, strconv.Itoa(liveMost)+"h")
	case err != nil:
		return "", newFlaw(NotLive, s, "yes")
	}
	return strconv.Itoa(n), nil
}

// readRows reads how many rows a page of a list has.
func readRows(s string) (string, *flaw) {
	n, err := strconv.Atoi(s)
	switch {
	case err == nil && n < 1:
		return "", newFlaw(NotRows, s, "1")
	case err != nil || n > maxListRows:
		return "", newFlaw(NotRows, s, strconv.Itoa(maxListRows))
	}
	return strconv.Itoa(n), nil
}
