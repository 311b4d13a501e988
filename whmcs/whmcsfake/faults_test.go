package whmcsfake_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/whmcs/whmcsfake"
)

// A wire is what a fault must look like from outside.
type wire struct {
	fault  whmcsfake.Fault
	pairs  []string // of the call; nil: client 1
	status int      // 0: 200
	has    []string // in the body
	lacks  []string
	header string // "Name: value"
	json   bool   // the body is JSON, whole
}

// wires holds a row for every fault that shows in a reply; the others have tests
// of their own.
var wires = []wire{
	{fault: whmcsfake.Fault{Name: "redirect"}, status: 301, header: "Location: https://"},
	{fault: whmcsfake.Fault{Name: "redirect", N: 307, Text: "http://www.example.com/x"}, status: 307, header: "Location: http://www.example.com/x"},
	{fault: whmcsfake.Fault{Name: "waf"}, status: 403, has: []string{"Just a moment", "cf-browser-verification"}, lacks: []string{"result"}},
	{fault: whmcsfake.Fault{Name: "waf", N: 503}, status: 503, has: []string{"Just a moment"}},
	{fault: whmcsfake.Fault{Name: "challenge"}, status: 202, header: "SG-Captcha: challenge", has: []string{"<html>"}},
	{fault: whmcsfake.Fault{Name: "bot-protection"}, status: 415, has: []string{`{"message":"Access denied by Imunify360`}, json: true},
	{fault: whmcsfake.Fault{Name: "license"}, status: 302, header: "Location: licenseerror.php"},
	{fault: whmcsfake.Fault{Name: "rate-limited"}, status: 429, header: "Retry-After: 1"},
	{fault: whmcsfake.Fault{Name: "rate-limited", N: 30}, status: 429, header: "Retry-After: 30"},
	{fault: whmcsfake.Fault{Name: "server-error"}, status: 500, has: []string{"<html>"}, header: "Content-Type: text/html"},
	{fault: whmcsfake.Fault{Name: "server-error", N: 504}, status: 504, has: []string{"Gateway Timeout"}},
	{fault: whmcsfake.Fault{Name: "blank"}, lacks: []string{" ", "{", "<"}},
	{fault: whmcsfake.Fault{Name: "blank", N: 500}, status: 500, lacks: []string{"<"}},
	{fault: whmcsfake.Fault{Name: "maintenance"}, has: []string{"Down for Maintenance", "<html>"}},
	{fault: whmcsfake.Fault{Name: "invalid-ip"}, status: 403, has: []string{`{"result":"error","message":"Invalid IP 203.0.113.7"}`}, json: true},
	{fault: whmcsfake.Fault{Name: "invalid-ip", N: 200, Text: "2001:db8::77"}, has: []string{"Invalid IP 2001:db8::77"}, json: true},
	{fault: whmcsfake.Fault{Name: "invalid-ip"}, pairs: []string{"accesskey", "wrong"}, status: 403},
	{fault: whmcsfake.Fault{Name: "invalid-ip"}, pairs: []string{"accesskey", whmcsfake.AccessKey}, has: []string{`"success"`}},
	{fault: whmcsfake.Fault{Name: "bad-credentials"}, status: 403, has: []string{"Authentication Failed"}, json: true},
	{fault: whmcsfake.Fault{Name: "bad-credentials", Text: "Administrator Account Disabled"}, status: 403, has: []string{"Administrator Account Disabled"}, json: true},
	{fault: whmcsfake.Fault{Name: "not-permitted"}, status: 403, has: []string{`Invalid Permissions: API action \"getclientsproducts\" is not allowed`}, json: true},
	{fault: whmcsfake.Fault{Name: "not-permitted", Action: "GetServers"}, has: []string{`"success"`}},
	{fault: whmcsfake.Fault{Name: "admin-required"}, has: []string{`"result":"error"`, "An admin user is required"}, json: true},
	{fault: whmcsfake.Fault{Name: "error"}, has: []string{`"result":"error"`, "Client ID Not Found"}, json: true},
	{fault: whmcsfake.Fault{Name: "error", Text: `R&amp;D "quoted"`}, has: []string{`R&amp;D \"quoted\"`}, json: true},
	{fault: whmcsfake.Fault{Name: "status-error"}, has: []string{`{"status":"error","message":"Client ID Not Found"}`}, json: true},
	{fault: whmcsfake.Fault{Name: "warning"}, has: []string{`{"warning":"Please Reload and Try Again"}`}, json: true},
	{fault: whmcsfake.Fault{Name: "emitted"}, status: 500, has: []string{"Output has been emitted previously; cannot emit response", "<html>", whmcsfake.PlantedPassword}},
	{fault: whmcsfake.Fault{Name: "memory"}, pairs: []string{"limitnum", "51"}, status: 500, has: []string{"Allowed memory size"}},
	{fault: whmcsfake.Fault{Name: "memory"}, pairs: []string{"limitnum", "50"}, has: []string{`"success"`}},
	{fault: whmcsfake.Fault{Name: "memory", N: 10, Text: "blank"}, lacks: []string{"{", "<"}},
	{fault: whmcsfake.Fault{Name: "memory", N: 10, Text: "cut-off"}, has: []string{`{"result":"success"`}, lacks: []string{"]"}},
	{fault: whmcsfake.Fault{Name: "bom"}, has: []string{"\ufeff{\"result\""}},
	{fault: whmcsfake.Fault{Name: "blank-lines"}, has: []string{"\n\n{\"result\""}},
	{fault: whmcsfake.Fault{Name: "php-warning"}, has: []string{"<br />\n<b>Warning</b>:", "<br />\n{\"result\""}},
	{fault: whmcsfake.Fault{Name: "comment"}, has: []string{"}\n<!-- 0.2s -->"}},
	{fault: whmcsfake.Fault{Name: "trace"}, has: []string{"#1 {closure}\n{\"result\"", "}\n#0 {main}\n  thrown"}},
	{fault: whmcsfake.Fault{Name: "twice"}, has: []string{`}{"result":"error"`}},
	{fault: whmcsfake.Fault{Name: "malformed"}, has: []string{"Error generating JSON encoded response: Malformed UTF-8"}, lacks: []string{"{"}},
	{fault: whmcsfake.Fault{Name: "malformed", N: 3}, has: []string{`"success"`}, json: true},
	{fault: whmcsfake.Fault{Name: "odd-money"}, has: []string{`"recurringamount":"1,234.56"`, `"recurringamount":"1.234,56"`}, json: true},
	{fault: whmcsfake.Fault{Name: "truncated"}, has: []string{`{"result":"success"`}, lacks: []string{"demodomain2.net"}},
	{fault: whmcsfake.Fault{Name: "single"}, pairs: []string{"serviceid", "1"}, has: []string{`"product":{"id":"1",`}, json: true},
	{fault: whmcsfake.Fault{Name: "single"}, has: []string{`"product":[{"id":"1",`}, json: true},
	{fault: whmcsfake.Fault{Name: "keyed"}, has: []string{`"product":{"2":{"id":"2",`, `,"1":{"id":"1",`}, json: true},
	{fault: whmcsfake.Fault{Name: "keyed"}, pairs: []string{"serviceid", "2"}, has: []string{`"product":{"2":{"id":"2",`}, json: true},
	{fault: whmcsfake.Fault{Name: "nvp"}, has: []string{`"products[product][0][id]":"1"`, `"products[product][1][status]":"Active"`}, lacks: []string{`"products":`}, json: true},
	{fault: whmcsfake.Fault{Name: "empty"}, pairs: []string{"clientid", "3"}, has: []string{`"products":""`}, json: true},
	{fault: whmcsfake.Fault{Name: "empty", Text: "array"}, pairs: []string{"clientid", "3"}, has: []string{`"products":[]`}, json: true},
	{fault: whmcsfake.Fault{Name: "empty", Text: "missing"}, pairs: []string{"clientid", "3"}, lacks: []string{`"products"`}, json: true},
	{fault: whmcsfake.Fault{Name: "empty", Text: "null"}, pairs: []string{"clientid", "3"}, has: []string{`"products":null`}, json: true},
	{fault: whmcsfake.Fault{Name: "empty", Text: "inner-null"}, pairs: []string{"clientid", "3"}, has: []string{`"products":{"product":null}`}, json: true},
	{fault: whmcsfake.Fault{Name: "empty", Text: "inner-array"}, pairs: []string{"clientid", "3"}, has: []string{`"products":{"product":[]}`}, json: true},
	{fault: whmcsfake.Fault{Name: "empty", Text: "inner-string"}, pairs: []string{"clientid", "3"}, has: []string{`"products":{"product":""}`}, json: true},
	{fault: whmcsfake.Fault{Name: "lost-rows"}, has: []string{`"totalresults":"2","startnumber":0,"numreturned":0,"products":[]`}, json: true},
	{fault: whmcsfake.Fault{Name: "counts-more", N: 3}, has: []string{`"totalresults":"5"`, `"numreturned":2`}, json: true},
	{fault: whmcsfake.Fault{Name: "filter-ignored"}, has: []string{`"clientid":"1","serviceid":null`, `"totalresults":"650"`, `"clientid":"2"`}, json: true},
	{fault: whmcsfake.Fault{Name: "more-rows"}, pairs: []string{"limitnum", "1"}, has: []string{`"numreturned":2`, "demodomain2.net"}, json: true},
	{fault: whmcsfake.Fault{Name: "fewer-rows", N: 1}, has: []string{`"totalresults":"2"`, `"numreturned":1`}, lacks: []string{"demodomain2.net"}, json: true},
	{fault: whmcsfake.Fault{Name: "duplicates"}, pairs: []string{"limitstart", "1"}, has: []string{`"startnumber":1,"numreturned":2`, "demodomain.com"}, json: true},
	{fault: whmcsfake.Fault{Name: "total-changes", N: 5}, has: []string{`"totalresults":"7"`, `"numreturned":2`}, json: true},
	{fault: whmcsfake.Fault{Name: "total-changes", N: -50}, has: []string{`"totalresults":"0"`, `"numreturned":2`}, json: true},
	{fault: whmcsfake.Fault{Name: "numbers"}, has: []string{`"totalresults":2,`, `"product":[{"id":1,"clientid":1,`, `"overideautosuspend":0`}, lacks: []string{`"qty"`}, json: true},
	{fault: whmcsfake.Fault{Name: "strings"}, has: []string{`"startnumber":"0","numreturned":"2"`}, json: true},
	{fault: whmcsfake.Fault{Name: "unreadable", N: 2}, has: []string{`"product":[{"id":"1"`, `},"unexpected text"]`}, json: true},
	{fault: whmcsfake.Fault{Name: "odd-names", N: 2}, has: []string{`"name":"Starter"`, `"name":["not","a","text"]`}, json: true},
	{fault: whmcsfake.Fault{Name: "no-status"}, has: []string{`"status":""`}, lacks: []string{"Terminated", "Active"}, json: true},
	{fault: whmcsfake.Fault{Name: "odd-dates"}, has: []string{`"regdate":"2026-02-30"`, `"nextduedate":"0000-00-00"`}, json: true},
	{fault: whmcsfake.Fault{Name: "odd-options"}, has: []string{`"customfields":""`, `"value":3}`, `"value":true}`}, json: true},
	{fault: whmcsfake.Fault{Name: "hostile"}, has: []string{`"groupname":"R&amp;D"`, "&amp;lt;!here&amp;gt;"}, lacks: []string{"demodomain"}, json: true},
	{fault: whmcsfake.Fault{Name: "no-server"}, has: []string{`"servername":"Saturn"`}, json: true},
	{fault: whmcsfake.Fault{Name: "no-server"}, pairs: []string{"serviceid", "1"}, has: []string{`"serverid":"1","servername":"","serverip":"","serverhostname":""`}, json: true},
}

