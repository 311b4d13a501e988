package bot

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

const (
	noteAfter      = 2 * time.Second // an answer within this needs no note before it
	noteWithin     = 5 * time.Second // what a note may take: the answer waits for it
	notesEvery     = 5 * time.Second
	notesPerMinute = 20 // notes and updates at most, all questions together
	notesBurst     = 5  // of them at once
	clickNotes     = 3  // of the five uses of a click's response_url
)

// newNotesLimit keeps notes of progress from using up what Slack lets answers through.
func newNotesLimit() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(notesPerMinute-notesBurst)/60, notesBurst)
}

// notes say to the asker of a slow question that it is in progress: a note with a Stop button
// after 2 s, and, if that note can be changed, how far the search has come.
type notes struct {
	b   *Bot
	req *Request

	mu     sync.Mutex
	latest query.Progress

	at    address // where they go; of the goroutine, until it is over
	end   context.CancelFunc
	ended <-chan error
}

// startNotes starts the notes about a question, at an address.
func (b *Bot) startNotes(ctx context.Context, req *Request, at address) *notes {
	n := &notes{b: b, req: req, at: at}
	ctx, n.end = context.WithCancel(besideWorker(ctx))
	n.ended = whmcs.Go(func() error { n.run(ctx); return nil })
	return n
}

// progress takes how far the search has come.
func (n *notes) progress(p query.Progress) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.latest = p
}

// stop ends the notes and returns where the last one is, if it can be changed.
func (n *notes) stop() address {
	n.end()
	<-n.ended
	if n.at.way == update {
		return n.at
	}
	return address{}
}

func (n *notes) run(ctx context.Context) {
	if sleep(ctx, noteAfter-time.Since(n.req.since())) != nil {
		return
	}
	tick := time.NewTicker(notesEvery)
	defer tick.Stop()
	for left := n.most(); left > 0; {
		sent, err := n.note(ctx)
		if n.at.way == post && unknownOutcome(err) {
			return // it may be there: another would be one more
		}
		if sent {
			left--
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// most is how many notes may come before the answer: only a post and a clicked private
// message can be changed.
func (n *notes) most() int {
	switch n.at.way {
	case post, update, direct:
		return int(questionLimit / notesEvery)
	case replace:
		return clickNotes
	}
	return 1
}

// note sends one note. It sends none where answers go first: where the process has sent
// many notes lately, or Slack wants fewer messages there.
func (n *notes) note(ctx context.Context) (sent bool, err error) {
	if ctx.Err() != nil || !n.b.poster.hasRoom(n.at) || !n.b.notesLimit.Allow() {
		return false, nil
	}
	if n.at.way != update && n.b.mayBeTakenOver(n.req) && n.b.store.ready() == nil { // who answers then would not know of the note
		return false, nil
	}
	n.mu.Lock()
	latest := n.latest
	n.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	v := n.b.answers.viewOf(n.req, delivery{to: n.at})
	err = n.send(ctx, n.b.answers.Style.Searching(latest, n.req.Line, v))
	if err != nil {
		n.b.log.Warn("progress was not shown", "ref", n.req.Ref, "error", err)
	}
	return true, err
}

// send sends a note and remembers where it is.
func (n *notes) send(ctx context.Context, msg formatting.Message) error {
	if n.at.way == direct {
		dm, err := n.b.poster.open(ctx, n.at.user)
		if err != nil {
			return err
		}
		n.at.way, n.at.channel, n.at.thread = post, dm, ""
	}
	ts, err := n.b.poster.send(ctx, n.at, msg)
	if err == nil {
		n.at = n.at.sent(ts)
		n.b.saveNoteAddress(n.req, n.at)
	}
	return err
}
