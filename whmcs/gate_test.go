package whmcs

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestGate wants places handed out in the order of coming, to questions before
// scans, and none lost with those who leave.
func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate{free: 1}
		if err := g.enter(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var order []string
		var all sync.WaitGroup
		wait := func(name string, scan bool, ctx context.Context) {
			all.Go(func() {
				err := g.enter(ctx, scan)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					order = append(order, name+" left")
					return
				}
				order = append(order, name)
				g.leave()
			})
			synctest.Wait()
		}
		leaving, leave := context.WithCancel(t.Context())
		wait("scan 1", true, t.Context())
		wait("scan 2", true, t.Context())
		wait("question 1", false, t.Context())
		wait("question 2", false, leaving)
		wait("question 3", false, t.Context())
		leave()
		synctest.Wait()
		g.leave()
		all.Wait()
		want := []string{"question 2 left", "question 1", "question 3", "scan 1", "scan 2"}
		if !slices.Equal(order, want) || g.free != 1 {
			t.Errorf("%v, %d free, want %v", order, g.free, want)
		}
		if err := g.enter(leaving, false); err == nil || g.free != 1 {
			t.Error("took a place for one who has left")
		}
	})
}

// TestGateTurns wants askers to take turns, each with their questions in order.
func TestGateTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate{}
		var order []string
		var all sync.WaitGroup
		for _, name := range []string{"ann 1", "ann 2", "ann 3", "bob 1", "ann 4", "eve 1", "bob 2"} {
			all.Go(func() {
				if g.enter(WithAsker(t.Context(), name[:3]), false) == nil {
					order = append(order, name)
					g.leave()
				}
			})
			synctest.Wait()
		}
		g.leave() // one place, which goes from hand to hand
		all.Wait()
		want := []string{"ann 1", "bob 1", "eve 1", "ann 2", "bob 2", "ann 3", "ann 4"}
		if !slices.Equal(order, want) {
			t.Errorf("%v, want %v", order, want)
		}
	})
}

// TestGateRush lets many come and leave at once: in the end all places are back.
func TestGateRush(t *testing.T) {
	t.Parallel()
	g := gate{free: 3}
	var all sync.WaitGroup
	var mu sync.Mutex
	inside := 0
	for i := range 300 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*50*time.Microsecond)
			defer cancel()
			if i%2 == 0 {
				ctx = t.Context()
			}
			if g.enter(WithAsker(ctx, strconv.Itoa(i%5)), i%3 == 0) != nil {
				return
			}
			mu.Lock()
			if inside++; inside > 3 {
				t.Errorf("%d inside", inside)
			}
			mu.Unlock()
			mu.Lock()
			inside--
			mu.Unlock()
			g.leave()
		})
	}
	all.Wait()
	if g.free != 3 || len(g.questions.askers)+len(g.questions.places)+len(g.scans.places) != 0 {
		t.Errorf("%d free, waiting %v and %v", g.free, g.questions, g.scans)
	}
}

// TestFairness wants a question that comes in the middle of scans to wait no
// longer than the calls that are under way.
func TestFairness(t *testing.T) {
	t.Parallel()
	for scans := range 4 {
		t.Run(fmt.Sprint(scans), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := shelf{habits: habits{ids: count(3000), delay: time.Second}}
				a := newTestAPI(t, s.wire)
				var all sync.WaitGroup
				for range scans {
					all.Go(func() {
						if got, _, err := readAll(t.Context(), a, GetClientsProductsRequest{}); err != nil || len(got) != 3000 {
							t.Error(len(got), err)
						}
					})
				}
				<-time.After(3500 * time.Millisecond)
				start := time.Now()
				if _, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ServiceID: 7}); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("beside %d scans a question took %v", scans, took)
				}
				all.Wait()
				if s.most > defaultMaxConcurrent {
					t.Errorf("%d calls at once", s.most)
				}
			})
		})
	}
}

// TestRetryAfterHoldsAllBack: while WHMCS wants one call to wait, no other is made, for at
// most 60 s; one that has not that much time fails at once, with the reason.
func TestRetryAfterHoldsAllBack(t *testing.T) {
	t.Parallel()
	for after, held := range map[string]time.Duration{"7": 7 * time.Second, "300": maxHold} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []replier{says(429, "", "Retry-After", after), says(200, none)}}
			a := newTestAPI(t, s.wire)
			begun := time.Now()
			ask := func(client int, within time.Duration) (time.Duration, error) {
				ctx, cancel := context.WithTimeout(t.Context(), within)
				defer cancel()
				_, err := a.GetClientsProducts(ctx, GetClientsProductsRequest{ClientID: client})
				return time.Since(begun), err
			}
			var all sync.WaitGroup
			all.Go(func() { ask(1, time.Hour) })
			synctest.Wait() // the first has met the 429
			if took, err := ask(2, 5*time.Second); took != 0 || kindOf(err) != ErrBlocked {
				t.Errorf("Retry-After %s: a call without the time fails after %v: %v", after, took, err)
			}
			if took, err := ask(3, time.Hour); took != held || err != nil {
				t.Errorf("Retry-After %s: another call is held back for %v, want %v (%v)", after, took, held, err)
			}
			all.Wait()
		})
	}
}

// TestGateOfTheBackground wants the last place left to those who asked a moment ago.
func TestGateOfTheBackground(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate{free: 1}
		ctx, leave := context.WithCancel(InBackground(t.Context()))
		for range 3 { // calls of one question, one after the other
			if err := g.enter(t.Context(), false); err != nil {
				t.Fatal(err)
			}
			g.leave()
		}
		began := time.Now()
		if err := g.enter(ctx, true); err != nil || time.Since(began) != giveWay {
			t.Errorf("entered after %v: %v", time.Since(began), err)
		}
		waiting := make(chan error)
		go func() { waiting <- g.enter(ctx, true) }()
		<-time.After(time.Minute)
		leave()
		if err := <-waiting; err == nil || g.free != 0 {
			t.Errorf("%v, %d free after one has left", err, g.free)
		}
		two := gate{free: 2}
		two.left = time.Now()
		if !two.takeSpare() || two.takeSpare() {
			t.Error("the background takes all places but the last at once")
		}
	})
}
