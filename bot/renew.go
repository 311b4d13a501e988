package bot

import (
	"context"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

const (
	liveEvery    = 5 * time.Minute  // between two readings for answers that are kept current, at least
	liveLook     = 15 * time.Second // how often is looked whether it is time
	liveFailures = 3                // readings in a row that may fail

	liveEndsWithin = 2 * time.Second // what saying that the bot restarts may take
)

// keepCurrent renews the answers that are kept current, until the returned function is
// called, which waits for that.
func (b *Bot) keepCurrent() (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := whmcs.Go(func() error {
		for sleep(ctx, liveLook) == nil {
			_ = whmcs.Recovered(func() error { b.renewLives(ctx, b.answers.now()); return nil }) // it is reported where it happens
		}
		return nil
	})
	return func() {
		cancel()
		<-ended
	}
}

// renewLives asks again for all answers that are kept current, where the last time is long
// enough ago, and ends those whose time is over. They are asked together, so that those which
// need a look at every service share one reading. Of several replicas one does it: whoever
// notes it first.
func (b *Bot) renewLives(ctx context.Context, now time.Time) {
	due := false
	p, err := b.changeLiveAnswers(ctx, func(p *liveAnswers) bool {
		if due = len(p.All) > 0 && now.Sub(p.Renewed) >= liveEvery; due {
			p.Renewed = now
		}
		return due
	})
	if err != nil {
		return // with the store away nothing is renewed; the posts say as of when they are
	}
	b.forgetLiveShown(p)
	var renewing []<-chan error
	for _, l := range p.All {
		switch {
		case l.TS == "" && now.Sub(l.Begun) > livePost:
			b.dropLive(ctx, byRef(l.Ref)) // it was never posted
		case l.TS == "":
		case !now.Before(l.Until):
			renewing = append(renewing, whmcs.Go(func() error { b.endLive(ctx, l, formatting.LiveOver); return nil }))
		case due:
			renewing = append(renewing, whmcs.Go(func() error { b.renew(ctx, l); return nil }))
		}
	}
	for _, renewed := range renewing {
		<-renewed
	}
}

// renew asks again for one answer and shows it, where it still may be shown.
func (b *Bot) renew(ctx context.Context, l liveAnswer) {
	began := b.answers.now()
	a := read(l.request())
	a.access = verdictOf(b.access.Allow(ctx, a.Request))
	closed := b.access.whyClosed(ctx, l.Channel)
	switch {
	case !a.access.granted && denialOf(a.access.denial).Why == formatting.DeniedNotChecked, closed == formatting.AloneNotKnown:
		return // Slack cannot be asked now
	case !a.access.granted:
		b.endLive(ctx, l, formatting.LiveDenied)
		return
	case closed == formatting.AloneOutsiders:
		b.endLive(ctx, l, formatting.LiveOutsiders)
		return
	case closed != "":
		b.endLive(ctx, l, formatting.LiveNotHere)
		return
	}
	a.since = b.matchesOf(ctx, l)
	limited, cancel := context.WithTimeout(whmcs.WithAsker(ctx, livePage), questionLimit)
	defer cancel()
	ans := b.answers.find(limited, a, nil)
	if ctx.Err() != nil {
		return
	}
	if whmcsFailed(ans) {
		b.countFailedReading(ctx, l)
		return
	}
	b.showRenewed(ctx, l, &outgoing{ask: a, to: l.address(), answer: &ans, rec: newRecord(a.Request)}, began)
}

// whmcsFailed reports whether WHMCS did not bring what an answer needs.
func whmcsFailed(ans Answer) bool {
	return ans.Result == nil || ans.Result.Why.Kind == query.GapFailed || ans.Result.Why.Kind == query.GapTime
}

// countFailedReading counts a reading that failed. After three in a row the updates end.
func (b *Bot) countFailedReading(ctx context.Context, l liveAnswer) {
	failed := 0
	_, err := b.changeLiveAnswers(ctx, func(p *liveAnswers) bool {
		now, ok := p.of(byRef(l.Ref))
		if ok {
			now.Failed++
			failed = now.Failed
		}
		return ok
	})
	if err == nil && failed >= liveFailures {
		b.endLive(ctx, l, formatting.LiveFailed)
	}
}

// showRenewed puts an answer in the place of the one before, unless somebody has put a newer
// one there, or has ended the updates.
func (b *Bot) showRenewed(ctx context.Context, l liveAnswer, o *outgoing, began time.Time) {
	shown := b.liveShownOf(l.Ref)
	shown.turn.Lock()
	defer shown.turn.Unlock()
	if !b.noteNewestLive(ctx, l.Ref, began) {
		return
	}
	o.view = b.liveView(o.ask.Request, l, o.answer.Result)
	_, err := b.send(ctx, o)
	switch {
	case err == nil:
		shown.show(o.answer.Result)
	case slackError(err) != "" && !temporaryErrors[slackError(err)]:
		if _, ok := b.dropLive(ctx, byRef(l.Ref)); ok { // the post is gone, or Slack refuses to change it
			b.auditLiveEnd(l, slackError(err))
		}
	default:
		b.log.Warn("an answer that is kept current was not renewed", "ref", l.Ref, "error", err)
	}
}

// liveView is how an answer that is kept current is read.
func (b *Bot) liveView(req *Request, l liveAnswer, res *query.Result) formatting.View {
	v := b.answers.view(req)
	v.Public, v.SharedBy = true, l.SharedBy
	v.Live = &formatting.Live{Begun: l.Begun, Until: l.Until}
	if res != nil && l.Compared {
		v.Live.Changes = res.Changes
	}
	return v
}

// endLive ends the updates of an answer and has its post say why.
func (b *Bot) endLive(ctx context.Context, l liveAnswer, why formatting.Sentence) {
	shown := b.liveShownOf(l.Ref)
	shown.turn.Lock()
	defer shown.turn.Unlock()
	l, ok := b.dropLive(ctx, byRef(l.Ref)) // which may have been posted meanwhile
	if !ok || l.TS == "" {
		return
	}
	b.auditLiveEnd(l, string(why))
	if err := b.showEnded(ctx, l, formatting.Live{Ended: why}); err != nil {
		b.log.Warn("a post does not say that it is not kept current any more", "ref", l.Ref, "error", err)
	}
}

// showEnded has a post say why it is not kept current any more. Its answer stays as it was,
// but where it may not be read any more, or is not known. The post's turn is held.
func (b *Bot) showEnded(ctx context.Context, l liveAnswer, end formatting.Live) error {
	ctx, cancel := background(ctx)
	defer cancel()
	shown := b.liveShownOf(l.Ref)
	a := read(l.request())
	o := &outgoing{ask: a, to: l.address(), answer: &Answer{Line: l.Line, Result: shown.result}, rec: newRecord(a.Request)}
	o.view = b.liveView(a.Request, l, shown.result)
	o.view.Live.Ended, o.view.Live.EndedBy = end.Ended, end.EndedBy
	if shown.result == nil || b.access.whyClosed(ctx, l.Channel) != "" {
		_, err := b.deliverNotice(ctx, o.to, b.answers.Style.LiveEnded(l.Line, o.view))
		return err
	}
	_, err := b.send(ctx, o)
	return err
}

// endLives says in all posts that their updates end, as the process does. With a store they
// go on.
func (b *Bot) endLives() {
	if b.store != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), liveEndsWithin)
	defer cancel()
	p, err := b.changeLiveAnswers(ctx, func(*liveAnswers) bool { return false })
	if err != nil {
		return
	}
	var ending []<-chan error
	for _, l := range p.All {
		ending = append(ending, whmcs.Go(func() error { b.endLive(ctx, l, formatting.LiveRestarted); return nil }))
	}
	for _, ended := range ending {
		select {
		case <-ended:
		case <-ctx.Done():
			return
		}
	}
}
