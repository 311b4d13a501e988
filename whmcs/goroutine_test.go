package whmcs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func init() { OnPanic(func(*PanicError) {}) } // the tests panic on purpose

// panicOf returns err as a *PanicError and fails where it is none.
func panicOf(t *testing.T, err error) *PanicError {
	t.Helper()
	p, ok := errors.AsType[*PanicError](err)
	if !ok {
		t.Fatalf("%v is not a *PanicError", err)
	}
	return p
}

// TestRecovered: an error stays what it is, and a panic is an error that gives away
// nothing of its value.
func TestRecovered(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	if err := Recovered(func() error { return failed }); err != failed {
		t.Error(err)
	}
	if err := Recovered(func() error { return nil }); err != nil {
		t.Error(err)
	}
	var none []int
	for want, do := range map[string]func() error{
		"a value of type string":              func() error { panic("secret of client 1") },
		"a value of type *errors.errorString": func() error { panic(errors.New("secret of client 1")) },
		"index out of range [7]":              func() error { none[7]++; return nil },
		"panic called with nil":               func() error { panic(nil) },
	} {
		p := panicOf(t, Recovered(do))
		if !strings.Contains(p.Error(), want) || strings.Contains(p.Error()+p.Stack, "secret of") {
			t.Errorf("%q, want %q, and no secret in\n%s", p, want, p.Stack)
		}
		if !strings.Contains(p.Stack, "TestRecovered") {
			t.Errorf("the stack does not lead to the panic:\n%s", p.Stack)
		}
	}
}

// TestGo: whoever waits has the error once, and is not left waiting, whatever ends the
// goroutine.
func TestGo(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	done := Go(func() error { return failed })
	if err := <-done; err != failed {
		t.Error(err)
	}
	if err, more := <-done; err != nil || more {
		t.Errorf("a second receive gets %v, %v", err, more)
	}
	panicOf(t, <-Go(func() error { panic(1) }))
	if err := <-Go(func() error { runtime.Goexit(); return nil }); err != errGoexit {
		t.Errorf("after Goexit: %v", err)
	}
}

// TestOnPanic: each panic is reported once, by the process.
func TestOnPanic(t *testing.T) { // not parallel: it changes what is done about panics
	before := *onPanic.Load()
	defer OnPanic(before)
	var reported []*PanicError
	OnPanic(func(p *PanicError) { reported = append(reported, p) })
	err := <-Go(func() error { return Recovered(func() error { panic(1) }) })
	if len(reported) != 1 || reported[0] != err {
		t.Errorf("%v, want %v alone", reported, err)
	}
}

// panicsUntil is a transport that panics for the first n calls.
func (s *shelf) panicsUntil(n int) wire {
	return func(form url.Values, r *http.Request) (*http.Response, error) {
		s.mu.Lock()
		broken := len(s.starts) < n
		if broken {
			s.starts = append(s.starts, -1)
		}
		s.mu.Unlock()
		if broken {
			time.Sleep(s.delay)
			panic("a transport that breaks")
		}
		return s.wire(form, r)
	}
}

// TestPanicInALoad: all who wait for one load have its error, the next to ask have rows,
// and the calls that broke have given back their places.
func TestPanicInALoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := shelf{habits: habits{ids: count(5), delay: time.Second}}
		a := cached(t, s.panicsUntil(9)) // more than there may be at once
		for range 9 {
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					_, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ClientID: 1})
					if !errors.As(err, new(*PanicError)) {
						t.Errorf("%v is not a *PanicError", err)
					}
				})
			}
			all.Wait()
		}
		p, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ClientID: 1})
		if err != nil || len(p.Services) != 5 || len(s.starts) != 10 {
			t.Errorf("%v, %v after %d calls", p, err, len(s.starts))
		}
	})
}

// TestPanicInTheLoader: a panic above the call itself, as while rows are decoded.
func TestPanicInTheLoader(t *testing.T) {
	t.Parallel()
	c, err := newCache[string](time.Minute, 1000, func(int) uint32 { return 1 })
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.get(t.Context(), "k", false, func(context.Context) (int, error) { panic("broken") })
	panicOf(t, err)
	_, _, err = c.get(t.Context(), "k", false, func(context.Context) (int, error) { runtime.Goexit(); return 0, nil })
	if err != errGoexit {
		t.Errorf("after Goexit: %v", err)
	}
	if v, _, err := c.get(t.Context(), "k", false, func(context.Context) (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
}

// TestPanicInAPageAhead: the pages before it are read, and the panic is the walk's error.
func TestPanicInAPageAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := shelf{habits: habits{ids: count(95), delay: time.Second}}
		s.onCall = func(start int) {
			if start == 30 {
				panic("a transport that breaks")
			}
		}
		cfg := testConfig(s.wire)
		cfg.PageSize = 10
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			got, _, err := readAll(t.Context(), a, GetClientsProductsRequest{})
			panicOf(t, err)
			if !slices.Equal(got, count(30)) {
				t.Errorf("read %v before it", got)
			}
		}
		s.onCall = nil
		if got, _, err := readAll(t.Context(), a, GetClientsProductsRequest{}); err != nil || len(got) != 95 {
			t.Errorf("afterwards: %v, %v", got, err)
		}
	})
}
