package main

import (
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"servicesbot/whmcs/query"
)

var update = flag.Bool("update", false, "rewrite what is generated: tables and examples of the documents, and goldens")

const (
	readme    = "../../README.md"
	pages     = "../../.github/"
	language  = pages + "LANGUAGE.md"
	operating = pages + "OPERATING.md"
	security  = pages + "SECURITY.md"
)

// documents are all that people read of the repository.
var documents = []string{readme, language, operating, security, pages + "FIGURES.md", pages + "CONTRIBUTING.md",
	"../../testdata/README.md", "../../testdata/cli/README.md", "../../testdata/talk/README.md", "../../testdata/blocks/README.md",
	"../../testdata/grammar/README.md", "../../testdata/cassettes/README.md", "../../testdata/local/README.md"}

// TestDocuments holds the generated parts of the documents to what they are made
// from: the table of keys, the environment struct, the manifest's scopes, and what
// the command says.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		file  string
		parts map[string]string
	}{
		{readme, map[string]string{"examples": exampleAnswers(t, examples[:firstExamples]), "settings": configurationTable(needed)}},
		{language, map[string]string{"language": languageTable(), "readings": readingsTable(t), "more examples": exampleAnswers(t, examples[firstExamples:])}},
		{operating, map[string]string{"configuration": configurationTable(nil), "troubles": troubleTable(t), "metrics": metricsTable(t)}},
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

// readmeLines is how long the README may be: what a team needs to decide fits in it.
const readmeLines = 220

// TestReadmeIsShort holds the README to its length.
func TestReadmeIsShort(t *testing.T) {
	t.Parallel()
	if n := strings.Count(readText(t, "README.md"), "\n"); n > readmeLines {
		t.Errorf("the README has %d lines, more than %d: move something to a page below .github", n, readmeLines)
	}
}

var (
	linkTarget = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	heading    = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	fenced     = regexp.MustCompile("(?ms)^```.*?^```$")
)

// TestLinks holds that every link of the documents to a file, or to a heading, leads there.
func TestLinks(t *testing.T) {
	t.Parallel()
	found := 0
	for _, file := range documents {
		for _, m := range linkTarget.FindAllStringSubmatch(withoutCode(t, file), -1) {
			target := m[1] + m[2]
			if strings.Contains(target, "://") {
				continue
			}
			found++
			path, anchor, _ := strings.Cut(target, "#")
			to := file
			if path != "" {
				to = filepath.Join(filepath.Dir(file), path)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s: %v", file, target, err)
			} else if anchor != "" && !slices.Contains(anchors(t, to), anchor) {
				t.Errorf("%s links to %s, a heading that is not there", file, target)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d links found", found)
	}
}

// withoutCode is a document without its blocks of code.
func withoutCode(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return fenced.ReplaceAllString(string(content), "")
}

// anchors are the names under which a document's headings can be linked to on GitHub.
func anchors(t *testing.T, file string) []string {
	t.Helper()
	var names []string
	for _, m := range heading.FindAllStringSubmatch(withoutCode(t, file), -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])
		names = append(names, name)
	}
	return names
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
	b.WriteString("| key | other names | in words | what it does | WHMCS's parameter | example |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, k := range query.Keys() {
		pushed := "filtered by the bot"
		switch {
		case k.Control:
			pushed = "–"
		case k.Pushed != "":
			pushed = "`" + k.Pushed + "`"
		}
		what := cell(k.Line())
		if len(k.Values) > 1 {
			what += ": " + quotedList(k.Values)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | `%s` |\n", k.Name, quotedList(k.Aliases), strings.Join(k.Words, ", "), what, pushed, cell(k.Example))
	}
	return b.String()
}

// quotedList writes values as code.
func quotedList(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return "`" + strings.Join(values, "`, `") + "`"
}

// asWritten are lines as people write them.
var asWritten = []string{
	"what does client 5 have?", "active services of customer number 5", "is demodomain2.net suspended?", "who is on saturn?", "server saturn, not suspended",
	"demodomain.com or demodomain2.net", "who is overdue more than 30 days", "due next week", "revenue by product", "csv client:5",
	"https://billing.example.com/admin/clientssummary.php?userid=5",
}

// readingsTable says how lines are read that people write without the keys.
func readingsTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| typed | read as |\n| --- | --- |\n")
	for _, line := range asWritten {
		r := query.Read(line)
		if r.Kind != query.ReadQuestion || r.Guess() {
			t.Errorf("%q is not read for certain: %+v", line, r)
		}
		fmt.Fprintf(&b, "| `%s` | `%s` |\n", line, r.Query)
	}
	return b.String()
}

// needed are the settings that the README shows.
var needed = []string{
	"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "WHMCS_URL", "WHMCS_IDENTIFIER", "WHMCS_SECRET", "BOT_ALLOW", "WHMCS_ADMIN_URL", "WHMCS_CURRENCY", "TZ", "HTTP_ADDR",
}

// configurationTable lists the settings of some names; nil: all.
func configurationTable(only []string) string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n| --- | --- | --- |\n")
	for f := range reflect.TypeFor[environment]().Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("env"), ",")
		if only != nil && !slices.Contains(only, name) {
			continue
		}
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
	made := regexp.MustCompile(`m\.(?:counters?|gauge|seconds|secondsBy)\("(\w+)", "([^"]+)"((?:, "\w+")*)\)`)
	defined := regexp.MustCompile(`Name: "servicesbot_(\w+)", Help: "([^"]+)"(?:,? *\}, \[\]string\{([^}]*)\}|,\s*ConstLabels: (?:prometheus\.Labels\{)?([^}\n]*))?`)
	quoted := regexp.MustCompile(`"(\w+)"`)
	source := readText(t, "bot/status.go") + readText(t, "bot/store_status.go")
	var lines []string
	for _, m := range append(made.FindAllStringSubmatch(source, -1), defined.FindAllStringSubmatch(source, -1)...) {
		labels := quoted.FindAllString(strings.Join(m[3:], ""), -1)
		if strings.HasPrefix(m[len(m)-1], "labels") {
			labels = []string{`"lane"`}
		}
		lines = append(lines, fmt.Sprintf("| `servicesbot_%s` | %s | %s |\n", m[1], strings.ReplaceAll(strings.Join(labels, ", "), `"`, "`"), cell(m[2])))
	}
	if len(lines) < 25 {
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

// examples are questions that people ask, and what about. The README has the first ones.
var examples = []struct{ line, about string }{
	{"client:1", "what a client has"},
	{"server:saturn status:suspended sort:due rows:1", "who is suspended on this server, one row to a page"},
	{"client:1 as:table", "the same as a table"},
	{"client:3", "a client without services"},
	{"client:1 status:actve", "mistyped: what was meant is on a button"},

	{"domain:www.demodomain.com", "who has this domain; one match is shown whole"},
	{"email:dana@demodomain.com status:active", "what the client with this address runs now"},
	{"client:7 status:suspended sort:due rows:3", "which services of this reseller are suspended"},
	{"client:5 due:<7d,overdue sort:due", "what is due within a week or overdue, in order of date"},
	{"client:5 -product:plus amount:>30 as:table", "a table of all products but one, above an amount"},
	{"server:saturn status:active as:summary", "who is affected when a server is down"},
	{"client:1 as:csv", "as a file"},
}

// firstExamples is how many of them the README has.
const firstExamples = 5

// exampleAnswers asks the sample WHMCS some of the examples.
func exampleAnswers(t *testing.T, asked []struct{ line, about string }) string {
	t.Helper()
	s := newShellStage(t)
	var b strings.Builder
	for _, e := range asked {
		answer := strings.ReplaceAll(s.run(t, `servicesbot ask "`+e.line+`"`), "<time>", "2026-11-22 10:00 UTC")
		answer, _, _ = strings.Cut(answer, "2> servicesbot: not answered")
		fmt.Fprintf(&b, "<details><summary><code>%s</code>: %s</summary>\n\n```\n%s\n```\n</details>\n", html.EscapeString(e.line), e.about,
			strings.TrimSpace(strings.ReplaceAll(answer, "\n2> ", "\n")))
	}
	return b.String()
}

// troubles are the ways in which WHMCS fails, as faults of the sample one.
var troubles = []string{
	"bad-credentials", "invalid-ip 203.0.113.7", "not-permitted", "admin-required", "redirect", "waf", "rate-limited",
	"maintenance", "license", "emitted", "server-error", "nvp", "truncated", "oversized", "twice", "down", "hang", "lost-rows",
	"error SQLSTATE[42S02]: Base table or view not found", "error Something Else",
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
	b.WriteString("| message | what to do |\n| --- | --- |\n")
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

// TestDocumentsNameSettings holds that every setting that a document names exists.
func TestDocumentsNameSettings(t *testing.T) {
	t.Parallel()
	known := settingNames()
	setting := regexp.MustCompile(`\b(SLACK|WHMCS|BOT|HTTP|LOG)_[A-Z_]*[A-Z]\b`)
	for _, file := range documents {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range setting.FindAllString(string(content), -1) {
			if !known[strings.TrimSuffix(name, "_FILE")] {
				t.Errorf("%s names %s, which is not a setting", file, name)
			}
		}
	}
}

// TestSampleOfSettings loads the sample settings of OPERATING.md.
func TestSampleOfSettings(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(operating)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(content), "```sh\nexport ")
	if !ok {
		t.Fatal("there is no sample of settings")
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
		t.Errorf("the sample of settings does not load: %v", err)
	}
}
