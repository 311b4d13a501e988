package bot

import (
	"context"
	"sync"
	"sync/atomic"
)

// A lane is a bounded queue with a fixed number of workers. Lanes keep what must
// be quick (opening a modal within 3 s, saying "busy") from waiting behind
// searches.
type lane struct {
	name    string
	queue   chan func(context.Context)
	workers int
	busy    atomic.Int32
	wg      sync.WaitGroup

	mu      sync.RWMutex
	stopped bool
}

func newLane(name string, workers, queue int) *lane {
	return &lane{name: name, queue: make(chan func(context.Context), queue), workers: workers}
}

// offer queues work and never waits; false means that the lane is full or stopped.
func (l *lane) offer(work func(context.Context)) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.stopped {
		return false
	}
	select {
	case l.queue <- work:
		return true
	default:
		return false
	}
}

// start runs the workers. They end when stop has been called and the queue is
// empty; ctx is what the work gets.
func (l *lane) start(ctx context.Context) {
	for range l.workers {
		l.wg.Go(func() {
			for work := range l.queue {
				l.busy.Add(1)
				work(ctx)
				l.busy.Add(-1)
			}
		})
	}
}

// stop takes no more work. The workers end when they have done what is queued.
func (l *lane) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	close(l.queue)
}
