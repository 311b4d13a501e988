package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/whmcs/whmcsfake"
)

// TestAskKeepsPrivateFields holds that what is shown only on demand is left out of
// all that the shell prints, and what is never shown always is.
func TestAskKeepsPrivateFields(t *testing.T) {
	t.Parallel()
	s := newShellStage(t)
	asked := func(fields string, args ...string) string {
		var out bytes.Buffer
		p := &process{env: envconfig.MultiLookuper(envconfig.MapLookuper(map[string]string{"BOT_FIELDS": fields}), envconfig.MapLookuper(s.env)), stdout: &out, stderr: &out}
		if code := p.run(context.Background(), append([]string{"ask"}, args...)); code != 0 {
			t.Fatalf("exit code %d: %s", code, out.String())
		}
		return out.String()
	}
	planted := []string{whmcsfake.PlantedNote, whmcsfake.PlantedSubscription, whmcsfake.PlantedField, whmcsfake.PlantedPassword}
	for _, args := range [][]string{{"--json", "client:7 as:csv"}, {"client:7 as:csv"}, {"client:7 as:table"}, {"client:7 rows:10"}} {
		for _, secret := range planted {
			if strings.Contains(asked("", args...), secret) {
				t.Errorf("ask %q prints %s", args, secret)
			}
		}
	}
	// One service of each kind: with a note, with a subscription, with custom fields.
	shown := asked("notes,subscriptionid,custom:root password", "--json", "client:7,9,15 as:csv")
	for n, secret := range planted {
		if got, want := strings.Contains(shown, secret), n < 3; got != want {
			t.Errorf("with BOT_FIELDS, %s is printed: %v, want %v", secret, got, want)
		}
	}
}

// TestAskJSONNames holds that ask --help lists every name of the JSON that ask prints: it is
// what programs rely on.
func TestAskJSONNames(t *testing.T) {
	t.Parallel()
	var check func(of reflect.Type)
	check = func(of reflect.Type) {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() || of == reflect.TypeFor[optionJSON]() || of == reflect.TypeFor[countJSON]() {
			return
		}
		for f := range of.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !regexp.MustCompile(`\b` + name + `\b`).MatchString(askLong) {
				t.Errorf("ask --help does not name %s", name)
			}
			check(f.Type)
		}
	}
	check(reflect.TypeFor[answerJSON]())
}

// TestAskJSONExample runs the example of ask --help for jq, where jq is there.
func TestAskJSONExample(t *testing.T) {
	t.Parallel()
	jq, err := exec.LookPath("jq")
	if err != nil {
		t.Skip("there is no jq on this machine")
	}
	filter := regexp.MustCompile(`ask --json "([^"]+)" \| jq -r '([^']+)'`).FindStringSubmatch((&process{}).askCommand().Example)
	if filter == nil {
		t.Fatal("ask --help has no example for jq")
	}
	s := newShellStage(t)
	out := exec.Command(jq, "-r", filter[2])
	out.Stdin = strings.NewReader(s.run(t, `servicesbot ask --json "`+filter[1]+`"`))
	got, err := out.Output()
	if lines := strings.Split(strings.TrimSpace(string(got)), "\n"); err != nil || len(lines) < 70 || !regexp.MustCompile(`^\d+\t.+$`).MatchString(lines[0]) {
		t.Errorf("jq prints %d lines, the first %q: %v", len(lines), lines[0], err)
	}
}

// TestAskExitCodes holds the exit codes that ask --help promises.
func TestAskExitCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault string
		env   map[string]string
		args  []string
		stdin string
		want  int
	}{
		{name: "an answer", args: []string{"client:1"}},
		{name: "nothing found", args: []string{"client:3"}},
		{name: "help", args: []string{"help"}},
		{name: "not understood", args: []string{"clinet:1"}, want: 1},
		{name: "not understood, as JSON", args: []string{"--json", "clinet:1"}, want: 1},
		{name: "WHMCS refuses", fault: "bad-credentials", args: []string{"client:1"}, want: 1},
		{name: "WHMCS refuses, as JSON", fault: "bad-credentials", args: []string{"--json", "client:1"}, want: 1},
		{name: "a setting is wrong", env: map[string]string{"WHMCS_URL": "nowhere"}, args: []string{"client:1"}, want: 1},
		{name: "no question", args: []string{" "}, want: 1},
		{name: "an unknown flag", args: []string{"--nosuch"}, want: 1},
		{name: "lines", args: []string{"-"}, stdin: "client:1\n\nclient:3\n"},
		{name: "no lines", args: []string{"-"}},
		{name: "one line of two", args: []string{"-"}, stdin: "clinet:1\nclient:1", want: 1},
		{name: "an endless line", args: []string{"-"}, stdin: strings.Repeat("x", lineAtMost+1), want: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newShellStage(t)
			if tt.fault != "" {
				s.run(t, "fault "+tt.fault)
			}
			var out bytes.Buffer
			p := &process{
				env:   envconfig.MultiLookuper(envconfig.MapLookuper(tt.env), envconfig.MapLookuper(s.env)),
				stdin: strings.NewReader(tt.stdin), stdout: &out, stderr: &out,
			}
			if got := p.run(context.Background(), append([]string{"ask"}, tt.args...)); got != tt.want {
				t.Errorf("exit code %d, want %d:\n%s", got, tt.want, out.String())
			}
		})
	}
}

// TestAskLogsWhereAsked: ask logs nothing unless LOG_LEVEL is set, by a file too.
func TestAskLogsWhereAsked(t *testing.T) {
	t.Parallel()
	s := newShellStage(t)
	s.run(t, "fault trace")
	file := filepath.Join(t.TempDir(), "level")
	if err := os.WriteFile(file, []byte("warn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for settings, want := range map[string]bool{"": false, "LOG_LEVEL=warn ": true, "LOG_LEVEL_FILE=" + file + " ": true, "LOG_LEVEL=error ": false} {
		printed := s.run(t, settings+`servicesbot ask "service:2 fresh:yes"`)
		if got := strings.Contains(printed, "something is printed around"); got != want {
			t.Errorf("with %q it logs: %v, want %v\n%s", settings, got, want, printed)
		}
		if got := strings.Contains(printed, `"kind":"PHP","bytes":`); got != want || strings.Contains(printed, "{main}") {
			t.Errorf("of what is printed it logs more than kind and length:\n%s", printed)
		}
	}
}
