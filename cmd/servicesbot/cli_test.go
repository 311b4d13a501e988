package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/whmcs/whmcsfake"
)

// today is the day of all scripts: the sample data lies around it.
var today = time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)

// TestScripts plays testdata/cli: it runs each command of a script, in this
// process, against a WHMCS of the script's own, and compares what it printed. The
// README there describes the form.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/cli/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			played := newShellStage(t).play(t, string(content))
			if played == string(content) {
				return
			}
			if !*update {
				t.Errorf("%s differs from what is printed now (go test ./cmd/servicesbot -run Scripts -update):\n%s", file, firstDifference(string(content), played))
				return
			}
			if err := os.WriteFile(file, []byte(played), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// firstDifference shows where two texts part.
func firstDifference(was, is string) string {
	w, i := strings.Split(was, "\n"), strings.Split(is, "\n")
	for n := range min(len(w), len(i)) {
		if w[n] != i[n] {
			return fmt.Sprintf("line %d\nwas: %s\nis:  %s", n+1, w[n], i[n])
		}
	}
	return fmt.Sprintf("%d lines, now %d", len(w), len(i))
}

// A shellStage is the WHMCS that a script talks to.
type shellStage struct {
	whmcs *whmcsfake.Server
	env   map[string]string
}

func newShellStage(t *testing.T) *shellStage {
	t.Helper()
	s := &shellStage{whmcs: whmcsfake.New(whmcsfake.Config{Now: today})}
	if err := s.whmcs.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.whmcs.Close() })
	s.env = map[string]string{
		"WHMCS_URL": s.whmcs.URL(), "WHMCS_IDENTIFIER": whmcsfake.Identifier, "WHMCS_SECRET": whmcsfake.Secret,
		"WHMCS_CURRENCY": "EUR", "WHMCS_MAX_CONCURRENT": "1",
	}
	return s
}

// play runs the commands of a script and returns the script with what they print
// now.
func (s *shellStage) play(t *testing.T, script string) string {
	t.Helper()
	var b strings.Builder
	before := "" // what is in front of the next line: nothing, or a blank line
	for line := range strings.Lines(script) {
		line = strings.TrimRight(line, "\n")
		switch command, isCommand := strings.CutPrefix(line, "$ "); {
		case isCommand:
			b.WriteString(before + line + "\n" + s.run(t, command))
			before = "\n"
		case strings.HasPrefix(line, "# "):
			b.WriteString(before + line + "\n")
			before = ""
		}
	}
	return b.String()
}

// run runs one line: "NAME=value servicesbot arguments < input; more input", or "fault name [text]" and
// "repair" for the WHMCS.
func (s *shellStage) run(t *testing.T, line string) string {
	t.Helper()
	line, input, _ := strings.Cut(line, " < ")
	words := shellWords(line)
	own := map[string]string{}
	for len(words) > 0 && assignment.MatchString(words[0]) {
		name, value, _ := strings.Cut(words[0], "=")
		own[name], words = value, words[1:]
	}
	var err error
	switch {
	case len(words) > 1 && words[0] == "fault":
		err = s.whmcs.Set(whmcsfake.Fault{Name: words[1], Text: strings.Join(words[2:], " ")})
	case len(words) == 1 && words[0] == "repair":
		err = s.whmcs.Clear()
	case len(words) > 0 && words[0] == "servicesbot":
		return s.command(own, words[1:], strings.ReplaceAll(input, ";", "\n"))
	default:
		err = errors.New("no such command")
	}
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return ""
}

// command runs the real command in this process.
func (s *shellStage) command(own map[string]string, args []string, input string) string {
	var out, errs bytes.Buffer
	env := envconfig.MultiLookuper(envconfig.MapLookuper(own), envconfig.MapLookuper(s.env))
	p := &process{env: env, stdin: strings.NewReader(input), stdout: &out, stderr: &errs, now: func() time.Time { return today }}
	code := p.run(context.Background(), args)
	return s.printed(out.String(), errs.String(), code)
}

var (
	assignment = regexp.MustCompile(`^[A-Z_]+=`)
	// shellWord is a word of a command: quotes hold spaces together.
	shellWord = regexp.MustCompile(`(?:[^\s"']|"[^"]*"|'[^']*')+`)
	// What differs from run to run.
	varying = []struct {
		pattern *regexp.Regexp
		as      string
	}{
		{regexp.MustCompile(`(?m)^looked at \d+ of \d+ services, .*\n`), ""}, // progress comes when it comes
		{regexp.MustCompile(`as of \d{4}-\d\d-\d\d \d\d:\d\d UTC`), "as of <time>"},
		{regexp.MustCompile(`"as_of": "[^"]*"`), `"as_of": "<time>"`},
		{regexp.MustCompile(`servicesbot \S+ \(commit [^)]*\), go\S+`), "servicesbot <version> (commit <commit>), <Go's version>"},
		{regexp.MustCompile(`127\.0\.0\.1:\d{5}`), "127.0.0.1:<port>"},
		{regexp.MustCompile(`\d+ in \d+m?s, \d+ in \d+m?s, \d+ in \d+m?s; (.*) takes about \S+`), "1 in <time>, 25 in <time>, 100 in <time>; $1 takes about <time>"},
	}
)

func shellWords(line string) []string {
	words := shellWord.FindAllString(line, -1)
	for i, w := range words {
		var b strings.Builder
		quote := rune(0)
		for _, r := range w {
			switch {
			case quote == 0 && (r == '"' || r == '\''):
				quote = r
			case r == quote:
				quote = 0
			default:
				b.WriteRune(r)
			}
		}
		words[i] = b.String()
	}
	return words
}

// printed is how a script writes what a command printed: standard output, then
// standard error behind "2> ", then the exit code unless it is 0.
func (s *shellStage) printed(out, errs string, code int) string {
	for _, v := range varying {
		out, errs = v.pattern.ReplaceAllString(out, v.as), v.pattern.ReplaceAllString(errs, v.as)
	}
	var b strings.Builder
	b.WriteString(out)
	if out != "" && !strings.HasSuffix(out, "\n") {
		b.WriteString("\n")
	}
	for line := range strings.Lines(errs) {
		b.WriteString("2> " + line)
	}
	if code != 0 {
		fmt.Fprintf(&b, "[exit code %d]\n", code)
	}
	return b.String()
}
