package bot

import (
	"fmt"
	"testing"
	"time"
)

// TestEditableQuestionsAreForgotten: what an edit could still correct is kept for 10 minutes,
// and of the newest only.
func TestEditableQuestionsAreForgotten(t *testing.T) {
	t.Parallel()
	e, begin := newVersions(), time.Unix(1795000000, 0)
	ask := func(ts string, after time.Duration, edited string) *localQuestion {
		e, _ := e.begin(&Request{Channel: "C1", Message: ts, Received: begin.Add(after), Edited: edited}, func(error) {})
		return e
	}
	first := ask("1", 0, "")
	if ask("1", editableFor, "2") != first {
		t.Error("an edit after 10 minutes at most finds no answer to correct")
	}
	if ask("1", editableFor+time.Second, "3") == first {
		t.Error("an edit after more than 10 minutes finds the old answer")
	}
	for i := range editableMost + 100 {
		ask(fmt.Sprint("many", i), editableFor+time.Minute, "")
	}
	if n := len(e.known); n > editableMost+1 || len(e.order) != n {
		t.Errorf("%d questions are kept, %d in order", n, len(e.order))
	}
}

// TestNewestEditCounts: an edit that comes late, after a newer one, is let go; a newer
// one ends the answer to the older one.
func TestNewestEditCounts(t *testing.T) {
	t.Parallel()
	e, ended := newVersions(), ""
	ask := func(edited string) *localQuestion {
		e, _ := e.begin(&Request{Channel: "C1", Message: "1", Edited: edited, Received: time.Unix(1, 0)}, func(error) { ended += edited })
		return e
	}
	if ask("5") == nil || ask("6") == nil || ended != "5" {
		t.Errorf("a newer edit ended %q", ended)
	}
	if ask("5.5") != nil || ended != "5" {
		t.Errorf("an older edit is answered, or ended %q", ended)
	}
}

// TestEqualEditChangesNothing: an edit that asks the same lets the answer in
// progress go on; one that asks something else ends it, also when it goes back to an earlier line.
func TestEqualEditChangesNothing(t *testing.T) {
	t.Parallel()
	e, ended := newVersions(), ""
	ask := func(edited, line string) (*Request, Outcome) {
		req := &Request{Ref: "r" + edited, Channel: "C1", Message: "1", Edited: edited, Line: line, Received: time.Unix(1, 0)}
		_, outcome := e.begin(req, func(error) { ended += edited })
		return req, outcome
	}
	ask("1", "client:1")
	if _, outcome := ask("2", "client:1"); outcome != "unchanged" || ended != "" {
		t.Errorf("an equal edit: %q, ended %q", outcome, ended)
	}
	ask("3", "client:2")
	last, outcome := ask("4", "client:1")
	if outcome != "" || ended != "13" {
		t.Errorf("an edit back: %q, ended %q", outcome, ended)
	}
	e.end(e.known["C1/1"], last)
	if _, outcome := ask("5", "client:1"); outcome != "" {
		t.Errorf("an edit after the answer: %q", outcome)
	}
}
