package whmcs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// An outcome is what the client must make of a fault: rows, or one clear error.
type outcome struct {
	fault whmcsfake.Fault
	req   whmcs.GetClientsProductsRequest // zero: client 1
	calls int                             // that reach WHMCS

	kind   whmcs.Kind // "": rows
	status int        // of the error; 0: any
	rows   int
	check  func(t *testing.T, page *whmcs.Page, e *whmcs.Error)
}

var (
	none     = whmcs.GetClientsProductsRequest{ClientID: whmcsfake.EmptyClient}
	one      = whmcs.GetClientsProductsRequest{ServiceID: 2}
	outcomes = []outcome{
		// The network.
		{fault: whmcsfake.Fault{Name: "slow"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "slow", Latency: time.Hour}, calls: 3, kind: whmcs.ErrTimeout},
		{fault: whmcsfake.Fault{Name: "slow", Latency: time.Hour, Times: 2}, calls: 3, rows: 2},
		{fault: whmcsfake.Fault{Name: "down"}, calls: 0, kind: whmcs.ErrUnreachable},
		{fault: whmcsfake.Fault{Name: "reset"}, calls: 3, kind: whmcs.ErrUnreachable},
		{fault: whmcsfake.Fault{Name: "reset", Times: 2}, calls: 3, rows: 2},
		{fault: whmcsfake.Fault{Name: "hang"}, calls: 3, kind: whmcs.ErrTimeout},
		{fault: whmcsfake.Fault{Name: "hang", Times: 1}, calls: 2, rows: 2},
		{fault: whmcsfake.Fault{Name: "stall"}, calls: 3, kind: whmcs.ErrTimeout},
		{fault: whmcsfake.Fault{Name: "cut"}, calls: 3, kind: whmcs.ErrTruncated, status: 200},
		{fault: whmcsfake.Fault{Name: "cut", Times: 1}, calls: 2, rows: 2},

		// What is in front of WHMCS.
		{fault: whmcsfake.Fault{Name: "redirect", Text: "https://user:pass@www.example.com/includes/api.php?k=v"}, calls: 1, kind: whmcs.ErrWrongURL, status: 301, check: location("https://www.example.com/includes/api.php")},
		{fault: whmcsfake.Fault{Name: "redirect", N: 307, Text: "/login.php"}, calls: 1, kind: whmcs.ErrWrongURL, status: 307},
		{fault: whmcsfake.Fault{Name: "waf"}, calls: 1, kind: whmcs.ErrBlocked, status: 403},
		{fault: whmcsfake.Fault{Name: "waf", N: 503}, calls: 3, kind: whmcs.ErrBlocked, status: 503},
		{fault: whmcsfake.Fault{Name: "challenge"}, calls: 1, kind: whmcs.ErrBlocked, status: 202},
		{fault: whmcsfake.Fault{Name: "bot-protection"}, calls: 1, kind: whmcs.ErrBlocked, status: 415},
		{fault: whmcsfake.Fault{Name: "bot-protection", N: 200}, calls: 1, kind: whmcs.ErrBlocked, status: 200},
		{fault: whmcsfake.Fault{Name: "license"}, calls: 1, kind: whmcs.ErrLicense, status: 302, check: location("licenseerror.php")},
		{fault: whmcsfake.Fault{Name: "rate-limited"}, calls: 3, kind: whmcs.ErrBlocked, status: 429},
		{fault: whmcsfake.Fault{Name: "rate-limited", N: 5, Times: 2}, calls: 3, rows: 2},
		{fault: whmcsfake.Fault{Name: "server-error"}, calls: 3, kind: whmcs.ErrNotJSON, status: 500},
		{fault: whmcsfake.Fault{Name: "server-error", Times: 1}, calls: 2, rows: 2},
		{fault: whmcsfake.Fault{Name: "server-error", N: 502}, calls: 3, kind: whmcs.ErrUnreachable, status: 502},
		{fault: whmcsfake.Fault{Name: "server-error", N: 404}, calls: 1, kind: whmcs.ErrWrongURL, status: 404},
		{fault: whmcsfake.Fault{Name: "blank"}, calls: 3, kind: whmcs.ErrTruncated, status: 200},
		{fault: whmcsfake.Fault{Name: "blank", N: 500, Times: 1}, calls: 2, rows: 2},
		{fault: whmcsfake.Fault{Name: "maintenance"}, calls: 1, kind: whmcs.ErrMaintenance, status: 200},
		{fault: whmcsfake.Fault{Name: "maintenance", N: 503, Times: 1}, calls: 2, rows: 2},

		// Access.
		{fault: whmcsfake.Fault{Name: "invalid-ip"}, calls: 1, kind: whmcs.ErrIPNotAllowed, status: 403, check: sawIP("203.0.113.7")},
		{fault: whmcsfake.Fault{Name: "invalid-ip", N: 400, Text: "2001:db8::77"}, calls: 1, kind: whmcs.ErrIPNotAllowed, status: 400, check: sawIP("2001:db8::77")},
		{fault: whmcsfake.Fault{Name: "invalid-ip", N: 200}, calls: 1, kind: whmcs.ErrIPNotAllowed, status: 200},
		{fault: whmcsfake.Fault{Name: "bad-credentials"}, calls: 1, kind: whmcs.ErrBadCredentials, status: 403},
		{fault: whmcsfake.Fault{Name: "bad-credentials", Text: "Administrator Account Disabled"}, calls: 1, kind: whmcs.ErrBadCredentials, status: 403},
		{fault: whmcsfake.Fault{Name: "not-permitted"}, calls: 1, kind: whmcs.ErrActionNotPermitted, status: 403},
		{fault: whmcsfake.Fault{Name: "admin-required"}, calls: 1, kind: whmcs.ErrWrongURL, status: 200},

		// Errors of an action.
		{fault: whmcsfake.Fault{Name: "error"}, calls: 1, kind: whmcs.ErrNotFound, status: 200},
		{fault: whmcsfake.Fault{Name: "error", Text: `Class "X" not found`}, calls: 1, kind: whmcs.ErrWHMCS, status: 200, check: says(`Class "X" not found`)},
		{fault: whmcsfake.Fault{Name: "error", Text: "R&amp;D is &quot;closed&quot;"}, calls: 1, kind: whmcs.ErrWHMCS, status: 200, check: says(`R&D is "closed"`)},
		{fault: whmcsfake.Fault{Name: "status-error"}, calls: 1, kind: whmcs.ErrNotFound, status: 200},
		{fault: whmcsfake.Fault{Name: "warning"}, calls: 1, kind: whmcs.ErrWHMCS, status: 200, check: says("Please Reload and Try Again")},

		// PHP.
		{fault: whmcsfake.Fault{Name: "emitted"}, calls: 1, kind: whmcs.ErrNotJSON, status: 500},
		{fault: whmcsfake.Fault{Name: "memory"}, calls: 2, rows: 2, check: limit(50)},
		{fault: whmcsfake.Fault{Name: "memory", N: 30, Text: "blank"}, calls: 3, rows: 2, check: limit(25)},
		{fault: whmcsfake.Fault{Name: "memory", N: 50, Text: "cut-off"}, calls: 2, rows: 2, check: limit(50)},
		{fault: whmcsfake.Fault{Name: "bom"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "blank-lines"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "php-warning"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "comment"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "trace"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "twice"}, calls: 1, kind: whmcs.ErrNotJSON, status: 200},
		{fault: whmcsfake.Fault{Name: "truncated"}, calls: 3, kind: whmcs.ErrTruncated, status: 200},
		{fault: whmcsfake.Fault{Name: "truncated", N: 99, Times: 1}, calls: 2, rows: 2},
		{fault: whmcsfake.Fault{Name: "oversized"}, calls: 1, kind: whmcs.ErrTooLarge, status: 200},
		{fault: whmcsfake.Fault{Name: "oversized", N: 1}, calls: 1, rows: 2},

		// The list of services.
		{fault: whmcsfake.Fault{Name: "single"}, req: one, calls: 1, rows: 1},
		{fault: whmcsfake.Fault{Name: "keyed"}, calls: 1, rows: 2, check: ids(1, 2)},
		{fault: whmcsfake.Fault{Name: "keyed"}, req: one, calls: 1, rows: 1, check: ids(2)},
		{fault: whmcsfake.Fault{Name: "nvp"}, calls: 1, kind: whmcs.ErrNotJSON},
		{fault: whmcsfake.Fault{Name: "empty"}, req: none, calls: 1},
		{fault: whmcsfake.Fault{Name: "empty", Text: "array"}, req: none, calls: 1},
		{fault: whmcsfake.Fault{Name: "empty", Text: "missing"}, req: none, calls: 1},
		{fault: whmcsfake.Fault{Name: "empty", Text: "null"}, req: none, calls: 1},
		{fault: whmcsfake.Fault{Name: "empty", Text: "inner-null"}, req: none, calls: 1},
		{fault: whmcsfake.Fault{Name: "empty", Text: "inner-array"}, req: none, calls: 1},
		{fault: whmcsfake.Fault{Name: "empty", Text: "inner-string"}, req: none, calls: 1},
		{fault: whmcsfake.Fault{Name: "lost-rows"}, calls: 1, kind: whmcs.ErrWHMCS},
		{fault: whmcsfake.Fault{Name: "counts-more"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "filter-ignored"}, calls: 1, rows: 2, check: dropped(98, 0)},
		{fault: whmcsfake.Fault{Name: "filter-ignored"}, req: one, calls: 1, rows: 1, check: dropped(99, 0)},
		{fault: whmcsfake.Fault{Name: "more-rows"}, req: whmcs.GetClientsProductsRequest{ClientID: 5, LimitNum: 2}, calls: 1, rows: 4},
		{fault: whmcsfake.Fault{Name: "fewer-rows", N: 1}, calls: 1, rows: 1},
		{fault: whmcsfake.Fault{Name: "duplicates"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "rows-go"}, calls: 1, rows: 2},
		{fault: whmcsfake.Fault{Name: "total-changes"}, calls: 1, rows: 2},

		// The rows.
		{fault: whmcsfake.Fault{Name: "numbers"}, calls: 1, rows: 2, check: ids(1, 2)},
		{fault: whmcsfake.Fault{Name: "strings"}, calls: 1, rows: 2, check: ids(1, 2)},
		{fault: whmcsfake.Fault{Name: "unreadable", N: 2}, calls: 1, rows: 1, check: dropped(0, 1)},
		{fault: whmcsfake.Fault{Name: "malformed"}, calls: 4, rows: 1, check: dropped(0, 1)},
		{fault: whmcsfake.Fault{Name: "malformed"}, req: one, calls: 1, check: dropped(0, 1)},
		{fault: whmcsfake.Fault{Name: "odd-money"}, calls: 1, rows: 2, check: each(func(s whmcs.Service) bool { return s.RecurringAmount == "1,234.56" || s.RecurringAmount == "1.234,56" })},
		{fault: whmcsfake.Fault{Name: "odd-names", N: 2}, calls: 1, rows: 2, check: each(func(s whmcs.Service) bool { return s.ID == 1 || s.Name == "" })},
		{fault: whmcsfake.Fault{Name: "no-status"}, calls: 1, rows: 2, check: each(func(s whmcs.Service) bool { return s.Status == whmcs.StatusUnknown })},
		{fault: whmcsfake.Fault{Name: "odd-dates"}, calls: 1, rows: 2, check: each(func(s whmcs.Service) bool { return s.RegDate == "2026-02-30" && s.NextDueDate == "" })},
		{fault: whmcsfake.Fault{Name: "odd-options"}, calls: 1, rows: 2, check: each(func(s whmcs.Service) bool {
			return len(s.CustomFields) == 0 && len(s.ConfigOptions) == 3 && s.ConfigOptions[0].Value == "3"
		})},
		{fault: whmcsfake.Fault{Name: "hostile"}, calls: 1, rows: 2, check: each(func(s whmcs.Service) bool {
			return s.GroupName == "R&D" && (s.ID != 1 || s.Name == "&lt;!here&gt; twice encoded")
		})},
		{fault: whmcsfake.Fault{Name: "no-server"}, req: one, calls: 1, rows: 1, check: each(func(s whmcs.Service) bool { return s.ServerID == 2 && s.ServerName == "" })},
	}
)

