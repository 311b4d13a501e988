package bot

import (
	"testing"
	"testing/synctest"
	"time"
)

// asksFor is how often two sockets ask for a connection within d, where opening one takes
// 50 ms and each ends by itself after lived.
func asksFor(t *testing.T, d, lived time.Duration) (times []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o, begun := newOpener(nil), time.Now()
		asked := make(chan time.Duration)
		for range sockets {
			go func() {
				for o.wait(t.Context()) == nil && time.Since(begun) < d {
					asked <- time.Since(begun)
					<-time.After(50*time.Millisecond + lived)
					o.ended(lived)
				}
				asked <- -1
			}()
		}
		for running := sockets; running > 0; {
			if at := <-asked; at >= 0 {
				times = append(times, at)
			} else {
				running--
			}
		}
	})
	return times
}

// TestConnectionsAreBounded: whatever becomes of the connections, Slack is asked for at
// most 12 within any 8 s and 40 within any minute.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	for _, lived := range []time.Duration{0, 900 * time.Millisecond, 1100 * time.Millisecond, 3 * time.Second} {
		times := asksFor(t, 5*time.Minute, lived)
		for _, b := range []struct {
			within time.Duration
			most   int
		}{{8 * time.Second, 12}, {time.Minute, 40}} {
			for i := range times {
				n := 0
				for _, at := range times[i:] {
					if at < times[i]+b.within {
						n++
					}
				}
				if n > b.most {
					t.Errorf("connections of %v: %d are asked for within %v of %v, want at most %d", lived, n, b.within, times[i], b.most)
					break
				}
			}
		}
		if len(times) < 30 {
			t.Errorf("connections of %v: %d in five minutes, though none was up: the waits are long", lived, len(times))
		}
	}
}

// TestALivedConnectionIsFollowedAtOnce: the pause grows where connections end at once, is
// short while no socket is up, and is forgotten with the first connection that lives.
func TestALivedConnectionIsFollowedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := false
		o := newOpener(func() bool { return up })
		waits := func() time.Duration {
			t.Helper()
			begun := time.Now()
			if err := o.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			return time.Since(begun)
		}
		for n, want := range []time.Duration{0, 1, 2, 4, 5, 5} { // seconds, with half as jitter at most
			if got := waits(); got < want*time.Second || got > want*time.Second*3/2+250*time.Millisecond {
				t.Errorf("wait %d is %v, want about %d s", n, got, want)
			}
			o.ended(0)
		}
		up = true
		if got := waits(); got < 30*time.Second || got > 46*time.Second {
			t.Errorf("with the other socket up the wait is %v, want about 30 s", got)
		}
		o.ended(time.Hour)
		if got := waits(); got != 0 {
			t.Errorf("after a connection that lived the wait is %v, want none", got)
		}
	})
}
