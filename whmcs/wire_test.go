package whmcs

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// On real connections: what no fake transport has.

// serve runs h on loopback and returns an API for it.
func serve(t *testing.T, h http.HandlerFunc, change func(*Config)) *API {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	cfg := Config{URL: s.URL, Identifier: "identifier-fictional", Secret: "secret-fictional"}
	if change != nil {
		change(&cfg)
	}
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func failure(t *testing.T, a *API, want Kind) *Error {
	t.Helper()
	_, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
	var e *Error
	if !errors.As(err, &e) || e.Kind != want {
		t.Fatalf("%v, want %s", err, want)
	}
	if line := e.Error(); strings.Contains(line, "fictional") || strings.Contains(line, "planted") {
		t.Errorf("tells too much: %s", line)
	}
	return e
}

// TestRedirect wants no redirect followed, whichever of the five: some lose the
// body, others hand the secret to another host.
func TestRedirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var away atomic.Int64
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { away.Add(1) }))
		t.Cleanup(other.Close)
		target := strings.Replace(other.URL, "http://", "http://user:planted@", 1) + "/x?secret=planted"
		a := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", target)
			w.WriteHeader(status)
		}, nil)
		e := failure(t, a, ErrWrongURL)
		if e.Location != other.URL+"/x" || e.Status != status || away.Load() != 0 {
			t.Errorf("%d: %+v, followed %d times", status, e, away.Load())
		}
	}
}

// TestTLS wants certificates verified.
func TestTLS(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	a, err := New(Config{URL: s.URL, Identifier: "i", Secret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	failure(t, a, ErrUnreachable)
	if a.breaker.row != 1 {
		t.Error("a certificate that is refused was tried again")
	}
}

// TestSilence wants the time limit to cover the body.
func TestSilence(t *testing.T) {
	t.Parallel()
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`{"result":`))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}, func(c *Config) { c.Timeout = 20 * time.Millisecond })
	failure(t, a, ErrTimeout)
}

// TestCut wants a connection that ends in the middle of a body told as that.
func TestCut(t *testing.T) {
	t.Parallel()
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.Write([]byte(`{"result":"success","totalresults":0}`))
	}, nil)
	failure(t, a, ErrTruncated)
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	a, err := New(Config{URL: "http://" + l.Addr().String(), Identifier: "i", Secret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	if e := failure(t, a, ErrUnreachable); !strings.Contains(e.Error(), "refused") {
		t.Errorf("gives no reason: %v", e)
	}
}

// TestBomb wants the cap to count what a compressed body unpacks to.
func TestBomb(t *testing.T) {
	t.Parallel()
	var mebibyte bytes.Buffer
	z := gzip.NewWriter(&mebibyte)
	z.Write(make([]byte, 1<<20))
	z.Close()
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bytes.Repeat(mebibyte.Bytes(), MaxReply>>20+1))
	}, nil)
	failure(t, a, ErrTooLarge)
}
