package whmcsfake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs/cassette"
	"servicesbot/whmcs/whmcsfake"
)

// noon is the day of the tests' installations.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// start runs a fake until the test ends.
func start(t *testing.T, cfg whmcsfake.Config, faults ...whmcsfake.Fault) *whmcsfake.Server {
	t.Helper()
	if cfg.Now.IsZero() {
		cfg.Now = noon
	}
	s := whmcsfake.New(cfg)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, f := range faults {
		set(t, s, f)
	}
	return s
}

func set(t *testing.T, s *whmcsfake.Server, f whmcsfake.Fault) {
	t.Helper()
	if err := s.Set(f); err != nil {
		t.Fatal(err)
	}
}

// form is a call with good credentials. pairs are keys and values.
func form(action string, pairs ...string) url.Values {
	f := url.Values{
		"identifier": {whmcsfake.Identifier}, "secret": {whmcsfake.Secret},
		"action": {action}, "responsetype": {"json"},
	}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// client has connections of its own and follows no redirects.
func client(t *testing.T) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// post sends a form and returns the whole reply.
func post(t *testing.T, s *whmcsfake.Server, f url.Values) (*http.Response, string) {
	t.Helper()
	res, err := client(t).PostForm(s.URL()+"/includes/api.php", f)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// list is a reply in the documented shape.
type list struct {
	Result       string
	ClientID     any
	TotalResults string
	StartNumber  int
	NumReturned  int
	Rows         []map[string]any
}

// ids returns the rows' ids.
func (l list) ids() string {
	var ids []string
	for _, r := range l.Rows {
		ids = append(ids, r["id"].(string))
	}
	return strings.Join(ids, " ")
}

// listOf reads a reply in the documented shape.
func listOf(t *testing.T, body string) list {
	t.Helper()
	var l list
	var v struct {
		Products struct{ Product []map[string]any }
	}
	err := json.Unmarshal([]byte(body), &l)
	if err == nil && !strings.Contains(body, `"products":[]`) {
		err = json.Unmarshal([]byte(body), &v)
	}
	if err != nil {
		t.Fatalf("%v in %.300s", err, body)
	}
	l.Rows = v.Products.Product
	return l
}

// ask returns a list that must come in the documented shape.
func ask(t *testing.T, s *whmcsfake.Server, pairs ...string) list {
	t.Helper()
	res, body := post(t, s, form("GetClientsProducts", pairs...))
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("status %s, %.300s", res.Status, body)
	}
	return listOf(t, body)
}

// The reply for client 1 is the documentation's example, character for character
// but for spaces and the passwords.
func TestDocumentedExample(t *testing.T) {
	t.Parallel()
	f := form("GetClientsProducts", "clientid", "1", "limitnum", "100")
	tape := http.Client{Transport: cassette.OpenFrom(t, "seed-page", nil)}
	res, err := tape.PostForm("https://whmcs.example.com/includes/api.php", f)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	written, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := json.Compact(&page, written); err != nil {
		t.Fatal(err)
	}
	_, body := post(t, start(t, whmcsfake.Config{}), f)
	for _, id := range []string{"1", "2"} {
		secret := whmcsfake.PlantedPassword + "-" + id
		if !strings.Contains(body, secret) {
			t.Errorf("no %s in the reply", secret)
		}
		body = strings.ReplaceAll(body, secret, "xxxxxxxx")
	}
	if body != page.String() {
		t.Errorf("got  %s\nwant %s", body, page.String())
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{})
	tests := []struct {
		name  string
		pairs []string
		total string
		ids   string
	}{
		{"client", []string{"clientid", "1"}, "2", "1 2"},
		{"text after the number", []string{"clientid", "1 or so"}, "2", "1 2"},
		{"service", []string{"serviceid", "2"}, "1", "2"},
		{"no such service", []string{"serviceid", "100000"}, "0", ""},
		{"negative service", []string{"serviceid", "-2"}, "0", ""},
		{"no such client", []string{"clientid", "100000"}, "0", ""},
		{"client without services", []string{"clientid", "3"}, "0", ""},
		{"product of a client", []string{"clientid", "1", "pid", "3"}, "1", "2"},
		{"service of another client", []string{"clientid", "3", "serviceid", "2"}, "0", ""},
		{"domain", []string{"domain", "demodomain.com"}, "1", "1"},
		{"domain in capitals", []string{"domain", "DemoDomain.COM"}, "1", "1"},
		{"part of a domain", []string{"domain", "demodomain"}, "0", ""},
		{"wildcard", []string{"domain", "demodomain%"}, "0", ""},
		{"domain with markup", []string{"domain", "<!channel> *x* <https://evil.example|bank.example>"}, "0", ""},
		{"domain as it is kept", []string{"domain", "&lt;!channel&gt; *x* &lt;https://evil.example|bank.example&gt;"}, "1", "3"},
		{"username", []string{"username2", "demodom2"}, "1", "2"},
		{"username and domain", []string{"username2", "demodom2", "domain", "demodomain.com"}, "0", ""},
		{"product", []string{"pid", "60", "limitnum", "1"}, "", "21"},
		{"status is not known", []string{"clientid", "1", "status", "Active"}, "2", "1 2"},
		{"server is not known", []string{"clientid", "1", "serverid", "2"}, "2", "1 2"},
		{"no filter", []string{"limitnum", "3"}, "650", "1 2 3"},
		{"empty filter", []string{"limitnum", "3", "clientid", ""}, "650", "1 2 3"},
		{"filter of zero", []string{"limitnum", "3", "clientid", "0"}, "650", "1 2 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := ask(t, s, test.pairs...)
			if test.total != "" && l.TotalResults != test.total || l.ids() != test.ids || l.NumReturned != len(l.Rows) {
				t.Errorf("total %s, %d returned, ids %s", l.TotalResults, l.NumReturned, l.ids())
			}
		})
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{})
	tests := []struct {
		name  string
		pairs []string
		start int
		ids   string
	}{
		{"offset", []string{"limitstart", "10", "limitnum", "2"}, 10, "11 12"},
		{"last page", []string{"limitstart", "649", "limitnum", "2"}, 649, "650"},
		{"past the end", []string{"limitstart", "650"}, 650, ""},
		{"far past the end", []string{"limitstart", "99999"}, 99999, ""},
		{"negative offset", []string{"limitstart", "-5", "limitnum", "1"}, 0, "1"},
		{"of a client", []string{"clientid", "5", "limitstart", "9", "limitnum", "5"}, 9, "19 20"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := ask(t, s, test.pairs...)
			if l.StartNumber != test.start || l.ids() != test.ids || l.NumReturned != len(l.Rows) {
				t.Errorf("start %d, ids %s", l.StartNumber, l.ids())
			}
		})
	}
	for _, limit := range []string{"", "0", "-1", "x"} {
		if l := ask(t, s, "limitnum", limit); len(l.Rows) != 25 {
			t.Errorf("limitnum %q gave %d rows, want 25", limit, len(l.Rows))
		}
	}
	if l := ask(t, s, "clientid", "7", "limitnum", "1000"); len(l.Rows) < 300 {
		t.Errorf("the reseller has %d services", len(l.Rows))
	}
}

