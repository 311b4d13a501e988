package bot

import (
	"context"
	"strings"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// An outgoing is an answer on its way to those who read it.
type outgoing struct {
	ask      *ask
	to       address
	answer   *Answer
	rec      *record
	view     formatting.View
	live     *liveAnswer // that it begins to be kept current; nil: it does not
	uploaded string      // id of the file that was uploaded; "": none
}

// deliver sends an answer and returns where it is then. Who reads it is decided here once
// more, since a search takes up to two minutes: f says what was known before it.
func (b *Bot) deliver(ctx context.Context, a *ask, rec *record, f facts) posted {
	may := b.mayPost(ctx, a.Request)
	ctx, cancel := background(ctx)
	defer cancel()
	switch {
	case may == takenOver:
		rec.outcome = outcomeOvertaken
		return f.at
	case may == unclear && a.deed == deedShare:
		rec.outcome = outcomeLapsed
		b.tell(ctx, a.Request, rec, b.answers.Style.Late(formatting.SaysUnconfirmed, a.line(), b.answers.view(a.Request)))
		return f.at
	case may == toldStop:
		f.answer = &Answer{Line: f.answer.Line, Outcome: outcomeStopped}
		rec.note(*f.answer)
	}
	f = b.facts(ctx, a, f)
	d := deliveryOf(a, f)
	o := &outgoing{ask: a, to: d.to, answer: f.answer, rec: rec, view: b.answers.viewOf(a.Request, d)}
	o.view.Hint, o.view.Follows = b.claimHint(o), b.toBeCorrected(o)
	if d.withdraw {
		b.withdraw(ctx, a, f.at)
		f.at.file = ""
	}
	switch {
	case d.sharingRefused(a):
		b.sayNotShared(ctx, a.Request, rec, d)
		return f.at
	case d.to.way == modal:
		b.fillDetails(ctx, o)
		return f.at
	case d.file:
		if err := b.upload(ctx, o); err != nil {
			return posted{b.sayNoFile(ctx, o, err), f.at.file}
		}
	}
	defer b.attachLive(ctx, o)()
	at, err := b.send(ctx, o)
	if why := whyNotPosted(err); why != "" && o.to.public() {
		b.noteLivePosted(ctx, o, receipt{at, err})
		b.dropSent(ctx, o)
		a.live = nil
		f.closed = why
		return b.deliver(ctx, a, rec, f) // to the asker alone
	}
	is := b.finishDelivery(ctx, o, f.at, b.reach(ctx, o, at, err))
	if o.view.Follows && rec.sent {
		b.correctLater(o, is.address)
	}
	return is
}

// hintsEvery is how often one person is shown a shorter way to ask at most.
const hintsEvery = 24 * time.Hour

// claimHint reports whether an answer is to show its asker a shorter way to ask. Where it is,
// the next ones are not.
func (b *Bot) claimHint(o *outgoing) bool {
	res := o.answer.Result
	return res != nil && res.ReadAs && !res.Guess() && !o.to.public() && b.hinted.remember(o.ask.Received, o.ask.User)
}

// A receipt is how a delivery ended.
type receipt struct {
	at  address
	err error // nil only where Slack took the message, in that form or a simpler one
}

// send sends an answer in the form that Slack takes, and returns where it is then.
func (b *Bot) send(ctx context.Context, o *outgoing) (address, error) {
	o.view.SharedFile = o.uploaded
	o.view.Lists = b.blocks.refused(o.ask.Received)
	msg := b.answers.render(*o.answer, o.view)
	ts, err := b.poster.send(ctx, o.to, msg)
	newer := o.answer.Result != nil && (o.ask.query.As == query.ViewTable || o.ask.query.As == query.ViewSummary)
	if refusesBlocks(err) && newer && !o.view.Lists {
		b.log.Warn("slack refuses newer blocks; the answer goes as a list", "ref", o.ask.Ref, "error", err)
		if b.blocks.note(o.ask.Received, o.answer.Line, err) {
			b.tellBlocks(ctx)
		}
		o.view.Lists = true
		msg = b.answers.render(*o.answer, o.view)
		ts, err = b.poster.sendInTime(ctx, o.to, msg)
	}
	if refusesBlocks(err) {
		ts, err = b.poster.sendInTime(ctx, o.to, b.answers.Style.Bare(msg, o.view))
	}
	return o.to.sent(ts), err
}

// reach tries other addresses for an answer that failed with err. What was to be shared is
// not posted elsewhere: the asker is told why.
func (b *Bot) reach(ctx context.Context, o *outgoing, at address, err error) receipt {
	switch {
	case err == nil:
		return receipt{at, nil}
	case o.ask.deed != deedShare || !o.to.public():
		o.view.Follows = false // where it ends it may stay as it is
		at, err = b.poster.sendElsewhere(ctx, o.to, b.answers.render(*o.answer, o.view), err)
		return receipt{at, err}
	case unknownOutcome(err):
		return receipt{o.to, err}
	}
	b.log.Error("an answer was not shared", "ref", o.ask.Ref, "error", err)
	b.dropSent(ctx, o)
	b.tell(ctx, o.ask.Request, o.rec, b.answers.Style.Failure(err, o.answer.Line, b.answers.view(o.ask.Request)))
	return receipt{askersAddress(o.ask.Request), err}
}

// finishDelivery notes how a delivery ended, clears up after it, and returns where the answer is.
// earlier is what it took the place of.
func (b *Bot) finishDelivery(ctx context.Context, o *outgoing, earlier posted, r receipt) posted {
	if o.uploaded != "" && o.to.public() && !r.at.public() {
		b.moveFile(ctx, o)
	}
	b.noteSent(o.rec, r.at, r.err)
	b.noteLivePosted(ctx, o, r)
	if unknownOutcome(r.err) && o.to.public() {
		b.sayUnconfirmed(ctx, o)
	}
	if o.ask.deed == deedShare && r.err == nil && r.at.public() {
		b.sayShared(ctx, o)
	}
	if len(o.answer.near()) > 0 && o.to.public() && r.err == nil {
		b.tell(ctx, o.ask.Request, o.rec, b.answers.Style.Near(o.answer.Result, b.answers.view(o.ask.Request)))
	}
	if r.err == nil {
		b.sayChosen(ctx, o.ask.Request)
	}
	at := posted{r.at, o.uploaded}
	if r.err != nil {
		at.address = o.to // what was there may be there still
	}
	switch {
	case o.rec.sent && earlier.file != o.uploaded:
		b.dropFile(ctx, o.ask.Request, earlier.file)
	case at.file == "":
		at.file = earlier.file
	}
	return at
}

// tell delivers a message to the asker alone, in the form and to the address that Slack
// takes.
func (b *Bot) tell(ctx context.Context, req *Request, rec *record, msg formatting.Message) {
	if b.mayPost(ctx, req) == takenOver {
		rec.outcome = outcomeOvertaken
		return
	}
	ctx, cancel := background(ctx)
	defer cancel()
	at, err := b.deliverNotice(ctx, askersAddress(req), msg)
	b.noteSent(rec, at, err)
}

// say is tell for a sentence.
func (b *Bot) say(ctx context.Context, req *Request, rec *record, says formatting.Sentence) {
	b.tell(ctx, req, rec, b.answers.Style.Notice(says, nil, b.answers.view(req)))
}

// deliverNotice sends what is no answer. Where Slack refuses its blocks it goes as text.
func (b *Bot) deliverNotice(ctx context.Context, to address, msg formatting.Message) (address, error) {
	ts, err := b.poster.send(ctx, to, msg)
	if refusesBlocks(err) {
		msg = formatting.Message{Text: msg.Text}
		ts, err = b.poster.sendInTime(ctx, to, msg)
	}
	if err != nil {
		return b.poster.sendElsewhere(ctx, to, msg, err)
	}
	return to.sent(ts), nil
}

// noteSent notes what became of a delivery that ended at an address.
func (b *Bot) noteSent(rec *record, at address, err error) {
	rec.sent = err == nil
	rec.shared = rec.shared || at.public() && (err == nil || unknownOutcome(err))
	if err != nil {
		b.log.Error("an answer did not reach slack", "ref", rec.req.Ref, "error", err, "outcome_unknown", unknownOutcome(err))
	}
}

// sayUnconfirmed says to the asker that nobody knows whether their answer was posted: it is not
// posted again.
func (b *Bot) sayUnconfirmed(ctx context.Context, o *outgoing) {
	ctx, cancel := background(ctx)
	defer cancel()
	msg := b.answers.Style.Late(formatting.SaysUnconfirmed, o.answer.Line, b.answers.view(o.ask.Request))
	if _, err := b.deliverNotice(ctx, askersAddress(o.ask.Request), msg); err != nil {
		b.log.Warn("the asker was not told that a post is not confirmed", "ref", o.ask.Ref, "error", err)
	}
}

// withdraw takes away a note of progress, or the answer to an earlier version of a question,
// where the answer may not take its place, for whatever reason: left there, it would answer
// what nobody asks any more.
func (b *Bot) withdraw(ctx context.Context, a *ask, at posted) {
	if _, _, err := b.slack.DeleteMessageContext(ctx, at.channel, at.ts); err != nil && !alreadyDeleted(err) {
		b.log.Warn("an earlier answer, or a note of progress, was not taken out of its channel", "ref", a.Ref, "error", err)
	}
	b.dropFile(ctx, a.Request, at.file)
}

// whyNotPosted says why Slack does not let the bot post in a channel; "" where err is another
// matter.
func whyNotPosted(err error) formatting.Alone {
	switch name := slackError(err); {
	case name == "not_in_channel" || name == "channel_not_found":
		return formatting.AloneNotInvited
	case strings.HasPrefix(name, "restricted_action"), name == "is_archived", name == "no_permission", name == "cannot_reply_to_message":
		return formatting.AloneRefused(name)
	}
	return ""
}

// alreadyDeleted reports whether Slack could not delete what somebody has deleted already.
func alreadyDeleted(err error) bool {
	switch slackError(err) {
	case "message_not_found", "file_not_found", "file_deleted":
		return true
	}
	return false
}
