package slackfake_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"servicesbot/bot/slackfake"
)

// fetch asks the page's server for something, with headers and a Host if given.
func fetch(t *testing.T, w *slackfake.Workspace, method, path, body string, header map[string]string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(testContext(t), method, w.PageURL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		if k == "Host" {
			req.Host = v
			continue
		}
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

var asJSON = map[string]string{"Content-Type": "application/json"}

// act does something as the page does it.
func act(t *testing.T, w *slackfake.Workspace, name string, body m) (int, m) {
	t.Helper()
	res := fetch(t, w, http.MethodPost, "demo/"+name, jsonText(body), asJSON)
	var answer m
	_ = json.NewDecoder(res.Body).Decode(&answer)
	return res.StatusCode, answer
}

func demoState(t *testing.T, w *slackfake.Workspace, user string) m {
	t.Helper()
	res := fetch(t, w, http.MethodGet, "demo/state?user="+user, "", nil)
	var s m
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("state: %d %v", res.StatusCode, err)
	}
	return s
}

func TestPageIsServedToItselfOnly(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	own := strings.TrimSuffix(w.PageURL(), "/")
	for name, tc := range map[string]struct {
		method, path string
		header       map[string]string
		status       int
	}{
		"page":               {"GET", "", nil, 200},
		"script":             {"GET", "app.js", nil, 200},
		"state":              {"GET", "demo/state", nil, 200},
		"localhost":          {"GET", "", map[string]string{"Host": "localhost:1234"}, 200},
		"six":                {"GET", "", map[string]string{"Host": "[::1]:1234"}, 200},
		"another name":       {"GET", "", map[string]string{"Host": "rebind.example.com"}, 421},
		"another name, post": {"POST", "demo/home", map[string]string{"Host": "rebind.example.com", "Content-Type": "application/json"}, 421},
		"own origin":         {"POST", "demo/home", map[string]string{"Origin": own, "Content-Type": "application/json"}, 200},
		"another origin":     {"POST", "demo/home", map[string]string{"Origin": "https://example.com", "Content-Type": "application/json"}, 403},
		"a null origin":      {"POST", "demo/home", map[string]string{"Origin": "null", "Content-Type": "application/json"}, 403},
		"a form":             {"POST", "demo/home", map[string]string{"Content-Type": "text/plain"}, 403},
		"another site":       {"GET", "demo/state", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"no such file":       {"GET", "secret.txt", nil, 404},
		"no such act":        {"POST", "demo/dance", asJSON, 404},
		"no such person":     {"GET", "demo/state?user=eve", nil, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := fetch(t, w, tc.method, tc.path, `{"user":"alice"}`, tc.header)
			if res.StatusCode != tc.status {
				t.Errorf("status %d, want %d", res.StatusCode, tc.status)
			}
			csp := res.Header.Get("Content-Security-Policy")
			if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'") || strings.Contains(csp, "unsafe") {
				t.Errorf("policy %q", csp)
			}
			if res.Header.Get("Access-Control-Allow-Origin") != "" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", res.Header)
			}
		})
	}
}

func TestWorkspaceListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "nonsense"} {
		if _, err := slackfake.New(slackfake.Config{Addr: addr}); err == nil {
			t.Errorf("%s was taken", addr)
		}
	}
}

