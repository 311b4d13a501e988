package whmcs

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	const refused = ""
	for raw, want := range map[string]string{
		"https://billing.example":                             "https://billing.example/includes/api.php",
		" https://billing.example/ ":                          "https://billing.example/includes/api.php",
		"https://billing.example/whmcs/":                      "https://billing.example/whmcs/includes/api.php",
		"https://billing.example/whmcs/includes/api.php":      "https://billing.example/whmcs/includes/api.php",
		"https://b.example/includes/api.php/includes/api.php": "https://b.example/includes/api.php",
		"HTTPS://billing.example:8443/a":                      "https://billing.example:8443/a/includes/api.php",
		"http://127.0.0.1:8080":                               "http://127.0.0.1:8080/includes/api.php",
		"http://localhost/whmcs":                              "http://localhost/whmcs/includes/api.php",
		"http://[::1]:80":                                     "http://[::1]:80/includes/api.php",
		"http://billing.example":                              refused,
		"http://127.0.0.1.evil.example":                       refused,
		"ftp://billing.example":                               refused,
		"billing.example":                                     refused,
		"https://":                                            refused,
		"https://:443":                                        refused,
		"":                                                    refused,
		"https://user:planted@billing.example":                refused,
		"https://billing.example/?secret=planted":             refused,
		"https://billing.example/#planted":                    refused,
		"https://bill ing.example/planted%":                   refused,
	} {
		got, problems := endpointOf(raw)
		if got != want || (len(problems) == 0) != (want != refused) {
			t.Errorf("%q: %q, %v", raw, got, problems)
		}
		if strings.Contains(fmt.Sprint(problems), "planted") {
			t.Errorf("%q: the error quotes it: %v", raw, problems)
		}
	}
}

// TestNew wants all problems at once, by name and without a value.
func TestNew(t *testing.T) {
	t.Parallel()
	id := Config{URL: "https://billing.example", Identifier: "planted-i", Secret: "planted-s"}
	for name, c := range map[string]struct {
		change func(*Config)
		want   []string // what each line begins with
	}{
		"good":        {func(*Config) {}, nil},
		"legacy":      {func(c *Config) { c.Identifier, c.Secret, c.Username, c.Password = "", "", "planted-u", "planted-p" }, nil},
		"none":        {func(c *Config) { *c = Config{} }, []string{"URL: missing", "Identifier, Secret: missing"}},
		"both":        {func(c *Config) { c.Username, c.Password = "planted-u", "planted-p" }, []string{"Identifier, Username: both"}},
		"half":        {func(c *Config) { c.Secret = "" }, []string{"Secret: missing"}},
		"other half":  {func(c *Config) { c.Identifier, c.Secret, c.Password = "", "", "planted-p" }, []string{"Username: missing"}},
		"basic auth":  {func(c *Config) { c.BasicAuth = "planted" }, []string{"BasicAuth: must be"}},
		"bad numbers": {func(c *Config) { c.Timeout, c.PageSize, c.MaxConcurrent, c.CacheTTL = -1, -1, -1, -1 }, []string{"Timeout", "PageSize", "MaxConcurrent", "CacheTTL"}},
		"all wrong":   {func(c *Config) { c.URL, c.Identifier, c.PageSize = "http://planted.example", "", -1 }, []string{"URL: must be https", "Identifier: missing", "PageSize"}},
	} {
		cfg := id
		c.change(&cfg)
		a, err := New(cfg)
		if (err == nil) != (c.want == nil) || (a == nil) != (err != nil) {
			t.Errorf("%s: %v, %v", name, a, err)
			continue
		}
		if err == nil {
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		for i, want := range c.want {
			if len(lines) != len(c.want) || !strings.HasPrefix(lines[i], want) {
				t.Errorf("%s: %q, want %q", name, lines, c.want)
				break
			}
		}
		if strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: the error holds a value: %v", name, err)
		}
	}
}

// TestPrinting wants no verb and no logger to show a secret of a handle or of its
// configuration.
func TestPrinting(t *testing.T) {
	t.Parallel()
	cfg := Config{
		URL: "https://billing.example", Identifier: "planted-i", Secret: "planted-s", AccessKey: "planted-k",
		BasicAuth: "planted-u:planted-p", CacheTTL: time.Second,
	}
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", a)
		fmt.Fprintf(&b, verb+"\n", cfg)
		fmt.Fprintf(&b, verb+"\n", &cfg)
		fmt.Fprintf(&b, verb+"\n", cfg.Secret)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("x", "api", a, "secret", cfg.Secret)
	}
	if got := b.String(); strings.Contains(got, "planted") || strings.Contains(got, fmt.Sprintf("%x", "planted")) {
		t.Error(got)
	}
	if a.String() != "whmcs.API(https://billing.example/includes/api.php)" {
		t.Error(a.String())
	}
}
