package bot

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

const (
	noteAfter      = 2 * time.Second // an answer within this needs no note before it
	progressEvery  = 5 * time.Second
	progressMinute = 20 // notes and updates a minute, all questions together
	clickNotes     = 3  // of the five uses of a click's response_url
)

// newProgressLimit keeps progress from using up what Slack lets answers through.
func newProgressLimit() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(progressMinute)/60, progressMinute/4)
}

// A watch tells the asker of a slow question that it is in work: a note with a
// Stop button after 2 s, and, where what stands there can be changed, how far the
// search has come.
type watch struct {
	b   *Bot
	req *Request
	ctx context.Context
	end context.CancelFunc

	mu     sync.Mutex
	latest query.Progress
	timer  *time.Timer

	to   place         // of the goroutine, until it is over
	over chan struct{} // closed when the goroutine is over
}

func (b *Bot) watch(ctx context.Context, req *Request, to place) *watch {
	w := &watch{b: b, req: req, to: to, over: make(chan struct{})}
	w.ctx, w.end = context.WithCancel(ctx)
	return w
}

// start lets the watch tell from 2 s on.
func (w *watch) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(noteAfter-time.Since(w.req.Received), w.run)
}

// report takes how far a scan has come.
func (w *watch) report(p query.Progress, _ query.Query) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latest = p
}

// done ends the watch and returns where the answer goes: over the note, where that
// can be replaced.
func (w *watch) done() place {
	w.end()
	w.mu.Lock()
	started := w.timer != nil && !w.timer.Stop()
	w.mu.Unlock()
	if started {
		<-w.over
	}
	return w.to
}

func (w *watch) run() {
	defer close(w.over)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for left := w.notes(); left > 0; left-- {
		w.note()
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return
		}
	}
}

// notes is how many notes may stand before the answer at this kind of place: only
// a post and a clicked private message can be changed.
func (w *watch) notes() int {
	switch w.to.way {
	case post, update:
		return int(scanLimit / progressEvery)
	case replace:
		return clickNotes
	}
	return 1
}

// note sends one note, unless the process has sent many lately.
func (w *watch) note() {
	if w.ctx.Err() != nil || !w.b.progress.Allow() {
		return
	}
	w.mu.Lock()
	latest := w.latest
	w.mu.Unlock()
	ctx, cancel := background(w.ctx)
	defer cancel()
	o := w.b.answers.options(w.req, Showing{Public: w.to.public()})
	ts, err := w.b.poster.send(ctx, w.to, formatting.Searching(latest, w.req.Line, o))
	if err != nil {
		w.b.log.Warn("progress was not shown", "ref", w.req.Ref, "error", err)
		return
	}
	if w.to.way == post && ts != "" {
		w.to.way, w.to.ts = update, ts
	}
}
