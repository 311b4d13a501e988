package whmcs

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A wayFunc is a Way that is one function.
type wayFunc func(context.Context) (*Reply, error)

func (f wayFunc) Call(ctx context.Context, _ string, _ url.Values) (*Reply, error) { return f(ctx) }
func (f wayFunc) Rest()                                                            {}
func (f wayFunc) String() string                                                   { return "a function" }

func newWayAPI(t *testing.T, f wayFunc) *API {
	t.Helper()
	a, err := New(Config{Way: f, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// untilOver is a call that nothing but its context ends.
func untilOver(ctx context.Context) (*Reply, error) {
	<-ctx.Done()
	return nil, &Error{Kind: ErrUnreachable, Message: "gave up"}
}

func TestWayThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := failure(t, newWayAPI(t, untilOver), ErrTimeout)
		if e.Status != 0 || e.Detail != DetailCallTime || e.Message != "30s" {
			t.Errorf("%+v", e)
		}
	})
}

// TestWayWhoseCallerLeaves wants the end of the caller's time told as that, and not as
// a failure of WHMCS.
func TestWayWhoseCallerLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newWayAPI(t, untilOver)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := a.GetClientsProducts(ctx, GetClientsProductsRequest{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want a cancel", err)
		}
		if a.State().LastError != "" {
			t.Error("the cancel counts as a failure")
		}
	})
}

// TestWayThatMayPass wants a failure tried again, on smaller pages where that may help.
func TestWayThatMayPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		a := newWayAPI(t, func(context.Context) (*Reply, error) {
			if tries++; tries == 1 {
				return nil, (&Error{Kind: ErrTruncated}).MayPass(true)
			}
			return &Reply{Body: []byte(`{"result":"success","totalresults":0}`)}, nil
		})
		p, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
		if err != nil || p.LimitNum != 50 || p.Calls != 2 {
			t.Errorf("%v, %+v", err, p)
		}
	})
}

func TestTwoWaysAreRefused(t *testing.T) {
	t.Parallel()
	for _, cfg := range []Config{{URL: "https://billing.example.com"}, {Secret: "hush-fictional"}, {Transport: newTransport(1)}} {
		cfg.Way = wayFunc(untilOver)
		if _, err := New(cfg); err == nil || !strings.HasPrefix(err.Error(), "Way: ") || strings.Contains(err.Error(), "fictional") {
			t.Errorf("%v", err)
		}
	}
}
