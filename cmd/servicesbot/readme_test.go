package main

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"servicesbot/whmcs/query"
)

var update = flag.Bool("update", false, "rewrite what is generated: README tables and goldens")

const readme = "../../README.md"

// TestReadmeTables holds the README's generated tables to what they are made from:
// the table of keys and the environment struct.
func TestReadmeTables(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for name, table := range map[string]string{"language": languageTable(), "configuration": configurationTable()} {
		text = replaceBetween(t, text, name, table)
	}
	if *update {
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != string(content) {
		t.Error("a generated table of README.md is old: go test ./cmd/servicesbot -run ReadmeTables -update")
	}
}

// replaceBetween puts table between the markers of name.
func replaceBetween(t *testing.T, text, name, table string) string {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	i, j := strings.Index(text, begin), strings.Index(text, end)
	if i < 0 || j < i {
		t.Fatalf("README.md has no markers for %s", name)
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
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", name, cell(k.Help), pushed, cell(k.Example))
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

// cell returns text as a cell of a Markdown table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

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