func (c wire) name() string {
	return strings.Trim(strings.Join([]string{c.fault.Name, c.fault.Text, strings.Join(c.pairs, "=")}, " "), " ")
}

func TestWires(t *testing.T) {
	t.Parallel()
	for _, c := range wires {
		t.Run(c.name(), func(t *testing.T) {
			t.Parallel()
			pairs := c.pairs
			if len(pairs) == 0 || pairs[0] != "clientid" && pairs[0] != "serviceid" {
				pairs = append([]string{"clientid", "1"}, pairs...)
			}
			res, body := post(t, start(t, whmcsfake.Config{}, c.fault), form("GetClientsProducts", pairs...))
			if want := max(c.status, 200); res.StatusCode != want && c.status != 0 || c.status == 0 && res.StatusCode != 200 {
				t.Errorf("status %d, want %d", res.StatusCode, want)
			}
			for _, want := range c.has {
				if !strings.Contains(body, want) {
					t.Errorf("no %q in %.2000s", want, body)
				}
			}
			for _, bad := range c.lacks {
				if strings.Contains(body, bad) {
					t.Errorf("%q in %.2000s", bad, body)
				}
			}
			if name, value, _ := strings.Cut(c.header, ": "); !strings.HasPrefix(res.Header.Get(name), value) {
				t.Errorf("header %s is %q", name, res.Header.Get(name))
			}
			if c.json && !json.Valid([]byte(body)) {
				t.Errorf("not JSON: %.2000s", body)
			}
		})
	}
}

