package bot

import (
	"context"
	"errors"

	"servicesbot/formatting"
)

// answer finds what a asks for and delivers it.
func (b *Bot) answer(ctx context.Context, a *ask, rec *record) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if a.editable() {
		b.answerVersion(ctx, cancel, a, rec)
		return
	}
	b.findAndDeliver(ctx, cancel, a, rec, posted{})
}

// findAndDeliver takes a from its decision to its answer: who reads that (deliveryOf), what it is
// (find), and how it gets there (deliver, which renders it). at is where the answer to an earlier
// version is; it returns where this one is.
func (b *Bot) findAndDeliver(ctx context.Context, cancel context.CancelCauseFunc, a *ask, rec *record, at posted) posted {
	if a.changesPost() {
		a.live, a.since = b.liveAt(ctx, a.Channel, a.Message)
	}
	f := b.facts(ctx, a, facts{at: at})
	d := deliveryOf(a, f)
	switch {
	case d.sharingRefused(a):
		b.sayNotShared(ctx, a.Request, rec, d)
		return at
	case d.once != "" && !b.claimShare(ctx, a.Request, d.once):
		rec.outcome = outcomeSharedAlready
		b.say(ctx, a.Request, rec, formatting.SaysSharedBefore)
		return at
	}
	b.dropCorrections(a, d, at)
	defer func() {
		if !rec.shared { // a further click may share; after a panic too
			b.releaseShare(ctx, a.Request, d.once)
		}
	}()
	ans, note := b.findWithNotes(ctx, cancel, a, d)
	if note.ts != "" {
		f.at.address = note
	}
	if errors.Is(context.Cause(ctx), errStopped) { // also where the answer was found before Stop was noticed
		ans.Result, ans.Outcome, ans.Err = nil, outcomeStopped, errStopped
	}
	switch rec.note(ans); {
	case errors.Is(context.Cause(ctx), errEdited), b.newerElsewhere(ctx, a.version):
		rec.outcome = outcomeEdited
		return f.at
	case b.handsOver(ctx, a.Request):
		rec.outcome = outcomeHandedOver
		return f.at
	}
	b.addToHistory(ctx, a, rec, ans)
	if ans.Result != nil && ans.Result.Warm {
		b.answers.Finder.Renew()
	}
	f.answer = &ans
	return b.deliver(ctx, a, rec, f)
}

// findWithNotes finds what a asks for. The asker can stop it meanwhile, and is told that it is in
// progress where that takes long. It returns the answer, and where a note of progress is that
// it can take the place of.
func (b *Bot) findWithNotes(ctx context.Context, cancel context.CancelCauseFunc, a *ask, d delivery) (Answer, address) {
	if d.to.way == modal {
		ctx, end := context.WithTimeout(ctx, detailsLimit)
		defer end()
		return b.answers.find(ctx, a, nil), address{}
	}
	defer b.inProgress.begin(a.Request, d, cancel)()
	ctx, end := context.WithTimeout(ctx, questionLimit)
	defer end()
	n := b.startNotes(ctx, a.Request, d.notes)
	defer n.end()
	ans := b.answers.find(ctx, a, n.progress)
	at := n.stop()
	if d.notes != d.to {
		at = address{}
	}
	return ans, at
}

// sayNotShared says why nothing was posted to whoever clicked Share.
func (b *Bot) sayNotShared(ctx context.Context, req *Request, rec *record, d delivery) {
	rec.outcome = outcomeShareRefused
	b.say(ctx, req, rec, formatting.SaysNotPosted(d.alone))
}

// addToHistory adds what a asks for to its asker's last questions. Paging and the views of
// a question, one click away, are no questions of their own.
func (b *Bot) addToHistory(ctx context.Context, a *ask, rec *record, ans Answer) {
	if ans.Result == nil || a.deed == deedDetails || a.deed == deedShare && a.Door == DoorButton {
		return
	}
	q := ans.Query.Lasting().WithPage(1)
	if a.Door == DoorButton {
		q.As = ""
	}
	if rec.asked = q.String(); rec.asked != "" {
		b.history.add(ctx, a.asker(), rec.asked)
	}
}
