package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sethvargo/go-envconfig"
	"go.yaml.in/yaml/v4"

	"servicesbot/bot/slackfake"
)

// outputOf runs the command without any setting but env and returns what it
// prints.
func outputOf(t *testing.T, env map[string]string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	p := &process{env: envconfig.MapLookuper(env), stdout: &out, stderr: &errs}
	if code := p.run(context.Background(), args); code != 0 || errs.Len() > 0 {
		t.Fatalf("exit code %d, standard error:\n%s", code, errs.String())
	}
	return out.String()
}

// manifestRules are the limits of Slack's manifest schema, by the path of what
// they are about; [] stands for every item of a list.
var manifestRules = []struct {
	path        string
	least, most int    // characters of a text, items of a list
	pattern     string // of a text
}{
	{path: "display_information.name", least: 1, most: 35},
	{path: "display_information.description", least: 1, most: 140},
	{path: "display_information.long_description", least: 175, most: 4000},
	{path: "features.bot_user.display_name", least: 1, most: 80, pattern: `^[a-z0-9._-]+$`},
	{path: "features.slash_commands", least: 1, most: 50},
	{path: "features.slash_commands[].command", least: 2, most: 32, pattern: `^/[^\s]+$`},
	{path: "features.slash_commands[].description", least: 1, most: 2000},
	{path: "features.slash_commands[].usage_hint", least: 1, most: 1000},
	{path: "features.shortcuts", least: 1, most: 10},
	{path: "features.shortcuts[].name", least: 1, most: 24},
	{path: "features.shortcuts[].description", least: 1, most: 150},
	{path: "features.shortcuts[].callback_id", least: 1, most: 255},
	{path: "features.shortcuts[].type", least: 1, most: 7, pattern: `^(global|message)$`},
	{path: "oauth_config.scopes.bot", least: 1, most: 255},
	{path: "oauth_config.scopes.bot[]", least: 1, most: 50, pattern: `^[a-z_.]+(:[a-z_.]+)?$`},
	{path: "settings.event_subscriptions.bot_events", least: 1, most: 100},
	{path: "settings.event_subscriptions.bot_events[]", least: 1, most: 50, pattern: `^[a-z_.]+$`},
}

// manifestSwitches are what has no limits but one right value.
var manifestSwitches = map[string]any{
	"_metadata.major_version":                          2.0,
	"_metadata.minor_version":                          1.0,
	"features.app_home.home_tab_enabled":               true,
	"features.app_home.messages_tab_enabled":           true,
	"features.app_home.messages_tab_read_only_enabled": false, // else nobody could write to the bot
	"features.bot_user.always_online":                  true,
	"features.slash_commands[].should_escape":          false, // domains come as they were typed
	"settings.interactivity.is_enabled":                true,  // clicks; no address is needed over sockets
	"settings.org_deploy_enabled":                      false,
	"settings.socket_mode_enabled":                     true,
	"settings.token_rotation_enabled":                  false, // tokens are settings of the process
}

// TestManifestRules holds every leaf of the manifest to Slack's rules, and finds
// keys that the rules do not know: Slack refuses them.
func TestManifestRules(t *testing.T) {
	t.Parallel()
	var m any
	if err := json.Unmarshal([]byte(outputOf(t, map[string]string{"BOT_COMMAND": "/find-what-was-bought-for-this-c"}, "manifest", "--json")), &m); err != nil {
		t.Fatal(err)
	}
	leaves := map[string][]any{}
	collect(m, "", leaves)
	known := map[string]bool{}
	for _, r := range manifestRules {
		known[r.path] = true
		for _, v := range leaves[r.path] {
			n := len([]rune(text(v)))
			if list, ok := v.([]any); ok {
				n = len(list)
			}
			if n < r.least || n > r.most || r.pattern != "" && !regexp.MustCompile(r.pattern).MatchString(text(v)) {
				t.Errorf("%s = %v: %d, must be %d to %d like %s", r.path, v, n, r.least, r.most, r.pattern)
			}
		}
	}
	for path, want := range manifestSwitches {
		known[path] = true
		for _, v := range leaves[path] {
			if v != want {
				t.Errorf("%s = %v, want %v", path, v, want)
			}
		}
	}
	for path := range leaves {
		if !known[path] {
			t.Errorf("%s is not known to Slack's schema", path)
		}
	}
	for path := range known {
		if len(leaves[path]) == 0 {
			t.Errorf("the manifest has no %s", path)
		}
	}
}