// Every fault has a test: in the table above or by name in this file.
func TestFaultsAreTested(t *testing.T) {
	t.Parallel()
	elsewhere := []string{"slow", "down", "reset", "hang", "stall", "cut", "flagged", "oversized", "rows-go"}
	names := map[string]bool{}
	for _, f := range whmcsfake.Faults() {
		names[f.Name] = true
		if len(f.About) < 10 {
			t.Errorf("%s: %q says nothing", f.Name, f.About)
		}
		if !slices.ContainsFunc(wires, func(c wire) bool { return c.fault.Name == f.Name }) && !slices.Contains(elsewhere, f.Name) {
			t.Errorf("%s has no test", f.Name)
		}
	}
	for _, n := range elsewhere {
		if !names[n] {
			t.Errorf("%s does not exist", n)
		}
	}
}

// The faults of the connection, over a real one.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault whmcsfake.Fault
		check func(t *testing.T, res *http.Response, body []byte, err error)
	}{
		{whmcsfake.Fault{Name: "down"}, func(t *testing.T, _ *http.Response, _ []byte, err error) {
			// Some systems reset a connection to a port that was just closed.
			if op := (*net.OpError)(nil); !errors.As(err, &op) || op.Op != "dial" {
				t.Errorf("error %v", err)
			}
		}},
		{whmcsfake.Fault{Name: "reset"}, func(t *testing.T, _ *http.Response, _ []byte, err error) {
			if !errors.Is(err, io.EOF) {
				t.Errorf("error %v", err)
			}
		}},
		{whmcsfake.Fault{Name: "cut"}, func(t *testing.T, res *http.Response, body []byte, err error) {
			if !errors.Is(err, io.ErrUnexpectedEOF) || res == nil || int64(len(body))*2 > res.ContentLength || len(body) == 0 {
				t.Errorf("%d bytes, error %v", len(body), err)
			}
		}},
		{whmcsfake.Fault{Name: "oversized", N: 1}, func(t *testing.T, _ *http.Response, body []byte, err error) {
			if err != nil || len(body) <= 1<<20 || !json.Valid(body) {
				t.Errorf("%d bytes, error %v", len(body), err)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.fault.Name, func(t *testing.T) {
			t.Parallel()
			s := start(t, whmcsfake.Config{}, test.fault)
			res, err := client(t).PostForm(s.URL()+"/includes/api.php", form("GetClientsProducts", "clientid", "1"))
			var body []byte
			if err == nil {
				defer res.Body.Close()
				body, err = io.ReadAll(res.Body)
			}
			test.check(t, res, body, err)
			if err := s.Clear(); err != nil {
				t.Fatal(err)
			}
			if l := ask(t, s, "clientid", "1"); len(l.Rows) != 2 {
				t.Error("it does not serve after Clear")
			}
		})
	}
}

// A call that hangs ends when its caller gives up, when the fault is cleared, and
// when the server is closed.
func TestHanging(t *testing.T) {
	t.Parallel()
	ends := []struct {
		name string
		end  func(s *whmcsfake.Server, cancel func())
	}{
		{"caller", func(_ *whmcsfake.Server, cancel func()) { cancel() }},
		{"clear", func(s *whmcsfake.Server, _ func()) { s.Clear("hang", "stall") }},
		{"close", func(s *whmcsfake.Server, _ func()) { s.Close() }},
	}
	for _, fault := range []string{"hang", "stall"} {
		for _, e := range ends {
			t.Run(fault+" "+e.name, func(t *testing.T) {
				t.Parallel()
				s := start(t, whmcsfake.Config{}, whmcsfake.Fault{Name: fault})
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				done := make(chan error, 1)
				go func() { done <- read(ctx, client(t), s.URL()) }()
				if err := s.Wait(ctx, 1); err != nil {
					t.Fatal(err)
				}
				e.end(s, cancel)
				if err := <-done; err == nil {
					t.Error("a reply came")
				}
			})
		}
	}
}

// read makes one call and reads the reply.
func read(ctx context.Context, c *http.Client, base string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/includes/api.php", strings.NewReader(form("GetServers").Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// A firewall condemns one connection and lets another pass.
func TestFlagged(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{}, whmcsfake.Fault{Name: "flagged"})
	c := client(t)
	status := func() int {
		res, err := c.PostForm(s.URL()+"/includes/api.php", form("GetServers"))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode
	}
	first, second := status(), status()
	c.CloseIdleConnections()
	if third := status(); first != 200 || second != 403 || third != 200 {
		t.Errorf("status %d, %d, %d", first, second, third)
	}
}

// Rows that go away move the others to the front.
func TestRowsGo(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{}, whmcsfake.Fault{Name: "rows-go", N: 2, Times: 3})
	for _, want := range []struct{ start, total, ids string }{
		{"0", "650", "1 2"}, {"2", "648", "5 6"}, {"4", "646", "9 10"}, {"6", "646", "11 12"},
	} {
		if l := ask(t, s, "limitstart", want.start, "limitnum", "2"); l.TotalResults != want.total || l.ids() != want.ids {
			t.Errorf("from %s: total %s, ids %s", want.start, l.TotalResults, l.ids())
		}
	}
}

