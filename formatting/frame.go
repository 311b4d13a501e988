package formatting

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// What is below the rows of every answer: what can be asked next, and what the answer
// rests on.

// maxControls is how many buttons and menus stand below the rows of an answer.
const maxControls = 6

// controls offers the pages, sharing, the states, and in a menu all else.
func (d *draft) controls(res *query.Result) {
	d.beside(res, d.pages(res), d.posting(res))
}

// beside shows buttons in their order, the states where there is room for them, and the
// menu.
func (d *draft) beside(res *query.Result, groups ...[]*slack.ButtonBlockElement) {
	all := there(slices.Concat(groups...))
	states := there(d.statuses(res))
	if len(all)+len(states) < maxControls {
		all = append(all, states...)
	}
	elements := make([]slack.BlockElement, len(all), maxControls)
	for i, b := range all {
		elements[i] = b
	}
	if menu := d.menu(res); menu != nil {
		elements = append(elements, menu)
	}
	if len(elements) > 0 {
		d.add(slack.NewActionBlock("", elements...))
	}
	if d.view.Repeat {
		d.context("This may be a repeat: part of the bot ended just as it answered this.")
	}
}

// there leaves out the buttons that are nil.
func there(buttons []*slack.ButtonBlockElement) []*slack.ButtonBlockElement {
	return slices.DeleteFunc(buttons, func(b *slack.ButtonBlockElement) bool { return b == nil })
}

// maxStatuses is how many states get a button of their own.
const maxStatuses = 3

// statuses offers the matches of one status each, where they have several.
func (d *draft) statuses(res *query.Result) []*slack.ButtonBlockElement {
	q := res.Query.Lasting()
	for _, t := range q.Terms {
		if t.Key == "status" && !t.Not && len(t.Values) == 1 {
			return nil
		}
	}
	if res.Statuses == nil && (len(res.Services) > 1 || res.Next != "") {
		return []*slack.ButtonBlockElement{d.button(ActionAsk, signs[whmcs.StatusActive]+" Active only", q.WithStatus("active").String())}
	}
	if len(res.Statuses) < 2 || len(res.Statuses) > maxStatuses {
		return nil
	}
	var row []*slack.ButtonBlockElement
	for _, c := range res.Statuses {
		if s, ok := knownStatus(c.Value); ok && c.N > 0 {
			label := or(signs[s], signUnknown) + " " + or(string(s), "Unknown") + " " + number(c.N)
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

// pages offers the page before and the page after, or to go on with the search.
func (d *draft) pages(res *query.Result) []*slack.ButtonBlockElement {
	row := []*slack.ButtonBlockElement{d.button(ActionAsk, "‹ Previous", res.Previous)}
	if res.Previous == "" && leftFirst(res) {
		row[0] = d.button(ActionAsk, "‹ First page", res.Query.Lasting().WithPage(1).String())
	}
	if res.Next == "" && res.Continue != "" {
		return append(row, primary(d.button(ActionAsk, "Continue the search", res.Continue)))
	}
	return append(row, d.button(ActionAsk, "Next ›", res.Next))
}

// posting offers to share an answer, or, of a post, to take it away and to end its updates.
func (d *draft) posting(res *query.Result) []*slack.ButtonBlockElement {
	if !d.view.Public && !d.view.Direct && !res.Empty() && res.Query.As != query.ViewEmails {
		return []*slack.ButtonBlockElement{d.button(ActionShare, "Share", res.Query.Again().String())}
	}
	return []*slack.ButtonBlockElement{d.removal(), d.ending(res)}
}

// removal lets who shared a post take it away; nil where nobody did.
func (d *draft) removal() *slack.ButtonBlockElement {
	if d.view.SharedBy == "" {
		return nil
	}
	return d.button(ActionRemove, "Remove", strings.TrimSpace(d.view.SharedBy+" "+d.view.SharedFile))
}

// foot shows the command to copy, which of the matches are shown if the head does not say so,
// and what the answer rests on.
func (d *draft) foot(res *query.Result) {
	d.context(code(d.style.commandLine(res.Query.Lasting().String()), 2500), join(dot, d.part, evidence(res)))
}

// evidence says as of when an answer is, out of how many rows, whether it is
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
	case res.Complete:
		parts = append(parts, "not complete: stopped at the rows shown")
	case res.Why.Kind != "" && !res.Empty():
		parts = append(parts, "*not complete*: "+short(strings.TrimSuffix(Gap(res), "."), 500))
	default:
		parts = append(parts, "*not complete*")
	}
	return join(dot, append(parts, missing(res)...)...)
}

// missing counts rows that WHMCS sent but that are not in the answer.
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
