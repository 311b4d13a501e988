package bot

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"servicesbot/whmcs"
)

// An answer from warm rows is corrected in its place when newer rows are there.

const (
	correctWithin   = 15 * time.Minute // newer rows are waited for
	correctionsMost = 500              // answers that wait for their correction
	matchesMost     = 1_000_000        // services that these have found, all together: some 40 MiB
	clickedFor      = time.Minute      // longer than an answer takes from Slack's acceptance to its wait
)

// corrections are the answers that wait for newer rows.
type corrections struct {
	mu      sync.Mutex
	all     map[string]*correction // by messageKey
	matches int                    // of them all
	newer   map[string]time.Time   // messages that get a newer answer, by key, and when that was asked for
	closed  bool

	within time.Duration // that newer rows are waited for
}

// A correction is one answer that waits.
type correction struct {
	matches int
	cancel  context.CancelCauseFunc
	over    <-chan error
}

func newCorrections() *corrections {
	return &corrections{all: make(map[string]*correction), newer: make(map[string]time.Time), within: correctWithin}
}

// messageKey names a message that can be changed; "": none.
func messageKey(channel, ts string) string {
	if ts == "" {
		return ""
	}
	return channel + "/" + ts
}

// room reports whether one more answer can wait, which has found so many services.
func (c *corrections) room(matches int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.closed && len(c.all) < correctionsMost && c.matches+matches <= matchesMost
}

// begin has the answer in a message corrected by do, until drop or the end of the process: where
// that is about to end, do says so at once. It reports false where the message gets a newer answer
// already: people click as soon as they see a message.
func (c *corrections) begin(key string, o *outgoing, do func(context.Context)) bool {
	ctx, cancel := context.WithCancelCause(context.Background())
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		cancel(errRestarting)
		do(ctx)
		return true
	}
	defer c.mu.Unlock()
	if c.newer[key].After(o.ask.Received) {
		cancel(nil)
		return false
	}
	if old := c.all[key]; old != nil {
		old.cancel(errEdited)
	}
	one := &correction{matches: len(o.answer.Result.Matches), cancel: cancel}
	c.all[key] = one
	c.matches += one.matches
	one.over = whmcs.Go(func() error {
		defer c.done(key, one)
		do(ctx)
		return nil
	})
	return true
}

func (c *corrections) done(key string, one *correction) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one.cancel(nil)
	c.matches -= one.matches
	if c.all[key] == one {
		delete(c.all, key)
	}
}

// drop ends the correction of a message, which gets an answer that was asked for at a time, and
// waits for that: no correction takes the place of what is newer.
func (c *corrections) drop(key string, asked time.Time) {
	c.mu.Lock()
	maps.DeleteFunc(c.newer, func(_ string, at time.Time) bool { return time.Since(at) > clickedFor })
	c.newer[key] = asked
	one := c.all[key]
	c.mu.Unlock()
	if one != nil {
		one.cancel(errEdited)
		<-one.over
	}
}

// end ends all: each says in its place that it was not corrected.
func (c *corrections) end() {
	c.mu.Lock()
	c.closed = true
	all := make([]*correction, 0, len(c.all))
	for _, one := range c.all {
		all = append(all, one)
	}
	c.mu.Unlock()
	for _, one := range all {
		one.cancel(errRestarting)
	}
	for _, one := range all {
		<-one.over
	}
}

// dropCorrections ends what waits to correct a message that a is to change: the one clicked,
// and the answer to an earlier version of the question. Other replicas hear of it too.
func (b *Bot) dropCorrections(a *ask, d delivery, earlier posted) {
	keys := []string{messageKey(earlier.channel, earlier.ts)}
	if a.onAnswer() && (d.to.way == replace || d.to.way == update) {
		keys = append(keys, messageKey(a.Channel, a.Message))
	}
	for _, key := range keys {
		if key == "" {
			continue
		}
		b.corrections.drop(key, a.Received)
		if b.store != nil {
			b.meanwhile(func() {
				_ = b.store.broadcast(context.Background(), news{Kind: newsReplaced, Name: key})
			})
		}
	}
}

