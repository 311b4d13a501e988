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
	all, menu := there(slices.Concat(groups...)), d.menu(res)
	all = append(all, there([]*slack.ButtonBlockElement{d.meant(res), d.lapsed(res)})...)
	if states := there(d.statuses(res)); len(all)+len(states) < maxControls {
		if columnsOfButtons(slices.Concat(all, states))+columnsOfMenu(menu) > controlColumns {
			states = signsAlone(states)
		}
		all = append(all, states...)
	}
	elements := make([]slack.BlockElement, len(all), maxControls)
	for i, b := range all {
		elements[i] = b
	}
	if menu != nil {
		elements = append(elements, menu)
	}
	if len(elements) > 0 {
		d.add(slack.NewActionBlock("", elements...))
	}
	if d.view.Repeat {
		d.context("This may be a repeat: part of the bot failed just as it answered this.")
	}
}

const (
	controlColumns = 80 // of buttons and menu, in a window of 1,400 pixels
	buttonEdges    = 4  // columns of the edges of a button
	menuEdges      = 7  // and of a menu, with its arrow
)

func columnsOfButtons(buttons []*slack.ButtonBlockElement) int {
	n := 0
	for _, b := range buttons {
		n += columnsOf(b.Text.Text) + buttonEdges
	}
	return n
}

// columnsOfMenu is how wide the menu is: as its longest choice, whose letters are not bold.
func columnsOfMenu(menu slack.BlockElement) int {
	longest := 0
	if m, ok := menu.(*slack.SelectBlockElement); ok {
		for _, o := range m.Options {
			longest = max(longest, columnsOf(o.Text.Text))
		}
	}
	return longest*9/10 + menuEdges
}

// signsAlone leaves the words of states, which the first line has, to screen readers.
func signsAlone(states []*slack.ButtonBlockElement) []*slack.ButtonBlockElement {
	for _, b := range states {
		sign, name, _ := strings.Cut(b.Text.Text, " ")
		if _, n, counted := strings.Cut(name, " "); counted && n != "only" {
			described(b, name)
			b.Text = plainText(sign+" "+n, maxLabel)
		}
	}
	return states
}

// meant offers what the line may have meant, beside what it has found; nil where that is nothing,
// and where others read it.
func (d *draft) meant(res *query.Result) *slack.ButtonBlockElement {
	if d.view.Public || len(res.Near) == 0 || len(res.Services) == 0 {
		return nil
	}
	return described(d.button(ActionAsk, plain(res.Near[0].Line, 24), res.Near[0].Line), offerLabel(res.Near[0]))
}

