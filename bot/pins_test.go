package bot

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestPins holds what a person pins to ten questions, each once, and each person's to their own.
func TestPins(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	p := &pins{shared: newMemory(), now: func() time.Time { return today }}
	holds := func(asker string, want ...string) {
		t.Helper()
		if got, err := p.of(t.Context(), asker); !slices.Equal(got, want) || err != nil {
			t.Errorf("%s has pinned %q, %v; want %q", asker, got, err, want)
		}
	}
	adds := func(line string, want bool) {
		t.Helper()
		if got, err := p.add(t.Context(), "T1/U1", line); got != want || err != nil {
			t.Errorf("pinning %s: %v, %v", line, got, err)
		}
	}
	holds("T1/U1")
	var all []string
	for n := range pinsMost {
		all = append(all, fmt.Sprint("client:", n+1))
		adds(all[n], true)
	}
	adds("client:11", false)
	adds("client:3", true) // it is pinned already
	holds("T1/U1", all...)
	holds("T1/U2")
	if err := p.remove(t.Context(), "T1/U1", "client:3"); err != nil {
		t.Error(err)
	}
	if err := p.remove(t.Context(), "T1/U2", "client:1"); err != nil {
		t.Error(err)
	}
	adds("client:11", true)
	holds("T1/U1", append(slices.Concat(all[:2], all[3:]), "client:11")...)
}

// written notes for how long values are kept when they change.
type written struct {
	values
	all  []string
	life time.Duration
}

func (w *written) change(ctx context.Context, name string, life time.Duration, edit func([]byte) []byte) ([]byte, error) {
	return w.values.change(ctx, name, life, func(value []byte) []byte {
		next := edit(value)
		if string(next) != string(value) {
			w.all, w.life = append(w.all, string(next)), life
		}
		return next
	})
}

// TestPinsLast: pins that somebody looks at on another day are kept for 90 days more; of who
// has none nothing is kept.
func TestPinsLast(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	book := &written{values: newMemory()}
	p := &pins{shared: book, now: func() time.Time { return today }}
	looks := func(want int) {
		t.Helper()
		if _, err := p.of(t.Context(), "T1/U1"); err != nil || len(book.all) != want {
			t.Errorf("%v; written are %q", err, book.all)
		}
	}
	looks(0)
	if _, err := p.add(t.Context(), "T1/U1", "client:1"); err != nil {
		t.Fatal(err)
	}
	looks(1)
	today = today.Add(24 * time.Hour)
	looks(2)
	looks(2)
	if book.life != 90*24*time.Hour {
		t.Errorf("it is kept for %v", book.life)
	}
}

// TestNoPinsWithoutStore: one process would forget them at its next start.
func TestNoPinsWithoutStore(t *testing.T) {
	t.Parallel()
	b, err := New(Config{AppToken: "xapp-1", BotToken: "xoxb-1", Answers: &Answers{}})
	if err != nil {
		t.Fatal(err)
	}
	if b.answers.Style.Pins || b.pins.shared != nil {
		t.Error("pins are offered")
	}
}

type away struct{}

func (away) read(context.Context, string) ([]byte, error) { return nil, errAway }

func (away) change(context.Context, string, time.Duration, func([]byte) []byte) ([]byte, error) {
	return nil, errAway
}

// TestPinsAway: what cannot be read is not taken for none.
func TestPinsAway(t *testing.T) {
	t.Parallel()
	p := &pins{shared: away{}, now: time.Now}
	if _, err := p.of(t.Context(), "T1/U1"); err == nil {
		t.Error("it reads as no pins")
	}
	if added, err := p.add(t.Context(), "T1/U1", "client:1"); added || err == nil {
		t.Errorf("pinned: %v, %v", added, err)
	}
	if err := p.remove(t.Context(), "T1/U1", "client:1"); err == nil {
		t.Error("unpinned")
	}
}
