package bot

import (
	"context"
	"time"

	"servicesbot/whmcs"
)

// leaveSlack ends our direction of the sockets, so that Slack sends what comes to other
// copies of the bot: of one at once, while the other carries its acknowledgements, and of
// that one when nothing has come for half a second, or after 2 s.
func (b *Bot) leaveSlack() {
	first, last := b.sockets[0], b.sockets[1]
	if !last.isUp.Load() {
		first, last = last, first
	}
	begun := time.Now()
	first.leave()
	for {
		now := time.Now()
		quiet := now.Sub(time.Unix(0, max(b.lastFrame.Load(), begun.UnixNano())))
		rest := min(quietFor-quiet, leaveWithin-now.Sub(begun))
		if rest <= 0 {
			break
		}
		<-time.After(rest)
	}
	b.receiving.Lock()
	b.left = true
	b.receiving.Unlock()
	last.leave()
}

// finish takes no more questions, lets those in hand be finished, and tells the rest
// to ask again, or leaves them to the other replicas. The lane for refusals goes on while the
// sockets do.
func (b *Bot) finish(endWork context.CancelCauseFunc) {
	if b.store != nil {
		_, _ = b.store.beat(context.Background()) // who there is to leave the rest to, now
	}
	b.draining.Store(true)
	left := whmcs.Go(func() error { b.leaveSlack(); return nil })
	ended := whmcs.Go(func() error { b.endLives(); return nil })
	corrected := whmcs.Go(func() error { b.corrections.end(); return nil })
	done := whmcs.Go(func() error {
		drainLanes(b.questions, b.modals)
		<-corrected
		<-left
		drainLanes(b.refusals)
		return nil
	})
	select {
	case <-done:
	case <-time.After(finishWithin):
		b.log.Warn("restarting with questions unfinished; their askers are told")
		endWork(errRestarting)
		select {
		case <-done:
		case <-time.After(tellWithin):
		}
	}
	<-ended
	<-left // nothing is taken after that: what was, is on its way into the journal
	b.leaveReplicas()
	writing, enough := context.WithTimeout(context.Background(), flushAcks)
	defer enough()
	b.acks.awaitWritten(writing)
	select {
	case <-whmcs.Go(func() error { drainLanes(b.audits); return nil }):
	case <-time.After(auditWithin): // nobody reads what is written there
	}
}

// leaveReplicas lets the other replicas do what this one has accepted and not done.
func (b *Bot) leaveReplicas() {
	if b.store == nil {
		return
	}
	b.journaling.Wait()
	b.endBeats()                            // one more would say that this replica lives
	_ = b.store.leave(context.Background()) // else they notice that it is gone a few seconds later
}

// drainLanes stops lanes and waits until what is queued there is done.
func drainLanes(lanes ...*lane) {
	for _, l := range lanes {
		l.stop()
	}
	for _, l := range lanes {
		for _, ended := range l.ended {
			<-ended
		}
		l.substitutes.Wait()
	}
}
