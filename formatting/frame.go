package formatting

import (
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// What stands around the rows of every answer: above them the question, how many
// match and the filters in force; below them what can be asked next, and what the
// answer rests on.

const (
	maxChips    = 20 // filters that get a button which removes them
	maxStatuses = 5  // statuses that get a button
)

// head tells who shared the answer, the question, and how many match.
func (d *draft) head(res *query.Result) {
	d.readers()
	d.heard(res)
	d.section(headline(res), nil)
	d.changed(res)
	d.offers(res)
}

// readers tells who shared the answer, or why only the asker sees it.
func (d *draft) readers() {
	if d.view.SharedBy != "" {
		d.context("Shared by " + mention(d.view.SharedBy))
	}
	if d.view.Alone != "" {
		d.context(join(" ", "Only you see this.", short(string(d.view.Alone), 300)))
	}
	if d.view.Repeat {
		d.context("This may be a repeat: part of the bot ended just as it answered this.")
	}
}

// headline is the first thing to be read: how many services match what. A number
// that was not counted to its end is told as what it is.
func headline(res *query.Result) markup {
	question := asked(res.Query)
	shown, matched := len(res.Services), atLeast(res)
	switch {
	case shown == 0 && matched > 0 && res.Summary == nil && res.Before > 0:
		return join(" ", bold("Nothing more found."), literal(matches(res)), question)
	case shown == 0 && matched > 0 && res.Summary == nil:
		return join(" ", bold(literal("There is no page "+number(max(res.Query.Page, 1))+".")), literal(matches(res)), question)
	case shown == 0 && matched == 0:
		return nothing(res, question)
	case shown > 0 && shown < matched:
		return join(" ", bold(literal(matches(res))), question, literal("· "+span(res)))
	}
	return join(" ", bold(literal(matches(res))), question)
}

// atLeast is how many services are known to match: all of them where they were
// counted.
func atLeast(res *query.Result) int {
	if len(res.Services) == 0 {
		return res.Matched
	}
	return max(res.Matched, res.First+len(res.Services))
}

// matches says how many services match; the question follows.
func matches(res *query.Result) string {
	n := atLeast(res)
	verb := " match"
	if n == 1 {
		verb = " matches"
	}
	if !res.Counted {
		return "At least " + count(n, "service") + verb
	}
	return count(n, "service") + verb
}

// span names the rows shown: "rows 6 to 10".
func span(res *query.Result) string {
	if len(res.Services) == 1 {
		return "row " + number(res.First+1)
	}
	return "rows " + number(res.First+1) + " to " + number(res.First+len(res.Services))
}

// nothing says that no row can be shown, and how sure that is.
func nothing(res *query.Result, question markup) markup {
	switch {
	case !res.Complete && res.Continue != "":
		return join("\n", join(" ", "*Nothing found so far* for", question), short(Gap(res), 500))
	case !res.Complete:
		return join("\n", join(" ", "*No sure answer* for", question), short(Gap(res), 500))
	case res.Unreadable > 0:
		return join(" ", "*Nothing found among the rows that could be read* for", question)
	case res.Unpriced > 0:
		return join(" ", "*Nothing found among the services whose price can be read* for", question)
	}
	if said := absent(res); said != "" {
		return said
	}
	said := join("\n", join(" ", "*Nothing found* for", question)+"\nWHMCS answered, and no service matches.", searched(res))
	if len(res.Asked) > 0 && len(res.Tested) > 0 {
		said += markup("\nAsked of WHMCS: ") + code(strings.Join(res.Asked, ", "), 300) +
			"\nTested here: " + code(strings.Join(res.Tested, ", "), 300)
	}
	return said
}

// asked shows what is asked for, without how it is shown.
func asked(q query.Query) markup {
	q = q.Lasting().WithAs("")
	q.Rows = 0
	line := q.String()
	if line == "" {
		return "any service"
	}
	return code(line, 1000)
}

// offers shows the questions that are worth asking instead.
func (d *draft) offers(res *query.Result) {
	d.offered(res.Near)
	buttons := d.asks(res.Try)
	if len(buttons) > 0 {
		primary(buttons[0])
	}
	d.row(buttons...)
}

// filters offers to leave out a filter, and to change them in the form.
func (d *draft) filters(res *query.Result) {
	q := res.Query.Lasting()
	var row []*slack.ButtonBlockElement
	for i, t := range q.Terms {
		if len(q.Terms) > 1 && i < maxChips {
			label := plain(t.String(), 40)
			row = append(row, described(d.button(ActionAsk, label+" ×", q.Without(i).String()), "Without "+label))
		}
	}
	if !d.view.Public {
		row = append(row, d.form("Change …", q.WithPage(1).String()))
	}
	d.row(row...)
	if len(q.Terms) > maxChips {
		d.context(literal("The first " + number(maxChips) + " of " + number(len(q.Terms)) + " filters have a button."))
	}
}

// statuses offers the matches of one status each, where they have several.
func (d *draft) statuses(res *query.Result) []*slack.ButtonBlockElement {
	q := res.Query.Lasting()
	for _, t := range q.Terms {
		if t.Key == "status" && !t.Not && len(t.Values) == 1 {
			return nil
		}
	}
	if res.Statuses == nil && (len(res.Services) > 1 || res.Next != "") {
		return []*slack.ButtonBlockElement{d.button(ActionAsk, "Active only", q.WithStatus("active").String())}
	}
	if len(res.Statuses) < 2 {
		return nil
	}
	var row []*slack.ButtonBlockElement
	for _, c := range res.Statuses[:min(len(res.Statuses), maxStatuses)] {
		if s, ok := knownStatus(c.Value); ok && c.N > 0 {
			label := or(signs[s], "?") + " " + or(string(s), "Unknown") + " " + number(c.N)
			row = append(row, d.button(ActionAsk, label, q.WithStatus(or(string(s), "unknown")).String()))
		}
	}
	return row
}

// knownStatus finds a status by its word in the language or in WHMCS.
func knownStatus(word string) (whmcs.Status, bool) {
	if word == "" || strings.EqualFold(word, "unknown") {
		return whmcs.StatusUnknown, true
	}
	for s := range signs {
		if strings.EqualFold(word, string(s)) {
			return s, true
		}
	}
	return "", false
}

// navigation offers to keep to one status, the pages, the other views, and what
// can be done with the answer.
func (d *draft) navigation(res *query.Result) {
	d.row(d.statuses(res)...)
	var row []*slack.ButtonBlockElement
	if res.Continue != "" {
		row = append(row, primary(d.button(ActionAsk, "Continue the search", res.Continue)))
	}
	row = append(row, d.pages(res)...)
	if len(res.Services) > 0 || res.Summary != nil {
		row = append(row, d.views(res)...)
	}
	d.row(append(row, d.doing(res)...)...)
}

// doing offers what can be done with the answer as it is.
func (d *draft) doing(res *query.Result) []*slack.ButtonBlockElement {
	line := res.Query.Again().String()
	var row []*slack.ButtonBlockElement
	if !d.view.Public && !d.view.Direct && (len(res.Services) > 0 || res.Summary != nil) {
		row = append(row, d.button(ActionShare, "Share", line))
	}
	if !d.view.Public || res.Query.As != query.ViewCSV { // a file that is posted does not change
		row = append(row, d.button(ActionRefresh, "Refresh", line))
	}
	return append(row, d.removal())
}

// removal lets who shared a post take it away; nil where nobody did.
func (d *draft) removal() *slack.ButtonBlockElement {
	if d.view.SharedBy == "" {
		return nil
	}
	return d.button(ActionRemove, "Remove", strings.TrimSpace(d.view.SharedBy+" "+d.view.SharedFile))
}

// pages offers the page before and the page after.
func (d *draft) pages(res *query.Result) []*slack.ButtonBlockElement {
	return append(d.firstPage(res), d.button(ActionAsk, "‹ Previous", res.Previous), d.button(ActionAsk, "Next ›", res.Next))
}

// views offers the views that the answer is not shown in.
func (d *draft) views(res *query.Result) []*slack.ButtonBlockElement {
	q := res.Query.Lasting()
	shown := q.As
	if shown == "" {
		shown = query.ViewList
	}
	var row []*slack.ButtonBlockElement
	for _, v := range []struct {
		view  query.View
		label string
	}{
		{query.ViewList, "List"},
		{query.ViewTable, "Table"},
		{query.ViewSummary, "Summary"},
		{query.ViewCSV, "CSV"},
	} {
		if v.view != shown {
			row = append(row, d.button(ActionAsk, v.label, q.WithAs(v.view).String()))
		}
	}
	return row
}

// foot tells the command to copy, then what the answer rests on.
func (d *draft) foot(res *query.Result) {
	d.context(code(d.style.commandLine(res.Query.Lasting().String()), 2500), evidence(res))
}

// evidence tells as of when an answer is, out of how many rows, whether it is
// complete, and which rows are missing from it.
func evidence(res *query.Result) markup {
	parts := []markup{"as of " + date(res.AsOf)}
	switch {
	case res.Before > 0 && res.Looked > 0:
		parts = append(parts, literal("looked at rows "+number(res.Before+1)+" to "+number(res.Before+res.Looked)+" of "+number(max(res.Of, res.Before+res.Looked))))
	case res.Looked > 0 || res.Of > 0:
		parts = append(parts, literal("looked at "+number(res.Looked)+" of "+count(max(res.Of, res.Looked), "row")))
	}
	switch {
	case res.Complete && res.Unreadable+res.Unpriced > 0:
		parts = append(parts, "*not complete*")
	case res.Complete && res.Counted:
		parts = append(parts, "complete")
	case res.Complete: // enough was read for the rows shown
	case res.Why.Kind != "" && (len(res.Services) > 0 || res.Summary != nil):
		parts = append(parts, "*not complete*: "+short(strings.TrimSuffix(Gap(res), "."), 500))
	default:
		parts = append(parts, "*not complete*")
	}
	return join(" · ", append(parts, missing(res)...)...)
}

// missing tells of rows that WHMCS sent but that are not in the answer.
func missing(res *query.Result) []markup {
	var parts []markup
	if res.Foreign > 0 {
		parts = append(parts, literal(count(res.Foreign, "row")+" left out: WHMCS sent what was not asked for"))
	}
	if res.Unreadable > 0 {
		parts = append(parts, literal(count(res.Unreadable, "row")+" could not be read"+malformed(res)))
	}
	if res.Unpriced > 0 {
		parts = append(parts, literal(count(res.Unpriced, "service")+" left out: no price that can be compared"))
	}
	return parts
}

// malformed says which of the rows that could not be read WHMCS itself cannot send, and
// what to do about them.
func malformed(res *query.Result) string {
	if res.Malformed == 0 {
		return ""
	}
	return ": in " + number(res.Malformed) + " WHMCS has text that is not valid UTF-8; save that client's or service's data again in WHMCS"
}
