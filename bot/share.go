package bot

import (
	"context"
	"strings"
	"time"

	"servicesbot/formatting"
)

// sharedFor is how long a private answer is not shared a second time, longer than Slack shows it.
const sharedFor = 24 * time.Hour

// claimShare reports whether req is the first to share an answer, on this replica or another: a
// second click, or the same one delivered twice, is not.
func (b *Bot) claimShare(ctx context.Context, req *Request, what string) bool {
	return b.claimOnce(ctx, req, sharedFor, what)
}

// releaseShare lets what req did not share be shared; "" is nothing.
func (b *Bot) releaseShare(ctx context.Context, req *Request, what string) {
	if what != "" {
		b.releaseOnce(ctx, req, what)
	}
}

// sayShared shows the details in the modal that they were shared from once more, saying so. A
// modal that is closed already needs nothing.
func (b *Bot) sayShared(ctx context.Context, o *outgoing) {
	if o.ask.View == "" || len(o.answer.Result.Services) != 1 {
		return
	}
	ctx, cancel := background(ctx)
	defer cancel()
	v := b.answers.view(o.ask.Request)
	v.Shared = true
	shown := b.answers.Style.Details(o.answer.Result, v)
	shown.PrivateMetadata = originOf(o.ask.Request)
	if _, err := b.slack.UpdateViewContext(ctx, shown, "", "", o.ask.View); err != nil && slackError(err) != "not_found" {
		b.log.Warn("a modal does not say that its details were shared", "ref", o.ask.Ref, "error", err)
	}
}

// remove takes a shared post away, and the file that belongs to it, for whoever shared it:
// also where they may not ask any more.
func (b *Bot) remove(ctx context.Context, req *Request, rec *record) {
	sharer, file, _ := strings.Cut(req.Line, " ")
	if sharer != req.User {
		rec.outcome = outcomeNotTheirs
		b.say(ctx, req, rec, formatting.SaysNotYours)
		return
	}
	ctx, cancel := background(ctx)
	defer cancel()
	removed := b.dropFile(ctx, req, file)
	if removed {
		_, _, err := b.slack.DeleteMessageContext(ctx, req.Channel, req.Message)
		if removed = err == nil || alreadyDeleted(err); !removed {
			b.log.Warn("a shared post was not removed", "ref", req.Ref, "error", err)
		}
	}
	if !removed {
		b.say(ctx, req, rec, formatting.SaysNotRemoved)
		return
	}
	rec.outcome, rec.sent = outcomePostRemoved, true
	b.supersedeLive(ctx, address{way: update, channel: req.Channel, ts: req.Message}, "removed")
}
