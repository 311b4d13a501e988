package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/whmcs/query"
)

// TestPhrasesByAsk asks every line that people type from the shell.
func TestPhrasesByAsk(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../testdata/phrases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var typed, musts []string
	for row := range strings.Lines(string(data)) {
		if line, must, ok := strings.Cut(strings.TrimSpace(row), " → "); ok && !strings.HasPrefix(row, "# ") {
			typed = append(typed, strings.NewReplacer("§", "`", "⏎", " ").Replace(line))
			musts = append(musts, must)
		}
	}
	s := newShellStage(t)
	var out bytes.Buffer
	p := &process{env: envconfig.MapLookuper(s.env), stdin: strings.NewReader(strings.Join(typed, "\n")), stdout: &out, stderr: &out}
	p.run(context.Background(), []string{"ask", "-"})
	rest := out.String()
	for i, line := range typed {
		_, after, found := strings.Cut(rest, "> "+line+"\n")
		if !found {
			t.Fatalf("%q is not answered:\n%s", line, rest)
		}
		answer := after
		if i+1 < len(typed) {
			answer, _, _ = strings.Cut(after, "\n> "+typed[i+1]+"\n")
		}
		rest = after
		kind, must, _ := strings.Cut(musts[i], " ")
		shows := strings.Split(must, " | ")
		switch kind {
		case "=", "~", "none":
			q, err := query.Parse(shows[0])
			if err != nil {
				t.Fatal(err)
			}
			shows[0] = "/services " + q.Lasting().String()
		case "help":
			shows = []string{"Ask for services by what you know of them:"}
		}
		for _, text := range shows {
			if !strings.Contains(answer, text) {
				t.Errorf("%q does not show %q:\n%s", line, text, answer)
			}
		}
		if nothing := strings.Contains(answer, "Nothing found"); nothing && kind != "none" {
			t.Errorf("%q finds nothing:\n%s", line, answer)
		}
	}
}