// lapsed offers the services that have ended, which due:overdue leaves out; nil where there
// are none, and in a terminal, which says so in words.
func (d *draft) lapsed(res *query.Result) *slack.ButtonBlockElement {
	if res.Lapsed == nil || d.view.Whole {
		return nil
	}
	return described(d.button(ActionAsk, signEnded+" Ended "+number(res.Lapsed.Found), res.Lapsed.Line),
		count(res.Lapsed.Found, "ended service")+" past the date, not counted")
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
	activeToo := true
	for _, t := range q.Terms {
		if t.Key != "status" {
			continue
		}
		if !t.Not && len(t.Values) == 1 {
			return nil
		}
		activeToo = activeToo && slices.Contains(t.Values, "active") != t.Not
	}
	if res.Statuses == nil && activeToo && (len(res.Services) > 1 || res.Next != "") {
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

// foot shows the command to copy, what is to be known of the answer, and what it rests on. In
// one line for the asker alone, as far as that is possible: a long command is cut, as the menu
// More has all of it, but no note is.
func (d *draft) foot(res *query.Result) {
	line, columns := d.style.commandLine(res.Query.Lasting().String()), d.footRoom(res)
	feet := d.feet(res)
	for _, says := range feet {
		if says.columns()+codeColumns(line)+between <= columns {
			d.context(join(" ", says.lead, code(line, 2500)), says.notes, says.rests)
			return
		}
	}
	says, least := feet[0], feet[len(feet)-1]
	if left := columns - least.columns() - between; says.notes == "" && left >= leastCommand {
		says, line = least, narrow(line, (left-codeEdges)*8/9)
	}
	d.context(join(" ", says.lead, code(line, 2500)), says.notes, says.rests)
}

// A foot is what is beside the command at the foot.
type foot struct{ lead, notes, rests markup }

// columns is how wide a foot is.
func (f foot) columns() int {
	n := 0
	for _, t := range []markup{f.lead, f.notes, f.rests} {
		if t != "" {
			n += width(t) + between
		}
	}
	return n
}

// feet are what can be at the foot, from all that is to be said to the least.
func (d *draft) feet(res *query.Result) []foot {
	lead, short := d.lead, d.lead
	if d.reading == "" {
		lead, short = "", ""
	} else if lead != readAs {
		short = readAs
	}
	notes, part := join(" ", d.notes...), d.part
	if res.First == 0 {
		part = ""
	}
	brief, least := join(dot, d.part, evidence(res, countsBriefly)), join(dot, part, evidence(res, countsNothing))
	return []foot{
		{lead, notes, join(dot, d.part, evidence(res, countsRows))},
		{lead, notes, brief},
		{short, notes, brief},
		{"", notes, brief},
		{"", notes, least},
	}
}

// footRoom is how many columns the foot has: below as many rows as a page usually has one
// line, and where others read the answer two, as nothing above it says who sees it.
func (d *draft) footRoom(res *query.Result) int {
	list := res.Query.As == "" || res.Query.As == query.ViewList
	switch {
	case d.view.Whole || !list || len(res.Services) < manyRows:
		return 10_000
	case d.view.Public && d.view.SharedBy == "":
		return 2 * footColumns
	}
	return footColumns
}

// footHolds reports whether the foot has room for the whole command beside all notes.
func (d *draft) footHolds(res *query.Result) bool {
	f := foot{notes: join(" ", d.notes...), rests: evidence(res, countsBriefly)}
	return f.columns()+codeColumns(d.style.commandLine(res.Query.Lasting().String()))+between <= d.footRoom(res)
}

const (
	footColumns  = 112 // of small text, in a window of 1,400 pixels, where Slack writes a short date
	between      = 2   // columns between two texts of the foot
	codeEdges    = 2   // columns of the edges of code
	manyRows     = 5   // below which one line more is no matter
	leastCommand = 24  // columns that are left for a command that is cut
)

// codeColumns is how wide code is, whose letters are wider than those of other small text.
func codeColumns(s string) int { return (9*columnsOf(s)+7)/8 + 2 }

// How an answer says how many rows were looked at.
type counting int

const (
	countsRows    counting = iota
	countsBriefly          // all of them are one number, and none are what the gap says
	countsNothing          // for want of room, where nothing is missing
)

// evidence says as of when an answer is, out of how many rows, whether it is
// complete, and which rows are missing from it.
func evidence(res *query.Result, how counting) markup {
	parts := []markup{"as of " + date(res.AsOf), lookedAt(res, how)}
	switch {
	case res.Complete && res.Unreadable+res.Unpriced > 0:
		parts = append(parts, "*not complete*")
	case res.Complete && res.Counted:
		parts = append(parts, "complete")
	case res.Complete && how != countsRows:
		parts = append(parts, "not complete")
	case res.Complete:
		parts = append(parts, "not complete: stopped at the rows shown")
	case res.Why.Kind != "" && !res.Empty():
		parts = append(parts, "*not complete*: "+short(strings.TrimSuffix(Gap(res), "."), 500))
	default:
		parts = append(parts, "*not complete*")
	}
	return join(dot, append(parts, missing(res)...)...)
}

// lookedAt says how many rows were looked at.
func lookedAt(res *query.Result, how counting) markup {
	whole := res.Complete && res.Unreadable+res.Unpriced == 0
	switch {
	case how == countsNothing && whole, how != countsRows && saysLooked[res.Why.Kind]:
		return ""
	case res.Before > 0 && res.Looked > 0:
		return literal("looked at rows " + number(res.Before+1) + " to " + number(res.Before+res.Looked) + " of " + number(max(res.Of, res.Before+res.Looked)))
	case how == countsBriefly && whole && res.Looked >= res.Of && res.Looked > 0:
		return literal("all " + count(res.Looked, "row"))
	case how == countsBriefly && res.Looked > 0:
		return literal(number(res.Looked) + " of " + count(max(res.Of, res.Looked), "row"))
	case res.Looked > 0 || res.Of > 0:
		return literal("looked at " + number(res.Looked) + " of " + count(max(res.Of, res.Looked), "row"))
	}
	return ""
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
