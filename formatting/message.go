// Package formatting turns results and errors into Slack messages and views. It
// does not know who asked, and calls nobody.
package formatting

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// A Message is what one reply shows. Text says the same as Blocks, for
// notifications, screen readers and terminals; it is escaped as Slack wants it.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// Options are what a message must know of its surroundings.
type Options struct {
	Command  string    // the slash command: /services
	AdminURL string    // full admin base URL for links; "": no links
	Fields   []string  // BOT_FIELDS: notes, subscriptionid, custom:Name
	Currency string    // WHMCS_CURRENCY
	Public   bool      // others read it too: no Fields, no private buttons
	Lists    bool      // Slack refuses the newer blocks: lists and texts instead
	SharedBy string    // user id, in a shared answer
	Now      time.Time // for "in 3 days"; its location is the process's
	Ref      string    // reference of the request, shown in failures
}

// The actions of buttons: what Action gives for a clicked button's action_id. The
// button's value is the line that the action is about, unless said otherwise.
const (
	ActionAsk      = "ask"      // the line's answer takes the place of the message
	ActionDetails  = "details"  // opens the details of "service:2" as a modal
	ActionShare    = "share"    // posts the line's answer publicly
	ActionRefresh  = "refresh"  // asks the line again, past cache and snapshot
	ActionContinue = "continue" // goes on with a scan that ended at its budget
	ActionStop     = "stop"     // ends the asker's wait; the value is the reference
	ActionRemove   = "remove"   // takes a shared post away; the value is the sharer's user id
	ActionForm     = "form"     // opens the search form, filled from the line
	ActionLink     = "link"     // a URL button: acknowledged and ignored
)

// Action returns the action of an action_id: ids are numbered ("ask.3"), because
// they must be unique within a message.
func Action(id string) string {
	action, _, _ := strings.Cut(id, ".")
	return action
}

// Answer shows a result as its query's view, or, for one match, as a card.
func Answer(res *query.Result, o Options) Message {
	if len(res.Services) == 1 && res.First == 0 && !res.More {
		return card(res, o)
	}
	return list(res, o)
}

// A draft is a message being written.
type draft struct {
	o       Options
	blocks  []slack.Block
	ids     map[string]int // buttons so far, by action
	tooLong bool           // a line did not fit into a button
}

// newDraft returns an empty message.
func newDraft(o Options) *draft { return &draft{o: o, ids: map[string]int{}} }

// add appends blocks.
func (d *draft) add(blocks ...slack.Block) { d.blocks = append(d.blocks, blocks...) }

// section appends a paragraph; a nil accessory is none.
func (d *draft) section(m markup, accessory *slack.ButtonBlockElement) {
	var a *slack.Accessory
	if accessory != nil {
		a = slack.NewAccessory(accessory)
	}
	d.add(slack.NewSectionBlock(mrkdwn(m), nil, a))
}

// context appends a line of small text, or nothing for nothing.
func (d *draft) context(m markup) {
	if m != "" {
		d.add(slack.NewContextBlock("", mrkdwn(m)))
	}
}

// buttons appends a row of buttons, without those that are nil.
func (d *draft) buttons(buttons ...*slack.ButtonBlockElement) {
	var elements []slack.BlockElement
	for _, b := range buttons {
		if b != nil && len(elements) < maxElements {
			elements = append(elements, b)
		}
	}
	if len(elements) > 0 {
		d.add(slack.NewActionBlock("", elements...))
	}
}

// button returns a button, nil where the value is empty or longer than Slack
// takes.
func (d *draft) button(action, label, value string) *slack.ButtonBlockElement {
	if value == "" {
		return nil
	}
	if units(value) > maxValue {
		d.tooLong = true
		return nil
	}
	b := slack.NewButtonBlockElement(d.id(action), value, plainText(label, maxLabel))
	return b
}

// id returns the next action_id of an action.
func (d *draft) id(action string) string {
	d.ids[action]++
	return fmt.Sprintf("%s.%d", action, d.ids[action])
}

// message ends the draft.
func (d *draft) message() Message {
	if d.tooLong {
		d.context("This line is too long for buttons; type what you want next.")
	}
	msg := Message{Blocks: d.blocks}
	msg.Text = string(short(Plain(msg), maxText))
	return msg
}

// mrkdwn returns m as a text object in which Slack looks for nothing of its own.
func mrkdwn(m markup) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, string(m), false, true)
}

// plainText returns s as a literal text object of at most limit units.
func plainText(s string, limit int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, plain(s, limit), false, false)
}