func TestSkipAndTimes(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{}, whmcsfake.Fault{Name: "server-error", Action: "getservers", Skip: 1, Times: 2})
	var got []string
	for range 5 {
		post(t, s, form("GetClientsProducts", "clientid", "1")) // another action does not count
		res, _ := post(t, s, form("GetServers"))
		got = append(got, strconv.Itoa(res.StatusCode))
	}
	if s := strings.Join(got, " "); s != "200 500 500 200 200" {
		t.Errorf("status %s", s)
	}
	if a := s.Active(); len(a) != 0 {
		t.Errorf("%v are active, used up as they are", a)
	}
}

func TestSetAndClear(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{}, whmcsfake.Fault{Name: "invalid-ip", Text: "192.0.2.1"}, whmcsfake.Fault{Name: "bom"})
	set(t, s, whmcsfake.Fault{Name: "invalid-ip", Text: "192.0.2.2"})
	if _, body := post(t, s, form("GetServers")); body != "\ufeff"+`{"result":"error","message":"Invalid IP 192.0.2.2"}` {
		t.Errorf("got %q", body)
	}
	if err := s.Clear("invalid-ip", "no such name"); err != nil {
		t.Error(err)
	}
	if a := s.Active(); !slices.Equal(a, []string{"bom"}) {
		t.Errorf("active %v", a)
	}
	if err := s.Set(whmcsfake.Fault{Name: "no such name"}); err == nil {
		t.Error("no error for a fault that does not exist")
	}
	s.Close()
	if err := s.Clear(); err != nil {
		t.Errorf("Clear after Close: %v", err)
	}
}

