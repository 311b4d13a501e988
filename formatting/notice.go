package formatting

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// Failure says what went wrong in plain words, what to do, and the reference that
// the log has too. line is what was asked. A *query.Error becomes the line with a
// caret under the wrong word and its corrections as buttons; an error that nobody
// classed becomes one bland sentence.
func Failure(err error, line string, o Options) Message {
	if wrong := (*query.Error)(nil); errors.As(err, &wrong) {
		return mistake(wrong, o)
	}
	d := newDraft(o)
	says, advice := "Something went wrong here, and the services could not be looked up.", "Try again in a minute."
	if failed := (*whmcs.Error)(nil); errors.As(err, &failed) {
		says, advice = "WHMCS could not be asked: "+string(failed.Kind)+".", or(failed.Advice, advice)
	}
	d.section(short(says, 1000)+"\n"+short(advice, 1000), nil)
	d.buttons(d.button(ActionAsk, "Try again", line))
	if o.Ref != "" {
		d.context("Reference " + code(o.Ref))
	}
	return d.message()
}

// mistake shows what is wrong with a line.
func mistake(wrong *query.Error, o Options) Message {
	d := newDraft(o)
	for _, p := range wrong.Problems {
		d.section(short(p.Says, 1000), nil)
	}
	var buttons []*slack.ButtonBlockElement
	for _, line := range wrong.Corrected {
		buttons = append(buttons, d.button(ActionAsk, line, line))
	}
	d.buttons(buttons...)
	return d.message()
}

// Help explains the language, or one key of it.
func Help(topic string, o Options) Message {
	d := newDraft(o)
	d.section("*Ask for services* by what you know of them, like this:", nil)
	var lines []markup
	for _, key := range query.Keys() {
		if topic == "" || topic == key.Name {
			lines = append(lines, code(key.Name)+"  "+literal(key.Help))
		}
	}
	if len(lines) > 0 {
		d.section(markup(strings.Join(asStrings(lines), "\n")), nil)
	}
	d.buttons(d.button(ActionAsk, "client:1 status:active", "client:1 status:active"))
	return d.message()
}

// asStrings returns the texts of markups.
func asStrings(lines []markup) []string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = string(l)
	}
	return texts
}

// Notice is one or two plain sentences, literal text, with an optional button for
// each line.
func Notice(text string, lines []string, o Options) Message {
	d := newDraft(o)
	d.section(short(text, 2900), nil)
	var buttons []*slack.ButtonBlockElement
	for _, line := range lines {
		buttons = append(buttons, d.button(ActionAsk, line, line))
	}
	d.buttons(buttons...)
	return d.message()
}

// Searching is the progress of a scan, with a Stop button for the request o.Ref.
func Searching(p query.Progress, line string, o Options) Message {
	d := newDraft(o)
	d.section(join(" ", "Still looking for", code(line)), nil)
	d.context(literal(fmt.Sprintf("looked at %s of %s, found %s", number(p.Looked), number(p.Of), number(p.Found))))
	d.buttons(d.button(ActionStop, "Stop", o.Ref))
	return d.message()
}