// toBeCorrected reports whether an answer is to be corrected: it is from warm rows, and goes where
// it can be changed later.
func (b *Bot) toBeCorrected(o *outgoing) bool {
	changeable := o.to.way == post || o.to.way == update || o.to.way == replace
	res := o.answer.Result
	return res != nil && res.Warm && changeable && b.corrections.room(len(res.Matches))
}

// correctLater has an answer corrected that was sent to an address.
func (b *Bot) correctLater(o *outgoing, at address) {
	key := messageKey(at.channel, at.ts)
	switch {
	case at.way == replace:
		key = messageKey(o.ask.Channel, o.ask.Message)
	case at.way != update:
		return // it went elsewhere
	}
	if key == "" {
		return
	}
	begun := b.corrections.begin(key, o, func(ctx context.Context) {
		outcome := b.correct(ctx, o, at)
		b.status.corrections.WithLabelValues(string(outcome)).Inc()
	})
	if !begun {
		b.status.corrections.WithLabelValues(string(outcomeEdited)).Inc()
	}
}

// correct waits for newer rows and puts the answer from them in the place of the one at an
// address. Where there are none, the old one says so.
func (b *Bot) correct(ctx context.Context, o *outgoing, at address) Outcome {
	old := o.answer.Result
	waiting, enough := context.WithTimeout(ctx, b.corrections.within)
	err := b.answers.Finder.AwaitNewer(waiting, old.AsOf)
	enough()
	if errors.Is(context.Cause(ctx), errEdited) {
		return outcomeEdited
	}
	next := &outgoing{ask: o.ask, to: at, rec: newRecord(o.ask.Request), view: o.view, uploaded: o.uploaded}
	next.rec.ask, next.view.Follows = o.ask, false
	if err == nil {
		again := *o.ask
		again.since = old.Matches
		next.answer = b.answerAgain(ctx, &again, at)
	}
	outcome := outcomeCorrected
	if next.answer == nil {
		outcome, next.answer, next.view.NotCorrected = outcomeNotCorrected, o.answer, true
	} else {
		next.view.Corrects = old.AsOf
	}
	next.view.Now = b.answers.now()
	if errors.Is(context.Cause(ctx), errEdited) {
		return outcomeEdited
	}
	next.rec.note(*next.answer)
	if b.sendCorrection(ctx, next); !next.rec.sent {
		outcome = outcomeNotCorrected
	}
	next.rec.outcome = outcome
	next.rec.write(context.Background(), b.cfg.Audit)
	return outcome
}

// answerAgain finds the answer to a in the newest rows, for those who read the one at an
// address; nil: there is none for them, or their asker may not ask any more.
func (b *Bot) answerAgain(ctx context.Context, a *ask, at address) *Answer {
	ctx, cancel := context.WithTimeout(whmcs.WithAsker(ctx, a.asker()), questionLimit)
	defer cancel()
	if b.access.Allow(ctx, a.Request) != nil {
		return nil
	}
	ans := b.answers.find(ctx, a, nil)
	if whmcsFailed(ans) {
		return nil
	}
	d := deliveryOf(a, b.facts(ctx, a, facts{at: posted{address: at}, answer: &ans}))
	if at.public() != d.to.public() {
		return nil
	}
	return &ans
}

// sendCorrection sends a corrected answer. A message that is gone needs none.
func (b *Bot) sendCorrection(ctx context.Context, o *outgoing) {
	ctx, cancel := background(ctx)
	defer cancel()
	_, err := b.send(ctx, o)
	switch {
	case alreadyDeleted(err):
		return
	case err != nil:
		b.log.Warn("an answer was not corrected", "ref", o.ask.Ref, "error", err)
	}
	o.rec.sent, o.rec.shared = err == nil, o.to.public()
}