func TestAccess(t *testing.T) {
	t.Parallel()
	const md5 = "5c97b1a9a9c2e1aabbd6bd0a2b4e5fcd" // of something else
	good := form("GetClientsProducts", "clientid", "1")
	with := func(pairs ...string) url.Values {
		f := url.Values{"action": {"GetClientsProducts"}, "responsetype": {"json"}}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	tests := []struct {
		name   string
		cfg    whmcsfake.Config
		form   url.Values
		status int
		want   string // in the body
	}{
		{"good", whmcsfake.Config{}, good, 200, `"success"`},
		{"none", whmcsfake.Config{}, with(), 403, `{"result":"error","message":"Authentication Failed"}`},
		{"unknown identifier", whmcsfake.Config{}, with("identifier", "x", "secret", whmcsfake.Secret), 403, `"Invalid or missing credentials"`},
		{"wrong secret", whmcsfake.Config{}, with("identifier", whmcsfake.Identifier, "secret", "x"), 403, `"Authentication Failed"`},
		{"the pair in the old fields", whmcsfake.Config{}, with("username", whmcsfake.Identifier, "password", whmcsfake.Secret), 200, `"success"`},
		{"admin login", whmcsfake.Config{Password: "letmein"}, with("username", whmcsfake.AdminUser, "password", "0d107d09f5bbe40cade3de5c71e9e9b7"), 200, `"success"`},
		{"admin login in the clear", whmcsfake.Config{}, with("username", whmcsfake.AdminUser, "password", whmcsfake.AdminPassword), 403, `"Invalid password provided"`},
		{"admin login, wrong", whmcsfake.Config{}, with("username", whmcsfake.AdminUser, "password", md5), 403, `"Invalid password provided"`},
		{"other credentials", whmcsfake.Config{Identifier: "i", Secret: "s"}, with("identifier", "i", "secret", "s"), 200, `"success"`},
		{"not in the role", whmcsfake.Config{Actions: []string{"GetServers"}}, good, 403, `Invalid Permissions: API action \"getclientsproducts\" is not allowed`},
		{"in the role", whmcsfake.Config{Actions: []string{"getclientsproducts"}}, good, 200, `"success"`},
		{"case of the action", whmcsfake.Config{}, form("getclientsPRODUCTS"), 200, `"success"`},
		{"no action", whmcsfake.Config{}, form(""), 400, "Empty action request"},
		{"unknown action", whmcsfake.Config{}, form("ModuleTerminate"), 400, `\"moduleterminate\" is not a valid API action`},
		{"no JSON asked for", whmcsfake.Config{}, form("GetClientsProducts", "clientid", "1", "responsetype", ""), 200, `"products[product][0][id]"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			res, body := post(t, start(t, test.cfg), test.form)
			if res.StatusCode != test.status || !strings.Contains(body, test.want) {
				t.Errorf("%s: %.300s", res.Status, body)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{BasicAuth: "front:door"})
	tests := []struct {
		name, path, user, pass string
		status                 int
		want                   string
	}{
		{"plain", "/includes/api.php", "front", "door", 200, `"success"`},
		{"subdirectory", "/my/billing/includes/api.php", "front", "door", 200, `"success"`},
		{"doubled", "/includes/api.php/includes/api.php", "front", "door", 200, "An admin user is required"},
		{"another", "/index.php", "front", "door", 404, "<html>"},
		{"without the door's key", "/includes/api.php", "", "", 401, "Authorization Required"},
		{"with a wrong one", "/includes/api.php", "front", "window", 401, "Authorization Required"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequest(http.MethodPost, s.URL()+test.path, strings.NewReader(form("GetServers").Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth(test.user, test.pass)
			res, err := client(t).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != test.status || !strings.Contains(string(body), test.want) {
				t.Errorf("%s: %s, %v", res.Status, body, err)
			}
		})
	}
}

func TestClientsDetails(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{Currency: "USD"})
	tests := []struct {
		name  string
		pairs []string
		want  string
	}{
		{"id", []string{"clientid", "1"}, `"client":{"userid":1,"client_id":1,"id":1,"firstname":"Dana","lastname":"Demo"`},
		{"e-mail", []string{"email", "DANA@demodomain.com"}, `"id":1,`},
		{"currency", []string{"clientid", "3"}, `"currency_code":"USD"`},
		{"no services", []string{"clientid", "3"}, `"firstname":"Noa"`},
		{"made", []string{"clientid", "40"}, `40@mail.example"`},
		{"unknown id", []string{"clientid", "4000"}, `{"result":"error","message":"Client Not Found"}`},
		{"unknown e-mail", []string{"email", "x@y.example"}, `{"result":"error","message":"Client Not Found"}`},
		{"nothing", nil, `{"result":"error","message":"Client Not Found"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			res, body := post(t, s, form("GetClientsDetails", test.pairs...))
			if res.StatusCode != http.StatusOK || !strings.Contains(body, test.want) || !json.Valid([]byte(body)) {
				t.Errorf("%s: %s", res.Status, body)
			}
		})
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	_, body := post(t, start(t, whmcsfake.Config{}), form("GetServers"))
	var v struct {
		Result  string
		Servers []struct {
			ID             int
			Name, Hostname string
			ActiveServices int
		}
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	if v.Result != "success" || len(v.Servers) != 8 || v.Servers[0].Hostname != "saturn.example.com" || v.Servers[7].ActiveServices == 0 {
		t.Errorf("got %+v", v)
	}
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{})
	var b strings.Builder
	for k, v := range form("GetServers") {
		b.WriteString("--b\r\nContent-Disposition: form-data; name=\"" + k + "\"\r\n\r\n" + v[0] + "\r\n")
	}
	res, err := client(t).Post(s.URL()+"/includes/api.php", "multipart/form-data; boundary=b", strings.NewReader(b.String()+"--b--\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("status %s", res.Status)
	}
}

func TestResize(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{})
	before := ask(t, s, "clientid", "20")
	s.Resize(20_000)
	if l := ask(t, s, "limitnum", "1"); l.TotalResults != "20000" || s.Services() != 20_000 {
		t.Errorf("total %s", l.TotalResults)
	}
	if after := ask(t, s, "clientid", "20"); after.ids() != before.ids() {
		t.Errorf("client 20 had %s and now has %s", before.ids(), after.ids())
	}
	s.Resize(1)
	if s.Services() != 28 {
		t.Errorf("%d services, want those that are fixed", s.Services())
	}
}

func TestStartTwice(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{})
	if s.Start() == nil {
		t.Error("a second Start succeeded")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if whmcsfake.New(whmcsfake.Config{}).URL() != "" {
		t.Error("a URL before Start")
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	url, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- whmcsfake.Serve(ctx, whmcsfake.Config{}, func(u string) { url <- u }) }()
	base := <-url
	res, err := client(t).PostForm(base+"/includes/api.php", form("GetServers"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := whmcsfake.Serve(ctx, whmcsfake.Config{Addr: "256.0.0.1:0"}, func(string) { t.Error("ready") }); err == nil {
		t.Error("no error for an address that does not exist")
	}
}

// BenchmarkPage is one page of 100 out of 100,000, over HTTP.
func BenchmarkPage(b *testing.B) {
	s := whmcsfake.New(whmcsfake.Config{Services: 100_000, Now: noon})
	if err := s.Start(); err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	f := form("GetClientsProducts", "limitnum", "100", "limitstart", "50000")
	for b.Loop() {
		res, err := http.PostForm(s.URL()+"/includes/api.php", f)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err != nil {
			b.Fatal(err)
		}
		res.Body.Close()
		b.SetBytes(n)
	}
}

// BenchmarkNew is how long a big installation takes to come up, and how much
// memory it holds.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		whmcsfake.New(whmcsfake.Config{Services: 100_000, Now: noon})
	}
}
