package bot

import (
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/formatting"
	"servicesbot/whmcs"
)

// staleAfter is the age of a mention from which on the bot asks first whether it shall still
// answer: Slack delivers for hours what it could not deliver before.
const staleAfter = 10 * time.Minute

// handle does what a request asks for.
func (b *Bot) handle(ctx context.Context, req *Request) {
	b.withRecord(ctx, req, func(ctx context.Context, rec *record) {
		if b.refuseIfLate(ctx, req, rec) || b.refuseIfTooFast(ctx, req, rec) {
			return
		}
		if deedOf(req) == deedForm {
			b.form(ctx, req, rec) // whose trigger does not wait for a slow look-up
			return
		}
		b.do(ctx, b.decide(ctx, req), rec)
	})
}

// withRecord has something done about a request and writes its audit line. A panic is told to the
// asker, like any failure. What another replica has, or is to have, is left to it.
func (b *Bot) withRecord(ctx context.Context, req *Request, do func(context.Context, *record)) {
	if !b.confirmFirst(req) {
		return
	}
	rec := newRecord(req)
	defer b.closeRecord(rec)
	defer b.takeOutOfJournal(req, rec)
	if b.handsOver(ctx, req) {
		rec.outcome = outcomeHandedOver
		return
	}
	ctx = whmcs.WithAsker(ctx, req.asker())
	err := whmcs.Recovered(func() error { do(ctx, rec); return nil })
	if p, ok := errors.AsType[*whmcs.PanicError](err); ok {
		b.log.Error("a question failed", "ref", req.Ref, "error", p)
		rec.outcome = outcomeFailed // whatever was found before
		b.tell(ctx, req, rec, b.sorry(req))
	}
}

// do does one deed. Stop and Remove need no access, and those ask for it who have none.
func (b *Bot) do(ctx context.Context, a *ask, rec *record) {
	rec.ask = a
	switch deed := a.deed; {
	case deed == deedStop:
		b.stop(ctx, a.Request, rec)
	case deed == deedRemove:
		b.remove(ctx, a.Request, rec)
	case deed == deedAccess:
		b.askForAccess(ctx, a, rec)
	case !a.access.granted:
		b.deny(ctx, a, rec)
	case deed == deedAsk, deed == deedShare, deed == deedDetails:
		b.answer(ctx, a, rec)
	case deed == deedEndLive:
		b.endUpdates(ctx, a, rec)
	case deed == deedHome:
		b.home(ctx, a, rec)
	case deed == deedConfirm:
		b.confirm(ctx, a, rec)
	case deed == deedLookUp:
		b.lookUpHere(ctx, a, rec)
	case deed == deedPin:
		b.pin(ctx, a, rec)
	case deed == deedUnpin:
		b.unpin(ctx, a, rec)
	default:
		rec.outcome = outcomeUnknownButton
		b.say(ctx, a.Request, rec, formatting.SaysOldButton)
	}
}

// deny says to somebody who may not ask why: in the window that is open for it, on the Home
// tab, or in a message to them alone.
func (b *Bot) deny(ctx context.Context, a *ask, rec *record) {
	ans := b.answers.find(ctx, a, nil) // which asks nobody
	rec.note(ans)
	msg := b.answers.render(ans, b.answers.view(a.Request))
	switch {
	case a.opened != "":
		b.fill(ctx, rec, a.opened, formatting.Modal(msg))
	case a.deed == deedHome:
		b.publish(ctx, rec, slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: msg.Blocks}})
	default:
		b.tell(ctx, a.Request, rec, msg)
	}
}

// closeRecord writes the audit line and counts the request.
func (b *Bot) closeRecord(rec *record) {
	rec.write(context.Background(), b.cfg.Audit)
	b.status.requests.WithLabelValues(string(rec.req.Door), string(rec.outcome)).Inc()
	if rec.sent {
		b.status.answerSeconds.WithLabelValues(string(rec.req.Door)).Observe(time.Since(rec.req.Received).Seconds())
	}
}

// confirm asks whether a mention that is long past shall still be answered. One that asks
// for nothing needs no such question.
func (b *Bot) confirm(ctx context.Context, a *ask, rec *record) {
	if a.Line == "" {
		rec.outcome = outcomeHelp
		b.tell(ctx, a.Request, rec, b.answers.Style.NoFilter(b.answers.view(a.Request)))
		return
	}
	says := formatting.SaysWasAway
	if a.Edited != "" {
		says = formatting.SaysOldEdit
	}
	rec.outcome = outcomeAskedBack
	b.tell(ctx, a.Request, rec, b.answers.Style.Late(says, a.line(), b.answers.view(a.Request)))
}

// sorry is what is said where the bot itself failed.
func (b *Bot) sorry(req *Request) formatting.Message {
	return b.answers.Style.Failure(errors.New("internal"), read(req).line(), b.answers.view(req))
}
