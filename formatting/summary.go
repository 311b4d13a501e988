package formatting

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

const (
	maxSegments = 6 // of a pie
	topValues   = 3 // values of a grouping that are named
	topCycles   = 4
)

// summary shows the figures of all matches: first those that decide, then a chart of the
// states, then what they are of.
func (d *draft) summary(res *query.Result) Message {
	d.head(res)
	if sum := res.Summary; res.Matched > 0 {
		d.section(join("\n", figures(*sum), ofCycles(*sum), notSummed(*sum)), nil)
		d.chart(sum.Statuses)
		if all := groups(res); len(all) == 1 {
			d.section(all[0], nil) // the whole width is its own
		} else {
			d.fields(all)
		}
	}
	d.controls(res)
	d.foot(res)
	return d.message()
}

// figures are the numbers that decide.
func figures(s query.Summary) markup {
	parts := make([]markup, 0, 4)
	if s.Revenue != "" {
		parts = append(parts, bold(short(amountText(whmcs.Amount(s.Revenue), s.Currency), 60))+" per month")
	}
	late := literal(number(s.Overdue) + " overdue")
	if s.Overdue > 0 {
		late = bold(late)
	}
	parts = append(parts, late, literal(number(s.Due7)+" due in 7 days, "+number(s.Due30)+" in 30 days"))
	return join(dot, parts...)
}

// ofCycles counts the services by how they are billed, where that is not in one way.
func ofCycles(s query.Summary) markup {
	if len(s.Cycles) < 2 {
		return ""
	}
	var parts []string
	for i, c := range s.Cycles {
		if i == topCycles {
			parts = append(parts, "and "+number(len(s.Cycles)-i)+" more")
			break
		}
		parts = append(parts, number(c.N)+" "+strings.ToLower(or(c.Value, "without a cycle")))
	}
	return "Billed: " + short(strings.Join(parts, ", "), 300)
}

// notSummed says what is in no revenue, and why.
func notSummed(s query.Summary) markup {
	if s.Revenue == "" {
		return "The revenue is not summed: the currency is not known to be one."
	}
	if s.Unpriced == 0 {
		return ""
	}
	return literal("Not in the revenue: " + unpriced(s) + ".")
}

// groups are the products with what they earn, and the servers. One with a single entry
// that the question names already is left out.
func groups(res *query.Result) []markup {
	var all []markup
	for _, g := range []struct {
		key, title string
		counts     []query.Count
	}{{"product", "Products", res.Summary.Products}, {"server", "Servers", res.Summary.Servers}} {
		if len(g.counts) == 1 && names(res.Query, g.key) {
			continue
		}
		all = append(all, top(g.title, g.counts, res.Summary.Currency))
	}
	return all
}

// names reports whether a query filters by a key.
func names(q query.Query, key string) bool {
	return slices.ContainsFunc(q.Terms, func(t query.Term) bool { return t.Key == key && !t.Not })
}

// unpriced says which services are in no revenue, and why.
func unpriced(s query.Summary) string {
	var why []string
	if n := s.Unpriced - s.OddCycle; n > 0 {
		why = append(why, number(n)+" without a price that can be read")
	}
	if s.OddCycle > 0 {
		why = append(why, number(s.OddCycle)+" billed in a cycle that is not known")
	}
	return strings.Join(why, ", ")
}

// chart shows the statuses as a pie, or as bars of text where Slack refuses
// charts.
func (d *draft) chart(counts []query.Count) {
	counts = segments(counts)
	if len(counts) == 0 {
		return
	}
	if d.view.Lists {
		d.section(bars(counts), nil)
		return
	}
	var pie []slack.DataVisualizationSegment
	for _, c := range counts {
		pie = append(pie, slack.NewDataVisualizationSegment(statusLabel(c.Value), float64(c.N)))
	}
	d.add(slack.NewDataVisualizationBlock("Services by status", slack.NewDataVisualizationPieChart(pie...)))
}

// segments returns the counts above 0, at most six: the smallest become one.
func segments(counts []query.Count) []query.Count {
	var out []query.Count
	rest := 0
	for _, c := range counts {
		switch {
		case c.N <= 0:
		case len(out) < maxSegments:
			out = append(out, c)
		default:
			rest += c.N
		}
	}
	if rest > 0 {
		last := &out[maxSegments-1]
		*last = query.Count{Value: "Other", N: last.N + rest}
	}
	return out
}

// statusLabel names a status in a chart: a label holds 20 units, and a legend
// without words says nothing.
func statusLabel(value string) string {
	if s, ok := knownStatus(value); ok {
		return plain(or(signs[s], signUnknown)+" "+or(string(s), "Unknown"), maxChartLabel)
	}
	return or(plain(value, maxChartLabel), "Unknown")
}

// bars draws counts as lines of text.
func bars(counts []query.Count) markup {
	most := 1
	for _, c := range counts {
		most = max(most, c.N)
	}
	lines := make([]markup, len(counts))
	for i, c := range counts {
		lines[i] = literal(bar(int64(c.N), int64(most)) + "  " + number(c.N) + "  " + statusLabel(c.Value))
	}
	return join("\n", lines...)
}

// top names the most frequent values of a grouping, with what they earn where that is
// known, and counts the others.
func top(title string, counts []query.Count, currency string) markup {
	if len(counts) == 0 {
		return field(title, dash)
	}
	lines := []markup{bold(literal(title))}
	for i, c := range counts {
		if i == topValues {
			lines[0] = join(" ", lines[0], literal("and "+number(len(counts)-i)+" more"))
			break
		}
		line := literal(number(c.N)) + gap + short(or(c.Value, "none"), 100)
		if c.Revenue != "" {
			line = join(dot, line, short(amountText(whmcs.Amount(c.Revenue), currency), 60))
		}
		lines = append(lines, line)
	}
	return join("\n", lines...)
}
