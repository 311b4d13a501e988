//go:build unix

package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
)

const standin = "../../testdata/local"

// php returns the path of PHP. Where it is missing the test is skipped, unless the
// environment says that it must not be.
func php(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("php")
	switch {
	case err == nil:
	case os.Getenv("SERVICESBOT_PHP") == "required":
		t.Fatal("php is missing: apt-get install php-cli")
	default:
		t.Skip("php is not installed (Debian's package php-cli): the worker is not tried")
	}
	return path
}

// absolute is a path of this package's folder that holds wherever PHP runs.
func absolute(t testing.TB, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// installation makes a folder with a WHMCS that does as the PHP assignments in does
// say, and returns it.
func installation(t testing.TB, does string) string {
	t.Helper()
	folder := t.TempDir()
	script := fmt.Sprintf("<?php\n$standin = [%s];\nrequire '%s/standin.php';\n", does, absolute(t, standin))
	for name, text := range map[string]string{"init.php": script, "configuration.php": "<?php $templates_compiledir = 'compiled';"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "compiled"), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// A stage is workers at an installation, and what they log.
type stage struct {
	*Workers
	log logged
}

// logged is a log that many may write to.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the log.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// staged makes workers of a command. When the test is over, none of the customers'
// data may be in the log.
func staged(t testing.TB, command ...string) *stage {
	t.Helper()
	s := &stage{}
	var err error
	s.Workers, err = New(Config{Command: command, Env: []string{"PATH=" + os.Getenv("PATH")}, Timeout: 20 * time.Second,
		Log: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if text := s.log.String(); strings.Contains(strings.ToLower(text), "planted") || strings.Contains(text, "demodomain") {
			t.Errorf("the log holds what WHMCS printed:\n%s", text)
		}
	})
	return s
}

// at makes workers at an installation that does as said.
func at(t testing.TB, does string, options ...string) *stage {
	t.Helper()
	command := append([]string{php(t), "-q"}, options...)
	return staged(t, append(command, absolute(t, "worker.php"), installation(t, does))...)
}

// api is a handle on WHMCS by way of the workers.
func (s *stage) api(t testing.TB) *whmcs.API {
	t.Helper()
	a, err := whmcs.New(whmcs.Config{Way: s.Workers, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// refused wants a call to fail, in words that hold nothing planted.
func refused(t testing.TB, err error, kind whmcs.Kind, message, advice string) *whmcs.Error {
	t.Helper()
	var e *whmcs.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Message, message) || !strings.Contains(formatting.Advice(e), advice) {
		t.Fatalf("error %#v, want %s, %q, %q", err, kind, message, advice)
	}
	if text := e.Error() + e.Message + formatting.Advice(e); strings.Contains(strings.ToLower(strings.ReplaceAll(text, "no-such-planted-file", "")), "planted") {
		t.Errorf("it says too much: %s", text)
	}
	return e
}

var everything = whmcs.GetClientsProductsRequest{}

// one asks for a page of one row.
func one(ctx context.Context, a *whmcs.API) (*whmcs.Page, error) {
	return a.GetClientsProducts(ctx, whmcs.GetClientsProductsRequest{LimitNum: 1})
}
