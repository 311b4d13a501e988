package bot

import (
	"context"
	"sync"
	"time"

	"servicesbot/formatting"
)

// inProgress knows the questions in progress, so that their askers can stop them.
type inProgress struct {
	mu        sync.Mutex
	questions map[string]*stoppable // by reference
}

// A stoppable is a question in progress.
type stoppable struct {
	user      string
	noteStays bool // no answer takes the place of its note of progress
	cancel    context.CancelCauseFunc
}

func newInProgress() *inProgress { return &inProgress{questions: make(map[string]*stoppable)} }

// begin makes a question stoppable. The returned function ends that.
func (p *inProgress) begin(req *Request, d delivery, cancel context.CancelCauseFunc) func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	stays := d.notes != d.to || d.to.way == respond || d.to.way == whisper
	p.questions[req.Ref] = &stoppable{req.User, stays, cancel}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.questions, req.Ref)
	}
}

// stop ends the question ref for its asker. It reports false where that question is not in
// progress, or is somebody else's, and whether its note stays.
func (p *inProgress) stop(ref, user string) (stopped, noteStays bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.questions[ref]
	if q == nil || q.user != user {
		return false, false
	}
	q.cancel(errStopped)
	return true, q.noteStays
}

// stop ends the wait of whoever clicked, where the question is theirs. The question's own
// answer then says so.
func (b *Bot) stop(ctx context.Context, req *Request, rec *record) {
	rec.outcome = outcomeStopped
	stopped, noteStays := b.inProgress.stop(req.Line, req.User)
	var err error
	if !stopped && b.store != nil {
		stopped, noteStays, err = b.stopElsewhere(ctx, req)
	}
	switch {
	case stopped:
		rec.sent = true
		if noteStays {
			b.erase(ctx, req)
		}
	case err != nil:
		rec.outcome = outcomeNothingToStop
		b.say(ctx, req, rec, formatting.SaysStopNotKnown)
	default:
		rec.outcome = outcomeNothingToStop
		b.say(ctx, req, rec, formatting.SaysNothingToStop)
	}
}

// stopElsewhere has a question stopped that another replica may have. stopped is false where
// none has it for this asker; err says that the others were not asked.
func (b *Bot) stopElsewhere(ctx context.Context, req *Request) (stopped, noteStays bool, err error) {
	reply := make(chan news, 1)
	b.replies.Store(req.Line, reply)
	defer b.replies.Delete(req.Line)
	if err := b.store.raise(ctx, stopFlag(req.Line, req.User), stopFor); err != nil {
		return false, false, err
	}
	if err := b.store.broadcast(ctx, news{Kind: newsStop, Name: req.Line, User: req.User}); err != nil {
		return false, false, err
	}
	late := time.NewTimer(replyWithin)
	defer late.Stop()
	select {
	case n := <-reply:
		return true, n.Stays, nil
	case <-late.C:
		return false, false, nil
	case <-ctx.Done():
		return false, false, errRestarting
	}
}

// replyWithin is how long a replica may take to say that it has stopped a question.
const replyWithin = time.Second

// stopHere stops a question for whoever clicked Stop at another replica.
func (b *Bot) stopHere(n news) {
	stopped, stays := b.inProgress.stop(n.Name, n.User)
	if !stopped {
		return
	}
	b.meanwhile(func() {
		_ = b.store.broadcast(context.Background(), news{Kind: newsStopped, Name: n.Name, Stays: stays}) // else it says there that nobody stopped it
	})
}

// erase takes the private message away that req clicked.
func (b *Bot) erase(ctx context.Context, req *Request) {
	ctx, cancel := background(ctx)
	defer cancel()
	if err := b.poster.erase(ctx, address{way: replace, url: req.ResponseURL}); err != nil {
		b.log.Warn("a private message was not taken away", "ref", req.Ref, "error", err)
	}
}
