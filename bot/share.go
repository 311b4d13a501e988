package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"servicesbot/formatting"
)

// share posts the answer to req's line where it was asked, for everybody there to
// read: asked of WHMCS anew, but for the rows that a search through all services read in
// the last minutes, checked anew, once however often it is clicked.
func (b *Bot) share(ctx context.Context, req *Request, rec *record) {
	if err := b.access.Allow(ctx, req); err != nil {
		ans := b.answers.denied(err, b.answers.view(req, Showing{}))
		rec.note(ans)
		b.say(ctx, req, rec, ans.Message)
		return
	}
	if why := b.access.closed(ctx, req.Channel); why != "" {
		b.shareAlone(ctx, req, rec, why)
		return
	}
	once := strings.Join([]string{req.User, req.Channel, req.Message, req.View, req.Line}, "/")
	if req.Door == DoorButton && !b.shared.first(req.Received, once) {
		rec.outcome = "shared_already"
		b.say(ctx, req, rec, b.answers.Style.Notice(formatting.SaysSharedBefore, nil, b.answers.view(req, Showing{})))
		return
	}
	b.postShared(ctx, req, rec, func() { b.shared.forget(once) })
}

// shareAlone says why nothing was posted; who asked for the answer with in:channel
// gets it alone.
func (b *Bot) shareAlone(ctx context.Context, req *Request, rec *record, why formatting.Alone) {
	if req.Action == formatting.ActionShare {
		rec.outcome = "share_refused"
		b.say(ctx, req, rec, b.answers.Style.Notice(formatting.SaysNotPosted(why), nil, b.answers.view(req, Showing{})))
		return
	}
	b.ask(ctx, req, rec, Showing{Alone: why})
}

// postShared asks and posts. It calls again where nothing stands, before it says so: a
// further click may then share.
func (b *Bot) postShared(ctx context.Context, req *Request, rec *record, again func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	show := Showing{Public: true, SharedBy: req.User, Fresh: true, Snapshot: true}
	to := place{way: post, user: req.User, channel: req.Channel, thread: req.Thread}
	ans, to := b.find(ctx, cancel, req, &show, to)
	rec.note(ans)
	if ans.Err != nil || ans.Result == nil {
		again()
		b.say(ctx, req, rec, ans.Message)
		return
	}
	if req.Door != DoorButton {
		b.remember(req, ans)
	}
	if why := b.access.closed(ctx, to.channel); why != "" { // sharing began while the search ran
		again()
		b.shareAlone(ctx, req, rec, why)
		return
	}
	sending, done := background(ctx)
	defer done()
	err := b.sendShared(sending, req, rec, to, ans, show)
	if err == nil || unknownOutcome(err) && !errors.Is(err, errNoFile) {
		b.sent(rec, to, err)
		if err != nil {
			b.unconfirmed(sending, req, ans)
			return
		}
		b.sharedIn(sending, req, ans)
		return
	}
	again()
	if why := refusal(err); why != "" {
		b.shareAlone(ctx, req, rec, why)
		return
	}
	b.log.Error("an answer was not shared", "ref", req.Ref, "error", err)
	b.say(ctx, req, rec, b.answers.Style.Failure(err, req.Line, b.answers.view(req, Showing{})))
}

// refusal says why Slack does not let the bot post in a channel; "" where err is
// another matter.
func refusal(err error) formatting.Alone {
	switch name := slackError(err); {
	case name == "not_in_channel" || name == "channel_not_found":
		return formatting.AloneNotInvited
	case strings.HasPrefix(name, "restricted_action"), name == "is_archived", name == "no_permission", name == "cannot_reply_to_message":
		return formatting.AloneRefused(name)
	}
	return ""
}

// sendShared posts an answer, with its file where it is one. What Slack refuses is
// posted in a simpler form; without its post a file does not stay.
func (b *Bot) sendShared(ctx context.Context, req *Request, rec *record, to place, ans Answer, show Showing) error {
	o := b.answers.view(req, show)
	if isFile(ans) {
		var err error
		o.SharedFile, err = b.upload(ctx, ans.Result, o, to.channel, to.thread)
		rec.shared = err == nil || unknownOutcome(err)
		if err != nil {
			return fmt.Errorf("%w: %w", errNoFile, err)
		}
		ans.Message = b.answers.Style.Answer(ans.Result, o)
	}
	_, err := b.sendOrList(ctx, req, to, &ans, show)
	if refusesBlocks(err) {
		_, err = b.poster.send(ctx, to, b.answers.Style.Bare(ans.Message, o))
	}
	if o.SharedFile == "" || err == nil || unknownOutcome(err) {
		return err
	}
	rec.shared = !b.dropFile(ctx, req, o.SharedFile)
	return err
}

// errNoFile is a file that Slack did not take: nothing was posted with it.
var errNoFile = errors.New("no file")

// remove takes a shared post away, and the file that belongs to it, for whoever
// shared it: also where they may not ask any more.
func (b *Bot) remove(ctx context.Context, req *Request, rec *record) {
	o := b.answers.view(req, Showing{})
	sharer, file, _ := strings.Cut(req.Line, " ")
	if sharer != req.User {
		rec.outcome = "not_theirs"
		b.say(ctx, req, rec, b.answers.Style.Notice(formatting.SaysNotYours, nil, o))
		return
	}
	ctx, cancel := background(ctx)
	defer cancel()
	var err error
	if file != "" {
		err = b.slack.DeleteFileContext(ctx, file)
	}
	if err == nil || gone(err) {
		_, _, err = b.slack.DeleteMessageContext(ctx, req.Channel, req.Message)
	}
	if err != nil && !gone(err) {
		b.log.Warn("a shared post was not removed", "ref", req.Ref, "error", err)
		b.say(ctx, req, rec, b.answers.Style.Notice(formatting.SaysNotRemoved, nil, o))
		return
	}
	rec.outcome, rec.sent = "removed", true
}

// gone reports whether Slack could not delete what somebody has deleted already.
func gone(err error) bool {
	switch slackError(err) {
	case "message_not_found", "file_not_found", "file_deleted":
		return true
	}
	return false
}
