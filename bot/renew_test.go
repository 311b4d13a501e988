package bot

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/formatting"
)

// newLiveBot returns a bot that is not running.
func newLiveBot(t *testing.T) *Bot {
	t.Helper()
	b, err := New(Config{AppToken: "xapp-1", BotToken: "xoxb-1", Answers: &Answers{}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestLiveMost: twenty answers are kept current at a time, three of one person.
func TestLiveMost(t *testing.T) {
	t.Parallel()
	b := newLiveBot(t)
	enter := func(n int, user string) (bool, formatting.Sentence) {
		return b.enterLive(t.Context(), liveAnswer{Ref: fmt.Sprint("r", n), User: user, Channel: "C1", TS: fmt.Sprint(n), Begun: time.Now()})
	}
	for n := range liveMost {
		if entered, why := enter(n, fmt.Sprint("U", n/liveEach)); !entered {
			t.Fatalf("answer %d is not kept current: %s", n, why)
		}
	}
	if entered, why := enter(100, "U99"); entered || why != formatting.SaysLiveMost(liveMost) {
		t.Errorf("one more than %d: %v, %q", liveMost, entered, why)
	}
	if entered, why := enter(0, "U0"); entered || why != "" {
		t.Errorf("one that is kept current already: %v, %q", entered, why)
	}
	b.dropLive(t.Context(), byRef("r19"))
	if entered, why := enter(101, "U0"); entered || why != formatting.SaysLiveEach(liveEach) {
		t.Errorf("a fourth one of a person: %v, %q", entered, why)
	}
	if entered, why := enter(102, "U99"); !entered {
		t.Errorf("after one has ended: %q", why)
	}
}

// TestLiveThatWasNeverPosted: an answer whose process ended as it was to be posted takes up no
// place for long, and the watch over all ends with the process.
func TestLiveThatWasNeverPosted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newLiveBot(t)
		now := time.Now()
		b.enterLive(t.Context(), liveAnswer{Ref: "r1", User: "U1", Channel: "C1", Begun: now, Until: now.Add(time.Hour)})
		end := b.keepCurrent()
		left := func() int {
			p, err := b.changeLiveAnswers(t.Context(), func(*liveAnswers) bool { return false })
			if err != nil {
				t.Fatal(err)
			}
			return len(p.All)
		}
		time.Sleep(livePost)
		if left() != 1 {
			t.Error("it was dropped while it may still be posted")
		}
		time.Sleep(2 * liveLook)
		synctest.Wait()
		if left() != 0 {
			t.Error("it still takes up a place")
		}
		end()
	})
}
