package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Error tells all that is wrong with a line and how to mend it.
type Error struct {
	Line     string
	Problems []Problem
	// Corrected are whole lines that parse, best first: the line mended, or, for
	// a lone number, "client:1" and "service:1".
	Corrected []string
}

// A Problem is one thing wrong with a line.
type Problem struct {
	Start, End int      // byte offsets of the offending word
	Says       string   // one plain sentence with the nearest right word
	Valid      []string // what would be valid there, where it is a short list
}

// Error returns the first problem's sentence.
func (e *Error) Error() string { return e.Problems[0].Says }

// A fault is a problem with the edits of the line that mend it.
type fault struct {
	span
	says  string
	valid []string
	edits []edit   // none: nobody knows what was meant
	or    [][]edit // other ways to mend it
}

// An edit puts text in the place of a part of the line.
type edit struct {
	span
	text string
}

func replace(start, end int, text string) []edit { return []edit{{span{start, end}, text}} }
func remove(start, end int) []edit               { return replace(start, end, "") }

// A flaw is why a key does not take a value.
type flaw struct {
	says    string
	valid   []string
	instead []string // values that it would take, best first
}

// at places the flaw in the line; quoted values are written with their quotes.
func (f *flaw) at(s span, mend bool) fault {
	t := fault{span: s, says: f.says, valid: f.valid}
	if !mend {
		return t
	}
	for i, v := range f.instead {
		var b strings.Builder
		if bare(v) {
			b.WriteString(v)
		} else {
			quote(&b, v)
		}
		if i == 0 {
			t.edits = replace(s.start, s.end, b.String())
		} else {
			t.or = append(t.or, replace(s.start, s.end, b.String()))
		}
	}
	return t
}

// Limits of what an Error holds and costs.
const (
	maxProblems  = 10
	maxCorrected = 3
	maxMends     = 3    // rounds: mending one fault may bring out the next
	maxMended    = 4000 // bytes of a line that is still mended
)

// newError makes the Error of a line.
func newError(line string, faults []fault) *Error {
	slices.SortStableFunc(faults, func(a, b fault) int { return cmp.Compare(a.start, b.start) })
	e := &Error{Line: line}
	for _, f := range faults[:min(len(faults), maxProblems)] {
		e.Problems = append(e.Problems, Problem{Start: f.start, End: f.end, Says: f.says, Valid: f.valid})
	}
	if len(line) <= maxMended && len(faults) <= maxProblems {
		e.Corrected = mended(line, faults, maxMends)
	}
	return e
}

// mended returns the lines, in canonical form, that mending all faults gives.
func mended(line string, faults []fault, rounds int) []string {
	var lines []string
	add := func(text string) {
		q, left := parse(text)
		switch {
		case len(left) == 0:
			if s := q.String(); s != "" && !slices.Contains(lines, s) {
				lines = append(lines, s)
			}
		case rounds > 1:
			for _, s := range mended(text, left, rounds-1) {
				if !slices.Contains(lines, s) {
					lines = append(lines, s)
				}
			}
		}
	}
	for _, f := range faults {
		if len(f.edits) == 0 {
			return nil
		}
	}
	add(edited(line, faults, 0))
	for i := range widest(faults) {
		add(edited(line, faults, i+1))
	}
	return lines[:min(len(lines), maxCorrected)]
}

// widest returns how many other ways the faults can be mended at most.
func widest(faults []fault) int {
	n := 0
	for _, f := range faults {
		n = max(n, len(f.or))
	}
	return min(n, maxCorrected)
}

