package query

import (
	"slices"
	"strings"
)

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
	if next := t.at(n + 1).text; inThousands(w, next) && (op != "" || strings.ContainsAny(w, "<>€$£") || t.ofMoney()) {
		t.tokens = slices.Delete(t.tokens, t.i+n, t.i+n+1)
		w += next
		t.tokens[t.i+n].text, t.tokens[t.i+n].lower = w, w
	}
	if v := strings.TrimLeft(w, "<>="); op == "" && len(v) < len(w) && strings.IndexFunc(strings.TrimLeft(v, "€$£"), isWordRune) == 0 {
		op, w = w[:len(w)-len(v)], v
	}
	signed := strings.TrimLeft(w, "€$£") != w
	if w == "" || !signed && !isDigit(w[0]) || op == "" && !signed && !isDecimal(w) && !t.priced(n) {
		return false
	}
	if _, flaw := readAmount(op + w); flaw != nil && flaw.Reason != AmbiguousNumber {
		return false
	}
	t.changed = true
	switch {
	case !t.measures(n, w):
		t.unsure = t.unsure || !t.ofMoney()
		t.take(n+1, "amount:"+op+w, firmPart)
	case op != "":
		for range n + 1 {
			t.left = append(t.left, t.at(0).text)
			t.i++
		}
	default:
		t.unsure = true
		t.phrases = append(t.phrases, phrase{text: wordTextOf(w), kind: wordPart, at: t.i, amount: "amount:" + w})
		t.i++
	}
	return true
}

// inThousands reports whether two words are one amount with a space between its thousands
// and the rest, which has decimals: 1 198,50.
func inThousands(thousands, rest string) bool {
	thousands = strings.TrimLeft(thousands, "<>=€$£")
	return len(thousands) < 4 && allDigits(thousands) && thousands != "" && len(rest) == len("198,50") &&
		allDigits(rest[:3]) && (rest[3] == ',' || rest[3] == '.') && allDigits(rest[4:])
}

// priced reports whether a currency stands beside the number n words further on.
func (t *listener) priced(n int) bool {
	return currencies[t.at(n+1).lower] || t.i > 0 && currencies[t.tokens[t.i-1].lower]
}

// amountRange takes two amounts: between 10 and 20 euro, amount 10-20.
func (t *listener) amountRange() bool {
	n, ofMoney := 0, false
	if k := keyNamed(t.at(0).lower); k != nil && k.Name == "amount" {
		n, ofMoney = 1, true
	}
	between := t.at(n).lower == "between"
	if between || t.at(n).lower == "from" {
		n++
	}
	low, high, dashed := strings.Cut(t.at(n).lower, "-")
	switch w := t.at(n + 1).lower; {
	case dashed:
	case w == "to", w == "-", between && w == "and":
		n += 2
		high = t.at(n).lower
	default:
		return false
	}
	if currencies[t.at(n+1).lower] {
		n, ofMoney = n+1, true
	}
	if _, flaw := readAmount(low + ".." + high); flaw != nil || !ofMoney || low == "" || high == "" {
		return false
	}
	t.changed = true
	t.take(n+1, "amount:"+low+".."+high, firmPart)
	return true
}

// before is the word before the one looked at.
func (t *listener) before() typedWord {
	if t.i > 0 {
		return t.tokens[t.i-1]
	}
	return typedWord{}
}

// ofMoney reports whether the word before says that an amount follows.
func (t *listener) ofMoney() bool { return moneyWords[t.before().lower] }

// measures reports whether the number n words further on is more likely one of something
// else than of money: a load average of 0.4, more than 5 services.
func (t *listener) measures(n int, w string) bool {
	before, after := t.before(), t.at(n+1)
	if !isDigit(w[0]) || currencies[before.lower] || currencies[after.lower] || t.ofMoney() {
		return false
	}
	_, lone := loneTerms[after.lower]
	ends := after.text == "" || t.at(n).comma || t.at(n).ends || lone || dateKeys[after.lower] != "" || prepositions[after.lower] || joiners[after.lower]
	return !ends || t.isText(before)
}

// isDecimal reports whether a number has a point or a comma with digits on both sides.
func isDecimal(w string) bool {
	w = strings.TrimLeft(w, "€$£")
	return strings.ContainsAny(w, ".,") && strings.Trim(w, "0123456789.,") == "" && isDigit(w[len(w)-1]) && strings.Count(w, ".") < 3
}
