package formatting

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// The menu More below an answer. What an option stands for is a verb, and the line of the
// answer that it is about: Chosen makes the next line of them. An option's value holds 150
// units; where a line is longer, the menu is a button that opens a window with the same
// choices, which has the line in its private_metadata.

// A menuEntry is what one can choose.
type menuEntry struct{ verb, label string }

const (
	verbFirst   = "first"
	verbRefresh = "refresh"
	verbLive    = "live"
	verbChange  = "change"
	verbPin     = "pin"
	verbWithout = "without" // and the place of a filter: without.2
	verbLongest = 12        // units of the longest verb and the space behind it
	maxLeftOut  = 20        // filters that can be left out with one choice
)

// viewChoices are the views that the menu offers; their verbs are their names.
var viewChoices = []menuEntry{
	{string(query.ViewList), "List"},
	{string(query.ViewTable), "Table"},
	{string(query.ViewSummary), "Summary"},
	{string(query.ViewCSV), "CSV file"},
	{string(query.ViewClients), "Clients"},
	{string(query.ViewDomains), "Domains"},
	{string(query.ViewEmails), "E-mail addresses"},
}

// choices are what the menu offers below an answer to q; rows: there are any to be shown.
func (d *draft) choices(q query.Query, rows, again bool) []menuEntry {
	var all []menuEntry
	if q.Page > 1 {
		all = append(all, menuEntry{verbFirst, "First page"})
	}
	shown := q.As
	if shown == "" {
		shown = query.ViewList
	}
	for _, c := range viewChoices {
		if rows && c.verb != string(shown) && (c.verb != string(query.ViewEmails) || d.style.Emails()) {
			all = append(all, c)
		}
	}
	if again && !(d.view.Public && q.As == query.ViewCSV) { // a CSV file that is posted does not change
		all = append(all, menuEntry{verbRefresh, "Refresh"})
	}
	if !d.view.Public {
		all = append(all, menuEntry{verbChange, "Change the question …"})
	}
	if d.style.Pins {
		all = append(all, menuEntry{verbPin, "Pin to the Home tab"})
	}
	for i, t := range q.Terms {
		if len(q.Terms) > 1 && i < maxLeftOut {
			all = append(all, menuEntry{verbWithout + "." + strconv.Itoa(i+1), "Without " + t.String()})
		}
	}
	return all
}

// menu is the menu below an answer, or the button that opens it as a window; nil where it
// would offer nothing.
func (d *draft) menu(res *query.Result) slack.BlockElement {
	all := d.choices(res.Query, !res.Empty() && !isCard(res), !res.Empty() || !complete(res))
	if d.canBeLive(res) {
		all = append([]menuEntry{{verbLive, "Keep current for " + count(query.LiveHours, "hour")}}, all...)
	}
	line := res.Query.Again().String()
	switch {
	case len(all) == 0:
		return nil
	case len(all) == 1 && all[0].verb == verbChange:
		if b := d.form(all[0].label, res.Query.Lasting().WithPage(1).String()); b != nil {
			return b
		}
		return nil
	case units(line)+verbLongest > maxOption:
		if b := d.button(ActionMore, "More …", line); b != nil {
			return b
		}
		return nil
	}
	options := make([]*slack.OptionBlockObject, len(all))
	for i, c := range all {
		options[i] = slack.NewOptionBlockObject(c.verb+" "+line, plainText(c.label, maxLabel), nil)
	}
	return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText("More …", maxPlaceholder), d.id(ActionChoose), options...)
}

// Choices is the window that holds the menu whose options a line is too long for. It
// shows nothing that was found. metadata must hold the line, for Chosen.
func (s Style) Choices(q query.Query, v View, metadata string) slack.ModalViewRequest {
	d := s.draft(v)
	all := d.choices(q, true, true)
	d.section(code(q.Lasting().String(), 2500), nil)
	for row := range slices.Chunk(all, maxElements) {
		buttons := make([]*slack.ButtonBlockElement, len(row))
		for i, c := range row {
			buttons[i] = d.button(ActionChoose, c.label, c.verb)
		}
		d.row(buttons...)
	}
	view := d.modal("More")
	view.CallbackID, view.PrivateMetadata = CallbackChoices, metadata
	return view
}

// Chose is what the window of choices shows once something was chosen.
func Chose() slack.ModalViewRequest {
	d := Style{}.draft(View{})
	d.section("✓ The answer is where this window was opened.", nil)
	return d.modal("More")
}

// Chosen returns the action and the line that a choice stands for: value is a verb alone,
// about line, or a verb with its own line. What is no choice of ours, or about no line, is
// the action "".
func Chosen(value, line string) (action, next string) {
	verb, own, found := strings.Cut(value, " ")
	if found {
		line = own
	}
	q, err := query.Parse(line)
	if err != nil {
		return "", line
	}
	name, place, _ := strings.Cut(verb, ".")
	n, _ := strconv.Atoi(place)
	switch {
	case name == verbFirst:
		return ActionAsk, q.Lasting().WithPage(1).String()
	case name == verbRefresh:
		return ActionRefresh, q.Again().String()
	case name == verbLive:
		q = q.Again()
		q.Live = query.LiveHours
		return ActionLive, q.String()
	case name == verbChange:
		return ActionForm, q.Lasting().WithPage(1).String()
	case name == verbPin:
		return ActionPin, q.Lasting().WithPage(1).String()
	case name == verbWithout && n >= 1 && n <= len(q.Terms):
		return ActionAsk, q.Lasting().Without(n - 1).String()
	case slices.ContainsFunc(viewChoices, func(c menuEntry) bool { return c.verb == verb }):
		return ActionAsk, q.Lasting().WithAs(query.View(verb)).String()
	}
	return "", line
}
