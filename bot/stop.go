package bot

import (
	"context"
	"sync"

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
	rec.outcome = stopped
	if stopped, noteStays := b.inProgress.stop(req.Line, req.User); stopped {
		rec.sent = true
		if noteStays {
			b.erase(ctx, req)
		}
		return
	}
	rec.outcome = "nothing_to_stop"
	b.say(ctx, req, rec, formatting.SaysNothingToStop)
}

// erase takes the private message away that req clicked.
func (b *Bot) erase(ctx context.Context, req *Request) {
	ctx, cancel := background(ctx)
	defer cancel()
	if err := b.poster.erase(ctx, address{url: req.ResponseURL}); err != nil {
		b.log.Warn("a private message was not taken away", "ref", req.Ref, "error", err)
	}
}