func TestDemoActs(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	parrot(t, w)
	ok := func(name string, body m) m {
		t.Helper()
		status, answer := act(t, w, name, body)
		if status != http.StatusOK || answer["ok"] != true {
			t.Fatalf("%s: %d %v", name, status, answer)
		}
		return answer
	}
	ok("post", m{"user": slackfake.Alice, "channel": slackfake.Support, "text": "/services one"})
	seen, err := w.WaitMessage(testContext(t), "alice", "#support", "you said one")
	if err != nil {
		t.Fatal(err)
	}
	ok("click", m{"user": slackfake.Alice, "channel": slackfake.Support, "ts": seen.TS, "action_id": "again"})
	if _, err := w.WaitMessage(testContext(t), "alice", "#support", "clicked by alice"); err != nil {
		t.Fatal(err)
	}
	posted := ok("post", m{"user": slackfake.Bob, "channel": slackfake.Incident, "text": "see below"})["ts"]
	ok("post", m{"user": slackfake.Alice, "channel": slackfake.Incident, "thread": posted, "text": "a reply"})
	ok("edit", m{"user": slackfake.Bob, "channel": slackfake.Incident, "ts": posted, "text": "see <below>"})
	ok("shortcut", m{"user": slackfake.Alice, "callback_id": "find_services_here", "channel": slackfake.Incident, "ts": posted})
	if _, err := w.WaitMessage(testContext(t), "alice", "#incident-42", "looked at see"); err != nil {
		t.Fatal(err)
	}
	ok("shortcut", m{"user": slackfake.Alice, "callback_id": "find_services"})
	view, err := w.WaitView(testContext(t), "alice", "Word")
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := act(t, w, "submit", m{"user": slackfake.Alice, "view": view.ID, "values": m{"word": ""}}); status != http.StatusOK || answer["ok"] != false {
		t.Errorf("an empty required field: %d %v", status, answer)
	}
	if errors := demoState(t, w, slackfake.Alice)["modals"].([]any)[0].(m)["errors"].(m); errors["word"] == "" {
		t.Errorf("errors %v", errors)
	}
	ok("submit", m{"user": slackfake.Alice, "view": view.ID, "values": m{"word": "two"}})
	if _, err := w.WaitMessage(testContext(t), "alice", "dm", "word two"); err != nil {
		t.Fatal(err)
	}
	ok("shortcut", m{"user": slackfake.Alice, "callback_id": "find_services"})
	if view, err = w.WaitView(testContext(t), "alice", "Word"); err != nil {
		t.Fatal(err)
	}
	ok("close", m{"user": slackfake.Alice, "view": view.ID})
	ok("home", m{"user": slackfake.Alice})
	ok("share", m{"channel": slackfake.Support, "on": true})
	ok("delete", m{"user": slackfake.Bob, "channel": slackfake.Incident, "ts": posted})
	for name, body := range map[string]m{
		"post":   {"user": slackfake.Pat, "channel": slackfake.Support, "text": "x"},
		"click":  {"user": slackfake.Alice, "channel": slackfake.Support, "ts": seen.TS, "action_id": "again"},
		"switch": {"name": "off-world", "on": true},
	} {
		if status, answer := act(t, w, name, body); status != http.StatusOK || answer["ok"] != false || strings.Contains(answer["error"].(string), "slackfake") {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	if status, answer := act(t, w, "post", m{"user": slackfake.Alice, "channel": slackfake.Support, "thread": "1.1", "text": "/services x"}); status != http.StatusOK || answer["ok"] != false {
		t.Errorf("a command in a thread: %d %v", status, answer)
	}
}

func TestDemoStateIsOnePersonsView(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	must(t, call(t, w, "chat.postEphemeral", form("channel", slackfake.Support, "user", slackfake.Alice, "text", "for alice")))
	channels := func(s m) (ids []string) {
		for _, c := range s["channels"].([]any) {
			ids = append(ids, c.(m)["id"].(string))
		}
		return ids
	}
	alice, pat := demoState(t, w, slackfake.Alice), demoState(t, w, slackfake.Pat)
	if n := len(alice["messages"].(m)[slackfake.Support].([]any)); n != 1 {
		t.Errorf("alice sees %d messages", n)
	}
	if got := strings.Join(channels(pat), " "); got != "D0PAT "+slackfake.Partner && got != slackfake.Partner+" D0PAT" {
		t.Errorf("pat sees %s", got)
	}
	if _, ok := pat["messages"].(m)[slackfake.Support]; ok {
		t.Error("pat has the messages of #support")
	}
	for _, p := range alice["people"].([]any) {
		if id := p.(m)["id"]; id == slackfake.Dora || id == slackfake.DeployBot || id == slackfake.Slackbot {
			t.Errorf("one can be %v", id)
		}
	}
	raw := jsonText(alice)
	for _, secret := range []string{w.BotToken(), w.AppToken()} {
		if strings.Contains(raw, secret) {
			t.Error("a token is in the state")
		}
	}
}

func TestChangesAreStreamed(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	res := fetch(t, w, http.MethodGet, "demo/events", "", nil)
	lines := bufio.NewReader(res.Body)
	next := func() string {
		t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				return data
			}
		}
	}
	first := next()
	if _, err := w.Post("alice", "#support", "", "hello"); err != nil {
		t.Fatal(err)
	}
	if second := next(); second == first {
		t.Errorf("the same version twice: %s", second)
	}
}

func TestDemoFilesAndTrace(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	r := must(t, call(t, w, "files.getUploadURLExternal", form("filename", "services.csv", "length", "3")))
	send(t, r.body["upload_url"].(string), "text/csv", "", "a,b")
	must(t, call(t, w, "files.completeUploadExternal", form("channel_id", slackfake.Support, "files", jsonText([]m{{"id": r.body["file_id"]}}))))
	get := func(user string) *http.Response {
		return fetch(t, w, http.MethodGet, "demo/file?user="+user+"&id="+r.body["file_id"].(string), "", nil)
	}
	content, _ := io.ReadAll(get(slackfake.Alice).Body)
	if string(content) != "a,b" || get(slackfake.Pat).StatusCode != http.StatusNotFound {
		t.Errorf("content %q", content)
	}
	w.Note("GetClientsProducts", "ok", 0)
	var trace struct{ Lines []slackfake.TraceLine }
	if err := json.NewDecoder(fetch(t, w, http.MethodGet, "demo/trace?since=1", "", nil).Body).Decode(&trace); err != nil {
		t.Fatal(err)
	}
	if n := len(trace.Lines); n != 3 || trace.Lines[2].What != "GetClientsProducts" || trace.Lines[0].Seq != 2 {
		t.Errorf("lines %+v", trace.Lines)
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	var states []bool
	w.AddSwitch(slackfake.Switch{Name: "whmcs-down", Label: "WHMCS is down", Group: "WHMCS", Set: func(on bool) { states = append(states, on) }})
	for _, on := range []bool{true, false} {
		if status, answer := act(t, w, "switch", m{"name": "whmcs-down", "on": on}); status != http.StatusOK {
			t.Fatalf("%v", answer)
		}
		for _, s := range w.Switches() {
			if s.Name == "whmcs-down" && s.On != on {
				t.Errorf("switch %+v", s)
			}
		}
	}
	if len(states) != 2 || !states[0] || states[1] {
		t.Errorf("the switch was set to %v", states)
	}
	for _, s := range w.Switches() { // each can be turned on and off
		for _, on := range []bool{true, false} {
			if err := w.Flip(s.Name, on); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
	must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "all is well")))
}
