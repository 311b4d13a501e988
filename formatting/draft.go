package formatting

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"
)

// A draft is a message or a view being written.
type draft struct {
	style   Style
	view    View
	blocks  []slack.Block
	ids     map[string]int // buttons so far, by action
	tooLong bool           // a line did not fit into a button
	brevity brevity        // of the first line
	behind  markup         // what the first line must have room for
	part    markup         // which of the matches are shown, until that is said
	reading markup         // what the line was read as, until that is said
	lead    markup         // what is before the line at the foot, where that is not said
	notes   []markup       // what else is to be known of the answer, for the foot
}

// draft returns an empty message.
func (s Style) draft(v View) *draft { return &draft{style: s, view: v, ids: map[string]int{}} }

// add appends a block.
func (d *draft) add(block slack.Block) { d.blocks = append(d.blocks, block) }

// section appends a paragraph, or nothing for nothing. A nil button is none.
func (d *draft) section(m markup, button *slack.ButtonBlockElement) {
	if m == "" {
		return
	}
	var accessory *slack.Accessory
	if button != nil {
		accessory = slack.NewAccessory(button)
	}
	d.add(slack.NewSectionBlock(mrkdwn(m), nil, accessory))
}

// fields appends texts in two columns, as many sections as they need, leaving out
// the empty ones.
func (d *draft) fields(texts []markup) {
	texts = slices.DeleteFunc(texts, func(m markup) bool { return m == "" })
	for len(texts) > 0 {
		n := min(len(texts), maxFields)
		fields := make([]*slack.TextBlockObject, n)
		for i, m := range texts[:n] {
			fields[i] = mrkdwn(m)
		}
		d.add(slack.NewSectionBlock(nil, fields, nil))
		texts = texts[n:]
	}
}

// context appends small texts, leaving out the empty ones.
func (d *draft) context(texts ...markup) {
	var elements []slack.MixedElement
	for _, m := range texts {
		if m != "" {
			elements = append(elements, mrkdwn(m))
		}
	}
	if len(elements) > 0 {
		d.add(slack.NewContextBlock("", elements...))
	}
}

// rule appends a thin line.
func (d *draft) rule() { d.add(slack.NewDividerBlock()) }

// row appends buttons side by side, leaving out those that are nil. Those beyond
// Slack's number are left out, too.
func (d *draft) row(buttons ...*slack.ButtonBlockElement) {
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

// button returns a button whose value is a line. It is nil for an empty line and
// for one that is longer than a value may be; the message then says so.
func (d *draft) button(action, label, line string) *slack.ButtonBlockElement {
	if line == "" {
		return nil
	}
	if units(line) > maxValue {
		d.tooLong = true
		return nil
	}
	return slack.NewButtonBlockElement(d.id(action), line, plainText(label, maxLabel))
}

// ask returns a button that asks a line, labelled with the line itself.
func (d *draft) ask(line string) *slack.ButtonBlockElement {
	return d.button(ActionAsk, or(oneLine(shown(line)), "everything"), line)
}

// asks returns a button for each line.
func (d *draft) asks(lines []string) []*slack.ButtonBlockElement {
	buttons := make([]*slack.ButtonBlockElement, len(lines))
	for i, line := range lines {
		buttons[i] = d.ask(line)
	}
	return buttons
}

// described gives b a label for screen readers. A nil b stays nil.
func described(b *slack.ButtonBlockElement, label string) *slack.ButtonBlockElement {
	if b != nil {
		b.AccessibilityLabel = plain(label, maxLabel)
	}
	return b
}

// primary makes b the button that most people will want. A nil b stays nil.
func primary(b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	if b != nil {
		b.Style = slack.StylePrimary
	}
	return b
}

// form returns a button that opens the search form filled from line, which may be
// empty.
func (d *draft) form(label, line string) *slack.ButtonBlockElement {
	if units(line) > maxValue {
		d.tooLong = true
		return nil
	}
	return slack.NewButtonBlockElement(d.id(ActionForm), line, plainText(label, maxLabel))
}

// open returns a button that opens a web page, nil where target is no https
// address.
func (d *draft) open(label, target string) *slack.ButtonBlockElement {
	target, ok := safeURL(target)
	if !ok || units(target) > maxURL {
		return nil
	}
	b := slack.NewButtonBlockElement(d.id(ActionLink), "", plainText(label, maxLabel))
	return b.WithURL(target)
}

// id returns the next action_id of an action.
func (d *draft) id(action string) string {
	d.ids[action]++
	return action + "." + strconv.Itoa(d.ids[action])
}

// message ends the draft.
func (d *draft) message() Message {
	d.apologise()
	return Message{Blocks: d.blocks, Text: string(announced(d.text()))}
}

// text says what the blocks say. Of one that is too long the last block stays, which
// says what the answer rests on.
func (d *draft) text() string {
	text := told(d.blocks)
	if escapedUnits(text) <= maxText {
		return text
	}
	last := "\n\n" + told(d.blocks[len(d.blocks)-1:])
	return cut(text, maxText-escapedUnits(last), escapedUnits) + last
}

// apologise says that a line was too long for a button, where one was.
func (d *draft) apologise() {
	if d.tooLong {
		d.context("The question is too long for buttons. Type the next one instead.")
		d.tooLong = false
	}
}

// mrkdwn returns m as a text object in which Slack links nothing by itself.
func mrkdwn(m markup) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, string(m), false, true)
}

// plainText returns s as a literal text object of at most limit units, with a
// dash for nothing.
func plainText(s string, limit int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, or(plain(s, limit), dash), false, false)
}

// commandLine is a line as somebody types it.
func (s Style) commandLine(line string) string {
	return strings.TrimSpace(s.Command + " " + line)
}
