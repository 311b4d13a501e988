package whmcs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// cached makes an API that keeps answers for a minute.
func cached(t testing.TB, w wire) *API {
	t.Helper()
	cfg := testConfig(w)
	cfg.CacheTTL = time.Minute
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestManyAskers wants one call for a hundred who ask the same at once, an answer
// of his own for each, and the call counted once.
func TestManyAskers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := shelf{habits: habits{ids: count(5), delay: time.Second}}
		var cached atomic.Int64
		cfg := testConfig(s.wire)
		cfg.CacheTTL = time.Minute
		cfg.Observe = func(c Call) {
			if c.Cached {
				cached.Add(1)
			}
		}
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var calls atomic.Int64
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				p, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ClientID: 1})
				if err != nil || len(p.Services) != 5 {
					t.Error(p, err)
					return
				}
				calls.Add(int64(p.Calls))
				p.Services[0].Name = "spoilt"
			})
		}
		all.Wait()
		p, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ClientID: 1})
		if err != nil || p.Services[0].Name != "" || p.Calls != 0 {
			t.Error(p, err)
		}
		if len(s.starts) != 1 || calls.Load() != 1 || cached.Load() != 100 {
			t.Errorf("%d calls, %d told, %d from the cache", len(s.starts), calls.Load(), cached.Load())
		}
	})
}

// TestLeavingAsker wants the call to go on for the others where the asker who
// caused it leaves, and to end with the last.
func TestLeavingAsker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := shelf{habits: habits{ids: count(5), delay: 10 * time.Second}}
		a := cached(t, s.wire)
		ask := func(within time.Duration) (took time.Duration, err error) {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			_, err = a.GetClientsProducts(ctx, GetClientsProductsRequest{ClientID: 1})
			return time.Since(start), err
		}
		var all sync.WaitGroup
		all.Go(func() {
			if took, err := ask(time.Second); kindOf(err) != ErrTimeout || took != time.Second {
				t.Error(err, took)
			}
		})
		all.Go(func() {
			synctest.Wait() // the other has begun
			if took, err := ask(time.Minute); err != nil || took != 10*time.Second {
				t.Error(err, took)
			}
		})
		all.Wait()
		if len(s.starts) != 1 {
			t.Errorf("%d calls", len(s.starts))
		}
		<-time.After(time.Hour)
		ask(time.Second)
		synctest.Wait()
		if s.flying != 0 || len(s.starts) != 2 {
			t.Errorf("%d of %d calls still under way", s.flying, len(s.starts))
		}
	})
}

// TestLongestDeadline wants tries as long as the asker with the most time has it.
func TestLongestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []replier{
			func(r *http.Request) (*http.Response, error) {
				<-time.After(time.Second)
				return says(429, "", "Retry-After", "5")(r)
			},
			says(200, none),
		}}
		a := cached(t, s.wire)
		var all sync.WaitGroup
		for _, within := range []time.Duration{2 * time.Second, time.Minute} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), within)
				defer cancel()
				_, err := a.GetClientsProducts(ctx, GetClientsProductsRequest{ClientID: 1})
				if (err == nil) != (within == time.Minute) {
					t.Errorf("within %v: %v", within, err)
				}
			})
		}
		all.Wait()
		if len(s.at) != 2 {
			t.Errorf("%d calls", len(s.at))
		}
	})
}

// TestLoadKnowsDeadline wants a load to know its first asker's deadline from the
// start.
func TestLoadKnowsDeadline(t *testing.T) {
	t.Parallel()
	c, err := newCache[int](time.Minute, 1<<20, func(bool) uint32 { return 1 })
	if err != nil {
		t.Fatal(err)
	}
	ends, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	for key := range 200 {
		for _, ctx := range []context.Context{t.Context(), ends} {
			c.get(ctx, key, true, func(load context.Context) (bool, error) {
				want, wantOK := ctx.Deadline()
				if got, ok := load.Deadline(); got != want || ok != wantOK {
					t.Errorf("deadline %v %v, want %v %v", got, ok, want, wantOK)
				}
				return true, nil
			})
		}
	}
}

