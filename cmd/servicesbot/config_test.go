package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/whmcs"
)

// good are settings with all that is required.
func good() map[string]string {
	return map[string]string{
		"SLACK_APP_TOKEN": "xapp-1-app", "SLACK_BOT_TOKEN": "xoxb-1-bot",
		"WHMCS_URL": "https://billing.example.com", "WHMCS_IDENTIFIER": "ident-of-mine", "WHMCS_SECRET": "secret-of-mine",
		"BOT_ALLOW": "U0ALICE,S0SUPPORT,C0INCIDENT",
	}
}

func loadFrom(values map[string]string, needs need) (*config, error) {
	p := &process{env: envconfig.MapLookuper(values), stderr: io.Discard}
	return p.load(context.Background(), needs)
}

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	c, err := loadFrom(good(), needWHMCS|needSlack)
	if err != nil {
		t.Fatal(err)
	}
	if c.whmcs.Timeout != 30*time.Second || c.whmcs.PageSize != 100 || c.whmcs.MaxConcurrent != 4 || c.whmcs.CacheTTL != 30*time.Second {
		t.Errorf("defaults of WHMCS: %+v", c.whmcs)
	}
	if c.command != "/services" || c.rows != 5 || c.userRate != 30 || c.scanRows != 20000 || c.warm != 0 || c.slackURL != "https://slack.com/api/" {
		t.Errorf("defaults of the bot: %+v", c)
	}
	if len(c.allow.Users) != 1 || len(c.allow.Groups) != 1 || len(c.allow.Channels) != 1 || c.allow.Everyone {
		t.Errorf("allow = %+v", c.allow)
	}
}

// TestConfigWarm: the whole installation is read every minute to every six hours.
func TestConfigWarm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"1m": time.Minute, "15m": 15 * time.Minute, "6h": 6 * time.Hour} {
		values := good()
		values["WHMCS_WARM"] = text
		if c, err := loadFrom(values, needWHMCS|needSlack); err != nil || c.warm != want {
			t.Errorf("%s: %v, %v", text, c, err)
		}
	}
}

// TestConfigProblems holds that a bad value is reported by its setting and never
// printed.
func TestConfigProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value string }{
		{"SLACK_APP_TOKEN", ""}, {"SLACK_APP_TOKEN", "xoxb-swapped"},
		{"SLACK_BOT_TOKEN", " "}, {"SLACK_BOT_TOKEN", "xapp-swapped"},
		{"SLACK_API_URL", "http://slack.example.com/api/"}, {"SLACK_API_URL", "https://user:hush@slack.example.com/"},
		{"WHMCS_URL", ""}, {"WHMCS_URL", "http://billing.example.com"}, {"WHMCS_URL", "no-scheme.example.net"},
		{"WHMCS_IDENTIFIER", ""}, {"WHMCS_SECRET", ""}, {"WHMCS_USERNAME", "admin-too"},
		{"WHMCS_BASIC_AUTH", "no-colon-in-it"},
		{"WHMCS_ADMIN_URL", "javascript:alert(1)"}, {"WHMCS_ADMIN_URL", "https://billing.example.com/includes/api.php"}, {"WHMCS_CURRENCY", "euro-coins"},
		{"WHMCS_TIMEOUT", "30-fortnights"}, {"WHMCS_PAGE_SIZE", "0x64"}, {"WHMCS_PAGE_SIZE", "-7000"},
		{"WHMCS_MAX_CONCURRENT", "many-calls"}, {"WHMCS_CACHE_TTL", "-5s"}, {"WHMCS_SCAN_ROWS", "all-of-them"},
		{"WHMCS_WARM", "often"}, {"WHMCS_WARM", "59s"}, {"WHMCS_WARM", "6h0m1s"}, {"WHMCS_WARM", "15"},
		{"REDIS_URL", "http://bot:hush@redis.internal"}, {"REDIS_URL", "redis://bot:hush@redis.internal?pool_size=5"}, {"REDIS_URL", "redis.internal:6379"},
		{"BOT_ALLOW", ""}, {"BOT_ALLOW", "xoxb-alice-herself"}, {"BOT_ALLOW", "alice-herself-of-support"}, {"TZ", "Europe/Wien"}, {"BOT_COMMAND", "services-no-slash"},
		{"BOT_FIELDS", "password-please"}, {"BOT_ROWS", "11111"}, {"BOT_USER_RATE", "-1000"},
		{"HTTP_ADDR", "no-port-here"}, {"LOG_LEVEL", "chatty-level"}, {"LOG_FORMAT", "xml-format"},
	} {
		t.Run(tt.name+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			values := good()
			values[tt.name] = tt.value
			_, err := loadFrom(values, needWHMCS|needSlack)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.name) {
				t.Errorf("the error does not name %s: %v", tt.name, err)
			}
			if len(tt.value) > 3 && strings.Contains(err.Error(), tt.value) {
				t.Errorf("the error prints the value: %v", err)
			}
		})
	}
}