// The transport without a socket gives what a connection would, in fake time.
func TestTransport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault whmcsfake.Fault
		took  time.Duration
		want  error // nil: a reply
	}{
		{whmcsfake.Fault{Name: "slow"}, 3050 * time.Millisecond, nil},
		{whmcsfake.Fault{Name: "slow", Latency: time.Hour}, time.Minute, context.DeadlineExceeded},
		{whmcsfake.Fault{Name: "hang"}, time.Minute, context.DeadlineExceeded},
		{whmcsfake.Fault{Name: "stall"}, time.Minute, context.DeadlineExceeded},
		{whmcsfake.Fault{Name: "down"}, 0, syscall.ECONNREFUSED},
		{whmcsfake.Fault{Name: "reset"}, 50 * time.Millisecond, io.ErrUnexpectedEOF},
		{whmcsfake.Fault{Name: "cut"}, 50 * time.Millisecond, io.ErrUnexpectedEOF},
		{whmcsfake.Fault{Name: "oversized"}, 50 * time.Millisecond, nil},
		{whmcsfake.Fault{Name: "bom"}, 50 * time.Millisecond, nil},
	}
	for _, test := range tests {
		t.Run(test.fault.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := whmcsfake.New(whmcsfake.Config{Latency: 50 * time.Millisecond})
				set(t, s, test.fault)
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				start := time.Now()
				err := read(ctx, &http.Client{Transport: s.Transport()}, "http://whmcs.example.com")
				if took := time.Since(start); !errors.Is(err, test.want) || took != test.took {
					t.Errorf("error %v after %v", err, took)
				}
				if err := s.Clear(); err != nil {
					t.Error(err)
				}
				if err := read(ctx, &http.Client{Transport: s.Transport()}, "http://whmcs.example.com"); ctx.Err() == nil && err != nil {
					t.Errorf("after Clear: %v", err)
				}
			})
		})
	}
}