func location(want string) func(*testing.T, *whmcs.Page, *whmcs.Error) {
	return func(t *testing.T, _ *whmcs.Page, e *whmcs.Error) { equal(t, "location", e.Location, want) }
}

func sawIP(want string) func(*testing.T, *whmcs.Page, *whmcs.Error) {
	return func(t *testing.T, _ *whmcs.Page, e *whmcs.Error) { equal(t, "address", e.IP, want) }
}

func says(want string) func(*testing.T, *whmcs.Page, *whmcs.Error) {
	return func(t *testing.T, _ *whmcs.Page, e *whmcs.Error) { equal(t, "message", e.Message, want) }
}

func limit(want int) func(*testing.T, *whmcs.Page, *whmcs.Error) {
	return func(t *testing.T, p *whmcs.Page, _ *whmcs.Error) { equal(t, "rows asked for", p.LimitNum, want) }
}

func dropped(foreign, unreadable int) func(*testing.T, *whmcs.Page, *whmcs.Error) {
	return func(t *testing.T, p *whmcs.Page, _ *whmcs.Error) {
		equal(t, "foreign and unreadable", []int{p.Foreign, p.Unreadable}, []int{foreign, unreadable})
	}
}

func ids(want ...int) func(*testing.T, *whmcs.Page, *whmcs.Error) {
	return func(t *testing.T, p *whmcs.Page, _ *whmcs.Error) {
		var got []int
		for _, s := range p.Services {
			got = append(got, s.ID)
		}
		equal(t, "ids", got, want)
	}
}

