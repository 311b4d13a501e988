package query

import (
	"context"
	"iter"
	"slices"
	"strings"
)

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
		if opposite(word, v) {
			continue
		}
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

// opposite reports whether word says that v is not so: inactive is no misspelt active.
func opposite(word, v string) bool {
	for _, not := range []string{"in", "un", "non", "not"} {
		if rest, ok := strings.CutPrefix(squeeze(word), not); ok && distance(rest, v) < len(not) {
			return true
		}
	}
	return false
}

// slips are the lone words for states and cycles, which are offered for a slip.
var slips = func() []string {
	var words []string
	for word, term := range loneTerms {
		if len(word) >= shortestPlural && (strings.HasPrefix(term, "status:") || strings.HasPrefix(term, "cycle:") || strings.HasPrefix(term, "due:")) {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return words
}()

// slipFor is the filter whose lone word a text may be a slip for: suspeneded.
func slipFor(text string) (Term, bool) {
	if len(text) < shortestPlural-1 || isOfLanguage(strings.ToLower(text)) {
		return Term{}, false
	}
	word := nearest(text, slips)
	slip := swaps(squeeze(text), squeeze(word))
	if word == "" || slip > 2 || slip == 2 && text[:1] != word[:1] { // few slips are at the first letter: really is not yearly
		return Term{}, false
	}
	key, value, _ := strings.Cut(loneTerms[word], ":")
	return Term{Key: key, Values: []string{value}}, true
}

// similarHosts are the domains of the rows at hand that a host name may be a slip for.
func (f *Finder) similarHosts(host string) []Term {
	return hostsLike(host, func(yield func(string) bool) {
		for s := range f.rowsAtHand() {
			if !yield(s.Domain) {
				return
			}
		}
	})
}

// hostsOfRest are the domains that a host name may be a slip for, among those of what else a
// line names, which was just read: of the client.
func (f *Finder) hostsOfRest(ctx context.Context, rest Query, host string) []Term {
	if !rest.names() || !f.quick(rest) {
		return nil
	}
	res, err := f.Find(ctx, rest.WithAs(ViewDomains), Options{Snapshot: true})
	if err != nil {
		return nil
	}
	return hostsLike(host, slices.Values(res.Domains))
}

// hostsLike are the domains that a host name may be a slip for: with up to two slips, or with
// the same first label.
func hostsLike(host string, domains iter.Seq[string]) []Term {
	host = withoutWWW(asciiHost(strings.TrimPrefix(host, "*.")))
	label, _, _ := strings.Cut(host, ".")
	if !strings.Contains(host, ".") || len(host) > maxKeyLength {
		return nil
	}
	var near []Term
	for domain := range domains {
		other := withoutWWW(serviceHost(domain))
		if other == "" || other == host || len(other) > maxKeyLength {
			continue
		}
		slip := len(other)-len(host) < 3 && len(host)-len(other) < 3 && swaps(host, other) <= 2
		if t := (Term{Key: "domain", Values: []string{other}}); (slip || strings.HasPrefix(other, label+".")) && !slices.ContainsFunc(near, func(n Term) bool { return n.Values[0] == other }) {
			if near = append(near, t); len(near) == maxNear {
				return near
			}
		}
	}
	return near
}
