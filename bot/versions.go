package bot

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

const (
	versionsFor = 15 * time.Minute       // longer than an edit may still correct an answer
	turnWithin  = 25 * time.Second       // an answer that is being sent takes at most 20 s
	turnEvery   = 100 * time.Millisecond // how often a replica looks whether it is its turn
)

// A version is one text of a question that can be edited, among those that replicas have.
type version struct {
	name   string // of the question's page
	ref    string
	number int // grows with each version, on whichever replica
}

// A versioned is the page of a question: its newest version, whose turn it is to answer, and
// where the answer is.
type versioned struct {
	Number     int    `json:"number"`
	Edited     string `json:"edited,omitempty"`
	Newest     string `json:"newest"`
	InProgress string `json:"in_progress,omitempty"` // the reference of the newest version until it is answered

	Turn    string `json:"turn,omitempty"` // the reference of the version that may answer
	Replica string `json:"replica,omitempty"`

	Line     string `json:"line,omitempty"` // that was answered last
	Answered bool   `json:"answered,omitempty"`
	At       *place `json:"at,omitempty"`
}

// lost reports whether the page is empty: the server has lost it, as every question begins with a
// version.
func (q *versioned) lost() bool { return q.Number == 0 }

// A place is a posted in JSON. What it leaves out cannot be changed later.
type place struct {
	Way     way    `json:"way"`
	User    string `json:"user"`
	Channel string `json:"channel"`
	Thread  string `json:"thread,omitempty"`
	Begins  bool   `json:"begins,omitempty"`
	TS      string `json:"ts"`
	File    string `json:"file,omitempty"`
}

func placeOf(at posted) *place {
	if at.ts == "" {
		return nil
	}
	return &place{at.way, at.user, at.channel, at.thread, at.begins, at.ts, at.file}
}

func (p *place) posted() posted {
	if p == nil {
		return posted{}
	}
	return posted{address{way: p.Way, user: p.User, channel: p.Channel, thread: p.Thread, begins: p.Begins, ts: p.TS}, p.File}
}

// editPage changes the page of a question and returns it.
func (b *Bot) editPage(ctx context.Context, name string, edit func(*versioned) (changed bool)) (versioned, error) {
	var q versioned
	_, err := b.store.change(context.WithoutCancel(ctx), name, versionsFor, func(page []byte) []byte {
		q = versioned{}
		if page != nil && json.Unmarshal(page, &q) != nil {
			q = versioned{}
		}
		if !edit(&q) {
			return page
		}
		next, err := json.Marshal(q)
		if err != nil {
			return page
		}
		return next
	})
	return q, err
}

// beginVersion makes req the newest version of its question on all replicas and has the one
// before it ended. Where there is nothing to do it returns the outcome instead, as
// edits.begin does. Without a store, or while it is away, there is no version.
func (b *Bot) beginVersion(ctx context.Context, req *Request) (*version, Outcome) {
	if b.store == nil {
		return nil, ""
	}
	name := "question/" + req.question()
	outcome, replaces := Outcome(""), false
	q, err := b.editPage(ctx, name, func(q *versioned) bool {
		outcome, replaces = "", q.InProgress != "" && q.InProgress != req.Ref
		switch {
		case req.Edited < q.Edited:
			outcome = outcomeEdited
		case replaces && q.Newest == req.Line:
			outcome = outcomeUnchanged
		default:
			q.Number, q.Edited, q.Newest, q.InProgress = q.Number+1, req.Edited, req.Line, req.Ref
		}
		return outcome == ""
	})
	if err != nil {
		return nil, ""
	}
	if outcome != "" {
		return nil, outcome
	}
	if replaces {
		_ = b.store.broadcast(ctx, news{Kind: newsEdited, Name: req.question(), Number: q.Number}) // else the older one finds out before it posts
	}
	return &version{name, req.Ref, q.Number}, ""
}

// takeTurn waits until no other replica answers an earlier version of v's question, and takes
// over what is known of its answer. After turnWithin, and while the store is away, it goes on
// without: a second answer is better than none.
func (b *Bot) takeTurn(ctx context.Context, v *version, known *editable) {
	if v == nil {
		return
	}
	for begun, lives := time.Now(), true; ; {
		mine := false
		q, err := b.editPage(ctx, v.name, func(q *versioned) bool {
			mine = q.Turn == "" || q.Turn == v.ref || time.Since(begun) > turnWithin || !lives
			if mine {
				q.Turn, q.Replica = v.ref, b.store.id
			}
			return mine
		})
		if err != nil {
			return
		}
		if mine {
			if q.Line != "" {
				known.line, known.answered, known.answer = q.Line, q.Answered, q.At.posted()
			}
			return
		}
		if sleep(ctx, turnEvery) != nil {
			return
		}
		lives = b.lives(ctx, q.Replica)
	}
}

// lives reports whether a replica lives, also one that came after the last look.
func (b *Bot) lives(ctx context.Context, replica string) bool {
	if slices.Contains(b.store.known().living, replica) {
		return true
	}
	now, err := b.store.beat(ctx)
	return err != nil || slices.Contains(now.living, replica)
}

// endTurn notes where the answer is and lets the next version have its turn.
func (b *Bot) endTurn(ctx context.Context, v *version, known *editable) {
	if v == nil {
		return
	}
	_, _ = b.editPage(ctx, v.name, func(q *versioned) bool { // without it the next version posts a new answer
		if q.Turn != v.ref && !q.lost() {
			return false
		}
		q.Number = max(q.Number, v.number)
		q.Turn, q.Replica = "", ""
		q.Line, q.Answered, q.At = known.line, known.answered, placeOf(known.answer)
		if q.InProgress == v.ref {
			q.InProgress = ""
		}
		return true
	})
}

// outdated reports whether another replica has a newer version of v's question.
func (b *Bot) outdated(ctx context.Context, v *version) bool {
	if v == nil {
		return false
	}
	q, err := b.editPage(ctx, v.name, func(*versioned) bool { return false })
	return err == nil && q.Number > v.number
}

// noteIsAt notes where a note of progress about a question is, so that another replica can
// put the answer in its place.
func (b *Bot) noteIsAt(req *Request, at address) {
	if b.store == nil || at.way != update || req.Door != DoorMention && req.Door != DoorMessage {
		return
	}
	_, _ = b.editPage(context.Background(), "question/"+req.question(), func(q *versioned) bool {
		if q.Turn != req.Ref && !q.lost() {
			return false
		}
		q.Line, q.Answered, q.At = req.Line, false, placeOf(posted{address: at})
		return true
	})
}

// newerElsewhere ends our version of a question if another replica has a newer one.
func (e *edits) newerElsewhere(question string, number int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if q := e.known[question]; q != nil && q.cancel != nil && q.number > 0 && q.number < number {
		q.cancel(errEdited)
	}
}

// numbered notes the number of a question's version in progress here.
func (e *edits) numbered(q *editable, v *version) {
	if v == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	q.number = v.number
}
