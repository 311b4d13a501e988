package bot

import (
	"context"
	"time"

	"servicesbot/formatting"
)

// receive does what the event loop does with a frame, none of which waits: it notes what the frame
// says of sharing, makes a request of it, looks whether it came before, queues it, and has it
// journaled and acknowledged.
func (b *Bot) receive(f frame, by *connection) {
	now := time.Now()
	b.lastFrame.Store(now.UnixNano())
	b.receiving.RLock()
	defer b.receiving.RUnlock()
	if b.left { // it cannot be acknowledged: Slack sends an event again, and tells a user
		b.status.dropped.WithLabelValues("after the end").Inc()
		return
	}
	t := intake(f, b.me.user, now)
	tells := b.noteSharing(t)
	if t.req == nil {
		if t.dropped != "" {
			b.status.dropped.WithLabelValues(t.dropped).Inc()
		}
		b.after(tells, func() { b.acks.send(by, f.Envelope, formErrors(t.errs), now) })
		return
	}
	if !b.seen.remember(t.req.Received, t.req.keys...) {
		b.status.duplicates.Inc()
		b.acks.send(by, f.Envelope, nil, now)
		return
	}
	b.accepting(t.req)
	acknowledge := func(payload any) { b.acks.send(by, f.Envelope, payload, now) }
	switch payload, became := b.queueOrTurnAway(t.req); became {
	case queued:
		b.journalThenAcknowledge(t.req, acknowledge)
	case leftToReplicas:
		b.journalForOthers(t.req, acknowledge)
	case told:
		t.req.keepOutOfJournal()
		acknowledge(payload)
	default:
		t.req.keepOutOfJournal()
		b.status.dropped.WithLabelValues("no room, unacknowledged").Inc()
	}
}

// A reception is what became of a request in the loop.
type reception int

const (
	notTaken reception = iota // there was no room, not even to say so
	told                      // the asker is told that it is not answered
	queued
	leftToReplicas // they are to answer it, as this one ends
)

// formErrors is the acknowledgement that marks wrong input at its field.
func formErrors(errs map[string]string) any {
	if len(errs) == 0 {
		return nil
	}
	return map[string]any{"response_action": "errors", "errors": errs}
}

// queueOrTurnAway queues req on its lane and returns what the acknowledgement says. Where the
// lane is full, or the process is about to end, the asker is told instead. Where not even
// that can be queued it is not taken: without an acknowledgement Slack says so to whoever
// clicked, and sends an event again.
func (b *Bot) queueOrTurnAway(req *Request) (payload any, became reception) {
	if b.draining.Load() && b.canHandOver(req) {
		return nil, leftToReplicas
	}
	if b.draining.Load() {
		return b.turnAway(req, formatting.SaysRestarting, "restarting")
	}
	if !b.rates.begin(req) {
		return b.turnAway(req, formatting.SaysTooMany(atOnceMost), "at once")
	}
	leave := func() { b.rates.end(req) }
	if wait := b.rates.takeToken(req); wait > 0 {
		leave()
		return b.turnAway(req, formatting.SaysTooFast(b.cfg.UserRate, wait), "rate")
	}
	work := func(ctx context.Context) {
		defer leave()
		b.handle(ctx, req)
	}
	if deedOf(req) == deedDetails {
		work = func(ctx context.Context) { b.openDetails(ctx, req, leave) }
	}
	if !b.lane(req).enqueue(work) {
		leave()
		return b.turnAway(req, formatting.SaysBusy, "busy")
	}
	return nil, queued
}

// lanes are all of the bot's.
func (b *Bot) lanes() []*lane { return []*lane{b.questions, b.modals, b.refusals, b.audits} }

// lane returns the lane that req queues on first. What waits for a trigger does not queue
// behind questions; Details opens its window from there and then queues with them.
func (b *Bot) lane(req *Request) *lane {
	switch deedOf(req) {
	case deedForm, deedDetails, deedStop, deedRemove, deedEndLive:
		return b.modals
	}
	return b.questions
}

// turnAway refuses a request before any work: it may come again. Its asker is told in the
// acknowledgement of a slash command, else by a private line, which a lane of its own sends.
// A lane writes the audit line too: the loop must not wait for whoever reads it.
func (b *Bot) turnAway(req *Request, says formatting.Sentence, why string) (payload any, became reception) {
	b.seen.forget(req.keys...)
	b.status.requests.WithLabelValues(string(req.Door), string(outcomeTurnedAway)).Inc()
	rec := newRecord(req)
	rec.outcome, rec.why = outcomeTurnedAway, why
	write := func(context.Context) { rec.write(context.Background(), b.cfg.Audit) }
	if req.Door == DoorSlash {
		rec.sent = true
		b.audits.enqueue(write)
		return map[string]string{"response_type": "ephemeral", "text": string(says)}, told
	}
	taken := b.refusals.enqueue(func(ctx context.Context) {
		defer write(ctx)
		b.say(ctx, req, rec, says)
	})
	if !taken {
		b.audits.enqueue(write)
		return nil, notTaken
	}
	return nil, told
}
