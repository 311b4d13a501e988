package formatting

import (
	"github.com/slack-go/slack"
)

// maxRecent is how many of a person's last questions the Home tab shows.
const maxRecent = 5

// Home is a person's Home tab: recent are this person's last questions, newest
// first, and may are plain sentences about what this person may do here.
func (s Style) Home(recent, may []string, v View) slack.HomeTabViewRequest {
	d := s.draft(v)
	d.add(slack.NewHeaderBlock(plainText("Find a client's services", maxHeader)))
	d.section("Products, prices, due dates, servers and states, straight from WHMCS. Nothing is ever changed there.", nil)
	d.add(searchField())
	d.row(d.form("Search with more fields …", ""), d.button(ActionAsk, "Help", "help"))
	if len(recent) > 0 {
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

// searchField is a field whose line is asked when Enter is pressed.
func searchField() slack.Block {
	in := slack.NewPlainTextInputBlockElement(plainText(anything, maxPlaceholder), ActionSearch)
	in.MaxLength = maxInput
	in.DispatchActionConfig = &slack.DispatchActionConfig{TriggerActionsOn: []string{"on_enter_pressed"}}
	block := slack.NewInputBlock(ActionSearch, plainText("Search", maxInputLabel), nil, in)
	block.DispatchAction = true
	return block
}
