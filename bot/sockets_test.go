package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
)

// asks types a slash command every 20 ms until done is true, everybody's question
// another one, and returns how many it typed.
func (r *road) asks(done func() bool) int {
	r.t.Helper()
	tick, late := time.NewTicker(20*time.Millisecond), time.After(2*patience)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-late:
			r.t.Fatalf("still waiting after %d questions; %+v", n, r.slack.Counts())
		case <-tick.C:
		}
		if done() {
			return n
		}
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", 1+n%600)))
	}
}

// TestRefreshesAreStaggered holds that two sockets with a life of seconds, opened
// one after the other, come to refresh half a life apart, and that no command
// falls between. It is not parallel: where the machine is busy, an acknowledgement
// that was written just before the end of a connection may never be read.
func TestRefreshesAreStaggered(t *testing.T) {
	const life = 6 * time.Second
	r := newRoad(t, func(s *setup) { s.slack.ConnectionTime = life })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := r.slack.WaitSockets(ctx, 2); err != nil {
		t.Fatal(err)
	}
	opened := []time.Time{time.Now(), time.Now()} // the first two not exactly
	n := r.asks(func() bool {
		for len(opened) < r.slack.Counts().SocketsOpened {
			opened = append(opened, time.Now())
		}
		return len(opened) == 6
	})
	r.allAcked(n)
	if early := opened[2].Sub(opened[1]); early < life/2-time.Second || early > life*3/4 {
		t.Errorf("the second socket refreshed itself after %v, want about half of %v", early, life)
	}
	for i := 3; i < len(opened); i++ {
		if apart := opened[i].Sub(opened[i-1]); apart < 900*time.Millisecond {
			t.Errorf("two refreshes within %v", apart)
		}
	}
}

// allAcked holds that each of n commands came and was acknowledged in time.
func (r *road) allAcked(n int) {
	r.t.Helper()
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	if c := r.slack.Counts(); c.Unacked+c.Undelivered+c.LateAcks > 0 || c.Acked != n {
		r.t.Errorf("of %d commands %d were acknowledged, %d not, %d late, %d reached no socket", n, c.Acked, c.Unacked, c.LateAcks, c.Undelivered)
	}
}

// TestRefreshesLeaveNoGap: four refreshes within ten seconds, where opening a connection
// takes 300 ms, leave no moment without a connection, of both sockets at once too; no
// command goes lost, and none of it counts as a failure.
func TestRefreshesLeaveNoGap(t *testing.T) {
	t.Parallel()
	for name, refresh := range map[string]func(*slackfake.Workspace){
		"of one socket":   (*slackfake.Workspace).RefreshOne,
		"of both, warned": func(w *slackfake.Workspace) { w.Disconnect("warning") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, nil)
			r.waits("both sockets", func() bool { return r.slack.Counts().Sockets == 2 })
			r.slack.Fail(slackfake.SocketLink, slackfake.Failure{Delay: 300 * time.Millisecond})
			begun, refreshes, gaps := time.Now(), 0, 0
			n := r.asks(func() bool {
				if r.slack.Counts().Sockets == 0 {
					gaps++
				}
				if refreshes < 4 && time.Since(begun) >= time.Duration(refreshes)*2500*time.Millisecond {
					refresh(r.slack)
					refreshes++
				}
				return time.Since(begun) > 9*time.Second
			})
			r.allAcked(n)
			if gaps > 0 {
				t.Errorf("no connection at %d of %d moments", gaps, n)
			}
			if strings.Contains(r.log.String(), "cannot connect") {
				t.Error("the log says that a connection failed")
			}
		})
	}
}

// TestBothRefreshedAtOnce: where Slack asks both sockets for another connection at the same
// moment, both are opened at once, each time: there is none for as long as one takes to
// open, and not for a growing pause.
func TestBothRefreshedAtOnce(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	up := func() int { return r.slack.Counts().Sockets }
	r.waits("both sockets", func() bool { return up() == 2 })
	const opening = 300 * time.Millisecond
	r.slack.Fail(slackfake.SocketLink, slackfake.Failure{Delay: opening})
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for n := range 4 {
		<-time.After(1100 * time.Millisecond) // a shorter life is one that ended at once
		r.slack.Disconnect("refresh_requested")
		begun, none := time.Now(), time.Duration(0)
		for up() < 2 && time.Since(begun) < patience {
			<-tick.C
			if up() == 0 {
				none = time.Since(begun)
			}
		}
		if took := time.Since(begun); none > opening+time.Second || took > opening+2*time.Second {
			t.Errorf("refresh %d: no connection for %v, one of two for %v", n+1, none, took)
		}
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Alice, slackfake.Support, marker)
	r.allAcked(1)
	if strings.Contains(r.log.String(), "cannot connect") {
		t.Error("the log says that a connection failed")
	}
}