// TestConfigAllow holds that a wrong item of BOT_ALLOW is quoted where it cannot be a
// token, and named by its place where it can.
func TestConfigAllow(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"":                          "is not set, so nobody may ask: ",
		"support":                   `"support" is not a Slack id: `,
		"U0ALICE, bob, alice-k_1":   `"bob", "alice-k_1" are not Slack ids: `,
		"u0alice":                   `"u0alice" is not a Slack id: `,
		"U0ALICE,xoxb-1":            "the item at place 2 is not a Slack id: ",
		"#support":                  "the item at place 1 is not a Slack id: ",
		"a234567890123456789012":    "the item at place 1 is not a Slack id: ", // 22 letters
		"a23456789012345678901":     `"a23456789012345678901" is not a Slack id: `,
		"bob, Xoxp-2, Jürgen, S0UP": `"bob", the item at place 2, the item at place 3 are not Slack ids: `,
	} {
		values := good()
		values["BOT_ALLOW"] = list
		_, err := loadFrom(values, needWHMCS|needSlack)
		if err == nil || !strings.HasPrefix(err.Error(), "BOT_ALLOW: "+want) || !strings.Contains(err.Error(), "Copy member ID") {
			t.Errorf("%q: %v, want %s and how to find an id", list, err, want)
		}
	}
}

// TestConfigTokens holds that tokens that were swapped are called swapped.
func TestConfigTokens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ app, bot, want string }{
		{"xoxb-1", "xapp-1", "SLACK_APP_TOKEN and SLACK_BOT_TOKEN: are swapped: the app token begins with xapp-, the bot token with xoxb-"},
		{"xoxb-1", "xoxb-1", "SLACK_APP_TOKEN: must begin with xapp-; this is the token of the other setting, which begins with xoxb-"},
		{"xapp-1", "xapp-1", "SLACK_BOT_TOKEN: must begin with xoxb-; this is the token of the other setting, which begins with xapp-"},
		{"xapp-1", "xoxp-1", "SLACK_BOT_TOKEN: must begin with xoxb-"},
		{"xapp-1", "", "SLACK_BOT_TOKEN: is not set: it needs a token that begins with xoxb-"},
	} {
		values := good()
		values["SLACK_APP_TOKEN"], values["SLACK_BOT_TOKEN"] = tt.app, tt.bot
		if _, err := loadFrom(values, needWHMCS|needSlack); err == nil || err.Error() != tt.want {
			t.Errorf("%s, %s: %v\nwant %s", tt.app, tt.bot, err, tt.want)
		}
	}
}

// TestConfigZone holds that TZ may be a file too, and that what is no time zone is a problem.
func TestConfigZone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte("Asia/Tokyo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ setting, value, zone, problem string }{
		{"TZ", "", "<nil>", ""},
		{"TZ", "Europe/Vienna", "Europe/Vienna", ""},
		{"TZ", ":Europe/Vienna", "Europe/Vienna", ""},
		{"TZ_FILE", file, "Asia/Tokyo", ""},
		{"TZ", "Europe/Wien", "<nil>", "TZ: is not a time zone that is known here; use a name such as Europe/Vienna"},
		{"TZ", file, "<nil>", "TZ: names a file that is not a time zone"},
		{"TZ", file + "-missing", "<nil>", "TZ: names a file that cannot be read"},
		{"TZ_FILE", file + "-missing", "<nil>", "TZ_FILE: cannot be read: no such file or directory"},
	} {
		values := good()
		values[tt.setting] = tt.value
		zone := (*time.Location)(nil)
		p := &process{env: envconfig.MapLookuper(values), stderr: io.Discard, setLocal: func(l *time.Location) { zone = l }}
		_, err := p.load(context.Background(), needWHMCS|needSlack)
		got, problem := "<nil>", ""
		if zone != nil {
			got = zone.String()
		}
		if err != nil {
			problem = err.Error()
		}
		if got != tt.zone || problem != tt.problem {
			t.Errorf("%s=%s: zone %s, %s", tt.setting, tt.value, got, problem)
		}
	}
}

