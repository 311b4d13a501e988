package query

import "strings"

// mistaken says what is wrong with a line: with the one typed where it is wrong too, so
// that its carets stand under what was typed.
func (r Reading) mistaken(line string, changed bool) Reading {
	if !changed {
		if _, faults := parse(r.Typed); len(faults) > 0 {
			line = r.Typed
		}
	}
	_, faults := parse(line)
	r.Kind, r.Err = ReadMistake, newError(line, faults)
	for i, c := range r.Err.Corrected {
		r.Err.Corrected[i] = withoutSlips(c)
	}
	switch r.Err.Problems[0].Reason {
	case LoneNumber, AmbiguousKey, AmbiguousNumber, AmbiguousDate:
		if len(r.Err.Corrected) > 1 {
			r.Kind, r.Offers = ReadChoice, r.Err.Corrected
		}
		if v := r.Err.Problems[0].Value; isDecimal(v) && strings.Contains(r.Typed, v) { // 12,95
			if q, faults := parse("amount:" + v); len(faults) == 0 {
				r.Offers = append(r.Offers, q.String())
			}
		}
	}
	return r
}

// withoutSlips is a corrected line with its other slips corrected too, words beside keys that
// are nearly states: client:5 actve.
func withoutSlips(line string) string {
	q, faults := parse(line)
	if len(faults) > 0 {
		return line
	}
	corrected := false
	for i, t := range q.Terms {
		if meant, ok := slipFor(strings.Join(t.Values, " ")); ok && t.Key == "" {
			meant.Not, corrected = t.Not, true
			q = q.withTerm(i, meant)
		}
	}
	if !corrected {
		return line
	}
	return q.String()
}
