package bot

import (
	"context"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"servicesbot/formatting"
)

// atOnceMost is how many questions of one person are in work or wait at a time: a
// quarter of the workers.
const atOnceMost = questionWorkers / 4

// rates limits how many questions one person asks a minute, and at once, so that one
// person's loop never delays others. Memory is bounded: who has not asked for a while
// has a full bucket anyway.
type rates struct {
	perMinute int // 0: no limit, and none at once
	buckets   *otter.Cache[string, *rate.Limiter]

	mu     sync.Mutex
	atOnce map[string]int // by asker: questions in work or waiting
}

func newRates(perMinute int) *rates {
	return &rates{perMinute: perMinute, atOnce: make(map[string]int), buckets: newCache(cachedMost, otter.ExpiryAccessing[string, *rate.Limiter](2*time.Minute))}
}

// wait takes a token of who asks, or returns how long it takes to get one.
func (r *rates) wait(req *Request) time.Duration {
	if !r.counts(req) {
		return 0
	}
	bucket, err := r.buckets.Get(context.Background(), req.asker(), otter.LoaderFunc[string, *rate.Limiter](
		func(context.Context, string) (*rate.Limiter, error) {
			return rate.NewLimiter(rate.Limit(r.perMinute)/60, r.perMinute), nil
		}))
	if err != nil || bucket.Allow() {
		return 0
	}
	res := bucket.Reserve()
	defer res.Cancel()
	return res.Delay()
}

// counts reports whether req is limited. What ends a question or takes a post away is
// not, nor is the Home tab, which asks nothing.
func (r *rates) counts(req *Request) bool {
	return r.perMinute > 0 && req.Door != DoorHome && req.Action != formatting.ActionStop && req.Action != formatting.ActionRemove
}

// enter takes req among those in work or waiting; false where its asker has as many as
// one person may have. What has entered must leave.
func (r *rates) enter(req *Request) bool {
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

func (r *rates) leave(req *Request) {
	if !r.counts(req) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.atOnce[req.asker()]--; r.atOnce[req.asker()] == 0 {
		delete(r.atOnce, req.asker())
	}
}
