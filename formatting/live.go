package formatting

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// A Live is how an answer is kept current, for those who read it.
type Live struct {
	Begun, Until time.Time
	Changes      *query.Changes // since Begun; nil: it has just begun, or they are not known
	Ended        Sentence       // why it is not kept current any more; "": it is
	EndedBy      string         // user id of who ended that; "": nobody did
}

// What is said about an answer that was to be kept current.
const (
	SaysLivePublicOnly Sentence = "Only a public answer can be kept current: mention the bot in a channel, or share the answer and choose Keep current there."
	SaysLiveNoFile     Sentence = "A file is not kept current. Ask for a list, a table or a summary."
	SaysLiveUnknown    Sentence = "Whether more answers can be kept current is not known now. Try again in a minute."
	SaysLiveNotHere    Sentence = "This answer is not kept current any more."
)

// SaysLiveMost is said where so many answers are kept current already.
func SaysLiveMost(most int) Sentence {
	return Sentence(fmt.Sprintf("Not kept current: the bot does that for %d answers at a time. End another one first.", most))
}

// SaysLiveEach is said to somebody who has so many answers kept current already.
func SaysLiveEach(most int) Sentence {
	return Sentence(fmt.Sprintf("Not kept current: %d answers at a time for one person. End another one first.", most))
}

// Why an answer is not kept current any more.
const (
	LiveOver      Sentence = "the time is over"
	LiveRestarted Sentence = "the bot restarted"
	LiveDenied    Sentence = "the person who began it may not ask here any more"
	LiveFailed    Sentence = "WHMCS could not be read three times in a row"
	LiveNotHere   Sentence = "the bot is not in this channel any more"
	LiveOutsiders Sentence = "people of another company can read here now"
)

// live says until when an answer is kept current, or why it is not, and what changed since
// that began.
func (d *draft) live(res *query.Result) {
	if d.view.NotLive != "" {
		d.context(short(string(d.view.NotLive), 300))
	}
	l := d.view.Live
	if l == nil {
		return
	}
	says := markup("*Kept current* until " + clock(l.Until))
	switch {
	case l.EndedBy != "":
		says = "*No longer kept current*: " + mention(l.EndedBy) + " ended it"
	case l.Ended != "":
		says = join(" ", "*No longer kept current*:", short(string(l.Ended), 200))
	}
	d.context(join(dot, says, changesSince(l.Changes, l.Begun)))
	d.changedServices(l.Changes, res)
}

// ending lets anybody who may ask end the updates; nil where there are none.
func (d *draft) ending(res *query.Result) *slack.ButtonBlockElement {
	if l := d.view.Live; l == nil || l.Ended != "" || l.EndedBy != "" {
		return nil
	}
	return d.button(ActionEndLive, "End updates", res.Query.Again().String())
}

// canBeLive reports whether the menu offers to keep an answer current.
func (d *draft) canBeLive(res *query.Result) bool {
	l := d.view.Live
	running := l != nil && l.Ended == "" && l.EndedBy == ""
	return d.view.Public && !running && !IsFile(res) && res.Query.Position == "" && res.Query.Page <= 1
}

// LiveEnded takes the place of an answer that may not be shown any more, and of one whose
// rows are not known: it says why it is not kept current.
func (s Style) LiveEnded(line string, v View) Message {
	d := s.draft(v)
	d.live(&query.Result{})
	d.context(code(s.commandLine(shown(line)), 1000))
	return d.message()
}
