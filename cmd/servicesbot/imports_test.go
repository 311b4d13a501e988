package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport is which of our own packages may import which, outside tests.
var mayImport = map[string][]string{
	"servicesbot/whmcs":           {},
	"servicesbot/whmcs/query":     {"servicesbot/whmcs"},
	"servicesbot/whmcs/local":     {"servicesbot/whmcs"},
	"servicesbot/whmcs/whmcsfake": {},
	"servicesbot/whmcs/cassette":  {},
	"servicesbot/formatting":      {"servicesbot/whmcs", "servicesbot/whmcs/query"},
	"servicesbot/bot":             {"servicesbot/whmcs", "servicesbot/whmcs/query", "servicesbot/formatting"},
	"servicesbot/bot/slackfake":   {},
	"servicesbot/cmd/servicesbot": {"servicesbot/whmcs", "servicesbot/whmcs/query", "servicesbot/whmcs/local", "servicesbot/whmcs/whmcsfake", "servicesbot/formatting", "servicesbot/bot", "servicesbot/bot/slackfake"},
}

// mayUse is which packages may import the modules that are tied to one side.
var mayUse = map[string][]string{
	"github.com/slack-go/slack":           {"servicesbot/bot", "servicesbot/formatting", "servicesbot/cmd/servicesbot"}, // cmd: the doctor alone
	"github.com/sethvargo/go-envconfig":   {"servicesbot/cmd/servicesbot"},
	"github.com/spf13/cobra":              {"servicesbot/cmd/servicesbot"},
	"github.com/dnaeon/go-vcr/v2":         {"servicesbot/whmcs/cassette"},
	"github.com/gorilla/websocket":        {"servicesbot/bot", "servicesbot/bot/slackfake"},
	"github.com/redis/rueidis":            {"servicesbot/bot"},
	"github.com/prometheus/client_golang": {"servicesbot/bot"},
	"github.com/maypok86/otter/v2":        {"servicesbot/bot", "servicesbot/whmcs"},
	"github.com/sethvargo/go-retry":       {"servicesbot/whmcs"},
	"go.yaml.in/yaml/v4":                  {"servicesbot/cmd/servicesbot"},
	"github.com/buildkite/shellwords":     {"servicesbot/cmd/servicesbot"},
	"os/exec":                             {"servicesbot/cmd/servicesbot", "servicesbot/whmcs/local"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "servicesbot/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		seen++
		checkImports(t, p)
	}
	if seen < 7 {
		t.Errorf("go list names %d packages: the test looks at the wrong place", seen)
	}
}

func checkImports(t *testing.T, p listed) {
	t.Helper()
	allowed, known := mayImport[p.ImportPath]
	if !known {
		t.Errorf("package %s is not in the table mayImport", p.ImportPath)
	}
	for _, imported := range p.Imports {
		if strings.HasPrefix(imported, "servicesbot/") && !slices.Contains(allowed, imported) {
			t.Errorf("%s imports %s", p.ImportPath, imported)
		}
		for module, users := range mayUse {
			if (imported == module || strings.HasPrefix(imported, module+"/")) && !slices.Contains(users, p.ImportPath) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// TestOnlyTheStoreKnowsRedis holds that the server behind the store shows in no other file.
func TestOnlyTheStoreKnowsRedis(t *testing.T) {
	t.Parallel()
	for _, path := range slices.Concat(sources(t, "bot", false), sources(t, "whmcs", false), sources(t, "formatting", false)) {
		if strings.HasPrefix(filepath.Base(path), "store_redis") {
			continue
		}
		file, _ := parsed(t, path)
		for _, i := range file.Imports {
			if strings.Contains(i.Path.Value, "rueidis") {
				t.Errorf("%s imports %s", path, i.Path.Value)
			}
		}
	}
}

// TestOnlyCommandReadsEnvironment holds that only cmd looks at the process's
// surroundings or ends it.
func TestOnlyCommandReadsEnvironment(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "servicesbot/whmcs", "servicesbot/whmcs/query", "servicesbot/formatting", "servicesbot/bot").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dir := range strings.FieldsSeq(string(out)) {
		grep := exec.Command("grep", "-nE", `os\.(Getenv|LookupEnv|Environ|Args|Exit|ReadFile|Open)|log\.Fatal`, "-r", "--include=*.go", "--exclude=*_test.go", "--exclude-dir=slackfake", "--exclude-dir=whmcsfake", "--exclude-dir=cassette", dir)
		if found, err := grep.Output(); err == nil {
			t.Errorf("only cmd may do this:\n%s", found)
		}
	}
}

// TestNoDebugOutput holds that the library's debug output, which prints what people typed,
// is not within reach.
func TestNoDebugOutput(t *testing.T) {
	t.Parallel()
	for _, path := range append(sources(t, "bot", false), sources(t, "cmd", false)...) {
		if text := readText(t, strings.TrimPrefix(path, root)); strings.Contains(text, "OptionDebug") || strings.Contains(text, "OptionLog(") {
			t.Errorf("%s switches it on", path)
		}
	}
}

// TestOnlyDoctorCallsSlack holds that in cmd only the doctor speaks to Slack itself: all
// else goes through package bot.
func TestOnlyDoctorCallsSlack(t *testing.T) {
	t.Parallel()
	for _, path := range sources(t, "cmd", false) {
		if strings.HasPrefix(filepath.Base(path), "doctor") {
			continue
		}
		file, _ := parsed(t, path)
		for _, i := range file.Imports {
			if strings.HasPrefix(i.Path.Value, `"github.com/slack-go/`) {
				t.Errorf("%s imports %s", path, i.Path.Value)
			}
		}
	}
}
