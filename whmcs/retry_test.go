package whmcs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A replier answers a call.
type replier func(*http.Request) (*http.Response, error)

// none is a good reply without rows.
const none = `{"result":"success","totalresults":0,"products":[]}`

// A script answers one call after the other, the last answer again and again, and
// notes when each came and how many rows it wanted.
type script struct {
	answers []replier

	mu     sync.Mutex // calls come at once
	at     []time.Time
	limits []string
}

func (s *script) wire(form url.Values, r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.at = append(s.at, time.Now())
	s.limits = append(s.limits, form.Get("limitnum"))
	answer := s.answers[min(len(s.at), len(s.answers))-1]
	s.mu.Unlock()
	return answer(r)
}

// says makes an answer of a status, a body and headers as pairs.
func says(status int, body string, header ...string) replier {
	return func(*http.Request) (*http.Response, error) {
		res := respond(status, body)
		for i := 0; i+1 < len(header); i += 2 {
			res.Header.Set(header[i], header[i+1])
		}
		return res, nil
	}
}

func fails(err error) replier {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs answers when the caller gives up.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A failingBody is cut off after its text.
type failingBody struct {
	io.Reader
	err error
}

func (b failingBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

func (b failingBody) Close() error { return nil }

func cutsOff(*http.Request) (*http.Response, error) {
	res := respond(200, "")
	res.Body = failingBody{strings.NewReader(none[:20]), io.ErrUnexpectedEOF}
	return res, nil
}

// TestRetry wants three tries for what may pass, with waits between, and one for
// the rest.
func TestRetry(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for _, c := range []struct {
		name    string
		answers []replier
		within  time.Duration // the caller's time; 0: a minute
		tries   int
		kind    Kind
		least   time.Duration // before the second try
	}{
		{name: "passes", answers: []replier{fails(broken), says(200, none)}, tries: 2, least: firstWait / 2},
		{name: "stays", answers: []replier{fails(broken)}, tries: 3, kind: ErrUnreachable, least: firstWait / 2},
		{name: "cut off", answers: []replier{cutsOff, cutsOff, says(200, none)}, tries: 3},
		{name: "cut off for good", answers: []replier{cutsOff}, tries: 3, kind: ErrTruncated},
		{name: "hangs", answers: []replier{hangs, says(200, none)}, tries: 2, least: defaultTimeout},
		{name: "hangs for good", answers: []replier{hangs}, tries: 3, kind: ErrTimeout, within: time.Hour, least: defaultTimeout},
		{name: "hangs beyond the caller's time", answers: []replier{hangs}, tries: 1, kind: ErrTimeout, within: 10 * time.Second},
		{name: "Retry-After", answers: []replier{says(429, "", "Retry-After", "7"), says(200, none)}, tries: 2, least: 7 * time.Second},
		{name: "Retry-After with 503", answers: []replier{says(503, "", "Retry-After", "7"), says(200, none)}, tries: 2, least: 7 * time.Second},
		{name: "Retry-After beyond the caller's time", answers: []replier{says(429, "", "Retry-After", "30")}, tries: 1, kind: ErrBlocked, within: 20 * time.Second},
		{name: "Retry-After beyond reason", answers: []replier{says(429, "", "Retry-After", "86400")}, tries: 1, kind: ErrBlocked, within: 100 * time.Hour},
		{name: "400", answers: []replier{says(400, "x")}, tries: 1, kind: ErrNotJSON},
		{name: "refused certificate", answers: []replier{fails(&tls.CertificateVerificationError{Err: broken})}, tries: 1, kind: ErrUnreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: c.answers}
				a := newTestAPI(t, s.wire)
				if c.within == 0 {
					c.within = time.Minute
				}
				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), c.within)
				defer cancel()
				_, err := a.GetClientsProducts(ctx, GetClientsProductsRequest{})
				if len(s.at) != c.tries || kindOf(err) != c.kind {
					t.Errorf("%d tries, %v", len(s.at), err)
				}
				if len(s.at) > 1 && s.at[1].Sub(start) < c.least {
					t.Errorf("second try after %v", s.at[1].Sub(start))
				}
				if time.Since(start) > c.within {
					t.Errorf("took %v", time.Since(start))
				}
			})
		})
	}
}

// TestCallersEnd wants the context's error as the cause where the caller gave up,
// no further try, and no blame on WHMCS.
func TestCallersEnd(t *testing.T) {
	t.Parallel()
	for _, ttl := range []time.Duration{0, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []replier{hangs}}
			cfg := testConfig(s.wire)
			cfg.CacheTTL = ttl
			a, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			cause := errors.New("stop pressed")
			for range 2 * breakerFailures {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(cause) })
				_, err = a.GetClientsProducts(ctx, GetClientsProductsRequest{})
				if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) || kindOf(err) != "" {
					t.Errorf("cancel: %v", err)
				}
				ctx, done := context.WithTimeout(t.Context(), time.Second)
				_, err = a.GetClientsProducts(ctx, GetClientsProductsRequest{})
				if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrTimeout) {
					t.Errorf("deadline: %v", err)
				}
				done()
				synctest.Wait()
			}
			if st := a.State(); st.BreakerOpen || st.LastError != "" || len(s.at) != 4*breakerFailures {
				t.Errorf("%+v after %d calls", st, len(s.at))
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := a.GetClientsProducts(ctx, GetClientsProductsRequest{ClientID: 1}); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}

