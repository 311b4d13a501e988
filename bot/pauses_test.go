package bot

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A pausing is a Slack that answers 429 where it is told to, in fake time.
type pausing struct {
	after map[string]string // Retry-After by what is called: a channel, or an address
}

func (p *pausing) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	for part, after := range p.after {
		if slackLimitOf(req, strings.TrimPrefix(req.URL.Path, "/")).part == part || req.URL.String() == part {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
			delete(p.after, part)
			break
		}
	}
	return w.Result(), nil
}

// call calls Slack and returns when it had its answer, since begun.
func (p *pausing) call(t *testing.T, w *web, begun time.Time, method, part string) time.Duration {
	t.Helper()
	address, body := "https://slack.test/"+method, "text=x&channel="+part
	if method == "response_url" {
		address, body = part, "{}"
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := w.try(req, method)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(method, part, resp, err)
	}
	return time.Since(begun)
}

// TestPausesAreOfWhatSlackLimits: a 429 of a post pauses its channel, one of a
// response_url that address, any other its method; a second channel's within the first
// one's pause pauses all posts.
func TestPausesAreOfWhatSlackLimits(t *testing.T) {
	t.Parallel()
	const one, two = "https://hooks.test/1", "https://hooks.test/2"
	for name, c := range map[string]struct {
		after map[string]string
		calls [][2]string
		at    []time.Duration // when each is answered, one after the other
	}{
		"a channel":            {map[string]string{"C1": "30"}, [][2]string{{"chat.postMessage", "C1"}, {"chat.postMessage", "C2"}}, []time.Duration{30, 0}},
		"two channels":         {map[string]string{"C1": "30", "C2": "10"}, [][2]string{{"chat.postMessage", "C1"}, {"chat.postMessage", "C2"}, {"chat.postMessage", "C3"}}, []time.Duration{30, 30, 30}},
		"a response_url":       {map[string]string{one: "30"}, [][2]string{{"response_url", one}, {"response_url", two}, {"chat.postMessage", "C1"}}, []time.Duration{30, 0, 0}},
		"a method":             {map[string]string{"https://slack.test/users.info": "30"}, [][2]string{{"users.info", ""}, {"users.info", ""}, {"chat.update", "C1"}}, []time.Duration{30, 30, 0}},
		"longer than believed": {map[string]string{"C1": "86400"}, [][2]string{{"chat.postMessage", "C1"}}, []time.Duration{60}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				slack := &pausing{after: c.after}
				w := newWeb("https://slack.test/", NewStatus(""), slog.New(slog.DiscardHandler))
				w.http.Transport, w.http.Timeout = slack, 0
				begun := time.Now()
				at := make([]time.Duration, len(c.calls))
				for i, call := range c.calls {
					go func() { at[i] = slack.call(t, w, begun, call[0], call[1]) }()
					synctest.Wait() // the calls meet Slack in their order
				}
				<-time.After(2 * time.Minute)
				synctest.Wait()
				for i, want := range c.at {
					if at[i] != want*time.Second {
						t.Errorf("%v is answered after %v, want %d s", c.calls[i], at[i], want)
					}
				}
			})
		})
	}
}

// TestAPauseHoldsUpNobodyElse: while every worker of a lane waits for the end of a pause,
// what is queued behind them is done, and the end of the lane waits for all of it.
func TestAPauseHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLane("test", 2, 100)
		l.start(t.Context())
		begun := time.Now()
		ended := map[int]time.Duration{}
		for n := range 8 {
			wait := n < 4
			l.enqueue(func(ctx context.Context) {
				if wait {
					aside(ctx, func() error { return sleep(ctx, 30*time.Second) })
				}
				l.mu.Lock()
				ended[n] = time.Since(begun)
				l.mu.Unlock()
			})
		}
		drainLanes(l)
		for n, at := range ended {
			if want := map[bool]time.Duration{true: 30 * time.Second}[n < 4]; at != want {
				t.Errorf("%d is done after %v, want %v", n, at, want)
			}
		}
		if len(ended) != 8 || l.busy.Load() != 0 || l.waiting.Load() != 0 {
			t.Errorf("%d done; %d busy, %d waiting", len(ended), l.busy.Load(), l.waiting.Load())
		}
	})
}
