package cassette

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
)

// Texts that no cassette may hold: what the fakes plant for this purpose, their
// credentials, tokens, and what looks like a WHMCS credential or an MD5 sum.
var forbidden = regexp.MustCompile(`planted-\w+|fake[A-Z]\w*|fake-(?:admin-password|access-key)|` +
	`xox[a-z]-|xapp-|hooks\.slack\.com|[?&]ticket=|\b[0-9A-Za-z]{32}\b`)

// secretVariables are the environment's variables whose values may not be on a
// cassette.
var secretVariables = []string{
	"WHMCS_IDENTIFIER", "WHMCS_SECRET", "WHMCS_PASSWORD", "WHMCS_ACCESS_KEY", "WHMCS_BASIC_AUTH",
	"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN",
}

// leaks returns a line for each secret that a recorded call still holds, without
// quoting it. It looks at decoded values, so that it does not share the scrubber's
// blind spots.
func leaks(i *vcr.Interaction) []string {
	var out []string
	add := func(format string, args ...any) {
		out = append(out, i.Request.URL+": "+fmt.Sprintf(format, args...))
	}
	for _, k := range []string{"Authorization", "Cookie", "Set-Cookie"} {
		if i.Request.Headers.Get(k) != "" || i.Response.Headers.Get(k) != "" {
			add("the header %s", k)
		}
	}
	forms := []url.Values{i.Request.Form}
	if f, err := url.ParseQuery(i.Request.Body); err == nil {
		forms = append(forms, f)
	}
	for _, form := range forms {
		for k, vs := range form {
			if isCredential(k) && strings.Join(vs, "") != mask {
				add("the field %s of the form", k)
			}
		}
	}
	text := map[string]string{"request": i.Request.Body, "response": i.Response.Body, "URL": i.Request.URL, "form": i.Request.Form.Encode()}
	for where, s := range text {
		if m := forbidden.FindString(s); m != "" {
			add("something like %.8s... in the %s", m, where)
		}
		for _, name := range secretVariables {
			if v := os.Getenv(name); v != "" && strings.Contains(s, v) {
				add("the value of %s in the %s", name, where)
			}
		}
	}
	var v any
	if err := json.Unmarshal([]byte(i.Response.Body), &v); err == nil {
		walk("", false, v, add)
	}
	for _, m := range passwordMembers.FindAllStringSubmatch(i.Response.Body, -1) {
		if m[1] != mask && m[1] != "" {
			add("a password, in JSON or in what is left of it")
		}
	}
	return out
}

// passwordMembers finds passwords also where JSON cannot be decoded.
var passwordMembers = regexp.MustCompile(`(?i)password[^"]*"\s*:\s*"?([^",}\]]*)`)

// walk looks for secret members in a decoded body. fields is true below
// "customfields".
func walk(name string, fields bool, v any, add func(string, ...any)) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			walk(k, fields || k == "customfields", x, add)
		}
	case []any:
		for _, x := range v {
			walk(name, fields, x, add)
		}
	case nil:
	default:
		s := fmt.Sprint(v)
		if s == "" || s == mask {
			return
		}
		low := strings.ToLower(name)
		switch {
		case strings.Contains(low, "password"), strings.Contains(low, "notes"), strings.Contains(low, "subscriptionid"):
			add("the member %s", name)
		case fields && low == "value":
			add("the value of a custom field")
		}
	}
}