func each(ok func(whmcs.Service) bool) func(*testing.T, *whmcs.Page, *whmcs.Error) {
	return func(t *testing.T, p *whmcs.Page, _ *whmcs.Error) {
		for _, s := range p.Services {
			if !ok(s) {
				t.Errorf("row %+v", s)
			}
		}
	}
}

// Every fault of the fake, through the real client, in fake time.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, o := range outcomes {
		name := strings.TrimSpace(strings.Join([]string{o.fault.Name, o.fault.Text, o.fault.Latency.String()}, " "))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, o.run)
		})
	}
	for _, f := range whmcsfake.Faults() {
		if f.Name != "flagged" && !slices.ContainsFunc(outcomes, func(o outcome) bool { return o.fault.Name == f.Name }) {
			t.Errorf("the fault %s is not tried", f.Name)
		}
	}
}

func (o outcome) run(t *testing.T) {
	fake := whmcsfake.New(whmcsfake.Config{})
	if err := fake.Set(o.fault); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	api := taped(t, fake.Transport(), func(c *whmcs.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	req := o.req
	if req == (whmcs.GetClientsProductsRequest{}) {
		req.ClientID = 1
	}
	page, err := api.GetClientsProducts(context.Background(), req)
	equal(t, "calls", fake.Count(""), o.calls)
	noSecrets(t, log.String())
	var e *whmcs.Error
	if o.kind != "" {
		isKind(t, err, o.kind)
		if !errors.As(err, &e) {
			t.Fatalf("error %v", err)
		}
		if o.status != 0 {
			equal(t, "status", e.Status, o.status)
		}
		if e.Action != "GetClientsProducts" {
			t.Errorf("no action or no advice in %+v", e)
		}
		noSecrets(t, e.Error()+e.Message+e.Location)
	} else {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "rows", len(page.Services), o.rows)
	}
	if o.check != nil {
		o.check(t, page, e)
	}
}

// noSecrets fails if text holds a credential, a planted secret or HTML.
func noSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{whmcsfake.Identifier, whmcsfake.Secret, "planted-", "<html", "<b>", "user:pass", "vendor"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q in %s", secret, text)
		}
	}
}

