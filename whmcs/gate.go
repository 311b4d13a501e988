package whmcs

import (
	"context"
	"slices"
	"sync"
)

// A gate limits the calls at once. Free places go first to questions, in the
// order of their coming, and to pages of scans only when no question waits: a
// question never waits behind more than the calls already in flight.
type gate struct {
	mu        sync.Mutex
	free      int
	questions []chan struct{}
	scans     []chan struct{}
}

// enter waits for a place. The place must be given back with leave, unless the
// error, which is ctx's, says that there is none.
func (g *gate) enter(ctx context.Context, scan bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return nil
	}
	queue := &g.questions
	if scan {
		queue = &g.scans
	}
	place := make(chan struct{})
	*queue = append(*queue, place)
	g.mu.Unlock()

	select {
	case <-place:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(*queue, place); i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
	} else {
		g.pass() // the place came at the same moment
	}
	return ctx.Err()
}

// leave gives a place back.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pass()
}

// pass hands a place to whoever waits first. g.mu is held.
func (g *gate) pass() {
	for _, queue := range []*[]chan struct{}{&g.questions, &g.scans} {
		if len(*queue) > 0 {
			close((*queue)[0])
			*queue = slices.Delete(*queue, 0, 1)
			return
		}
	}
	g.free++
}
