package formatting

import (
	"github.com/slack-go/slack"
)

const (
	maxRecent = 5  // of a person's last questions are on the Home tab
	maxPinned = 10 // of those that a person pinned
)

// Own are the questions of one person, for that person alone.
type Own struct {
	Recent   []string // the last ones, newest first
	Pinned   []string
	PinsAway bool // those that are pinned cannot be read now
}

// Home is a person's Home tab; may are plain sentences about what this person may do here.
func (s Style) Home(own Own, may []string, v View) slack.HomeTabViewRequest {
	d := s.draft(v)
	d.add(slack.NewHeaderBlock(plainText("Find a client's services", maxHeader)))
	d.section("Products, prices, due dates, servers and states, straight from WHMCS. Nothing is ever changed there.", nil)
	d.add(searchField())
	d.row(d.form("Search with more fields …", ""), d.button(ActionAsk, "Help", "help"))
	d.pinned(own)
	if recent := own.Recent; len(recent) > 0 {
		d.rule()
		d.section("*Your last questions*", nil)
		d.row(d.asks(recent[:min(len(recent), maxRecent)])...)
	}
	d.rule()
	d.section("*Questions to begin with*", nil)
	d.row(d.asks(Examples)...)
	if s.Command != "" {
		d.context("In a channel, type " + code(s.commandLine("status:suspended"), 100) + " and only you see the answer.")
	}
	if len(may) > 0 {
		d.rule()
		d.section("*What you may do*", nil)
		lines := make([]markup, 0, len(may))
		for _, sentence := range may {
			lines = append(lines, short(sentence, 250))
		}
		d.section(join("\n", lines[:min(len(lines), 10)]...), nil)
	}
	d.apologise()
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: d.blocks}}
}

// pinned shows the questions that somebody pinned, each with a button that takes it away.
func (d *draft) pinned(own Own) {
	if len(own.Pinned) == 0 && !own.PinsAway {
		return
	}
	d.rule()
	d.section("*Your pinned questions*", nil)
	if own.PinsAway {
		d.section("They cannot be read now. Open this tab again in a minute.", nil)
	}
	for _, line := range own.Pinned[:min(len(own.Pinned), maxPinned)] {
		d.row(d.ask(line), described(d.button(ActionUnpin, "Unpin", line), "Unpin "+shown(line)))
	}
}

// searchField is a field whose line is asked when Enter is pressed.
func searchField() slack.Block {
	in := slack.NewPlainTextInputBlockElement(plainText(anything, maxPlaceholder), ActionSearch)
	in.MaxLength = maxInput
	in.DispatchActionConfig = &slack.DispatchActionConfig{TriggerActionsOn: []string{"on_enter_pressed"}}
	block := slack.NewInputBlock(ActionSearch, plainText("Search", maxInputLabel), nil, in)
	block.DispatchAction = true
	return block
}
