package whmcs

import (
	"context"
	"slices"
	"sync"
)

// A gate limits the calls at once. Free places go first to questions, to each asker's
// in turn, and to pages of scans only when no question waits: a question never waits
// behind more than the calls already in flight and one of each other asker.
type gate struct {
	mu        sync.Mutex
	free      int
	questions turns
	scans     turns
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
	asker, place := askerOf(ctx), make(chan struct{})
	queue.add(asker, place)
	g.mu.Unlock()

	select {
	case <-place:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !queue.remove(asker, place) {
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

// pass hands a place to whose turn it is. g.mu is held.
func (g *gate) pass() {
	for _, queue := range []*turns{&g.questions, &g.scans} {
		if place := queue.next(); place != nil {
			close(place)
			return
		}
	}
	g.free++
}

// A turns is a queue in which askers take turns, so that one with many questions does
// not hold up one with a single question.
type turns struct {
	askers []string // who waits, the next first
	places map[string][]chan struct{}
}

func (t *turns) add(asker string, place chan struct{}) {
	if t.places == nil {
		t.places = make(map[string][]chan struct{})
	}
	if len(t.places[asker]) == 0 {
		t.askers = append(t.askers, asker)
	}
	t.places[asker] = append(t.places[asker], place)
}

// next takes out the place whose turn it is; nil where nobody waits.
func (t *turns) next() chan struct{} {
	if len(t.askers) == 0 {
		return nil
	}
	asker := t.askers[0]
	t.askers = t.askers[1:]
	places := t.places[asker]
	if len(places) == 1 {
		delete(t.places, asker)
		return places[0]
	}
	t.places[asker] = places[1:]
	t.askers = append(t.askers, asker)
	return places[0]
}

// remove takes a place out; false where it is not in the queue.
func (t *turns) remove(asker string, place chan struct{}) bool {
	i := slices.Index(t.places[asker], place)
	if i < 0 {
		return false
	}
	t.places[asker] = slices.Delete(t.places[asker], i, i+1)
	if len(t.places[asker]) == 0 {
		delete(t.places, asker)
		t.askers = slices.DeleteFunc(t.askers, func(a string) bool { return a == asker })
	}
	return true
}

// askerKey is the key of an asker's name in a context.
type askerKey struct{}

// WithAsker names who asks, for the calls made with the context: where many wait,
// askers take turns. All calls without a name are one asker's.
func WithAsker(ctx context.Context, asker string) context.Context {
	return context.WithValue(ctx, askerKey{}, asker)
}

func askerOf(ctx context.Context) string {
	asker, _ := ctx.Value(askerKey{}).(string)
	return asker
}
