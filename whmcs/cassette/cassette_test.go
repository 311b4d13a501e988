package cassette

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
)

// A probe is a TB that notes what happens to it instead of failing.
type probe struct {
	dir      string
	errors   []string
	cleanups []func()
}

func (p *probe) Helper()                      {}
func (p *probe) Cleanup(f func())             { p.cleanups = append(p.cleanups, f) }
func (p *probe) Errorf(f string, args ...any) { p.errors = append(p.errors, fmt.Sprintf(f, args...)) }
func (p *probe) Failed() bool                 { return len(p.errors) > 0 }
func (p *probe) TempDir() string              { return p.dir }
func (p *probe) Fatalf(f string, args ...any) {
	p.Errorf(f, args...)
	runtime.Goexit()
}

// run runs a test's body as package testing would, and returns what it reported.
func (p *probe) run(body func()) []string {
	done := make(chan struct{})
	go func() {
		defer close(done)
		body()
	}()
	<-done
	for i := len(p.cleanups) - 1; i >= 0; i-- {
		p.cleanups[i]()
	}
	return p.errors
}

// send posts a form to a path of a host that does not exist.
func send(t *testing.T, tr http.RoundTripper, path string, form url.Values) (string, error) {
	t.Helper()
	c := http.Client{Transport: tr}
	res, err := c.PostForm("https://whmcs.example.com"+path, form)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return string(b), nil
}

// server records its requests' forms and answers them with reply.
func server(t *testing.T, reply string) (http.RoundTripper, *[]url.Values) {
	t.Helper()
	var got []url.Values
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		got = append(got, r.PostForm)
		w.Header().Set("Set-Cookie", "session=1")
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, reply)
	}))
	t.Cleanup(s.Close)
	return to{s.URL}, &got
}

// to sends every request to another host.
type to struct{ base string }

func (d to) RoundTrip(r *http.Request) (*http.Response, error) {
	u, err := url.Parse(d.base + r.URL.Path)
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.URL, out.Host = u, u.Host
	return http.DefaultTransport.RoundTrip(out)
}

const reply = `{"result":"success","products":{"product":[{"id":"1","password":"hunter2","notes":"say \"hi\"",` +
	`"customfields":{"customfield":[{"id":"4","name":"Root","value":"toor"}]},` +
	`"configoptions":{"configoption":[{"option":"Size","value":"Large"}]}}]}}`

