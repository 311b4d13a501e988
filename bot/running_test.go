package bot

import (
	"fmt"
	"testing"
	"time"
)

// TestExchangesAreForgotten: what an edit could still correct is kept for 10 minutes,
// and of the newest only.
func TestExchangesAreForgotten(t *testing.T) {
	t.Parallel()
	r, begin := newRunning(), time.Unix(1795000000, 0)
	ask := func(ts string, after time.Duration, edited string) *exchange {
		return r.exchange(&Request{Channel: "C1", Message: ts, Received: begin.Add(after), Edited: edited}, func(error) {})
	}
	first := ask("1", 0, "")
	if ask("1", answeredFor, "2") != first {
		t.Error("an edit after 10 minutes at most finds no answer to correct")
	}
	if ask("1", answeredFor+time.Second, "3") == first {
		t.Error("an edit after more than 10 minutes finds the old answer")
	}
	for i := range answeredMost + 100 {
		ask(fmt.Sprint("many", i), answeredFor+time.Minute, "")
	}
	if n := len(r.exchanges); n > answeredMost+1 || len(r.order) != n {
		t.Errorf("%d exchanges are kept, %d in order", n, len(r.order))
	}
}

// TestNewestEditCounts: an edit that comes late, after a newer one, is let go; a newer
// one ends the answer to the older.
func TestNewestEditCounts(t *testing.T) {
	t.Parallel()
	r, ended := newRunning(), ""
	ask := func(edited string) *exchange {
		return r.exchange(&Request{Channel: "C1", Message: "1", Edited: edited, Received: time.Unix(1, 0)}, func(error) { ended += edited })
	}
	if ask("5") == nil || ask("6") == nil || ended != "5" {
		t.Errorf("a newer edit ended %q", ended)
	}
	if ask("5.5") != nil || ended != "5" {
		t.Errorf("an older edit is answered, or ended %q", ended)
	}
}
