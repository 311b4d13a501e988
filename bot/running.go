package bot

import (
	"context"
	"sync"
	"time"
)

// answeredFor is how long an edit of a question still corrects its answer.
const answeredFor = 10 * time.Minute

// answeredMost bounds the memory of answered questions.
const answeredMost = 10_000

// running knows the questions in work, so that they can be stopped, and those
// answered lately, so that an edited one is corrected in place.
type running struct {
	mu        sync.Mutex
	asks      map[string]*asking   // by reference
	exchanges map[string]*exchange // by channel and ts of the question
	order     []*exchange          // oldest first
}

// An asking is a question in work.
type asking struct {
	user      string
	noteStays bool // no answer takes the place of the note that tells of it
	cancel    context.CancelCauseFunc
}

// An exchange is a question that can be edited, and its answer.
type exchange struct {
	key    string
	since  time.Time
	turn   sync.Mutex // held while one version of the question is in work
	cancel context.CancelCauseFunc

	// Of the newest version, guarded by running.mu.
	edited  string // when it was edited
	newest  string // its line
	version string // the reference of its request; "": it is answered

	line     string // the version last in work
	answered bool   // whether Slack took the answer to it
	reply    place  // where that stands; a zero ts: nowhere that can be changed
}

func newRunning() *running {
	return &running{asks: make(map[string]*asking), exchanges: make(map[string]*exchange)}
}

// begin makes a question stoppable whose answer goes to a place. The returned function
// ends that.
func (r *running) begin(req *Request, to place, cancel context.CancelCauseFunc) func() {
	r.mu.Lock()
	defer r.mu.Unlock()
	apart := req.Door != DoorMention && to.public() // as watch has it: the note is a private line
	r.asks[req.Ref] = &asking{req.User, apart || to.way == respond || to.way == whisper, cancel}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.asks, req.Ref)
	}
}

// stop ends the wait of who asked the question ref. It reports false where that
// question is not in work, or is somebody else's, and whether its note stays.
func (r *running) stop(ref, user string) (stopped, noteStays bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.asks[ref]
	if a == nil || a.user != user {
		return false, false
	}
	a.cancel(errStopped)
	return true, a.noteStays
}

// exchange returns the exchange that req belongs to, having ended the answer to an
// earlier version of it that is still in work. Where there is nothing to do it returns
// the outcome instead: "edited" if a newer version came before req, "unchanged" if the
// same line is in work.
func (r *running) exchange(req *Request, cancel context.CancelCauseFunc) (e *exchange, outcome string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgetOld(req.Received)
	key := req.Channel + "/" + req.Message
	e = r.exchanges[key]
	if e == nil {
		e = &exchange{key: key, since: req.Received}
		r.exchanges[key] = e
		r.order = append(r.order, e)
	}
	if req.Edited < e.edited {
		return nil, "edited"
	}
	e.edited = req.Edited
	if e.version != "" && e.newest == req.Line {
		return nil, "unchanged"
	}
	if e.cancel != nil {
		e.cancel(errEdited)
	}
	e.cancel, e.newest, e.version = cancel, req.Line, req.Ref
	return e, ""
}

// rest notes that req, a version of e, is no longer in work.
func (r *running) rest(e *exchange, req *Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.version == req.Ref {
		e.version = ""
	}
}

func (r *running) forgetOld(now time.Time) {
	for len(r.order) > 0 && (now.Sub(r.order[0].since) > answeredFor || len(r.order) > answeredMost) {
		if r.exchanges[r.order[0].key] == r.order[0] {
			delete(r.exchanges, r.order[0].key)
		}
		r.order = r.order[1:]
	}
}
