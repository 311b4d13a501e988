package slackfake_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"servicesbot/bot/slackfake"
)

// forbidden is what must not be in the page: ways to make HTML or code out of text, and
// addresses other than the one that a link opens.
var forbidden = regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser|\beval\(|new Function|setAttribute\("(style|on)|\sstyle=|\son\w+="|@import|url\(|https?://`)

// allowed are the addresses that no request goes to.
var allowed = regexp.MustCompile(`https://app\.slack\.com/block-kit-builder/#|http://www\.w3\.org/2000/svg|/\^https\?:/i`)

func TestPageHoldsToItsRules(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("page/*")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		if n := strings.Count(text, "\n"); n > 400 {
			t.Errorf("%s has %d lines", file, n)
		}
		for i, line := range strings.Split(text, "\n") {
			if found := forbidden.FindString(allowed.ReplaceAllString(line, "")); found != "" {
				t.Errorf("%s:%d: %q is not allowed in the page", file, i+1, found)
			}
		}
	}
}

func TestPageIsServedWhole(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	kinds := map[string]string{".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
	files, _ := filepath.Glob("page/*")
	for _, file := range files {
		name := strings.TrimPrefix(filepath.ToSlash(file), "page/")
		if name == "index.html" {
			name = ""
		}
		res := fetch(t, w, http.MethodGet, name, "", nil)
		if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(got, kinds[filepath.Ext(file)]) {
			t.Errorf("%s: %d %s", file, res.StatusCode, got)
		}
		if got := res.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
			t.Errorf("%s: policy %q", file, got)
		}
	}
}

func TestBotComesAndGoes(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	in := func() bool {
		for _, c := range demoState(t, w, slackfake.Alice)["channels"].([]any) {
			if c.(m)["id"] == slackfake.General {
				return c.(m)["bot_in"].(bool)
			}
		}
		return false
	}
	for _, step := range []struct {
		act  string
		body m
		want bool
	}{
		{"member", m{"channel": slackfake.General, "on": true}, true},
		{"member", m{"channel": slackfake.General, "on": false}, false},
		{"post", m{"user": slackfake.Alice, "channel": slackfake.General, "text": "/invite @servicesbot"}, true},
	} {
		if status, answer := act(t, w, step.act, step.body); status != http.StatusOK || in() != step.want {
			t.Errorf("%v: %d %v, the bot is in: %v", step, status, answer, in())
		}
	}
	if status, answer := act(t, w, "post", m{"user": slackfake.Alice, "channel": slackfake.General, "text": "/invite @nobody"}); status != http.StatusOK || answer["ok"] != false {
		t.Errorf("inviting nobody: %d %v", status, answer)
	}
}

func TestCaptionAndViewers(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	w.Caption("alice in #support: hello")
	if got := demoState(t, w, slackfake.Bob)["caption"]; got != "alice in #support: hello" {
		t.Errorf("caption %v", got)
	}
	if n := w.Viewers(); n != 0 {
		t.Errorf("%d viewers at the beginning", n)
	}
	fetch(t, w, http.MethodGet, "demo/events?user="+slackfake.Bob, "", nil)
	if n := w.Viewers(); n != 1 {
		t.Errorf("%d viewers", n)
	}
}

func TestSwitchesAreTraced(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	for _, flip := range []struct {
		name string
		on   bool
		want string
	}{{"old-blocks", true, "on"}, {"old-blocks", false, "off"}, {"refresh", true, ""}} {
		if err := w.Flip(flip.name, flip.on); err != nil {
			t.Fatal(err)
		}
		lines := w.Trace(0)
		found := false
		for _, l := range lines {
			found = found || l.Kind == "switch" && strings.HasPrefix(l.What, "Slack: ") && l.Outcome == flip.want
		}
		if !found {
			t.Errorf("%v is not in the trace", flip)
		}
	}
}
