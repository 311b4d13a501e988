package bot

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// However connections end, Slack is asked for 8 at once and for one more every 2 s: 12
	// in 8 s, 38 per minute. It allows some 50 per minute, to all copies together.
	openBurst = 8
	openEvery = 2 * time.Second

	endedAtOnce   = time.Second      // a connection that lived shorter was no connection
	pauseFirst    = time.Second      // after the first such one; it doubles with each, and has up to half as jitter
	pauseAtMost   = 30 * time.Second // while another socket is up
	pauseWhenDown = 5 * time.Second  // at most, while none is
)

// An opener decides when a connection may be asked for, over all sockets: at once after
// one that lived, and after a growing pause where connections end at once or are not made.
// A server that accepts and hangs up would else be asked thousands of times per second.
type opener struct {
	up func() bool // whether any socket is up; nil: none

	mu     sync.Mutex
	bucket *rate.Limiter
	last   time.Time     // when the last connection was asked for
	short  int           // connections in a row that ended at once or were not made
	pause  time.Duration // from the last request to the next, without jitter
	jitter float64       // of pause: 1 to 1.5
}

func newOpener(up func() bool) *opener {
	// The second socket opens a second after the first: by then it is known whether that one lives.
	return &opener{up: up, bucket: rate.NewLimiter(rate.Every(openEvery), openBurst), pause: pauseFirst, jitter: 1}
}

// wait returns when the caller may ask for a connection. It looks again every quarter of
// a second: the other socket may have gone down meanwhile.
func (o *opener) wait(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := o.take(time.Now())
		if d <= 0 {
			return nil
		}
		if err := sleep(ctx, min(d, 250*time.Millisecond)); err != nil {
			return err
		}
	}
}

// take lets a connection be asked for now, or returns how long that has to wait at least.
func (o *opener) take(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	most := pauseWhenDown
	if o.up != nil && o.up() {
		most = pauseAtMost
	}
	pause := time.Duration(o.jitter * float64(min(o.pause, most)))
	if d := o.last.Add(pause).Sub(now); d > 0 {
		return d
	}
	if !o.bucket.AllowN(now, 1) {
		return openEvery / 8
	}
	o.last = now
	return 0
}

// ended notes that a connection ended by itself, which lived so long; 0: it was not made.
func (o *opener) ended(lived time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if lived >= endedAtOnce {
		o.short, o.pause = 0, 0
		return
	}
	o.pause = min(pauseFirst<<min(o.short, 10), pauseAtMost)
	o.jitter = 1 + rand.Float64()/2
	o.short++
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
