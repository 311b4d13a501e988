package bot

import (
	"context"
	"sync"
	"sync/atomic"

	"servicesbot/whmcs"
)

// A lane is a bounded queue with a fixed number of workers. Lanes keep what must
// be quick (opening a modal within 3 s, saying "busy") from waiting behind
// searches.
type lane struct {
	name    string
	queue   chan func(context.Context)
	workers int
	busy    atomic.Int32
	ended   []<-chan error // one of each worker

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
// empty; ctx is what the work gets. Work that panics costs no worker.
func (l *lane) start(ctx context.Context) {
	for range l.workers {
		l.ended = append(l.ended, whmcs.Go(func() error {
			for work := range l.queue {
				whmcs.Recovered(func() error {
					l.busy.Add(1)
					defer l.busy.Add(-1)
					work(ctx)
					return nil
				})
			}
			return nil
		}))
	}
}

// stop takes no more work. The workers end when they have done what is queued.
func (l *lane) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	close(l.queue)
}
