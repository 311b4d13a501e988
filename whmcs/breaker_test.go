package whmcs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestBreaker wants WHMCS left alone after five failures in a row, users told at
// once and why, one probe after the pause, and all well after its success.
func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []replier{says(502, "")}}
		a := newTestAPI(t, s.wire)
		ask := func(want Kind, calls int) {
			t.Helper()
			before := len(s.at)
			_, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
			if kindOf(err) != want || len(s.at)-before != calls {
				t.Errorf("%v after %d calls, want %s after %d", err, len(s.at)-before, want, calls)
			}
		}
		ask(ErrUnreachable, 3)
		ask(ErrUnreachable, 2) // opens, and the question's last try is spared
		opened := time.Now()
		ask(ErrBreakerOpen, 0)
		st := a.State()
		if !st.BreakerOpen || !st.BreakerUntil.Equal(opened.Add(breakerPause)) || st.LastError != ErrUnreachable || !st.LastErrorAt.Equal(opened) || !st.LastSuccess.IsZero() {
			t.Errorf("%+v", st)
		}
		_, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
		if !strings.Contains(err.Error(), string(ErrUnreachable)) || errors.Is(err, ErrUnreachable) {
			t.Errorf("does not tell why: %v", err)
		}

		<-time.After(breakerPause)
		ask(ErrUnreachable, 1) // the probe
		ask(ErrBreakerOpen, 0)
		<-time.After(breakerPause)
		s.answers = []replier{says(200, none)}
		ask("", 1)
		if st := a.State(); st.BreakerOpen || st.LastSuccess != time.Now() {
			t.Errorf("%+v", st)
		}
		s.answers = []replier{says(502, "")}
		ask(ErrUnreachable, 3)
		s.answers = []replier{says(200, `{"result":"error","message":"Client Not Found"}`)}
		ask(ErrNotFound, 1) // WHMCS answers, so the row of failures ends
		s.answers = []replier{says(502, "")}
		ask(ErrUnreachable, 3)
		if a.State().BreakerOpen {
			t.Error("opened by failures that were not in a row")
		}
	})
}

// TestBreakerAtOnce wants no second call with credentials or from an address that
// WHMCS refused: it may ban the address.
func TestBreakerAtOnce(t *testing.T) {
	t.Parallel()
	for message, kind := range map[string]Kind{"Authentication Failed": ErrBadCredentials, "Invalid IP 203.0.113.7": ErrIPNotAllowed} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []replier{says(403, `{"result":"error","message":"`+message+`"}`)}}
			a := newTestAPI(t, s.wire)
			for _, want := range []Kind{kind, ErrBreakerOpen, ErrBreakerOpen} {
				_, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
				var e *Error
				if !errors.As(err, &e) || e.Kind != want || kind == ErrIPNotAllowed && e.IP != "203.0.113.7" {
					t.Errorf("%v, want %s", err, want)
				}
			}
			if len(s.at) != 1 {
				t.Errorf("%d calls", len(s.at))
			}
		})
	}
}

// TestProbe wants one call to pass at a time after the pause, a probe that its
// asker gave up to settle nothing, and late outcomes of earlier calls not to count.
func TestProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(next replier) replier {
			return func(r *http.Request) (*http.Response, error) {
				<-time.After(5 * time.Second)
				return next(r)
			}
		}
		var mu sync.Mutex
		answer, calls := says(403, `{"result":"error","message":"Authentication Failed"}`), 0
		set := func(r replier) { mu.Lock(); answer = r; mu.Unlock() }
		a := newTestAPI(t, func(_ url.Values, r *http.Request) (*http.Response, error) {
			mu.Lock()
			now := answer
			calls++
			mu.Unlock()
			return now(r)
		})
		ask := func(ctx context.Context) error {
			_, err := a.GetClientsProducts(ctx, GetClientsProductsRequest{})
			return err
		}
		var all sync.WaitGroup
		set(slow(says(200, none)))
		all.Go(func() { ask(t.Context()) })
		synctest.Wait()
		set(says(403, `{"result":"error","message":"Authentication Failed"}`))
		ask(t.Context())
		all.Wait() // the slow success of before comes in
		if !a.State().BreakerOpen {
			t.Error("a late success closed the breaker")
		}

		<-time.After(breakerPause)
		set(hangs)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		all.Go(func() { ask(ctx) })
		synctest.Wait()
		if err := ask(t.Context()); kindOf(err) != ErrBreakerOpen {
			t.Errorf("beside a probe: %v", err)
		}
		all.Wait()
		set(says(200, none))
		if err := ask(t.Context()); err != nil || calls != 4 {
			t.Errorf("after a probe without an outcome: %v, %d calls", err, calls)
		}
	})
}

// TestObserve wants one report for each call, with its outcome and number.
func TestObserve(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls []Call
		s := &script{answers: []replier{says(502, ""), func(r *http.Request) (*http.Response, error) {
			<-time.After(time.Second)
			return says(200, none)(r)
		}}}
		cfg := testConfig(s.wire)
		cfg.CacheTTL = time.Minute
		cfg.Observe = func(c Call) { calls = append(calls, c) }
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ClientID: 1})
		}
		want := []Call{
			{Action: actionProducts, Err: ErrUnreachable},
			{Action: actionProducts, Try: 1, Duration: time.Second},
			{Action: actionProducts, Cached: true},
		}
		for i, w := range want {
			if len(calls) != len(want) || calls[i] != w {
				t.Fatalf("%+v, want %+v", calls, want)
			}
		}
	})
}

// TestBreakerFollows: a process leaves WHMCS alone where another one does, for no longer than that,
// unless WHMCS has answered it since calls fail there. What may concern the other one alone it is
// not told.
func TestBreakerFollows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []Trouble
		s := &script{answers: []replier{says(502, "")}}
		failing := newTestAPI(t, s.wire)
		failing.tells = func(t Trouble) { told = append(told, t) }
		for range 2 {
			failing.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
		}
		if len(told) != 1 || told[0].Kind != ErrUnreachable || told[0].Pause != breakerPause || told[0].Since <= 0 {
			t.Fatalf("told %+v", told)
		}

		works := &script{answers: []replier{says(200, none)}}
		other := newTestAPI(t, works.wire)
		ask := func(want Kind) {
			t.Helper()
			if _, err := other.GetClientsProducts(t.Context(), GetClientsProductsRequest{}); kindOf(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		other.LeaveAlone(told[0])
		ask(ErrBreakerOpen)
		if st := other.State(); st.LastError != ErrUnreachable || !st.BreakerUntil.Equal(time.Now().Add(breakerPause)) {
			t.Errorf("%+v", st)
		}
		<-time.After(breakerPause)
		ask("")
		other.LeaveAlone(told[0]) // it has answered since
		ask("")
		<-time.After(time.Minute)
		other.LeaveAlone(Trouble{Kind: ErrTimeout, Pause: time.Hour, Since: time.Second})
		if until := other.State().BreakerUntil; !until.Equal(time.Now().Add(breakerPause)) {
			t.Errorf("until %v", until)
		}

		s.answers = []replier{says(403, `{"result":"error","message":"Invalid IP 192.0.2.7"}`)}
		failing.TryAgain()
		if _, err := failing.GetClientsProducts(t.Context(), GetClientsProductsRequest{}); kindOf(err) != ErrIPNotAllowed || !failing.State().BreakerOpen {
			t.Fatal(err)
		}
		if len(told) != 1 {
			t.Errorf("told %+v", told[1:])
		}
	})
}
