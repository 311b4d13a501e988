package bot

import (
	"log/slog"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// TestProgressIsRare: all questions together show at most 20 notes in any minute.
func TestProgressIsRare(t *testing.T) {
	t.Parallel()
	l, begin := newProgressLimit(), time.Now()
	shown := 0
	for d := time.Duration(0); d < time.Minute; d += 50 * time.Millisecond {
		if l.AllowN(begin.Add(d), 1) {
			shown++
		}
	}
	if shown > progressMinute || shown < progressMinute/2 {
		t.Errorf("%d notes in the first minute", shown)
	}
}

// TestAnswersGoFirst: no note is sent where Slack asks for a pause, or where a
// channel has had many messages lately.
func TestAnswersGoFirst(t *testing.T) {
	t.Parallel()
	w := newWeb(&opener{}, NewStatus(), slog.New(slog.DiscardHandler))
	p := newPoster(slack.New("xoxb-test"), w)
	to := place{way: post, channel: "C1"}
	if !p.idle(to) {
		t.Fatal("a quiet channel takes no note")
	}
	for range postsBurst/2 + 1 {
		if err := p.pace(t.Context(), "C1"); err != nil {
			t.Fatal(err)
		}
	}
	if p.idle(to) {
		t.Error("a note to a busy channel")
	}
	w.until["chat.update"] = time.Now().Add(time.Minute)
	if p.idle(place{way: update, channel: "C2"}) {
		t.Error("a note though Slack asked for a pause")
	}
	if !p.idle(place{way: post, channel: "C2"}) {
		t.Error("no note though the pause is another method's")
	}
}
