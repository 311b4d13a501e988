package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sethvargo/go-envconfig"
)

// TestHealth asks processes of every kind of health.
func TestHealth(t *testing.T) {
	t.Parallel()
	answering := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/healthz" {
				t.Errorf("asked for %s", r.URL.Path)
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(s.Close)
		return strings.TrimPrefix(s.URL, "http://")
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	wellAddr := answering(http.StatusOK)
	_, port, _ := strings.Cut(wellAddr, ":")

	for _, tt := range []struct {
		name, addr string
		code       int
		says       string
	}{
		{"well", wellAddr, 0, "healthy: the bot at " + wellAddr},
		{"well, listening on all addresses", ":" + port, 0, "healthy: the bot at 127.0.0.1:" + port},
		{"well, on all addresses by number", "0.0.0.0:" + port, 0, "healthy"},
		{"stuck", answering(http.StatusServiceUnavailable), 1, "restart it"},
		{"another program", answering(http.StatusNotFound), 1, "another program answers (HTTP 404)"},
		{"not running", strings.TrimPrefix(gone.URL, "http://"), 1, "is the bot running"},
		{"not set", "", 1, "HTTP_ADDR: is not set"},
		{"no address", "8080", 1, "HTTP_ADDR: must be host:port"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			p := &process{env: envconfig.MapLookuper(map[string]string{"HTTP_ADDR": tt.addr, "LOG_LEVEL": "nonsense"}), stdout: &out, stderr: &out}
			if code := p.run(context.Background(), []string{"health"}); code != tt.code || !strings.Contains(out.String(), tt.says) {
				t.Errorf("exit code %d, %q; want %d, %q", code, out.String(), tt.code, tt.says)
			}
		})
	}
}
