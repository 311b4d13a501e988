package main

import (
	"flag"
	"fmt"
	"html"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"servicesbot/whmcs/query"
)

var update = flag.Bool("update", false, "rewrite what is generated: README tables and goldens")

const (
	readme   = "../../README.md"
	security = "../../.github/SECURITY.md"
)

// TestDocuments holds the generated parts of the documents to what they are made
// from: the table of keys, the environment struct, the manifest's scopes, and what
// the command says.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		file  string
		parts map[string]string
	}{
		{readme, map[string]string{
			"language": languageTable(), "configuration": configurationTable(),
			"examples": exampleAnswers(t), "troubles": troubleTable(t), "metrics": metricsTable(t),
		}},
		{security, map[string]string{"scopes": scopeTable()}},
	} {
		content, err := os.ReadFile(d.file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		for name, part := range d.parts {
			text = replaceBetween(t, text, name, part)
		}
		if text == string(content) {
			continue
		}
		if !*update {
			t.Errorf("a generated part of %s is old (go test ./cmd/servicesbot -run Documents -update):\n%s", d.file, firstDifference(string(content), text))
			continue
		}
		if err := os.WriteFile(d.file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// replaceBetween puts table between the markers of name.
func replaceBetween(t *testing.T, text, name, table string) string {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	i, j := strings.Index(text, begin), strings.Index(text, end)
	if i < 0 || j < i {
		t.Fatalf("there are no markers for %s", name)
	}
	return text[:i+len(begin)] + table + text[j:]
}

func languageTable() string {
	var b strings.Builder
	b.WriteString("| key (also) | what it does | asked of WHMCS as | example |\n| --- | --- | --- | --- |\n")
	for _, k := range query.Keys() {
		name := "`" + k.Name + "`"
		if len(k.Aliases) > 0 {
			name += " (`" + strings.Join(k.Aliases, "`, `") + "`)"
		}
		pushed := "tested here"
		switch {
		case k.Control:
			pushed = "–"
		case k.Pushed != "":
			pushed = "`" + k.Pushed + "`"
		}
		what := cell(k.Help)
		if len(k.Values) > 1 {
			what += ": `" + strings.Join(k.Values, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", name, what, pushed, cell(k.Example))
	}
	return b.String()
}

func configurationTable() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n| --- | --- | --- |\n")
	for f := range reflect.TypeFor[environment]().Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("env"), ",")
		value := ""
		if _, d, ok := strings.Cut(options, "default="); ok {
			value = "`" + d + "`"
		}
		if needed := f.Tag.Get("for"); needed != "" {
			value = "required for " + needed
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, value, cell(f.Tag.Get("help")))
	}
	return b.String()
}

// metricsTable lists the bot's own metrics, as its source defines them: one that nothing was
// counted by yet does not show up in /metrics.
func metricsTable(t *testing.T) string {
	t.Helper()
	defined := regexp.MustCompile(`Name: "(servicesbot_\w+)", Help: "([^"]+)"(?:,? *(?:Buckets: \w+)?\}, \[\]string\{([^}]*)\}|,\s*ConstLabels: (?:prometheus\.Labels\{)?([^}\n]*))?`)
	quoted := regexp.MustCompile(`"(\w+)"`)
	var lines []string
	for _, m := range defined.FindAllStringSubmatch(readText(t, "bot/status.go"), -1) {
		labels := quoted.FindAllString(m[3]+m[4], -1)
		if strings.HasPrefix(m[4], "labels") {
			labels = []string{`"lane"`}
		}
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %s |\n", m[1], strings.ReplaceAll(strings.Join(labels, ", "), `"`, "`"), cell(m[2])))
	}
	if len(lines) < 15 {
		t.Errorf("only %d metrics found", len(lines))
	}
	slices.Sort(lines)
	return "| metric | labels | what |\n| --- | --- | --- |\n" + strings.Join(lines, "")
}

func scopeTable() string {
	var b strings.Builder
	b.WriteString("| scope | what for |\n| --- | --- |\n")
	for _, s := range botScopes {
		fmt.Fprintf(&b, "| `%s` | %s |\n", s.name, cell(s.why))
	}
	return b.String()
}

// exampleAnswers asks the sample WHMCS what people ask.
func exampleAnswers(t *testing.T) string {
	t.Helper()
	s := newShellStage(t)
	var b strings.Builder
	for _, e := range []struct{ line, about string }{
		{"client:1 status:active", "what a client runs now; one match is shown whole"},
		{"domain:www.demodomain.com", "who has this domain"},
		{"email:dana@demodomain.com", "the services of whoever has this address"},
		{"client:7 status:suspended rows:3", "what of this reseller's is suspended"},
		{"client:5 due:<7d,overdue sort:due", "what is due within a week or overdue, the first to come first"},
		{"client:5 -product:plus amount:>30 as:table", "as a table: all but one product, from an amount on"},
		{"server:saturn status:active as:summary", "who is concerned when a server is down"},
		{"client:1 as:csv", "as a file"},
		{"client:3", "nothing: said only when WHMCS answered"},
		{"clinet:1 status:actve", "mistyped: what is meant stands on a button"},
	} {
		answer := strings.ReplaceAll(s.run(t, `servicesbot ask "`+e.line+`"`), "<time>", "2026-11-22 10:00 UTC")
		answer, _, _ = strings.Cut(answer, "2> servicesbot: not answered")
		fmt.Fprintf(&b, "<details><summary><code>%s</code>: %s</summary>\n\n```\n%s\n```\n\n</details>\n", html.EscapeString(e.line), e.about,
			strings.TrimSpace(strings.ReplaceAll(answer, "\n2> ", "\n")))
	}
	return b.String()
}

// troubles are the ways in which WHMCS fails, as faults of the sample one.
var troubles = []string{
	"bad-credentials", "invalid-ip 203.0.113.7", "not-permitted", "admin-required", "redirect", "waf", "rate-limited",
	"maintenance", "license", "emitted", "server-error", "truncated", "oversized", "down", "hang", "lost-rows", "error Something Else",
}

// troubleTable lets WHMCS fail in every way and notes what people are told, and
// Slack with what it says to the doctor.
func troubleTable(t *testing.T) string {
	t.Helper()
	says, fix := make([]string, len(troubles)), make([]string, len(troubles))
	t.Run("troubles", func(t *testing.T) {
		for n, fault := range troubles {
			t.Run(fault, func(t *testing.T) {
				t.Parallel()
				s := newShellStage(t)
				s.run(t, "fault "+fault)
				command := `servicesbot ask "service:1"`
				if fault == "hang" {
					command = "WHMCS_TIMEOUT=1s " + command
				}
				lines := strings.Split(s.run(t, command), "\n")
				says[n] = lines[0]
				_, fix[n], _ = strings.Cut(lines[1], ": ")
				if fix[n] == "" {
					t.Errorf("it does not say what to do: %q", lines)
				}
			})
		}
	})
	for _, refusal := range []string{"invalid_auth", "account_inactive", "not_allowed_token_type"} {
		s, m := refusalInWords(refusal, "", "Copy it again: the app-level token (xapp-…) from Basic Information, the bot token (xoxb-…) from OAuth & Permissions.")
		says, fix = append(says, "doctor, of a token: "+s), append(fix, m)
	}
	says, fix = append(says, "doctor: scope files:write is missing"), append(fix, fixScope)
	var b strings.Builder
	b.WriteString("| it says | so |\n| --- | --- |\n")
	for n := range says {
		if n > 0 && says[n] == says[n-1] {
			continue
		}
		fmt.Fprintf(&b, "| %s | %s", cell(says[n]), cell(fix[n]))
		for m := n + 1; m < len(says) && says[m] == says[n]; m++ {
			b.WriteString(" Or: " + cell(fix[m]))
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

// cell returns text as a cell of a Markdown table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// TestReadmeNames holds that every setting that a document names exists.
func TestReadmeNames(t *testing.T) {
	t.Parallel()
	known := settingNames()
	setting := regexp.MustCompile(`\b(SLACK|WHMCS|BOT|HTTP|LOG)_[A-Z_]*[A-Z]\b`)
	for _, file := range []string{readme, security, "../../.github/OPERATING.md", "../../.github/CONTRIBUTING.md", "../../testdata/cli/README.md"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range setting.FindAllString(string(content), -1) {
			if !known[strings.TrimSuffix(name, "_FILE")] {
				t.Errorf("%s names %s, which is no setting", file, name)
			}
		}
	}
}

// TestReadmeSample loads the sample settings of the README.
func TestReadmeSample(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(content), "```sh\nexport ")
	if !ok {
		t.Fatal("README.md has no sample of settings")
	}
	sample, _, _ := strings.Cut(rest, "```")
	values := map[string]string{}
	for line := range strings.Lines("export " + sample) {
		if assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			name, value, _ := strings.Cut(assignment, "=")
			values[name] = strings.Trim(value, `"'`)
		}
	}
	if _, err := loadFrom(values, needWHMCS|needSlack); err != nil {
		t.Errorf("the README's sample of settings does not load: %v", err)
	}
}