// call is a form with credentials that must never be written.
func call(pairs ...string) url.Values {
	f := url.Values{"identifier": {"id-of-a-real-one"}, "secret": {"secret-of-a-real-one"}, "action": {"GetClientsProducts"}}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

const api = "/includes/api.php"

// taped records two calls and returns the cassette's path without its ending.
func taped(t *testing.T) string {
	t.Helper()
	source, _ := server(t, reply)
	path := filepath.Join(t.TempDir(), "tape")
	p := &probe{dir: t.TempDir()}
	if errs := p.run(func() {
		tr := startRecording(p, path, source)
		for _, id := range []string{"1", "2"} {
			body, err := send(t, tr, api, call("clientid", id, "username2", "demo"))
			if err != nil || body != reply {
				p.Errorf("the code under test must see the real reply, got %q, %v", body, err)
			}
		}
	}); len(errs) > 0 {
		t.Fatal(errs)
	}
	return path
}

func TestRecordingScrubs(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(taped(t) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, secret := range []string{"id-of-a-real-one", "secret-of-a-real-one", "hunter2", "hi", "toor", "session", "127.0.0.1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the cassette holds %q:\n%s", secret, text)
		}
	}
	for _, want := range []string{"username2=demo", "Large", "identifier=xxxxxxxx", "url: /includes/api.php"} {
		if !strings.Contains(text, want) {
			t.Errorf("the cassette lacks %q:\n%s", want, text)
		}
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	path := taped(t)
	p := &probe{}
	errs := p.run(func() {
		tr := startReplay(p, path)
		for _, id := range []string{"2", "1"} { // in another order, with other credentials
			f := call("username2", "demo", "clientid", id)
			f.Set("identifier", "another")
			body, err := send(t, tr, api, f)
			if err != nil || !strings.Contains(body, `"password":"xxxxxxxx"`) {
				t.Errorf("got %q, %v", body, err)
			}
		}
	})
	if len(errs) > 0 {
		t.Error(errs)
	}
}

func TestReplayFails(t *testing.T) {
	t.Parallel()
	path := taped(t)
	one, two := call("clientid", "1", "username2", "demo"), call("clientid", "2", "username2", "demo")
	tests := []struct {
		name  string
		path  string
		calls []url.Values
		want  []string // of the first error
	}{
		{"another client", api, []url.Values{one, two, call("clientid", "3")}, []string{"tape", "POST /includes/api.php action=GetClientsProducts&clientid=3", "clientid=1&username2=demo"}},
		{"a parameter more", api, []url.Values{one, two, call("clientid", "1", "username2", "demo", "limitnum", "5")}, []string{"limitnum=5"}},
		{"too often", api, []url.Values{one, two, one}, []string{"not so often"}},
		{"another path", "/api.php", []url.Values{one}, []string{"POST /api.php"}},
		{"not made", api, []url.Values{one}, []string{"1 of 2 recorded calls were not made", "clientid=2"}},
		{"none made", api, nil, []string{"2 of 2 recorded calls were not made"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &probe{}
			errs := p.run(func() {
				tr := startReplay(p, path)
				for _, f := range test.calls {
					if _, err := send(t, tr, test.path, f); err != nil && !errors.Is(err, vcr.ErrInteractionNotFound) {
						t.Errorf("error %v", err)
					}
				}
			})
			if len(errs) == 0 {
				t.Fatal("the test did not fail")
			}
			for _, want := range test.want {
				if !strings.Contains(errs[0], want) {
					t.Errorf("no %q in %s", want, errs[0])
				}
			}
			for _, e := range errs {
				if strings.Contains(e, "real-one") {
					t.Errorf("a credential in %s", e)
				}
			}
		})
	}
}

func TestReplayOfNothing(t *testing.T) {
	t.Parallel()
	p := &probe{}
	errs := p.run(func() { startReplay(p, filepath.Join(t.TempDir(), "none")) })
	if len(errs) != 1 || !strings.Contains(errs[0], "none.yaml") {
		t.Error(errs)
	}
}

// A cassette that would hold a secret in a place that nobody thought of is not
// written, and the one before it stays.
func TestRecordingRefusesLeaks(t *testing.T) {
	t.Parallel()
	source, _ := server(t, `{"result":"success","remark":"planted-password-1"}`)
	path := filepath.Join(t.TempDir(), "tape")
	if err := os.WriteFile(path+".yaml", []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &probe{dir: t.TempDir()}
	errs := p.run(func() { send(t, startRecording(p, path, source), api, call()) })
	if len(errs) != 1 || !strings.Contains(errs[0], "not written") || strings.Contains(errs[0], "password-1") {
		t.Errorf("errors %q", errs)
	}
	if b, err := os.ReadFile(path + ".yaml"); err != nil || string(b) != "before" {
		t.Errorf("the old cassette is now %q, %v", b, err)
	}
}

// Recording against a live server exchanges the placeholders below the recorder.
func TestLive(t *testing.T) {
	source, got := server(t, `{"result":"success","totalresults":0}`)
	t.Setenv("WHMCS_URL", source.(to).base+"/includes/api.php")
	t.Setenv("WHMCS_IDENTIFIER", "live-identifier")
	t.Setenv("WHMCS_SECRET", "live-secret")
	t.Setenv("SLACK_API_URL", source.(to).base+"/api/")
	t.Setenv("SLACK_BOT_TOKEN", "live-token")
	path := filepath.Join(t.TempDir(), "tape")
	p := &probe{dir: t.TempDir()}
	errs := p.run(func() {
		tr := startRecording(p, path, live{http.DefaultTransport})
		send(t, tr, api, call("clientid", "1"))
		send(t, tr, "/api/chat.postMessage", url.Values{"token": {"placeholder"}, "text": {"hi"}})
	})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if len(*got) != 2 || (*got)[0].Get("secret") != "live-secret" || (*got)[1].Get("token") != "live-token" {
		t.Errorf("the server got %v", *got)
	}
	b, err := os.ReadFile(path + ".yaml")
	if err != nil || strings.Contains(string(b), "live-") {
		t.Errorf("cassette %s, %v", b, err)
	}
}

func TestLiveWithoutAddress(t *testing.T) {
	t.Setenv("WHMCS_URL", "")
	if _, err := send(t, live{http.DefaultTransport}, api, call()); err == nil || !strings.Contains(err.Error(), "set WHMCS_URL") {
		t.Errorf("error %v", err)
	}
}

// Slack's calls: a form with the token in it, JSON with the token in a header,
// and an upload to an address that the first reply names.
func TestSlack(t *testing.T) {
	t.Parallel()
	var base string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"ok":true,"upload_url":"%s/upload/v1/ticket-secret","token":"xoxb-in-a-reply"}`, base)
	}))
	defer s.Close()
	base = s.URL
	session := func(p *probe, tr http.RoundTripper, base string) {
		c := http.Client{Transport: tr}
		post := func(url, kind, body string) string {
			r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", kind)
			r.Header.Set("Authorization", "Bearer xoxb-token-secret")
			res, err := c.Do(r)
			if err != nil {
				p.Errorf("%v", err)
				return ""
			}
			defer res.Body.Close()
			var v struct {
				UploadURL string `json:"upload_url"`
			}
			if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
				p.Errorf("%v", err)
			}
			return v.UploadURL
		}
		post(base+"/api/views.open", "application/json", `{"trigger_id":"trigger-secret","view":{"type":"modal"}}`)
		to := post(base+"/api/files.getUploadURLExternal", "application/x-www-form-urlencoded", "token=xoxb-token-secret&filename=a.csv")
		post(to, "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nid\r\n--b--\r\n")
	}
	path := filepath.Join(t.TempDir(), "tape")
	p := &probe{dir: t.TempDir()}
	if errs := p.run(func() { session(p, startRecording(p, path, http.DefaultTransport), base) }); len(errs) > 0 {
		t.Fatal(errs)
	}
	b, err := os.ReadFile(path + ".yaml")
	if err != nil || strings.Contains(string(b), "secret") || strings.Contains(string(b), "xoxb") {
		t.Errorf("cassette %s, %v", b, err)
	}
	p = &probe{}
	if errs := p.run(func() { session(p, startReplay(p, path), "https://slack.com") }); len(errs) > 0 {
		t.Error(errs)
	}
}