// TestHalving wants a page that WHMCS breaks on asked for again at half its size,
// and pages to stay that small for ten minutes.
func TestHalving(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]replier{
		"500":        says(500, "Allowed memory size exhausted"),
		"blank":      says(200, "\n"),
		"cut off":    says(200, none[:30]),
		"connection": cutsOff,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []replier{breaks, says(200, none)}}
				a := newTestAPI(t, s.wire)
				ask := func(req GetClientsProductsRequest) *Page {
					p, err := a.GetClientsProducts(t.Context(), req)
					if err != nil {
						t.Fatal(err)
					}
					return p
				}
				if p := ask(GetClientsProductsRequest{}); p.LimitNum != 50 || p.Calls != 2 {
					t.Errorf("limit %d after %d calls", p.LimitNum, p.Calls)
				}
				ask(GetClientsProductsRequest{LimitNum: 20})
				<-time.After(halvedFor - 10*time.Second)
				ask(GetClientsProductsRequest{})
				<-time.After(10 * time.Second)
				ask(GetClientsProductsRequest{})
				if want := []string{"100", "50", "20", "50", "100"}; !slices.Equal(s.limits, want) {
					t.Errorf("limits %v, want %v", s.limits, want)
				}
			})
		})
	}
}

// TestHalvingEnds wants no page so small that reading all takes ages, and none
// smaller where one service was asked for.
func TestHalvingEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []replier{says(500, "")}}
		a := newTestAPI(t, s.wire)
		for range 3 {
			a.GetClientsProducts(t.Context(), GetClientsProductsRequest{LimitNum: 100})
			<-time.After(breakerPause)
		}
		a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ServiceID: 5, LimitNum: 100})
		want := []string{"100", "50", "25", "12", "10", "10", "100"}
		if !slices.Equal(s.limits, want) {
			t.Errorf("limits %v, want %v", s.limits, want)
		}
	})
}

// TestSilentErrors wants no secret in what a failure of the network tells, and
// the reason all the same.
func TestSilentErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(nil)
		cfg.BasicAuth, cfg.AccessKey = "planted-user:planted-pass", "planted-key"
		var sent http.Header
		cfg.Transport = wire(func(form url.Values, r *http.Request) (*http.Response, error) {
			sent = r.Header
			if form.Get("accesskey") != "planted-key" {
				t.Error("no access key was sent")
			}
			return nil, fmt.Errorf("refused by http://planted-user:planted-pass@proxy:3128 for %s and secret-fictional", form.Encode())
		})
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
		var told strings.Builder
		for e := err; e != nil; e = errors.Unwrap(e) {
			fmt.Fprintf(&told, "%v %+v %#v\n", e, e, e)
		}
		for _, secret := range []string{"planted-pass", "planted-key", "secret-fictional", "identifier-fictional"} {
			if strings.Contains(told.String(), secret) {
				t.Errorf("tells %s: %s", secret, told.String())
			}
		}
		if !strings.Contains(told.String(), "refused by") {
			t.Errorf("gives no reason: %s", told.String())
		}
		if user, pass, ok := (&http.Request{Header: sent}).BasicAuth(); !ok || user != "planted-user" || pass != "planted-pass" {
			t.Error("no basic auth was sent")
		}
	})
}

// TestLegacyLogin wants the user name and the MD5 of the password, as WHMCS does,
// and neither in what an error tells.
func TestLegacyLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(func(form url.Values, _ *http.Request) (*http.Response, error) {
			if form.Get("username") != "ann" || form.Get("password") != "5f4dcc3b5aa765d61d8327deb882cf99" || form.Has("identifier") || form.Has("secret") {
				t.Errorf("sent %v", form)
			}
			return respond(200, `{"result":"error","message":"no 5f4dcc3b5aa765d61d8327deb882cf99, no password"}`), nil
		})
		cfg.Identifier, cfg.Secret, cfg.Username, cfg.Password = "", "", "ann", "password"
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.GetClientsProducts(t.Context(), GetClientsProductsRequest{Username2: "bob"})
		if want := "GetClientsProducts: WHMCS error (HTTP 200): no [redacted], no [redacted]"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, " 3 ": 3 * time.Second, "-3": 0, "soon": 0, "99999999999": 24 * time.Hour,
		"Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second, "Fri, 02 Jan 2026 03:04:00 GMT": 0,
	} {
		if got := (&reply{header: http.Header{"Retry-After": {value}}, at: now}).retryAfter(); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
