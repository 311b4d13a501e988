package whmcs

import (
	"context"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
)

// Where an answer came from.
type source int

const (
	fromCall    source = iota // made for this asker
	fromCache                 // kept from an earlier one
	fromAnother               // made for another asker, at the same time
)

// A cache keeps answers for a time and within a number of bytes, and lets all who
// ask the same at the same time share one load. Failures are not kept. A nil
// cache loads each time.
//
// The library's own loading is not used: it runs a load with the context of its
// first asker, so that the others would have to load again when that one leaves.
type cache[K comparable, V any] struct {
	kept *otter.Cache[K, entry[V]]

	mu    sync.Mutex
	loads map[K]*load[V]
	begun int // loads so far
}

// An entry is a kept value and the number of its load: a later load's value is
// never replaced by an earlier one's.
type entry[V any] struct {
	value V
	load  int
}

// newCache returns a cache that keeps values for ttl, and at most about
// limit bytes by weigh's count. A ttl of 0 gives nil.
func newCache[K comparable, V any](ttl time.Duration, limit uint64, weigh func(V) uint32) (*cache[K, V], error) {
	if ttl == 0 {
		return nil, nil
	}
	kept, err := otter.New(&otter.Options[K, entry[V]]{
		MaximumWeight:    limit,
		Weigher:          func(_ K, e entry[V]) uint32 { return weigh(e.value) },
		ExpiryCalculator: otter.ExpiryWriting[K, entry[V]](ttl),
		Clock:            NewQuietClock(),
	})
	return &cache[K, V]{kept: kept, loads: map[K]*load[V]{}}, err
}

// A QuietClock is the clock of a cache of otter's. It does not tick: what is over time is
// thrown out by the next writes, and no goroutine outlives the cache's use.
type QuietClock struct{ start time.Time }

// NewQuietClock returns a clock that begins now.
func NewQuietClock() QuietClock { return QuietClock{start: time.Now()} }

// NowNano returns the time in nanoseconds since 1970.
func (c QuietClock) NowNano() int64 { return c.start.UnixNano() + int64(time.Since(c.start)) }

// Tick returns a channel that gets nothing.
func (c QuietClock) Tick(time.Duration) <-chan time.Time { return nil }

// get returns the value of key. fresh goes past what is kept and past loads that
// have begun, and keeps its value for others. A value is shared among
// askers. The error of an asker who cannot wait longer is ctx's.
func (c *cache[K, V]) get(ctx context.Context, key K, fresh bool, do func(context.Context) (V, error)) (V, source, error) {
	if c == nil {
		v, err := do(ctx)
		return v, fromCall, err
	}
	c.mu.Lock()
	if !fresh {
		if e, ok := c.kept.GetIfPresent(key); ok {
			c.mu.Unlock()
			return e.value, fromCache, nil
		}
	}
	from := fromAnother
	l := c.loads[key]
	if l == nil || fresh {
		l, from = c.begin(ctx, key, do), fromCall
	} else {
		l.join(ctx)
	}
	c.mu.Unlock()

	select {
	case <-l.done:
		return l.value, from, l.err
	case <-ctx.Done():
		c.leave(key, l)
		var none V
		return none, from, ctx.Err()
	}
}

// begin starts a load, with its first asker, that runs as long as somebody waits
// for it. c.mu is held.
func (c *cache[K, V]) begin(ctx context.Context, key K, do func(context.Context) (V, error)) *load[V] {
	c.begun++
	l := &load[V]{done: make(chan struct{}), number: c.begun}
	l.Context, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if c.loads[key] == nil {
		c.loads[key] = l
	}
	l.join(ctx) // before the load begins, which looks at the deadline
	Go(func() error {
		defer c.end(key, l)
		l.err = errGoexit // unless do returns
		l.err = Recovered(func() (err error) { l.value, err = do(l); return err })
		return nil
	})
	return l
}

// end keeps what a load brought and gives it to its askers.
func (c *cache[K, V]) end(key K, l *load[V]) {
	defer close(l.done)
	defer l.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(key, l)
	if e, ok := c.kept.GetEntryQuietly(key); l.err == nil && (!ok || e.Value.load < l.number) {
		c.kept.Set(key, entry[V]{l.value, l.number})
	}
}

// leave takes one asker off a load, and ends it with the last.
func (c *cache[K, V]) leave(key K, l *load[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.askers--; l.askers == 0 {
		l.cancel()
		c.forget(key, l)
	}
}

func (c *cache[K, V]) forget(key K, l *load[V]) {
	if c.loads[key] == l {
		delete(c.loads, key)
	}
}

// A load is a load that is under way, and its context: it ends with its last
// asker, and its deadline is the latest of theirs.
type load[V any] struct {
	context.Context
	cancel context.CancelFunc
	number int
	askers int // guarded by cache.mu

	mu       sync.Mutex
	deadline time.Time
	endless  bool // an asker has no deadline

	done  chan struct{} // closed when value and err are there
	value V
	err   error
}

// join adds an asker. cache.mu is held.
func (l *load[V]) join(ctx context.Context) {
	l.askers++
	l.mu.Lock()
	defer l.mu.Unlock()
	if deadline, ok := ctx.Deadline(); !ok {
		l.endless = true
	} else if deadline.After(l.deadline) {
		l.deadline = deadline
	}
}

// Deadline returns the latest of the askers' deadlines so far. It says whether a
// wait is worth while; the end itself comes with the last asker's.
func (l *load[V]) Deadline() (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.deadline, !l.endless
}
