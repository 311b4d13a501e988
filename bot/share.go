package bot

import (
	"context"

	"servicesbot/formatting"
)

// share posts the answer to req's line where it was asked, for everybody there to
// read: asked of WHMCS anew, checked anew, once however often it is clicked.
func (b *Bot) share(ctx context.Context, req *Request, rec *record) {
	to := place{way: post, user: req.User, channel: req.Channel, thread: req.Thread}
	if err := b.access.Allow(ctx, req); err != nil {
		ans := denied(err, b.answers.options(req, Showing{}))
		rec.note(ans)
		b.say(ctx, req, rec, ans.Message)
		return
	}
	if why := b.access.closed(ctx, to.channel); why != "" {
		b.shareAlone(ctx, req, rec, why)
		return
	}
	once := "share/" + to.channel + "/" + req.Message + req.View + "/" + req.Line
	if req.Door == DoorButton && !b.seen.first(req.Received, once) {
		rec.outcome, rec.sent = "shared_already", true
		return
	}
	if !b.postShared(ctx, req, rec, to) {
		b.seen.forget(once)
	}
}

// shareAlone says why nothing was posted; who asked for the answer with in:channel
// gets it alone.
func (b *Bot) shareAlone(ctx context.Context, req *Request, rec *record, why string) {
	if req.Action == formatting.ActionShare {
		rec.outcome = "share_refused"
		b.say(ctx, req, rec, formatting.Notice("Nothing was posted. "+why, nil, b.answers.options(req, Showing{})))
		return
	}
	b.ask(ctx, req, rec, Showing{Alone: why})
}

// postShared asks and posts. It reports whether the post stands.
func (b *Bot) postShared(ctx context.Context, req *Request, rec *record, to place) bool {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	show := Showing{Public: true, SharedBy: req.User, Fresh: true}
	ans, to := b.find(ctx, cancel, req, &show, to)
	rec.note(ans)
	if ans.Err != nil || ans.Result == nil {
		b.say(ctx, req, rec, ans.Message)
		return false
	}
	_, err := b.poster.send(ctx, to, ans.Message)
	switch slackError(err) {
	case "not_in_channel", "channel_not_found":
		b.shareAlone(ctx, req, rec, inviteFirst)
		return false
	}
	if refusesBlocks(err) {
		b.sendAnswer(ctx, req, rec, to, ans, show)
		return rec.sent
	}
	b.sent(rec, to, err)
	if err != nil && !unknownOutcome(err) {
		b.say(ctx, req, rec, formatting.Failure(err, req.Line, b.answers.options(req, Showing{})))
	}
	return err == nil || unknownOutcome(err)
}

// remove takes a shared post away, for whoever shared it.
func (b *Bot) remove(ctx context.Context, req *Request, rec *record) {
	o := b.answers.options(req, Showing{})
	if req.Line != req.User {
		rec.outcome = "not_theirs"
		b.say(ctx, req, rec, formatting.Notice("Only who shared this can remove it.", nil, o))
		return
	}
	_, _, err := b.slack.DeleteMessageContext(ctx, req.Channel, req.Message)
	if err != nil && slackError(err) != "message_not_found" {
		b.log.Warn("a shared post was not removed", "ref", req.Ref, "error", err)
		b.say(ctx, req, rec, formatting.Notice("Slack did not let the bot remove this post. Try again, or ask a workspace admin to delete it.", nil, o))
		return
	}
	rec.outcome, rec.sent = "removed", true
}
