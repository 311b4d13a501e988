package formatting

import (
	"strings"
	"time"

	"servicesbot/whmcs/query"
)

// What is different between an answer and an earlier one to the same question: one that is
// kept current, or from older rows.

// changesSince counts what changed since a time: "Active 75 → 71, Suspended +4 since 10:02".
// "" where that is not known.
func changesSince(c *query.Changes, since time.Time) markup {
	if c == nil {
		return ""
	}
	var parts []string
	for _, st := range c.Statuses {
		name := or(string(st.Status), "Unknown")
		if st.Before == 0 {
			parts = append(parts, name+" +"+number(st.Now))
		} else {
			parts = append(parts, name+" "+number(st.Before)+" → "+number(st.Now))
		}
	}
	switch {
	case c.Left == 1:
		parts = append(parts, "1 no longer matches")
	case c.Left > 1:
		parts = append(parts, number(c.Left)+" no longer match")
	case c.None():
		parts = append(parts, "no change")
	}
	if len(parts) == 0 {
		parts = append(parts, "the same counts, of other services")
	}
	return join(" ", literal(strings.Join(parts, ", ")), "since "+clock(since))
}

// changedServices names services that changed, below an answer that shows rows.
func (d *draft) changedServices(c *query.Changes, res *query.Result) {
	rows := res.Query.As == "" || res.Query.As == query.ViewList || res.Query.As == query.ViewTable
	if c == nil || !rows {
		return
	}
	var lines []markup
	for _, s := range c.Services {
		lines = append(lines, d.changedService(s))
	}
	d.context(join("\n", lines...))
}

// changedService says what became of one service.
func (d *draft) changedService(c query.ServiceChange) markup {
	s := c.Service
	if s.ClientID == 0 { // WHMCS does not send it any more
		return join(": ", literal(serviceLine(s.ID)), "gone")
	}
	name := or(oneLine(s.Domain), productText(s))
	now := statusText(s.Status)
	switch {
	case c.New:
		now = "new, " + now
	case c.Left && s.Status == c.Was:
		now = "no longer matches"
	default:
		now = statusText(c.Was) + " → " + now
	}
	return join(": ", bold(link(d.style.serviceURL(s), cut(name, 80, escapedUnits))), short(now, 100))
}
