package bot

import (
	"context"
	"time"

	"servicesbot/formatting"
)

// wishesEvery is how often one person may ask for access.
const wishesEvery = 24 * time.Hour

// askForAccess tells the contact that somebody who may not ask wants to: who, and where, and
// no word of theirs. Outsiders have no contact.
func (b *Bot) askForAccess(ctx context.Context, a *ask, rec *record) {
	d := denialOf(a.access.denial)
	switch {
	case a.access.granted:
		rec.outcome = outcomeAccessGiven
		b.say(ctx, a.Request, rec, formatting.SaysMayAsk)
		return
	case d.Contact == "":
		b.deny(ctx, a, rec)
		return
	}
	rec.why = string(d.Why)
	once := "access/" + a.asker()
	if !b.claimOnce(ctx, a.Request, wishesEvery, once) {
		rec.outcome = outcomeAccessAskedBefore
		b.say(ctx, a.Request, rec, formatting.SaysAskedBefore)
		return
	}
	rec.outcome = outcomeAccessAsked
	says := formatting.SaysAskedForAccess
	wish := b.answers.Style.AccessAsked(a.User, a.Channel, formatting.View{Direct: true, Now: b.answers.now()})
	if _, err := b.deliverNotice(ctx, address{way: direct, user: d.Contact}, wish); err != nil {
		b.releaseOnce(ctx, a.Request, once)
		b.log.Error("a wish for access did not reach the contact", "ref", a.Ref, "error", err)
		rec.outcome, says = outcomeFailed, formatting.SaysAccessNotAsked
	}
	b.say(ctx, a.Request, rec, says)
}
