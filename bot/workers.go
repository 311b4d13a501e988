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

	waiting     atomic.Int32          // workers that only wait, and are replaced meanwhile
	substitute  func(<-chan struct{}) // does their work until the channel is closed
	substitutes sync.WaitGroup

	mu      sync.RWMutex
	stopped bool
}

// asideMost is how many of a lane's workers may be replaced while they wait.
const asideMost = 256

// laneKey is the key of the *lane whose worker a context is used by.
type laneKey struct{}

// besideWorker is ctx for a goroutine that a worker started and does not wait for: its
// waits take nobody off the lane.
func besideWorker(ctx context.Context) context.Context {
	return context.WithValue(ctx, laneKey{}, (*lane)(nil))
}

// aside runs wait, which only waits, such as for the end of a pause that Slack asked for.
// Another worker takes what is queued meanwhile, where ctx is a worker's, so that nobody
// waits for what is not theirs. It ends with the wait, after what it has begun: for that
// long the lane has a worker more. The waiting ones are bounded by asideMost; beyond that a
// worker waits in its place.
func aside(ctx context.Context, wait func() error) error {
	l, _ := ctx.Value(laneKey{}).(*lane)
	if l == nil || l.waiting.Add(1) > asideMost {
		if l != nil {
			l.waiting.Add(-1)
		}
		return wait()
	}
	defer l.waiting.Add(-1)
	back := make(chan struct{})
	defer close(back)
	l.substitutes.Add(1)
	whmcs.Go(func() error {
		defer l.substitutes.Done()
		l.substitute(back)
		return nil
	})
	return wait()
}

// work does what is queued until the lane is stopped and empty, or back is closed.
func (l *lane) work(ctx context.Context, back <-chan struct{}) {
	for {
		select {
		case <-back:
			return
		default:
		}
		select {
		case work, more := <-l.queue:
			if !more {
				return
			}
			whmcs.Recovered(func() error {
				l.busy.Add(1)
				defer l.busy.Add(-1)
				work(ctx)
				return nil
			})
		case <-back:
			return
		}
	}
}

func newLane(name string, workers, queue int) *lane {
	return &lane{name: name, queue: make(chan func(context.Context), queue), workers: workers}
}

// enqueue queues work and never waits; false means that the lane is full or stopped.
func (l *lane) enqueue(work func(context.Context)) bool {
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
	ctx = context.WithValue(ctx, laneKey{}, l)
	l.substitute = func(back <-chan struct{}) { l.work(ctx, back) }
	for range l.workers {
		l.ended = append(l.ended, whmcs.Go(func() error {
			l.work(ctx, nil)
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
