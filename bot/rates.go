package bot

import (
	"context"
	"sync"
	"time"

	"servicesbot/formatting"
)

// atOnceMost is how many questions of one person are in progress or wait at a time: a
// quarter of the workers.
const atOnceMost = questionWorkers / 4

// rates limits how many questions one person asks per minute, and at once, so that one
// person's loop never delays others.
type rates struct {
	perMinute int // 0: no limit, and none at once
	asked     limits

	mu     sync.Mutex
	atOnce map[string]int // by asker: questions in progress or waiting
}

func newRates(perMinute int, asked limits) *rates {
	return &rates{perMinute: perMinute, atOnce: make(map[string]int), asked: asked}
}

// takeToken takes one of the asker's tokens, or returns how long it takes to get one.
func (r *rates) takeToken(req *Request) time.Duration {
	if !r.counts(req) {
		return 0
	}
	wait, err := r.asked.take(context.Background(), req.asker(), r.perMinute)
	if err != nil {
		return 0
	}
	return wait
}

// counts reports whether req is limited. What ends a question or takes a post away is
// not, nor is the Home tab, which asks nothing.
func (r *rates) counts(req *Request) bool {
	return r.perMinute > 0 && req.Door != DoorHome && req.Action != formatting.ActionStop && req.Action != formatting.ActionRemove
}

// begin takes req among those in progress or waiting; false where its asker has as many as
// one person may have. What has begun must end.
func (r *rates) begin(req *Request) bool {
	if !r.counts(req) {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.atOnce[req.asker()] >= atOnceMost {
		return false
	}
	r.atOnce[req.asker()]++
	return true
}

func (r *rates) end(req *Request) {
	if !r.counts(req) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.atOnce[req.asker()]--; r.atOnce[req.asker()] == 0 {
		delete(r.atOnce, req.asker())
	}
}

// refuseIfTooFast tells an asker who is above the rate that all replicas share to wait, and reports
// whether it did.
func (b *Bot) refuseIfTooFast(ctx context.Context, req *Request, rec *record) (refused bool) {
	wait := req.sharedWait()
	if wait <= 0 {
		return false
	}
	rec.outcome, rec.why = outcomeTurnedAway, "rate"
	b.seen.forget(req.keys...)
	b.say(ctx, req, rec, formatting.SaysTooFast(b.cfg.UserRate, wait))
	return true
}