// TestZoneFromFile runs the command itself with TZ_FILE: the times in its log are of that
// zone.
func TestZoneFromFile(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte("Asia/Kathmandu\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startChild(t, append(settingsFor(workspace, installation), "TZ_FILE="+file), "serve")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := workspace.WaitSockets(ctx, botSockets); err != nil {
		t.Fatalf("%v\n%s", err, &p.stderr)
	}
	p.terminated(t)
	if !regexp.MustCompile(`"time":"[^"]*\+05:45"`).MatchString(p.stderr.String()) {
		t.Errorf("the log is not in the zone of TZ_FILE:\n%s", &p.stderr)
	}
}

func TestConfigNamesAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := loadFrom(map[string]string{"WHMCS_BASIC_AUTH": "no-colon", "WHMCS_PASSWORD": "alone", "LOG_LEVEL": "chatty"}, needWHMCS|needSlack)
	if err == nil {
		t.Fatal("next to nothing set, and no error")
	}
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "WHMCS_URL", "WHMCS_USERNAME", "BOT_ALLOW", "LOG_LEVEL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name %s: %v", name, err)
		}
	}
}

func TestAskNeedsOnlyWHMCS(t *testing.T) {
	t.Parallel()
	if _, err := loadFrom(map[string]string{
		"WHMCS_URL": "http://127.0.0.1:8080", "WHMCS_USERNAME": "admin", "WHMCS_PASSWORD": "hush",
	}, needWHMCS); err != nil {
		t.Error(err)
	}
}

func TestConfigFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	values := good()
	delete(values, "WHMCS_SECRET")
	values["WHMCS_SECRET_FILE"] = file
	c, err := loadFrom(values, needWHMCS)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.whmcs.Secret.Reveal(); got != "from-a-file" {
		t.Errorf("secret = %q", got)
	}
	values["WHMCS_SECRET"] = "another-one"
	if _, err := loadFrom(values, needWHMCS); err == nil || strings.Contains(err.Error(), "another-one") || strings.Contains(err.Error(), "from-a-file") {
		t.Errorf("both set: %v", err)
	}
}

// TestConfigOddFiles: what is wrong with a file is told once, by its variable, and
// neither what it holds nor what it is called.
func TestConfigOddFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	holding := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, field := range secretFields() {
		for name, c := range map[string]struct{ file, says string }{
			"missing":                   {filepath.Join(dir, "hush-no-file"), "cannot be read: no such file or directory"},
			"a secret in place of it":   {"hush-0000-1111", "cannot be read: no such file or directory"},
			"a folder":                  {dir, "cannot be read: is a directory"},
			"empty":                     {holding("empty", " \n"), "is empty"},
			"without an end":            {"/dev/zero", "holds more than 65536 bytes"},
			"with a mark of byte order": {holding("marked", "\ufeffxapp-xoxb-hush:1\r\n"), ""},
			"blank":                     {" ", ""},
		} {
			t.Run(field+" "+name, func(t *testing.T) {
				t.Parallel()
				values := map[string]string{field + "_FILE": c.file}
				cfg, wrong := (&process{env: envconfig.MapLookuper(values), stderr: io.Discard}).tryLoad(context.Background(), 0)
				err := wrong.err()
				if c.says == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err == nil || err.Error() != field+"_FILE: "+c.says {
					t.Errorf("%v, want %s", err, c.says)
				}
				if strings.Contains(fmt.Sprint(err, cfg), "hush") {
					t.Errorf("the error prints a secret: %v", err)
				}
			})
		}
	}
	values := good()
	delete(values, "WHMCS_SECRET")
	values["WHMCS_SECRET_FILE"] = filepath.Join(dir, "empty")
	if _, err := loadFrom(values, needWHMCS); err == nil || err.Error() != "WHMCS_SECRET_FILE: is empty" {
		t.Errorf("a pair of which one is an empty file: %v", err)
	}
}

// secretFields are the names of the settings that are secrets.
func secretFields() []string {
	var names []string
	for f := range reflect.TypeFor[environment]().Fields() {
		if f.Type == reflect.TypeFor[whmcs.Secret]() {
			name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
			names = append(names, name)
		}
	}
	return names
}
