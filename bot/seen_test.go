package bot

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestSeenForFifteenMinutes holds that a key counts as seen until Slack's last retry
// is long past, and is new afterwards.
func TestSeenForFifteenMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSeen(seenFor)
		if !s.remember(time.Now(), "Ev1", "C1/1.0/") {
			t.Fatal("a new key was seen")
		}
		for _, after := range []time.Duration{0, time.Minute, 5 * time.Minute, 9 * time.Minute} { // 15 in all
			<-time.After(after)
			if s.remember(time.Now(), "Ev1") {
				t.Errorf("Ev1 is new after %v", after)
			}
		}
		<-time.After(time.Second)
		if !s.remember(time.Now(), "Ev1") {
			t.Error("Ev1 is not new after more than 15 minutes")
		}
	})
}

// TestSeenByEitherKey holds that a mention is known again by its event and by its
// place, and that a key that Slack left out says nothing.
func TestSeenByEitherKey(t *testing.T) {
	t.Parallel()
	s, now := newSeen(seenFor), time.Now()
	s.remember(now, "Ev1", "C1/1.0/")
	for _, keys := range [][]string{{"Ev1", "C1/2.0/"}, {"Ev2", "C1/1.0/"}, {"", "C1/1.0/"}} {
		if s.remember(now, keys...) {
			t.Errorf("%q is new", keys)
		}
	}
	if !s.remember(now, "Ev3", "C1/1.0/1.5") {
		t.Error("an edit of a seen message is not new")
	}
	for range 2 {
		if !s.remember(now, "") {
			t.Error("what has no key is taken for seen")
		}
	}
}

// TestSeenIsBounded holds that the oldest keys go first, and that nothing is kept of
// what went or was forgotten.
func TestSeenIsBounded(t *testing.T) {
	t.Parallel()
	s, now := newSeen(seenFor), time.Now()
	for n := range 3 * seenMost {
		now = now.Add(time.Millisecond)
		s.remember(now, fmt.Sprint("Ev", n))
		if n%7 == 0 {
			s.forget(fmt.Sprint("Ev", n))
		}
	}
	if len(s.when) > seenMost+1 || len(s.order) > seenMost+1 {
		t.Errorf("%d keys and %d in order are kept, want at most %d", len(s.when), len(s.order), seenMost)
	}
	if s.remember(now, fmt.Sprint("Ev", 3*seenMost-1)) {
		t.Error("the newest key went")
	}
	if !s.remember(now, "Ev1") {
		t.Error("the oldest key is still there")
	}
	s.remember(now.Add(seenFor+time.Second), "another")
	if len(s.when) != 1 || len(s.order) != 1 {
		t.Errorf("%d keys and %d in order are left of long ago", len(s.when)-1, len(s.order)-1)
	}
}

// TestSeenAgainAfterForget holds that a refused request may come again, once.
func TestSeenAgainAfterForget(t *testing.T) {
	t.Parallel()
	s, now := newSeen(seenFor), time.Now()
	s.remember(now, "Ev1")
	s.forget("Ev1")
	later := now.Add(10 * time.Minute)
	if !s.remember(later, "Ev1") || s.remember(later, "Ev1") {
		t.Error("a forgotten key does not count from when it came again")
	}
	if s.remember(now.Add(seenFor+time.Minute), "Ev1") {
		t.Error("the key was forgotten with its first coming")
	}
}

// TestSeenOnceAmongMany holds that of many at the same time one is first.
func TestSeenOnceAmongMany(t *testing.T) {
	t.Parallel()
	s := newSeen(seenFor)
	var firsts atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if s.remember(time.Now(), "Ev1") {
				firsts.Add(1)
			}
		})
	}
	wg.Wait()
	if n := firsts.Load(); n != 1 {
		t.Errorf("%d were first", n)
	}
}
