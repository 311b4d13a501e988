package whmcs

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A gate limits the calls at once. Free places go first to questions, to each asker's
// in turn, to pages of scans only when no question waits, and to the background where nobody
// misses them: a question never waits behind more than the calls already in flight and one of
// each other asker.
type gate struct {
	mu        sync.Mutex
	free      int
	left      time.Time // when a call last gave its place back
	questions queue
	scans     queue
}

// giveWay is how long nobody made a call before the background takes the last place: else a
// question that makes one call after the other would wait for the background between any two.
const giveWay = 100 * time.Millisecond

// enter waits for a place. The place must be given back with leave, unless the
// error, which is ctx's, says that there is none.
func (g *gate) enter(ctx context.Context, scan bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if inBackground(ctx) {
		return g.enterLast(ctx)
	}
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return nil
	}
	line := &g.questions
	if scan {
		line = &g.scans
	}
	asker, place := askerOf(ctx), make(chan struct{})
	line.add(asker, place)
	g.mu.Unlock()

	select {
	case <-place:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !line.remove(asker, place) {
		g.pass() // the place came at the same moment
	}
	return ctx.Err()
}

// enterLast waits for a place that nobody misses: there is another one, or nobody has made a
// call for a moment.
func (g *gate) enterLast(ctx context.Context) error {
	look := time.NewTicker(giveWay)
	defer look.Stop()
	for !g.takeSpare() {
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (g *gate) takeSpare() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	spare := g.free > 1 || g.free == 1 && time.Since(g.left) >= giveWay
	if spare {
		g.free--
	}
	return spare
}

// leave gives a place back.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left = time.Now()
	g.pass()
}

// pass hands a place to the next in turn. g.mu is held.
func (g *gate) pass() {
	for _, line := range []*queue{&g.questions, &g.scans} {
		if place := line.next(); place != nil {
			close(place)
			return
		}
	}
	g.free++
}

// Places are the calls at once that several processes together may make to one installation.
// Each process asks for one after its own gate has let a call through.
type Places interface {
	// Take waits for a place. The error is ctx's.
	Take(ctx context.Context) error

	// Give gives one back that was taken. It is called once for each.
	Give()
}

// enterGate waits for a place of this process and then for one of all together.
func (a *API) enterGate(ctx context.Context, scan bool) error {
	if err := a.gate.enter(ctx, scan); err != nil || a.places == nil {
		return err
	}
	err := a.places.Take(ctx)
	if err != nil {
		a.gate.leave()
	}
	return err
}

// leaveGate gives both back.
func (a *API) leaveGate() {
	if a.places != nil {
		a.places.Give()
	}
	a.gate.leave()
}

// In a queue askers take turns, so that one with many questions does not hold up one with
// a single question.
type queue struct {
	askers []string // those that wait, the next first
	places map[string][]chan struct{}
}

func (q *queue) add(asker string, place chan struct{}) {
	if q.places == nil {
		q.places = make(map[string][]chan struct{})
	}
	if len(q.places[asker]) == 0 {
		q.askers = append(q.askers, asker)
	}
	q.places[asker] = append(q.places[asker], place)
}

// next takes out the place whose turn it is; nil where nobody waits.
func (q *queue) next() chan struct{} {
	if len(q.askers) == 0 {
		return nil
	}
	asker := q.askers[0]
	q.askers = q.askers[1:]
	places := q.places[asker]
	if len(places) == 1 {
		delete(q.places, asker)
		return places[0]
	}
	q.places[asker] = places[1:]
	q.askers = append(q.askers, asker)
	return places[0]
}

// remove takes a place out; false where it is not in the queue.
func (q *queue) remove(asker string, place chan struct{}) bool {
	i := slices.Index(q.places[asker], place)
	if i < 0 {
		return false
	}
	q.places[asker] = slices.Delete(q.places[asker], i, i+1)
	if len(q.places[asker]) == 0 {
		delete(q.places, asker)
		q.askers = slices.DeleteFunc(q.askers, func(a string) bool { return a == asker })
	}
	return true
}

// maxHold is the longest that a Retry-After holds back other calls than its own.
const maxHold = time.Minute

// A hold keeps all calls back for as long as WHMCS, or a proxy in front of it, asked one
// of them to wait.
type hold struct {
	mu    sync.Mutex
	until time.Time
	why   *Error
}

// note begins a hold where e asks for one.
func (h *hold) note(e *Error) {
	if e.after <= 0 || e.Status != http.StatusTooManyRequests && e.Status != http.StatusServiceUnavailable {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if until := time.Now().Add(min(e.after, maxHold)); until.After(h.until) {
		h.until, h.why = until, e
	}
}

// wait waits for the end of the hold. Where ctx ends before that, it returns at once
// the error that began the hold.
func (h *hold) wait(ctx context.Context) error {
	for {
		h.mu.Lock()
		until, why := h.until, h.why
		h.mu.Unlock()
		left := time.Until(until)
		if left <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
			e := *why
			e.again = false
			return &e
		}
		over := time.NewTimer(left)
		select {
		case <-over.C:
		case <-ctx.Done():
			over.Stop()
			return ctx.Err()
		}
	}
}

// on reports whether calls are held back now.
func (h *hold) on() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Before(h.until)
}

// end lets calls pass again.
func (h *hold) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.until = time.Time{}
}

// askerKey is the key of an asker's name in a context.
type askerKey struct{}

// WithAsker names the asker of the calls made with the context: where many wait, askers
// take turns. All calls without a name are one asker's.
func WithAsker(ctx context.Context, asker string) context.Context {
	return context.WithValue(ctx, askerKey{}, asker)
}

func askerOf(ctx context.Context) string {
	asker, _ := ctx.Value(askerKey{}).(string)
	return asker
}

// backgroundKey is the key of what marks a context as InBackground does.
type backgroundKey struct{}

// InBackground marks the calls made with the context as those of work that nobody waits for:
// each lets all others go first, also those that a question makes next, and Pages asks for one
// page at a time.
func InBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

func inBackground(ctx context.Context) bool { return ctx.Value(backgroundKey{}) != nil }
