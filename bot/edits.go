package bot

import (
	"context"
	"sync"
	"time"
)

const (
	editableFor  = 10 * time.Minute // how long an edit of a question still corrects its answer
	editableMost = 10_000           // questions that are remembered for it
)

// edits knows the questions that their askers can edit, and where their answers are, so that
// an edit corrects the answer in place.
type edits struct {
	mu    sync.Mutex
	known map[string]*editable // by channel and ts of the question
	order []*editable          // oldest first
}

// An editable is a question that can be edited, and its answer.
type editable struct {
	key    string
	since  time.Time
	turn   sync.Mutex // held while one version of the question is in progress
	cancel context.CancelCauseFunc

	// Of the newest version, guarded by edits.mu.
	edited  string // when it was edited
	newest  string // its line
	version string // the reference of its request; "": it is answered
	number  int    // among those of all replicas; 0: not known

	// Of the version last in progress, guarded by turn.
	line     string
	answered bool   // whether Slack took the answer
	answer   posted // where that is; a zero ts: nowhere that can be changed
}

func newEdits() *edits { return &edits{known: make(map[string]*editable)} }

// begin returns the question that req is a version of, having ended the answer to an earlier
// version that is still in progress. Where there is nothing to do it returns the outcome
// instead: edited if a newer version came before req, unchanged if the same line is in
// progress.
func (e *edits) begin(req *Request, cancel context.CancelCauseFunc) (*editable, Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forgetOld(req.Received)
	key := req.question()
	q := e.known[key]
	if q == nil {
		q = &editable{key: key, since: req.Received}
		e.known[key] = q
		e.order = append(e.order, q)
	}
	if req.Edited < q.edited {
		return nil, outcomeEdited
	}
	q.edited = req.Edited
	if q.version != "" && q.newest == req.Line {
		return nil, outcomeUnchanged
	}
	if q.cancel != nil {
		q.cancel(errEdited)
	}
	q.cancel, q.newest, q.version, q.number = cancel, req.Line, req.Ref, 0
	return q, ""
}

// end notes that req, a version of q, is no longer in progress.
func (e *edits) end(q *editable, req *Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if q.version == req.Ref {
		q.version = ""
	}
}

func (e *edits) forgetOld(now time.Time) {
	for len(e.order) > 0 && (now.Sub(e.order[0].since) > editableFor || len(e.order) > editableMost) {
		if e.known[e.order[0].key] == e.order[0] {
			delete(e.known, e.order[0].key)
		}
		e.order = e.order[1:]
	}
}