func TestCalls(t *testing.T) {
	t.Parallel()
	over := make(chan whmcsfake.Call, 10)
	s := start(t, whmcsfake.Config{OnCall: func(c whmcsfake.Call) { over <- c }}, whmcsfake.Fault{Name: "bom"})
	post(t, s, form("getclientsproducts", "clientid", "1", "accesskey", "k", "username2", "demodom2"))
	post(t, s, url.Values{"action": {"GetServers"}, "username": {"u"}, "password": {"p"}, "x": {"1"}})
	calls := s.Calls()
	if len(calls) != 2 || s.Count("") != 2 || s.Count("GETSERVERS") != 1 || s.Count("GetClientsDetails") != 0 {
		t.Fatalf("calls %+v", calls)
	}
	want := []whmcsfake.Call{
		{Action: "GetClientsProducts", Form: url.Values{"action": {"getclientsproducts"}, "clientid": {"1"}, "username2": {"demodom2"}, "responsetype": {"json"}}, Status: 200, Rows: 1},
		{Action: "GetServers", Form: url.Values{"action": {"GetServers"}, "x": {"1"}}, Status: 403},
	}
	for i, c := range calls {
		told := <-over
		for _, got := range []whmcsfake.Call{c, told} {
			if got.Action != want[i].Action || got.Form.Encode() != want[i].Form.Encode() || got.Status != want[i].Status ||
				got.Rows != want[i].Rows || !slices.Equal(got.Faults, []string{"bom"}) || got.Start.IsZero() {
				t.Errorf("call %d is %+v", i, got)
			}
		}
	}
	s.ResetCalls()
	if len(s.Calls()) != 0 || s.Count("") != 0 || s.Count("GetServers") != 0 {
		t.Error("ResetCalls forgot to forget")
	}
}

func TestWaitAndMostAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := whmcsfake.New(whmcsfake.Config{Latency: time.Second})
		done := make(chan error, 3)
		for range 3 {
			go func() {
				done <- read(context.Background(), &http.Client{Transport: s.Transport()}, "http://whmcs.example.com")
			}()
		}
		start := time.Now()
		if err := s.Wait(context.Background(), 3); err != nil || time.Since(start) != 0 {
			t.Errorf("waited %v for calls that have arrived, %v", time.Since(start), err)
		}
		if c := s.Calls(); len(c) != 3 || c[0].Status != 0 || c[0].Action != "GetServers" {
			t.Errorf("calls in progress: %+v", c)
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if s.MostAtOnce() != 3 {
			t.Errorf("%d at once", s.MostAtOnce())
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := s.Wait(ctx, 4); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited for a fourth call: %v", err)
		}
	})
}
