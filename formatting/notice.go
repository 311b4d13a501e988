package formatting

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// Notice is one or two plain sentences, literal text, with an optional button for
// each line.
func (s Style) Notice(text Sentence, lines []string, v View) Message {
	d := s.draft(v)
	d.section(markup(or(string(paragraph(string(text), maxTextObject)), dash)), nil)
	d.row(d.asks(lines)...)
	return d.message()
}

// Denied says that somebody may not ask, why, and whom to ask, with a button that does.
func (s Style) Denied(why Denial, v View) Message {
	d := s.draft(v)
	d.section("*No access.* "+why.says(), nil)
	if why.Contact != "" {
		d.row(primary(d.button(ActionAccess, "Ask for access", why.User)))
	}
	d.context(d.reference())
	return d.message()
}

// AccessAsked says to the contact who wants access, and where. It holds no text of theirs.
func (s Style) AccessAsked(user, channel string, v View) Message {
	d := s.draft(v)
	where := markup("a direct message")
	if channel != "" && channel[0] != 'D' {
		where = "the channel " + code(channel, 50)
	}
	d.section(join(" ", mention(user), "("+code(user, 50)+")", "asks for access to", bold(literal(or(s.Command, "this app"))), "in", where+"."), nil)
	d.context("Whoever runs the app gives it, by adding the id to those who may ask.")
	return d.message()
}

// Late says a sentence about a question, and offers to ask it again: where the bot was away
// for long, or where Slack did not confirm its answer.
func (s Style) Late(says Sentence, line string, v View) Message {
	d := s.draft(v)
	d.section(markup(or(string(short(string(says), 300)), dash)), nil)
	if line != "" {
		d.context(code(shown(line), 1000))
	}
	d.row(primary(d.button(ActionAsk, "Ask again", line)))
	return d.message()
}

// Bare is msg in the simplest form that still can be removed by who shared it: its text,
// as far as one block holds it, and that button.
func (s Style) Bare(msg Message, v View) Message {
	if v.SharedBy == "" {
		return Message{Text: msg.Text}
	}
	d := s.draft(v)
	text := cut(unescaper.Replace(msg.Text), maxTextObject, units)
	d.add(slack.NewSectionBlock(slack.NewTextBlockObject(slack.PlainTextType, or(text, dash), false, false), nil, nil))
	d.row(d.removal())
	return Message{Text: msg.Text, Blocks: d.blocks}
}

// NoFilter answers a mention that asks for nothing in particular.
func (s Style) NoFilter(v View) Message {
	d := s.draft(v)
	d.section("*What shall I look for?* Tell me at least one thing about the service, like one of these.", nil)
	d.row(d.asks(Examples)...)
	d.context("Type " + code("help", 20) + " for everything that can be asked.")
	return d.message()
}

// Found offers the questions that a message gave rise to, of so many in all.
func (s Style) Found(lines []string, all int, v View) Message {
	if len(lines) == 0 {
		return s.Notice("This message holds no domain, IP address, e-mail address, or client or service number.", nil, v)
	}
	d := s.draft(v)
	found := count(len(lines), "thing") + " to look up"
	if len(lines) < all {
		found = "the first " + number(len(lines)) + " of " + number(all) + " things to look up"
	}
	d.section(literal("Found in this message: "+found+". Choose one."), nil)
	d.row(d.asks(lines)...)
	return d.message()
}

// Searching is the progress of a scan, with a Stop button for the request v.Ref.
func (s Style) Searching(p query.Progress, line string, v View) Message {
	d := s.draft(v)
	d.section(join(" ", "*Still looking* for", code(or(shown(line), "any service"), 1000)), nil)
	d.section(progress(p), nil)
	d.row(d.button(ActionStop, "Stop", v.Ref))
	return d.message()
}

// progress says how far a scan has come; nothing before it is known.
func progress(p query.Progress) markup {
	if p.Of <= 0 {
		return ""
	}
	said := bar(int64(min(p.Looked, p.Of)), int64(p.Of)) + "  " + number(p.Looked) + " of " + count(p.Of, "row") +
		", " + number(p.Found) + " found"
	if left := p.Left.Round(time.Second); left > 0 {
		said += ", about " + seconds(left) + " left"
	}
	return literal(said)
}

// seconds writes a time to wait: "40 s", "2 min".
func seconds(d time.Duration) string {
	if d < 2*time.Minute {
		return number(int(d.Seconds())) + " s"
	}
	return number(int(d.Round(time.Minute).Minutes())) + " min"
}

// Failure says what went wrong in plain words, what to do, and the reference that
// the log has too. line is what was asked. A *query.Error becomes the line with a
// caret under the wrong word and its corrections as buttons; an error that nobody
// classed becomes one bland sentence.
func (s Style) Failure(err error, line string, v View) Message {
	if wrong := (*query.Error)(nil); errors.As(err, &wrong) {
		return s.mistake(wrong, v)
	}
	says, advice, again := explained(err, v.Public)
	d := s.draft(v)
	d.section(bold(short(says, 500))+"\n"+short(advice, 700), nil)
	if again {
		action := ActionAsk
		if v.Modal {
			action = ActionDetails
		}
		d.row(d.button(action, "Try again", line))
	}
	d.context(join(" · ", code(shown(line), 1000), d.reference()))
	return d.message()
}

// reference says what to look for in the log, where there is something.
func (d *draft) reference() markup {
	if d.view.Ref == "" {
		return ""
	}
	return "Reference " + code(d.view.Ref, 100)
}

const (
	maxMarked   = 72 // columns of a line that are shown above its carets
	maxMarks    = 5  // parts of a long line that are shown so
	maxProblems = 8  // problems that are told
)

// mistake shows a line with carets under what is wrong with it, says what that
// is, and offers the line corrected.
func (s Style) mistake(wrong *query.Error, v View) Message {
	d := s.draft(v)
	for i, m := range marked(wrong) {
		if i == maxMarks || wrong.Problems[0].Reason == query.BadPosition {
			break
		}
		d.preformatted(m)
	}
	d.problems(wrong.Problems)
	buttons := d.asks(lasting(wrong.Corrected))
	if len(buttons) == 1 {
		primary(buttons[0])
	}
	d.row(buttons...)
	d.context("Type " + code(s.commandLine("help"), 100) + " for everything that can be asked.")
	return d.message()
}

// lasting returns corrected lines as buttons may hold them: one that shares at once
// would share for whoever clicks it.
func lasting(lines []string) []string {
	lines = slices.Clone(lines)
	for i, line := range lines {
		if q, err := query.Parse(line); err == nil {
			lines[i] = q.Lasting().String()
		}
	}
	return lines
}

// problems says what is wrong and, smaller, what would be right where that is a
// short list.
func (d *draft) problems(problems []query.Problem) {
	var says, valid []markup
	for i, p := range problems {
		if i == maxProblems {
			says = append(says, literal("And "+count(len(problems)-i, "more problem")+"."))
			break
		}
		sentence := Problem(p)
		says = append(says, short(sentence, 250))
		if n := len(p.Valid); n > 0 && n <= 30 && !strings.Contains(sentence, p.Valid[n-1]) {
			list := "Possible: " + short(strings.Join(p.Valid, ", "), 500)
			if !slices.Contains(valid, list) {
				valid = append(valid, list)
			}
		}
	}
	d.section(join("\n", says...), nil)
	d.context(valid...)
}

// preformatted appends lines of equal-width text, carried literally.
func (d *draft) preformatted(text string) {
	d.add(slack.NewRichTextBlock("", &slack.RichTextPreformatted{
		Type:     slack.RTEPreformatted,
		Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(text, nil)},
	}))
}
