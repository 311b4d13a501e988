package formatting

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"servicesbot/whmcs/query"
)

// marked returns the line with carets below every offending word or, where the
// line is long, the part around each of them.
func marked(wrong *query.Error) []string {
	line := wrong.Line
	if line == "" || len(wrong.Problems) == 0 {
		return nil
	}
	if uniseg.StringWidth(visible(line)) <= maxMarked {
		return []string{carets(line, wrong.Problems)}
	}
	var out []string
	for _, p := range wrong.Problems {
		start, end := bounds(line, p)
		before := lastColumns(visible(line[:start]), maxMarked/3)
		word := firstColumns(visible(line[start:end]), maxMarked/3)
		after := firstColumns(visible(line[end:]), maxMarked/3)
		out = append(out, before+word+after+"\n"+under(before, word))
	}
	return out
}

// carets returns a short line with the carets of all problems in a line below.
func carets(line string, problems []query.Problem) string {
	below := ""
	for _, p := range problems {
		start, end := bounds(line, p)
		next := under(visible(line[:start]), visible(line[start:end]))
		below = merge(below, next)
	}
	return visible(line) + "\n" + below
}

// under returns carets of the width of word, below it.
func under(before, word string) string {
	return strings.Repeat(" ", uniseg.StringWidth(before)) + strings.Repeat("^", max(1, uniseg.StringWidth(word)))
}

// merge lays two lines of carets one over the other.
func merge(a, b string) string {
	out := []byte(a + strings.Repeat(" ", max(0, len(b)-len(a))))
	for i := range b {
		if b[i] == '^' {
			out[i] = '^'
		}
	}
	return string(out)
}

// bounds returns a problem's place in line, between characters.
func bounds(line string, p query.Problem) (start, end int) {
	start = min(max(p.Start, 0), len(line))
	end = min(max(p.End, start), len(line))
	for start > 0 && start < len(line) && !utf8.RuneStart(line[start]) {
		start--
	}
	for end < len(line) && !utf8.RuneStart(line[end]) {
		end++
	}
	return start, end
}

// firstColumns returns what of s fits into n columns, with an ellipsis where that
// is not all.
func firstColumns(s string, n int) string { return cut(s, n, uniseg.StringWidth) }

// lastColumns returns the end of s that fits into n columns, with an ellipsis in
// front where that is not all.
func lastColumns(s string, n int) string {
	if uniseg.StringWidth(s) <= n {
		return s
	}
	var starts, widths []int
	for g := uniseg.NewGraphemes(s); g.Next(); {
		start, _ := g.Positions()
		starts, widths = append(starts, start), append(widths, g.Width())
	}
	used, from := 1, len(s)
	for i := len(starts) - 1; i >= 0 && used+widths[i] <= n; i-- {
		used += widths[i]
		from = starts[i]
	}
	return ellipsis + s[from:]
}
