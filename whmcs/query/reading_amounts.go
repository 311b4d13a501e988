package query

import "strings"

// amountOps are the words of a comparison before an amount.
var amountOps = map[string]string{"above": ">", "over": ">", "more": ">", "below": "<", "under": "<", "less": "<", ">": ">", "<": "<"}

// amounted takes an amount without its key: above 1000 eur, more than 24.95, 1,198.50. It
// may be another number, so it is not certain.
func (t *listener) amounted() bool {
	op, n := amountOps[t.at(0).lower], 0
	if op != "" {
		if n = 1; t.at(n).lower == "than" {
			n++
		}
	}
	if _, used := t.distanceAt(n); used > 1 {
		return false // a time
	}
	w := t.at(n).text
	if v := strings.TrimLeft(w, "<>="); op == "" && len(v) < len(w) && v != "" && isDigit(v[0]) {
		op, w = w[:len(w)-len(v)], v
	}
	if w == "" || !strings.ContainsRune("€$£", []rune(w)[0]) && !isDigit(w[0]) || op == "" && !isDecimal(w) {
		return false
	}
	if _, flaw := readAmount(op + w); flaw != nil && flaw.Reason != AmbiguousNumber {
		return false
	}
	t.changed, t.unsure = true, true
	t.take(n+1, "amount:"+op+w, firmPart)
	return true
}

// isDecimal reports whether a number has a point or a comma with digits on both sides.
func isDecimal(w string) bool {
	w = strings.TrimLeft(w, "€$£")
	return strings.ContainsAny(w, ".,") && strings.Trim(w, "0123456789.,") == "" && isDigit(w[len(w)-1]) && strings.Count(w, ".") < 3
}
