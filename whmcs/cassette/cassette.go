// Package cassette replays recorded HTTP calls in tests, those of WHMCS and those
// of Slack's Web API. It is the one place that knows go-vcr, and is imported by
// tests only.
//
// A cassette is a file below testdata/cassettes. Replaying it needs no network:
// a request that is not on it fails the test, and so does a recorded one that the
// test did not make. Recording happens only with the flag -record, and nothing is
// written that still looks like a secret.
package cassette

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
	"github.com/dnaeon/go-vcr/v2/recorder"
)

var record = flag.Bool("record", false, "record cassettes again instead of replaying them")

// A TB is what this package needs of *testing.T and *testing.B.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Failed() bool
	TempDir() string
}

// Open returns a transport that replays testdata/cassettes/name.yaml, each
// recorded call once and without its delay. Calls match by method, path and
// contents: the fields of a form without credentials, a JSON body decoded. Host
// and port do not count.
//
// With -record the calls go to the server that the environment names: WHMCS_URL,
// WHMCS_IDENTIFIER and WHMCS_SECRET for those of WHMCS, SLACK_API_URL and
// SLACK_BOT_TOKEN for Slack's. The code under test keeps its placeholders; they
// are exchanged below the recorder, which never sees the real ones.
func Open(t TB, name string) http.RoundTripper {
	t.Helper()
	return OpenFrom(t, name, live{http.DefaultTransport})
}

// OpenFrom is Open, but records from source. A nil source keeps the cassette from
// ever being recorded, for one that was written by hand.
func OpenFrom(t TB, name string, source http.RoundTripper) http.RoundTripper {
	t.Helper()
	dir, err := folder()
	if err != nil {
		t.Fatalf("cassette: %v", err)
	}
	path := filepath.Join(dir, name)
	if *record && source != nil {
		return startRecording(t, path, source)
	}
	return startReplay(t, path)
}

// folder returns testdata/cassettes of the module that the test runs in.
func folder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata", "cassettes"), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = up
	}
}

// A player replays one cassette and keeps account of what was played.
type player struct {
	t        TB
	name     string
	recorder *recorder.Recorder

	mu   sync.Mutex
	left []string // keys of the calls not yet played
	all  []string
}

// keyed is where a request's key is in its context, so that the body is read
// only once.
type keyed struct{}

func startReplay(t TB, path string) http.RoundTripper {
	t.Helper()
	p := &player{t: t, name: filepath.Base(path)}
	rec, err := recorder.NewAsMode(path, recorder.ModeReplaying, nil)
	if err != nil {
		t.Fatalf("cassette %s: %v (%s.yaml)", p.name, err, path)
	}
	tape, err := vcr.Load(path)
	if err != nil {
		t.Fatalf("cassette %s: %v", p.name, err)
	}
	for _, i := range tape.Interactions {
		p.all = append(p.all, recordedKey(i.Request))
	}
	p.left = slices.Clone(p.all)
	rec.SkipRequestLatency = true
	rec.SetMatcher(func(r *http.Request, i vcr.Request) bool {
		return r.Context().Value(keyed{}) == recordedKey(i)
	})
	p.recorder = rec
	t.Cleanup(p.finish)
	return p
}

// RoundTrip replays the first call with r's key that was not played yet.
func (p *player) RoundTrip(r *http.Request) (*http.Response, error) {
	key, err := liveKey(r)
	if err != nil {
		return nil, err
	}
	in := r.Clone(context.WithValue(r.Context(), keyed{}, key))
	in.Body = http.NoBody // read already
	res, err := p.recorder.RoundTrip(in)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case errors.Is(err, vcr.ErrInteractionNotFound):
		p.t.Errorf("cassette %s: a call that is not on it, or not so often:\n  %s\nIt holds:\n%s", p.name, key, list(p.all))
		return nil, fmt.Errorf("cassette %s: %s: %w", p.name, key, err)
	case err != nil:
		return nil, err
	}
	if i := slices.Index(p.left, key); i >= 0 {
		p.left = slices.Delete(p.left, i, i+1)
	}
	res.Request = r
	return res, nil
}

// finish fails the test if calls were left over.
func (p *player) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.left); n > 0 {
		p.t.Errorf("cassette %s: %d of %d recorded calls were not made:\n%s", p.name, n, len(p.all), list(p.left))
	}
}

func list(keys []string) string { return "  " + strings.Join(keys, "\n  ") }

// startRecording records into a new file, which takes the old one's place when
// the test has ended well.
func startRecording(t TB, path string, source http.RoundTripper) http.RoundTripper {
	t.Helper()
	name := filepath.Base(path)
	draft := filepath.Join(t.TempDir(), name)
	rec, err := recorder.NewAsMode(draft, recorder.ModeRecording, source)
	if err != nil {
		t.Fatalf("cassette %s: %v", name, err)
	}
	rec.AddSaveFilter(scrub)
	var found []string
	rec.AddSaveFilter(func(i *vcr.Interaction) error {
		found = append(found, leaks(i)...)
		return nil
	})
	t.Cleanup(func() {
		if err := rec.Stop(); err != nil {
			t.Errorf("cassette %s: %v", name, err)
			return
		}
		if len(found) > 0 {
			t.Errorf("cassette %s: not written, it would hold:\n%s", name, list(found))
			return
		}
		if t.Failed() {
			return
		}
		if err := move(draft+".yaml", path+".yaml"); err != nil {
			t.Errorf("cassette %s: %v", name, err)
		}
	})
	return rec
}

// move copies a file, as the two may lie on different disks.
func move(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

// drain reads a request's body; the caller must not use it again.
func drain(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}
