package query

import (
	"slices"
	"strings"
	"unicode"
)

// A comparison is a number value: op with one bound, or a range.
type comparison struct {
	low, high       int64 // in ten-thousandths, both included
	hasLow, hasHigh bool
}

// readAmount reads a sum of money, as people of any country write one: 24.95, 24,95,
// >1.000,00, €10..€20.
func readAmount(s string) (string, *flaw) { return readNumber(s, amountForm, NotAmount) }

// readQty reads a quantity: 2, >1, 5..10.
func readQty(s string) (string, *flaw) { return readNumber(s, wholeForm, NotQuantity) }

// A numberForm reads one number and returns its ways to be understood in canonical
// form, none where it is not a number.
type numberForm func(string) []string

// readNumber reads a number with a comparison before it, or a range.
func readNumber(s string, form numberForm, why Reason) (string, *flaw) {
	low, high, isRange := strings.Cut(s, "..")
	if !isRange {
		op := opOf(s)
		if op == "=" {
			op = ""
		}
		return readOneNumber(s, op, form, why)
	}
	ends := []string{low, high}
	for i, end := range ends {
		if strings.TrimSpace(end) == "" {
			ends[i] = ""
			continue
		}
		n, flaw := readOneNumber(end, "", form, why)
		if flaw != nil {
			flaw.Value, flaw.instead = s, nil
			return "", flaw
		}
		ends[i] = n
	}
	if ends[0]+ends[1] == "" {
		return "", newFlaw(why, s)
	}
	canonical := ends[0] + ".." + ends[1]
	if c := comparisonOf(canonical); c.hasLow && c.hasHigh && c.low > c.high {
		return "", newFlaw(RangeBackwards, canonical, ends[1]+".."+ends[0])
	}
	return canonical, nil
}

// readOneNumber reads a number behind its comparison, which is written as op.
func readOneNumber(s, op string, form numberForm, why Reason) (string, *flaw) {
	ways := form(s[len(opOf(s)):])
	switch len(ways) {
	case 0:
		return "", newFlaw(why, s)
	case 1:
		return op + ways[0], nil
	}
	return "", newFlaw(AmbiguousNumber, s, prefixed(op, ways)...)
}

// wholeForm is the form of quantities.
func wholeForm(s string) []string {
	negative := strings.HasPrefix(s, "-")
	digits := strings.TrimPrefix(s, "-")
	if !allDigits(digits) {
		return nil
	}
	return canonicalNumber(negative, digits, "")
}

// amountForm is the form of money. Where both are there, the last of point and comma
// begins the decimals. A lone comma does so before two digits and parts thousands
// before three; a lone point before three digits may be either.
func amountForm(s string) []string {
	s, negative := strings.CutPrefix(strings.TrimSpace(s), "-")
	s = withoutCurrency(s)
	whole, part := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 {
		whole, part = s[:i], s[i+1:]
		switch mark := s[i : i+1]; {
		case !allDigits(part):
			return nil
		case strings.Contains(whole, mark): // 1,234,567
			return canonicalNumber(negative, ungrouped(s), "")
		case strings.ContainsAny(whole, ".,' "): // 1.234,56
			whole = ungrouped(whole)
		case mark == "." && len(part) == 3 && canGroup(whole):
			thousands := canonicalNumber(negative, whole+part, "")
			return append(canonicalNumber(negative, whole, part), thousands...)
		case mark == "," && len(part) == 3 && canGroup(whole):
			whole, part = whole+part, ""
		case mark == "," && len(part) != 2 && whole != "0":
			return nil
		}
	} else if strings.ContainsAny(s, "' ") {
		whole = ungrouped(s)
	}
	return canonicalNumber(negative, whole, part)
}

// canGroup reports whether digits can be the first group of thousands.
func canGroup(digits string) bool { return len(digits) <= 3 && digits != "" && digits[0] != '0' }

// withoutCurrency drops a currency's sign, or its code of three letters, before or
// after a number.
func withoutCurrency(s string) string {
	sign := func(r rune) bool { return unicode.Is(unicode.Sc, r) || r == ' ' }
	s = strings.TrimFunc(s, sign)
	code := func(s string) bool { return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == "" }
	if len(s) > 3 && code(s[:3]) {
		s = s[3:]
	}
	if n := len(s); n > 3 && code(s[n-3:]) {
		s = s[:n-3]
	}
	return strings.TrimFunc(s, sign)
}

// ungrouped joins groups of thousands; "" where they are none.
func ungrouped(s string) string {
	i := strings.IndexAny(s, ".,' ")
	if i < 0 || !canGroup(s[:i]) {
		return ""
	}
	groups := strings.Split(s, s[i:i+1])
	if !allDigits(groups[0]) || slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 || !allDigits(g) }) {
		return ""
	}
	return strings.Join(groups, "")
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// canonicalNumber writes a number of at most 14 digits and 4 decimals, none where it has
// more. Three decimals become four: three behind a point would be ambiguous.
func canonicalNumber(negative bool, whole, part string) []string {
	if !allDigits(whole) {
		return nil
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if len(part) > 4 || strings.Trim(part, "0") == "" {
		part = strings.TrimRight(part, "0")
	}
	if len(whole) > 14 || len(part) > 4 {
		return nil
	}
	n := whole
	if len(part) == 3 {
		part = strings.TrimSuffix(part+"0", "00")
	}
	if part != "" {
		n += "." + part
	}
	if negative && n != "0" {
		n = "-" + n
	}
	return []string{n}
}

// amountList writes the amounts of a list with two decimals each, so that no comma
// between them can be taken for one of a number's.
func amountList(values []string) []string {
	padded := make([]string, len(values))
	for i, v := range values {
		low, high, isRange := strings.Cut(v, "..")
		padded[i] = twoDecimals(low)
		if isRange {
			padded[i] += ".." + twoDecimals(high)
		}
	}
	return padded
}

// twoDecimals writes a canonical number, maybe with a comparison, with two decimals at
// least.
func twoDecimals(n string) string {
	_, part, found := strings.Cut(n, ".")
	switch {
	case n == "":
		return ""
	case !found:
		return n + ".00"
	case len(part) == 1:
		return n + "0"
	}
	return n
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