// TestAge wants answers kept for the time that was set and no longer, each with
// its own as-of, past the cache with Fresh, and failures not kept.
func TestAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []replier{says(200, none)}}
		a := cached(t, s.wire)
		begin := time.Now()
		ask := func(fresh bool, wantCalls int, wantAsOf time.Duration) {
			t.Helper()
			p, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{Domain: "a.example", Fresh: fresh})
			if err != nil || len(s.at) != wantCalls || p.AsOf.Sub(begin) != wantAsOf {
				t.Errorf("%v, %d calls, as of %v", err, len(s.at), p.AsOf.Sub(begin))
			}
		}
		ask(false, 1, 0)
		<-time.After(50 * time.Second)
		ask(false, 1, 0)
		ask(true, 2, 50*time.Second)
		<-time.After(59 * time.Second)
		ask(false, 2, 50*time.Second)
		<-time.After(time.Second)
		ask(false, 3, 110*time.Second)

		s.answers = []replier{says(200, `{"result":"error","message":"busy"}`)}
		for range 2 {
			if _, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ClientID: 2}); kindOf(err) != ErrWHMCS {
				t.Error(err)
			}
		}
		if len(s.at) != 5 {
			t.Errorf("a failure was kept: %d calls", len(s.at))
		}
		if _, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{Domain: "a.example", Fresh: true}); err == nil {
			t.Error("fresh did not go past the cache")
		}
		ask(false, 6, 110*time.Second)
	})
}

// TestNewestWins wants a slow answer not to replace one that was asked for later.
func TestNewestWins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		a := cached(t, func(form url.Values, r *http.Request) (*http.Response, error) {
			calls++
			n := calls
			<-time.After(time.Duration(3-n) * time.Second) // the first takes longer
			return respond(200, fmt.Sprintf(`{"result":"success","totalresults":1,"products":{"product":{"id":%d}}}`, n)), nil
		})
		var all sync.WaitGroup
		all.Go(func() { a.GetClientsProducts(t.Context(), GetClientsProductsRequest{}) })
		synctest.Wait()
		all.Go(func() { a.GetClientsProducts(t.Context(), GetClientsProductsRequest{Fresh: true}) })
		all.Wait()
		if p, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{}); err != nil || p.Services[0].ID != 2 || calls != 2 {
			t.Error(p, err, calls)
		}
	})
}

// TestCacheBytes wants the cache bounded by the bytes of what it keeps.
func TestCacheBytes(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	c, err := newCache[int](time.Minute, limit, func(s string) uint32 { return uint32(len(s)) })
	if err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("x", limit/10)
	for key := range 100 {
		if _, _, err := c.get(t.Context(), key, false, func(context.Context) (string, error) { return big, nil }); err != nil {
			t.Fatal(err)
		}
	}
	c.kept.CleanUp()
	if bytes := c.kept.WeightedSize(); bytes > limit || bytes < limit/2 {
		t.Errorf("%d bytes are kept", bytes)
	}
	heavy := (&Page{Services: []Service{{Notes: big, CustomFields: []CustomField{{Value: big}}, ConfigOptions: []ConfigOption{{Value: big}}}}}).weight()
	if heavy < 3*limit/10 {
		t.Errorf("a page weighs %d", heavy)
	}
}

// TestNoCache wants each question to make its own call where the cache is off.
func TestNoCache(t *testing.T) {
	t.Parallel()
	s := &script{answers: []replier{says(200, none)}}
	a := newTestAPI(t, s.wire)
	for range 3 {
		if _, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{}); err != nil {
			t.Error(err)
		}
	}
	if len(s.at) != 3 {
		t.Errorf("%d calls", len(s.at))
	}
}

// BenchmarkManyAskers is a hundred askers of one question at once, new for each
// turn.
func BenchmarkManyAskers(b *testing.B) {
	body := string(pageOf(100))
	var calls atomic.Int64
	a := cached(b, func(url.Values, *http.Request) (*http.Response, error) {
		calls.Add(1)
		return respond(200, body), nil
	})
	b.ReportAllocs()
	turn := 0
	for b.Loop() {
		turn++
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if _, err := a.GetClientsProducts(b.Context(), GetClientsProductsRequest{LimitStart: turn}); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
	if int(calls.Load()) != turn {
		b.Errorf("%d calls for %d turns", calls.Load(), turn)
	}
}