// edited returns the line with every fault mended in its way number choice,
// where it has that many.
func edited(line string, faults []fault, choice int) string {
	var edits []edit
	for _, f := range faults {
		way := f.edits
		if choice > 0 && choice <= len(f.or) {
			way = f.or[choice-1]
		}
		edits = append(edits, way...)
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.start < at {
			continue
		}
		b.WriteString(line[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(line[at:])
	return b.String()
}

// unknownKey says that there is no such key and which ones come near. Of equally
// near ones those come first that take the values.
func unknownKey(t token) fault {
	f := fault{span: t.keySpan, valid: filterNames}
	near := nearestKeys(t.key)
	slices.SortStableFunc(near, func(a, b *field) int {
		return cmp.Compare(a.refuses(t.values), b.refuses(t.values))
	})
	if len(near) == 0 {
		f.says = fmt.Sprintf("There is no key %q.", shorten(t.key))
		return f
	}
	f.says = fmt.Sprintf("There is no key %q; did you mean %q?", shorten(t.key), near[0].Name)
	for i, k := range near {
		e := replace(t.keySpan.start, t.keySpan.end, k.Name)
		if i == 0 {
			f.edits = e
		} else {
			f.or = append(f.or, e)
		}
	}
	return f
}

// refuses counts the values that k does not take.
func (k *field) refuses(values []value) int {
	n := 0
	for _, v := range values {
		if _, flaw := k.value(v.text); flaw != nil {
			n++
		}
	}
	return n
}

// unknownTopic says that help knows no such key.
func unknownTopic(s span, name string) fault {
	f := fault{span: s, valid: keyNames}
	near := nearestKeys(name)
	if len(near) == 0 {
		f.says = fmt.Sprintf("There is no key %q to explain.", shorten(name))
		f.edits = remove(s.start, s.end)
		return f
	}
	f.says = fmt.Sprintf("There is no key %q to explain; did you mean %q?", shorten(name), near[0].Name)
	f.edits = replace(s.start, s.end, near[0].Name)
	return f
}

// shorten cuts a long word, which a sentence only quotes.
func shorten(s string) string {
	const limit = 40
	r := []rune(s[:min(len(s), 4*limit)])
	if len(r) <= limit {
		return s
	}
	return string(r[:limit]) + "…"
}

// nearestKeys returns the keys whose name, alias or synonym comes nearest to a
// word, in the order of the table.
func nearestKeys(word string) []*field {
	var near []*field
	best := maxKeyLength
	for i := range table {
		k := &table[i]
		d := maxKeyLength
		for _, names := range [][]string{{k.Name}, k.Aliases, k.synonyms} {
			for _, name := range names {
				d = min(d, distance(word, name))
			}
		}
		if d < best {
			near, best = near[:0], d
		}
		if d == best && d < maxKeyLength {
			near = append(near, k)
		}
	}
	return near
}

// nearest returns the one of values that comes nearest to a word, "" if none does.
func nearest(word string, values []string) string {
	best, found := maxKeyLength, ""
	for _, v := range values {
		if d := distance(word, v); d < best {
			best, found = d, v
		}
	}
	return found
}

// distance returns how many letters must be changed, added, dropped or swapped
// with their neighbour to make name of a typed word; maxKeyLength where that is
// more than a slip. The beginning of a name, three letters or more, counts as 1.
func distance(typed, name string) int {
	if len(typed) > maxKeyLength {
		return maxKeyLength
	}
	typed = squeeze(typed)
	name = squeeze(name)
	if typed == name {
		return 0
	}
	if len(typed) >= 3 && strings.HasPrefix(name, typed) {
		return 1
	}
	if d := swaps(typed, name); d <= max(len(typed), len(name))/3 {
		return d
	}
	return maxKeyLength
}

// swaps is the edit distance with swaps of neighbours as one change. b is at most
// maxKeyLength long.
func swaps(a, b string) int {
	var rows [3][maxKeyLength + 1]int
	before, last, row := rows[0][:len(b)+1], rows[1][:len(b)+1], rows[2][:len(b)+1]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// squeeze lower-cases a word and drops what people put between its parts.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == '_' || r == ' ':
			return -1
		case 'A' <= r && r <= 'Z':
			return r + ('a' - 'A')
		}
		return r
	}, s)
}
