package formatting

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// How old an answer's rows are where that is not a matter of minutes, and what changed since.

// age says of warm rows how old they are and what comes of it, and of a corrected answer what
// it corrects.
func (d *draft) age(res *query.Result) {
	if before := d.view.Corrects; before != nil {
		d.section(bold("Corrected")+": "+changes(before, res)+" since "+d.clock(before.AsOf)+".", nil)
	}
	if !res.Warm {
		return
	}
	said := "As of " + d.clock(res.AsOf) + ", " + literal(ago(d.view.Now.Sub(res.AsOf))) + "."
	var refresh *slack.ButtonBlockElement
	switch {
	case d.view.Corrects != nil:
	case d.view.Follows:
		said += " Newer rows are being read; then this answer is corrected."
	case d.view.NotCorrected:
		said += " Newer rows could not be read or shown."
		refresh = d.refresh(res)
	default:
		said += " Newer rows are being read."
		refresh = d.refresh(res)
	}
	d.section(said, refresh)
}

// refresh asks for an answer again: the private message that is clicked gets the newest rows
// that there are, a post is read again.
func (d *draft) refresh(res *query.Result) *slack.ButtonBlockElement {
	action := ActionAsk
	if d.view.Public {
		action = ActionRefresh
	}
	return d.button(action, "Refresh", res.Query.Again().String())
}

// clock is a moment of today by its time alone, another one with its date.
func (d *draft) clock(t time.Time) markup {
	if age := d.view.Now.Sub(t); t.IsZero() || age < 0 || age > 12*time.Hour {
		return date(t)
	}
	return markup("<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{time}|" + t.UTC().Format("15:04 UTC") + ">")
}

// ago writes an age in words.
func ago(age time.Duration) string {
	switch {
	case age < time.Minute:
		return count(max(0, int(age.Seconds())), "second") + " ago"
	case age < 2*time.Hour:
		return count(int(age.Minutes()), "minute") + " ago"
	}
	return count(int(age.Hours()), "hour") + " ago"
}

// changes says what is different between two answers to a question: how many are in each
// state, "Active 75 → 71, Suspended +4".
func changes(before, now *query.Result) markup {
	if before.Statuses == nil || now.Statuses == nil && now.Matched > 0 {
		return rowChanges(before, now)
	}
	var parts []string
	for _, state := range states(before.Statuses, now.Statuses) {
		had, has := countOf(before.Statuses, state), countOf(now.Statuses, state)
		name := or(state, "unknown")
		if status, ok := knownStatus(state); ok {
			name = or(string(status), "Unknown")
		}
		switch {
		case had == has:
		case had == 0:
			parts = append(parts, name+" +"+number(has))
		default:
			parts = append(parts, name+" "+number(had)+" → "+number(has))
		}
	}
	if len(parts) == 0 {
		return rowChanges(before, now)
	}
	return literal(strings.Join(parts, ", "))
}

// states are those of either count, each once, in their order.
func states(before, now []query.Count) []string {
	var all []string
	for _, c := range slices.Concat(before, now) {
		if !slices.Contains(all, c.Value) {
			all = append(all, c.Value)
		}
	}
	return all
}

func countOf(counts []query.Count, value string) int {
	for _, c := range counts {
		if c.Value == value {
			return c.N
		}
	}
	return 0
}

// rowChanges says whether the rows shown are others, where as many are in each state.
func rowChanges(before, now *query.Result) markup {
	switch {
	case before.Matched != now.Matched:
		return literal(number(before.Matched) + " → " + count(now.Matched, "service"))
	case slices.EqualFunc(before.Services, now.Services, sameRow):
		return "nothing changed"
	}
	return "rows changed, as many in each state"
}

// sameRow reports whether a list shows two rows alike.
func sameRow(a, b whmcs.Service) bool {
	return a.ID == b.ID && a.Status == b.Status && a.Domain == b.Domain && a.NextDueDate == b.NextDueDate &&
		a.RecurringAmount == b.RecurringAmount && a.ServerName == b.ServerName && a.SuspensionReason == b.SuspensionReason
}
