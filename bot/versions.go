package bot

import (
	"context"
	"sync"
	"time"
)

const (
	editableFor  = 10 * time.Minute // how long an edit of a question still corrects its answer, in this process; a store knows it for versionsFor
	editableMost = 10_000           // questions that are remembered for it
)

// A question that its asker edits has several versions: its text before the first edit and that
// after each. The newest counts. It ends the one in progress and takes its turn after it, so that
// its answer corrects the one that is there.

// versions knows the questions that their askers can edit, and where their answers are.
type versions struct {
	mu    sync.Mutex
	known map[string]*localQuestion // by channel and ts of the question
	order []*localQuestion          // oldest first
}

// A localQuestion is a question that can be edited, and its answer, as far as this process knows.
// What replicas know together is a sharedQuestion (versions_shared.go).
type localQuestion struct {
	key   string
	since time.Time
	turn  sync.Mutex // held while one version of the question is in progress

	// Of the newest version, guarded by versions.mu.
	cancel     context.CancelCauseFunc // ends it
	edited     string                  // when it was edited
	newest     string                  // its line
	inProgress string                  // the reference of its request until it is answered; then ""
	number     int                     // among those of all replicas; 0: not known

	// Of the version last in progress, guarded by turn.
	line     string
	answered bool   // whether Slack took the answer
	answer   posted // where that is; a zero ts: nowhere that can be changed
}

func newVersions() *versions { return &versions{known: make(map[string]*localQuestion)} }

// answerVersion answers a version of a question: it ends the version before it, waits until its
// answer is where it can be corrected, and corrects it.
func (b *Bot) answerVersion(ctx context.Context, cancel context.CancelCauseFunc, a *ask, rec *record) {
	q, outcome := b.versions.begin(a.Request, cancel)
	if outcome != "" {
		rec.outcome = outcome
		return
	}
	defer b.versions.end(q, a.Request)
	if a.version, outcome = b.beginSharedVersion(ctx, a.Request); outcome != "" {
		rec.outcome = outcome
		return
	}
	b.versions.setNumber(q, a.version)
	q.turn.Lock()
	defer q.turn.Unlock()
	b.takeSharedTurn(ctx, a.version, q)
	defer b.endSharedTurn(ctx, a.version, q)
	if (a.Edited != "" || a.inherited()) && q.answered && q.line == a.Line {
		rec.outcome = outcomeUnchanged
		return
	}
	b.supersedeLive(ctx, q.answer.address, "edited")
	q.line, q.answered = a.Line, false // should this end by a panic
	if at := b.findAndDeliver(ctx, cancel, a, rec, q.answer); at.way == update || q.answer.ts == "" {
		q.answer = at // else what others read is still where a further edit finds it
	}
	q.answered = rec.sent
}

// begin returns the question that req is a version of, having ended the answer to an earlier
// version that is still in progress. Where there is nothing to do it returns the outcome
// instead: edited if a newer version came before req, unchanged if the same line is in
// progress.
func (v *versions) begin(req *Request, cancel context.CancelCauseFunc) (*localQuestion, Outcome) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.forgetOld(req.Received)
	key := req.question()
	q := v.known[key]
	if q == nil {
		q = &localQuestion{key: key, since: req.Received}
		v.known[key] = q
		v.order = append(v.order, q)
	}
	if req.Edited < q.edited {
		return nil, outcomeEdited
	}
	q.edited = req.Edited
	if q.inProgress != "" && q.newest == req.Line {
		return nil, outcomeUnchanged
	}
	if q.cancel != nil {
		q.cancel(errEdited)
	}
	q.cancel, q.newest, q.inProgress, q.number = cancel, req.Line, req.Ref, 0
	return q, ""
}

// end notes that req, a version of q, is no longer in progress.
func (v *versions) end(q *localQuestion, req *Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if q.inProgress == req.Ref {
		q.inProgress = ""
	}
}

// endOlder ends our version of a question if another replica has a newer one.
func (v *versions) endOlder(question string, number int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if q := v.known[question]; q != nil && q.cancel != nil && q.number > 0 && q.number < number {
		q.cancel(errEdited)
	}
}

// setNumber notes the number of a question's version in progress here.
func (v *versions) setNumber(q *localQuestion, s *sharedVersion) {
	if s == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	q.number = s.number
}

func (v *versions) forgetOld(now time.Time) {
	for len(v.order) > 0 && (now.Sub(v.order[0].since) > editableFor || len(v.order) > editableMost) {
		if v.known[v.order[0].key] == v.order[0] {
			delete(v.known, v.order[0].key)
		}
		v.order = v.order[1:]
	}
}