// A walk through pages ends with every row once, whatever pages and totals do.
func TestFaultyPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		faults []whmcsfake.Fault
	}{
		{"none", nil},
		{"memory", []whmcsfake.Fault{{Name: "memory", N: 30}}},
		{"memory, blank", []whmcsfake.Fault{{Name: "memory", N: 20, Text: "blank"}}},
		{"more rows", []whmcsfake.Fault{{Name: "more-rows", N: 3}}},
		{"fewer rows", []whmcsfake.Fault{{Name: "fewer-rows", N: 7}}},
		{"duplicates", []whmcsfake.Fault{{Name: "duplicates", N: 3}}},
		{"growing total", []whmcsfake.Fault{{Name: "total-changes"}}},
		{"rows that go", []whmcsfake.Fault{{Name: "rows-go", N: 3, Times: 2}}},
		{"rows that go later", []whmcsfake.Fault{{Name: "rows-go", N: 3, Skip: 3, Times: 2}}},
		{"keyed and numbers", []whmcsfake.Fault{{Name: "keyed"}, {Name: "numbers"}}},
		{"now and then an error", []whmcsfake.Fault{{Name: "server-error", Skip: 1, Times: 1}, {Name: "reset", Skip: 3, Times: 1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := whmcsfake.New(whmcsfake.Config{Latency: 50 * time.Millisecond})
				for _, f := range test.faults {
					if err := fake.Set(f); err != nil {
						t.Fatal(err)
					}
				}
				api := taped(t, fake.Transport(), nil)
				seen := map[int]int{}
				for page, err := range api.Pages(context.Background(), whmcs.GetClientsProductsRequest{ClientID: whmcsfake.ResellerClient, LimitNum: 40}) {
					if err != nil {
						t.Fatalf("after %d rows: %v", len(seen), err)
					}
					for _, s := range page.Services {
						seen[s.ID]++
					}
				}
				for id, n := range seen {
					if n > 1 {
						t.Errorf("service %d came %d times", id, n)
					}
				}
				equal(t, "rows", len(seen), 310)
				if most := fake.MostAtOnce(); most > 4 {
					t.Errorf("%d calls at once", most)
				}
			})
		})
	}
}

// A firewall that has condemned a connection costs one question, not all that
// follow: the next goes over a new connection. This one needs real connections.
func TestFlaggedConnection(t *testing.T) {
	t.Parallel()
	fake := whmcsfake.New(whmcsfake.Config{})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fake.Close() })
	api := taped(t, nil, func(c *whmcs.Config) { c.URL = fake.URL() })
	products(t, api, one)
	if err := fake.Set(whmcsfake.Fault{Name: "flagged", N: 2}); err != nil {
		t.Fatal(err)
	}
	blocked := 0
	for range 9 {
		switch _, err := api.GetClientsProducts(context.Background(), one); {
		case errors.Is(err, whmcs.ErrBlocked):
			blocked++
		case err != nil:
			t.Fatal(err)
		}
	}
	equal(t, "questions that were refused", blocked, 3)
}
