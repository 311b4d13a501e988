package bot

import (
	"context"
	"encoding/json"
	"time"
)

const (
	versionsFor = 15 * time.Minute       // longer than an edit may still correct an answer
	turnWithin  = 25 * time.Second       // an answer that is being sent takes at most 20 s
	turnEvery   = 100 * time.Millisecond // how often a replica looks whether it is its turn
)

// What replicas share of the versions of a question (versions.go): an edit may come to another
// replica than the mention did.

// A sharedVersion is one version among those that replicas have.
type sharedVersion struct {
	name   string // of the shared question
	ref    string
	number int // grows with each version, on whichever replica
}

// A sharedQuestion is what the store holds of a question: its newest version, whose turn it is to
// answer, and where the answer is.
type sharedQuestion struct {
	Number     int    `json:"number"`
	Edited     string `json:"edited,omitempty"`
	Newest     string `json:"newest"`
	InProgress string `json:"in_progress,omitempty"` // the reference of the newest version until it is answered

	Turn    string `json:"turn,omitempty"` // the reference of the version that may answer
	Replica string `json:"replica,omitempty"`

	Line     string      `json:"line,omitempty"` // that was answered last
	Answered bool        `json:"answered,omitempty"`
	At       *postedJSON `json:"at,omitempty"`
}

// lost reports whether the store has lost the question: each begins with a version.
func (q *sharedQuestion) lost() bool { return q.Number == 0 }

// A postedJSON is a posted in JSON. What it leaves out cannot be changed later.
type postedJSON struct {
	Way     way    `json:"way"`
	User    string `json:"user"`
	Channel string `json:"channel"`
	Thread  string `json:"thread,omitempty"`
	Begins  bool   `json:"begins,omitempty"`
	TS      string `json:"ts"`
	File    string `json:"file,omitempty"`
}

func postedToJSON(at posted) *postedJSON {
	if at.ts == "" {
		return nil
	}
	return &postedJSON{at.way, at.user, at.channel, at.thread, at.begins, at.ts, at.file}
}

func (p *postedJSON) posted() posted {
	if p == nil {
		return posted{}
	}
	return posted{address{way: p.Way, user: p.User, channel: p.Channel, thread: p.Thread, begins: p.Begins, ts: p.TS}, p.File}
}

// changeSharedQuestion changes what the store holds of a question and returns it.
func (b *Bot) changeSharedQuestion(ctx context.Context, name string, edit func(*sharedQuestion) (changed bool)) (sharedQuestion, error) {
	var q sharedQuestion
	_, err := b.store.change(context.WithoutCancel(ctx), name, versionsFor, func(page []byte) []byte {
		q = sharedQuestion{}
		if page != nil && json.Unmarshal(page, &q) != nil {
			q = sharedQuestion{}
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

// beginSharedVersion makes req the newest version of its question on all replicas and has the one
// before it ended. Where there is nothing to do it returns the outcome instead, as
// versions.begin does. Without a store, or while it is away, there is no version.
func (b *Bot) beginSharedVersion(ctx context.Context, req *Request) (*sharedVersion, Outcome) {
	if b.store == nil {
		return nil, ""
	}
	name := "question/" + req.question()
	outcome, replaces := Outcome(""), false
	q, err := b.changeSharedQuestion(ctx, name, func(q *sharedQuestion) bool {
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
	return &sharedVersion{name, req.Ref, q.Number}, ""
}

// takeSharedTurn waits until no other replica answers an earlier version of v's question, and takes
// over what is known of its answer. After turnWithin, and while the store is away, it goes on
// without: a second answer is better than none.
func (b *Bot) takeSharedTurn(ctx context.Context, v *sharedVersion, known *localQuestion) {
	if v == nil {
		return
	}
	for begun, lives := time.Now(), true; ; {
		mine := false
		q, err := b.changeSharedQuestion(ctx, v.name, func(q *sharedQuestion) bool {
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
		lives = b.replicaLives(ctx, q.Replica)
	}
}

// endSharedTurn notes where the answer is and lets the next version have its turn.
func (b *Bot) endSharedTurn(ctx context.Context, v *sharedVersion, known *localQuestion) {
	if v == nil {
		return
	}
	_, _ = b.changeSharedQuestion(ctx, v.name, func(q *sharedQuestion) bool { // without it the next version posts a new answer
		if q.Turn != v.ref && !q.lost() {
			return false
		}
		q.Number = max(q.Number, v.number)
		q.Turn, q.Replica = "", ""
		q.Line, q.Answered, q.At = known.line, known.answered, postedToJSON(known.answer)
		if q.InProgress == v.ref {
			q.InProgress = ""
		}
		return true
	})
}

// newerElsewhere reports whether another replica has a newer version of v's question.
func (b *Bot) newerElsewhere(ctx context.Context, v *sharedVersion) bool {
	if v == nil {
		return false
	}
	q, err := b.changeSharedQuestion(ctx, v.name, func(*sharedQuestion) bool { return false })
	return err == nil && q.Number > v.number
}

// saveNoteAddress saves where a note of progress about a question is, so that another replica can
// put the answer in its place.
func (b *Bot) saveNoteAddress(req *Request, at address) {
	if b.store == nil || at.way != update || req.Door != DoorMention && req.Door != DoorMessage {
		return
	}
	_, _ = b.changeSharedQuestion(context.Background(), "question/"+req.question(), func(q *sharedQuestion) bool {
		if q.Turn != req.Ref && !q.lost() {
			return false
		}
		q.Line, q.Answered, q.At = req.Line, false, postedToJSON(posted{address: at})
		return true
	})
}