func text(v any) string { s, _ := v.(string); return s }

// collect gathers lists and scalars below v by their path.
func collect(v any, path string, into map[string][]any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			collect(value, strings.TrimPrefix(path+"."+key, "."), into)
		}
	case []any:
		into[path] = append(into[path], v)
		for _, item := range v {
			collect(item, path+"[]", into)
		}
	default:
		into[path] = append(into[path], v)
	}
}

// TestManifestAgreesWithFake holds the fake workspace's app to be the one that the
// manifest makes.
func TestManifestAgreesWithFake(t *testing.T) {
	t.Parallel()
	m := newManifest("/services")
	if got, want := m.OAuth.Scopes.Bot, slackfake.DefaultScopes; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("scopes: %v, the fake has %v", got, want)
	}
	if got, want := m.Settings.Events.Bot, slackfake.DefaultEvents; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("events: %v, the fake has %v", got, want)
	}
	var got []slackfake.Shortcut
	for _, s := range m.Features.Shortcuts {
		got = append(got, slackfake.Shortcut{CallbackID: s.CallbackID, Name: s.Name, Message: s.Type == "message"})
	}
	if !reflect.DeepEqual(got, slackfake.DefaultShortcuts) {
		t.Errorf("shortcuts: %v, the fake has %v", got, slackfake.DefaultShortcuts)
	}
}

// TestManifestYAML holds that the YAML says what the JSON says, with a reason for
// each scope.
func TestManifestYAML(t *testing.T) {
	t.Parallel()
	const golden = "../../testdata/cli/manifest.yaml"
	got := outputOf(t, nil, "manifest")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the manifest differs from %s: go test ./cmd/servicesbot -run ManifestYAML -update", golden)
	}
	for _, s := range botScopes {
		if !strings.Contains(got, "      - "+s.name+" # "+s.why+"\n") {
			t.Errorf("no reason for %s", s.name)
		}
	}
	var fromYAML, fromJSON any
	if err := yaml.Load([]byte(got), &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Load([]byte(outputOf(t, nil, "manifest", "--json")), &fromJSON); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(fromYAML, fromJSON) {
		t.Errorf("YAML and JSON differ:\n%v\n%v", fromYAML, fromJSON)
	}
}

// TestSlackHooks holds the hooks of Slack's CLI to commands that are there, and runs the one
// that prints the manifest as the CLI does: split at spaces, without a shell.
func TestSlackHooks(t *testing.T) {
	t.Parallel()
	var file struct {
		Hooks  map[string]string
		Config map[string]bool
	}
	if err := json.Unmarshal([]byte(readText(t, ".slack/hooks.json")), &file); err != nil {
		t.Fatal(err)
	}
	if !file.Config["sdk-managed-connection-enabled"] {
		t.Error("the CLI would open the socket itself")
	}
	command := strings.Fields(file.Hooks["get-manifest"])
	run := exec.Command(command[0], command[1:]...)
	run.Dir = root
	got, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := outputOf(t, nil, "manifest", "--json"); string(got) != want {
		t.Errorf("get-manifest prints\n%s\nwant\n%s", got, want)
	}
	start, isOurs := strings.CutPrefix(file.Hooks["start"], "go run ./cmd/servicesbot ")
	if c, _, err := (&process{}).root().Find(strings.Fields(start)); err != nil || !isOurs || c.Name() != "serve" {
		t.Errorf("start runs %q: %v", file.Hooks["start"], err)
	}
}

// TestPrintYAML holds texts to be quoted where YAML would read something else.
func TestPrintYAML(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := printYAML(&out, map[string]any{
		"a": []any{[]any{"x", 1}, map[string]any{"k": "v", "l": nil}}, "b": "yes", "c": "two: words", "d": "# no remark",
		"e": "plain-word", "f": "", "g": "12", "h": -1.5, "i": "colon:", "j": "say \"hi\"\n", "k": "word",
	}, map[string]string{"word": "not an item, no remark", "x": "an item"})
	if err != nil {
		t.Fatal(err)
	}
	want := `a:
  - - x # an item
    - 1
  - k: v
    l: null
b: "yes"
c: 'two: words'
d: '# no remark'
e: plain-word
f: ""
g: "12"
h: -1.5
i: 'colon:'
j: |
  say "hi"
k: word
`
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
	if err := printYAML(io.Discard, make(chan int), nil); err == nil {
		t.Error("what has no JSON has no YAML: no error")
	}
}
