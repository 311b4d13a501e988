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
	noteWithin     = 5 * time.Second // what a note may take: the answer waits for it
	progressEvery  = 5 * time.Second
	progressMinute = 20 // notes and updates a minute at most, all questions together
	progressBurst  = 5  // of them at once
	clickNotes     = 3  // of the five uses of a click's response_url
)

// newProgressLimit keeps progress from using up what Slack lets answers through.
func newProgressLimit() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(progressMinute-progressBurst)/60, progressBurst)
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

	to   place         // where the answer goes
	at   place         // where the notes go; of the goroutine, until it is over
	over chan struct{} // closed when the goroutine is over
}

// watch watches a question whose answer goes to a place. The notes stand where the
// answer will; only a post that others read stays as it is until then, where one
// of them clicked it.
func (b *Bot) watch(ctx context.Context, req *Request, to place) *watch {
	w := &watch{b: b, req: req, to: to, at: to, over: make(chan struct{})}
	if w.apart() {
		w.at = alone(req)
	}
	w.ctx, w.end = context.WithCancel(ctx)
	return w
}

// apart reports whether the notes stand elsewhere than the answer.
func (w *watch) apart() bool { return w.req.Door != DoorMention && w.to.public() }

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
	if w.apart() {
		return w.to
	}
	return w.at
}

func (w *watch) run() {
	defer close(w.over)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for left := w.notes(); left > 0; {
		sent, err := w.note()
		if w.at.way == post && unknownOutcome(err) {
			return // it may stand there: another would be one more
		}
		if sent {
			left--
		}
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
	switch w.at.way {
	case post, update, direct:
		return int(scanLimit / progressEvery)
	case replace:
		return clickNotes
	}
	return 1
}

// note sends one note. It sends none where answers go first: where the process
// has sent many notes lately, or Slack wants fewer messages there.
func (w *watch) note() (sent bool, err error) {
	if w.ctx.Err() != nil || !w.b.poster.idle(w.at) || !w.b.progress.Allow() {
		return false, nil
	}
	w.mu.Lock()
	latest := w.latest
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), noteWithin)
	defer cancel()
	o := w.b.answers.view(w.req, Showing{Public: w.at.public()})
	err = w.send(ctx, w.b.answers.Style.Searching(latest, w.req.Line, o))
	if err != nil {
		w.b.log.Warn("progress was not shown", "ref", w.req.Ref, "error", err)
	}
	return true, err
}

// send sends a note and remembers where it stands.
func (w *watch) send(ctx context.Context, msg formatting.Message) error {
	if w.at.way == direct {
		dm, err := w.b.poster.open(ctx, w.at.user)
		if err != nil {
			return err
		}
		w.at.way, w.at.channel, w.at.thread = post, dm, ""
	}
	ts, err := w.b.poster.send(ctx, w.at, msg)
	if w.at.way == post && err == nil {
		w.at.way, w.at.ts = update, ts
	}
	return err
}
