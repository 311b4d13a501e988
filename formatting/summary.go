package formatting

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

const (
	maxSegments = 6 // of a pie
	topValues   = 5 // values of a grouping that are named
)

// summary shows the figures of all matches, with a chart of their statuses.
func (d *draft) summary(res *query.Result) Message {
	d.head(res)
	d.filters(res)
	if res.Matched > 0 {
		d.fields(figures(*res.Summary))
		d.chart(res.Summary.Statuses)
		d.fields([]markup{
			top("Products", res.Summary.Products),
			top("Servers", res.Summary.Servers),
			top("Cycles", res.Summary.Cycles),
		})
	}
	d.navigation(res)
	d.foot(res)
	return d.message()
}

// figures are the numbers of a summary, one a field.
func figures(s query.Summary) []markup {
	revenue := "Not summed: the currency is not known to be one"
	if s.Revenue != "" {
		revenue = amountText(whmcs.Amount(s.Revenue), s.Currency)
	}
	fields := []markup{
		field("Clients", number(s.Clients)),
		field("Revenue a month", revenue),
		field("Due in the next 7 days", number(s.Due7)),
		field("Due in the next 30 days", number(s.Due30)),
		field("Overdue", number(s.Overdue)),
		field("Free or one-time", number(s.FreeOrOnce)),
	}
	if s.Unpriced > 0 {
		fields = append(fields, field("Not in the revenue", unpriced(s)))
	}
	return fields
}

// unpriced says which services are in no revenue, and why.
func unpriced(s query.Summary) string {
	var why []string
	if n := s.Unpriced - s.OddCycle; n > 0 {
		why = append(why, number(n)+" without a price that can be read")
	}
	if s.OddCycle > 0 {
		why = append(why, number(s.OddCycle)+" billed in a cycle that is not known, see Cycles")
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
// without words tells nothing.
func statusLabel(value string) string {
	if s, ok := knownStatus(value); ok {
		return plain(or(string(s), "Unknown"), maxChartLabel)
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

// top names the most frequent values of a grouping and counts the others.
func top(title string, counts []query.Count) markup {
	if len(counts) == 0 {
		return field(title, dash)
	}
	var lines []markup
	for i, c := range counts {
		if i == topValues {
			lines = append(lines, literal("and "+strconv.Itoa(len(counts)-i)+" more"))
			break
		}
		lines = append(lines, literal(number(c.N)+"  ")+" "+short(or(c.Value, "none"), 100))
	}
	return bold(literal(title)) + "\n" + join("\n", lines...)
}
