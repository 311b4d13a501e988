package query

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
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

// readDomain reads a host name, also out of a URL, or *. and a host name.
func readDomain(s string) (string, *flaw) {
	host, wild := strings.CutPrefix(hostOf(s), "*.")
	ascii := asciiHost(host)
	if ascii == "" {
		if trimmed := strings.Trim(host, "*.%"); trimmed != host && asciiHost(trimmed) != "" {
			return "", newFlaw(NotExactHost, s, "*."+trimmed)
		}
		return "", newFlaw(NotHost, s)
	}
	if ascii != host {
		if shown, err := idna.Lookup.ToUnicode(ascii); err == nil && asciiHost(shown) == ascii && hostOf(shown) == shown {
			host = shown
		} else {
			host = ascii
		}
	}
	if wild {
		host = "*." + host
	}
	return host, nil
}

// hostOf cuts scheme, path, port and closing dots off what may be a URL.
func hostOf(s string) string {
	s = strings.ToLower(s)
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	if host, port, ok := strings.Cut(s, ":"); ok && strings.Trim(port, "0123456789") == "" {
		s = host
	}
	return strings.TrimRight(s, ".")
}

// asciiHost returns a lower-case host name as DNS has it, "" where it is none.
// Names of one label and underscores are taken, as machines have such names.
func asciiHost(s string) string {
	if s == "" || len(s) > 253 {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			a, err := idna.Lookup.ToASCII(s)
			if err != nil {
				return ""
			}
			s = a
			break
		}
	}
	label := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if label == 0 || s[i-1] == '-' {
				return ""
			}
			label = 0
			continue
		case c == '-' && label > 0, 'a' <= c && c <= 'z', isDigit(c), c == '_':
		default:
			return ""
		}
		if label++; label > 63 {
			return ""
		}
	}
	if label == 0 || s[len(s)-1] == '-' {
		return ""
	}
	return s
}

// isHostWord reports whether a bare word is taken for a host name: labels with
// dots between them and a top level of letters, also in a URL or with *. before.
func isHostWord(w string) bool {
	if len(w) > 2000 || strings.Contains(w, "@") {
		return false
	}
	host := asciiHost(strings.TrimPrefix(hostOf(w), "*."))
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		return false
	}
	top := host[dot+1:]
	return len(top) >= 2 && (strings.HasPrefix(top, "xn--") || strings.Trim(top, "abcdefghijklmnopqrstuvwxyz") == "")
}

// A comparison is a number value: op with one bound, or a range.
type comparison struct {
	low, high       int64 // in ten-thousandths, both included
	hasLow, hasHigh bool
}

var numberForm = regexp.MustCompile(`^(-?)0*([0-9]+)(\.[0-9]{1,4})?$`)

// readAmount reads a sum of money: 24.95, >100, 10..20.
func readAmount(s string) (string, *flaw) { return readNumber(s, true) }

// readQty reads a quantity: 2, >1, 5..10.
func readQty(s string) (string, *flaw) { return readNumber(s, false) }

func readNumber(s string, decimals bool) (string, *flaw) {
	bad := func() (string, *flaw) {
		f := newFlaw(NotQuantity, s)
		if decimals {
			f = newFlaw(NotAmount, s)
		}
		plain := strings.Trim(s, "$€£¥ abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
		if _, again := numberParts(plain, decimals); again && plain != s {
			f.instead = []string{plain}
		}
		return "", f
	}
	canonical, ok := numberParts(s, decimals)
	if !ok {
		return bad()
	}
	if c := comparisonOf(canonical); c.hasLow && c.hasHigh && c.low > c.high {
		low, high, _ := strings.Cut(canonical, "..")
		return "", newFlaw(RangeBackwards, canonical, high+".."+low)
	}
	return canonical, nil
}

// numberParts brings a number value into canonical form.
func numberParts(s string, decimals bool) (string, bool) {
	number := func(t string) (string, bool) {
		m := numberForm.FindStringSubmatch(t)
		if m == nil || len(m[2]) > 14 || m[3] != "" && !decimals {
			return "", false
		}
		return m[1] + m[2] + m[3], true
	}
	if low, high, ok := strings.Cut(s, ".."); ok {
		l, okLow := number(low)
		h, okHigh := number(high)
		return l + ".." + h, (okLow || low == "") && (okHigh || high == "") && low+high != ""
	}
	op := opOf(s)
	n, ok := number(s[len(op):])
	if op == "=" {
		op = ""
	}
	return op + n, ok
}

// opOf returns the comparison that a value begins with.
func opOf(s string) string {
	for _, op := range []string{"<=", ">=", "<", ">", "="} {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

// comparisonOf returns what a canonical number value compares with.
func comparisonOf(s string) comparison {
	if low, high, ok := strings.Cut(s, ".."); ok {
		var c comparison
		c.low, c.hasLow = fixed(low)
		c.high, c.hasHigh = fixed(high)
		return c
	}
	op := opOf(s)
	n, _ := fixed(s[len(op):])
	switch op {
	case "<":
		return comparison{high: n - 1, hasHigh: true}
	case "<=":
		return comparison{high: n, hasHigh: true}
	case ">":
		return comparison{low: n + 1, hasLow: true}
	case ">=":
		return comparison{low: n, hasLow: true}
	}
	return comparison{low: n, high: n, hasLow: true, hasHigh: true}
}

// holds reports whether n is within the comparison.
func (c comparison) holds(n int64) bool {
	return (!c.hasLow || n >= c.low) && (!c.hasHigh || n <= c.high)
}

// fixed reads a decimal of at most 14 digits and 4 decimals as ten-thousandths:
// WHMCS keeps money as decimal(16,2), so nothing is lost, and comparing and
// sorting stay whole numbers.
func fixed(s string) (int64, bool) {
	negative := strings.HasPrefix(s, "-")
	whole, part, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(part) > 4 {
		part = strings.TrimRight(part, "0")
	}
	if whole == "" || len(whole) > 14 || len(part) > 4 {
		return 0, false
	}
	var n int64
	for _, c := range []byte(whole + (part + "0000")[:4]) {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}
