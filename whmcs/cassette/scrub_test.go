package cassette

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
)

func TestScrubText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"nothing", `{"id":"1","status":"Active"}`, `{"id":"1","status":"Active"}`},
		{"password", `{"password":"a\"b","x":"y"}`, `{"password":"xxxxxxxx","x":"y"}`},
		{"spaces and case", `{"Password" : "a" }`, `{"Password" : "xxxxxxxx" }`},
		{"number", `{"password":1234,"x":1}`, `{"password":"xxxxxxxx","x":1}`},
		{"flat", `{"products[product][0][password]":"a"}`, `{"products[product][0][password]":"xxxxxxxx"}`},
		{"cut off", `{"id":"1","password":"abc`, `{"id":"1","password":"xxxxxxxx"`},
		{"cut off in an escape", `{"password":"abc\`, `{"password":"xxxxxxxx"`},
		{"notes", `{"notes":"root: toor\r\n"}`, `{"notes":"xxxxxxxx"}`},
		{"subscription", `{"subscriptionid":"I-1"}`, `{"subscriptionid":"xxxxxxxx"}`},
		{"custom field", `{"customfields":{"customfield":[{"name":"R","value":"a"},{"name":"S","value":"b"}]},"configoptions":{"configoption":[{"value":"c"}]}}`,
			`{"customfields":{"customfield":[{"name":"R","value":"xxxxxxxx"},{"name":"S","value":"xxxxxxxx"}]},"configoptions":{"configoption":[{"value":"c"}]}}`},
		{"custom field, cut off", `{"customfields":{"customfield":[{"name":"R","value":"a`, `{"customfields":{"customfield":[{"name":"R","value":"xxxxxxxx"`},
		{"custom fields empty", `{"customfields":"","value":"kept"}`, `{"customfields":"","value":"kept"}`},
		{"custom fields twice", `[{"customfields":[{"value":"a"}]},{"value":"k","customfields":[{"value":"b"}]}]`, `[{"customfields":[{"value":"xxxxxxxx"}]},{"value":"k","customfields":[{"value":"xxxxxxxx"}]}]`},
		{"Slack", `{"ok":true,"url":"wss:\/\/wss.slack.com\/link\/?ticket=1&app_id=2","bot":"xoxb-1-a","response_url":"https://hooks.slack.com/x"}`, `{"ok":true,"url":"wss://wss-primary.slack.com/link/","bot":"xxxxxxxx","response_url":"xxxxxxxx"}`},
		{"Slack's upload", `{"ok":true,"upload_url":"https:\/\/files.slack.com\/upload\/v1\/secret"}`, `{"ok":true,"upload_url":"https://files.slack.com/upload/xxxxxxxx"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := scrubText(test.in)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if again := scrubText(got); again != got && !strings.Contains(test.name, "cut off") {
				t.Errorf("not the same a second time: %s", again)
			}
		})
	}
}

func TestLeaks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		i    vcr.Interaction
		want string // "": nothing
	}{
		{"clean", interaction(`{"result":"success","products":{"product":[{"password":"xxxxxxxx","notes":"","domain":"password.example"}]}}`), ""},
		{"password", interaction(`{"product":[{"password":"hunter2"}]}`), "password"},
		{"escaped", interaction(`{"product":[{"pass\u0077ord":"hunter2"}]}`), "the member password"},
		{"number", interaction(`{"password":1}`), "the member password"},
		{"broken", interaction(`{"password":"hun`), "what is left"},
		{"flat", interaction(`products[product][0][password]":"hunter2"`), "what is left"},
		{"note", interaction(`{"adminnotes":"x"}`), "adminnotes"},
		{"field", interaction(`{"customfields":{"customfield":[{"value":"toor"}]}}`), "custom field"},
		{"planted", interaction(`<html>planted-password-7`), "planted"},
		{"token", interaction(`{"a":"xoxb-1"}`), "xoxb"},
		{"credential", interaction(`{"a":"0123456789abcdefABCDEF0123456789"}`), "01234567"},
		{"form", vcr.Interaction{Request: vcr.Request{Form: url.Values{"secret": {"s"}}}}, "field secret"},
		{"body", vcr.Interaction{Request: vcr.Request{Body: "accesskey=s"}}, "field accesskey"},
		{"header", vcr.Interaction{Request: vcr.Request{Headers: http.Header{"Authorization": {"Bearer s"}}}}, "Authorization"},
		{"cookie", vcr.Interaction{Response: vcr.Response{Headers: http.Header{"Set-Cookie": {"s"}}}}, "Set-Cookie"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(leaks(&test.i), "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q", got)
			}
			for _, secret := range []string{"hunter2", "toor", "cdefABCDEF"} {
				if strings.Contains(got, secret) {
					t.Errorf("quotes the secret: %s", got)
				}
			}
		})
	}
}

func interaction(body string) vcr.Interaction {
	return vcr.Interaction{Response: vcr.Response{Body: body}}
}

// Every cassette of the repository is looked through, those of other packages'
// tests among them.
func TestNoCassetteHoldsSecrets(t *testing.T) {
	t.Parallel()
	dir, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cassettes in %s, %v", dir, err)
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not say where %s came from", name)
		}
		tape, err := vcr.Load(strings.TrimSuffix(f, ".yaml"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, i := range tape.Interactions {
			for _, l := range leaks(i) {
				t.Errorf("%s: %s", name, l)
			}
		}
	}
}

// Whatever a secret consists of, it is masked and the rest stays as it was, also
// where the body was cut off.
func FuzzScrub(f *testing.F) {
	for _, s := range []string{"hunter2", `"`, `\`, `\"`, "</", "}", `","customfields":`, "\u2028", "🌻", "\n"} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, secret string, cut int) {
		if !utf8.ValidString(secret) || secret == "" {
			return
		}
		row := map[string]any{
			"a": "kept", "password": secret, "notes": secret, "z": 1.0,
			"customfields":  map[string]any{"customfield": []any{map[string]any{"name": "kept", "value": secret}}},
			"configoptions": []any{map[string]any{"value": "kept"}},
		}
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(scrubText(string(b))), &got); err != nil {
			t.Fatalf("%v in %s", err, scrubText(string(b)))
		}
		row["password"], row["notes"] = mask, mask
		row["customfields"] = map[string]any{"customfield": []any{map[string]any{"name": "kept", "value": mask}}}
		if !reflect.DeepEqual(got, row) {
			t.Errorf("got %v", got)
		}
		i := interaction(scrubText(string(b[:min(max(cut, 0), len(b))])))
		for _, l := range leaks(&i) {
			if !strings.Contains(l, "something like") { // the secret itself may look like a token
				t.Errorf("%s in %s", l, i.Response.Body)
			}
		}
	})
}
