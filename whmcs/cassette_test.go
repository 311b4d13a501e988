package whmcs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/cassette"
	"servicesbot/whmcs/whmcsfake"
)

// taped returns an API that speaks to a cassette. Its credentials are those of
// the fake, for recording; no cassette holds them.
func taped(t *testing.T, tr http.RoundTripper, change func(*whmcs.Config)) *whmcs.API {
	t.Helper()
	cfg := whmcs.Config{
		URL: "https://whmcs.example.com", Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret,
		Transport: tr,
	}
	if change != nil {
		change(&cfg)
	}
	api, err := whmcs.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// The documentation's own example. It is never recorded: it was written down from
// the page.
func TestCassetteSeedPage(t *testing.T) {
	t.Parallel()
	api := taped(t, cassette.OpenFrom(t, "seed-page", nil), nil)
	page, err := api.GetClientsProducts(context.Background(), whmcs.GetClientsProductsRequest{ClientID: 1})
	if err != nil {
		t.Fatal(err)
	}
	if page.Of != 2 || page.StartNumber != 0 || len(page.Services) != 2 || page.Foreign+page.Unreadable != 0 || page.Calls != 1 {
		t.Fatalf("page %+v", page)
	}
	want := whmcs.Service{
		ID: 2, Qty: 2, ClientID: 1, OrderID: 2, PID: 3, RegDate: "2015-05-20", Name: "Plus", TranslatedName: "Plus",
		GroupName: "Shared Hosting", TranslatedGroupName: "Shared Hosting", Domain: "demodomain2.net",
		ServerID: 2, ServerName: "Pluto", ServerIP: "2.3.4.5", ServerHostname: "pluto.example.com",
		FirstPaymentAmount: "24.95", RecurringAmount: "24.95", PaymentMethod: "paypal", PaymentMethodName: "PayPal",
		BillingCycle: whmcs.CycleMonthly, NextDueDate: "2017-01-20", Status: whmcs.StatusActive, Username: "demodom2",
		ConfigOptions: []whmcs.ConfigOption{{ID: 1, Option: "Sample Config Option", Type: "dropdown", Value: "Selected option value"}},
	}
	if diff := differ(page.Services[1], want); diff != "" {
		t.Error(diff)
	}
	if first := page.Services[0]; first.ID != 1 || first.OrderNumber != "456789" || first.Status != whmcs.StatusTerminated || first.Domain != "demodomain.com" {
		t.Errorf("first row %+v", first)
	}
}

// differ compares two services field by field, an empty list and none being the
// same.
func differ(got, want whmcs.Service) string {
	g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want)
	if g == w {
		return ""
	}
	return "got  " + g + "\nwant " + w
}

// A tape is a cassette that is recorded from the fake, with -record.
type tape struct {
	name   string
	fake   whmcsfake.Config
	faults []whmcsfake.Fault
	config func(*whmcs.Config)
	run    func(t *testing.T, api *whmcs.API)
}

var tapes = []tape{
	{name: "client-pages", run: func(t *testing.T, api *whmcs.API) {
		var ids []int
		for page, err := range api.Pages(context.Background(), whmcs.GetClientsProductsRequest{ClientID: 5, LimitNum: 4}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range page.Services {
				ids = append(ids, s.ID)
			}
		}
		equal(t, "ids", ids, []int{10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
	}},
	{name: "client-empty", run: func(t *testing.T, api *whmcs.API) {
		page := products(t, api, whmcs.GetClientsProductsRequest{ClientID: whmcsfake.EmptyClient})
		equal(t, "rows and total", []int{len(page.Services), page.Of}, []int{0, 0})
	}},
	{name: "filters", run: func(t *testing.T, api *whmcs.API) {
		for _, req := range []whmcs.GetClientsProductsRequest{
			{ServiceID: 2},
			{Domain: "demodomain2.net"},
			{Username2: "demodom2"},
			{ClientID: 1, PID: 3},
		} {
			page := products(t, api, req)
			if len(page.Services) != 1 || page.Services[0].ID != 2 || page.Foreign != 0 {
				t.Errorf("%+v: %+v", req, page)
			}
		}
	}},
	{name: "hostile", run: func(t *testing.T, api *whmcs.API) {
		page := products(t, api, whmcs.GetClientsProductsRequest{ClientID: whmcsfake.HostileClient})
		var domains []string
		for _, s := range page.Services {
			domains = append(domains, s.Domain)
		}
		equal(t, "domains", domains, []string{
			"<!channel> *x* <https://evil.example|bank.example>",
			"<@U012ABCDEF> <#C012ABCDEF> <!subteam^S012ABCDEF>",
			"=HYPERLINK(\"https://evil.example\",\"click\")",
			"\u202egnp.exe\u202c \u200bhidden\ufeff",
		})
		equal(t, "product", page.Services[2].Name, `Web & Mail "Pro"`)
	}},
	{name: "numbers", faults: []whmcsfake.Fault{{Name: "numbers"}}, run: func(t *testing.T, api *whmcs.API) {
		page := products(t, api, whmcs.GetClientsProductsRequest{ClientID: 6})
		equal(t, "rows", len(page.Services), 4)
		for _, s := range page.Services {
			if s.Qty != 1 || s.ClientID != 6 || s.PID == 0 || s.ServerName == "" != (s.ServerID == 0) {
				t.Errorf("row %+v", s)
			}
		}
		equal(t, "amount below zero", string(page.Services[3].RecurringAmount), "-5.00")
		equal(t, "no due date", string(page.Services[0].NextDueDate), "")
	}},
	{name: "keyed", faults: []whmcsfake.Fault{{Name: "keyed"}}, run: func(t *testing.T, api *whmcs.API) {
		page := products(t, api, whmcs.GetClientsProductsRequest{ClientID: 1})
		if len(page.Services) != 2 || page.Services[0].ID != 1 || page.Services[1].ID != 2 {
			t.Errorf("page %+v", page)
		}
	}},
	{name: "details", run: func(t *testing.T, api *whmcs.API) {
		want := whmcs.Client{ID: 5, Name: "Conor O'Brien", Company: "O'Brien & Söhne 🌻", Email: "conor@obrien.example", CurrencyCode: "EUR"}
		for _, by := range []whmcs.Client{{ID: 5}, {Email: "conor@obrien.example"}} {
			c, err := api.GetClientsDetails(context.Background(), by.ID, by.Email)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "client", *c, want)
		}
		_, err := api.GetClientsDetails(context.Background(), 0, "nobody@obrien.example")
		isKind(t, err, whmcs.ErrNotFound)
	}},
	{name: "servers", run: func(t *testing.T, api *whmcs.API) {
		servers, err := api.GetServers(context.Background())
		if err != nil || len(servers) != 8 {
			t.Fatalf("%v, %v", servers, err)
		}
		equal(t, "first", servers[0], whmcs.Server{ID: 1, Name: "Saturn", Hostname: "saturn.example.com", IP: "1.2.3.4"})
	}},
	{name: "role-lacks-details", fake: whmcsfake.Config{Actions: []string{"GetClientsProducts"}}, run: func(t *testing.T, api *whmcs.API) {
		for range 2 { // the second is remembered: the cassette holds one call
			_, err := api.GetClientsDetails(context.Background(), 1, "")
			isKind(t, err, whmcs.ErrActionNotPermitted)
		}
		equal(t, "rows", len(products(t, api, whmcs.GetClientsProductsRequest{ClientID: 1}).Services), 2)
	}},
	{name: "not-permitted", fake: whmcsfake.Config{Actions: []string{"GetServers"}}, run: refused(whmcs.ErrActionNotPermitted, 403)},
	{name: "invalid-ip", faults: []whmcsfake.Fault{{Name: "invalid-ip", Text: "2001:db8::77"}}, run: func(t *testing.T, api *whmcs.API) {
		_, err := api.GetClientsProducts(context.Background(), whmcs.GetClientsProductsRequest{ClientID: 1})
		isKind(t, err, whmcs.ErrIPNotAllowed)
		var e *whmcs.Error
		if !errors.As(err, &e) || e.IP != "2001:db8::77" {
			t.Errorf("the address is missing in %+v", e)
		}
	}},
	{name: "bad-credentials", config: func(c *whmcs.Config) { c.Secret = "wrong" }, run: refused(whmcs.ErrBadCredentials, 403)},
	{name: "unknown-identifier", config: func(c *whmcs.Config) { c.Identifier = "unknown" }, run: refused(whmcs.ErrBadCredentials, 403)},
	{name: "admin-required", faults: []whmcsfake.Fault{{Name: "admin-required"}}, run: refused(whmcs.ErrWrongURL, 200)},
	{name: "not-found", faults: []whmcsfake.Fault{{Name: "error"}}, run: refused(whmcs.ErrNotFound, 200)},
	{name: "status-error", faults: []whmcsfake.Fault{{Name: "status-error"}}, run: refused(whmcs.ErrNotFound, 200)},
	{name: "warning", faults: []whmcsfake.Fault{{Name: "warning"}}, run: refused(whmcs.ErrWHMCS, 200)},
	{name: "maintenance", faults: []whmcsfake.Fault{{Name: "maintenance"}}, run: refused(whmcs.ErrMaintenance, 200)},
	{name: "rate-limited", faults: []whmcsfake.Fault{{Name: "rate-limited", N: 7, Times: 1}}, run: func(t *testing.T, api *whmcs.API) {
		start := time.Now()
		page := products(t, api, whmcs.GetClientsProductsRequest{ClientID: 1})
		equal(t, "calls", page.Calls, 2)
		if took := time.Since(start); took < 7*time.Second {
			t.Errorf("asked again after %v, Retry-After is 7 s", took)
		}
	}},
	{name: "memory", faults: []whmcsfake.Fault{{Name: "memory"}}, run: func(t *testing.T, api *whmcs.API) {
		page := products(t, api, whmcs.GetClientsProductsRequest{ClientID: 1})
		equal(t, "rows, calls and limit", []int{len(page.Services), page.Calls, page.LimitNum}, []int{2, 2, 50})
	}},
}

// Every cassette that came from the fake, in fake time: waits between tries cost
// nothing.
func TestCassettes(t *testing.T) {
	t.Parallel()
	for _, c := range tapes {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c.fake.Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
				fake := whmcsfake.New(c.fake)
				for _, f := range c.faults {
					if err := fake.Set(f); err != nil {
						t.Fatal(err)
					}
				}
				c.run(t, taped(t, cassette.OpenFrom(t, c.name, fake.Transport()), c.config))
			})
		})
	}
}

// products reads one page, which must succeed.
func products(t *testing.T, api *whmcs.API, req whmcs.GetClientsProductsRequest) *whmcs.Page {
	t.Helper()
	page, err := api.GetClientsProducts(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// refused is the run of a call that must fail with kind and an HTTP status, and
// must not be repeated: the cassette holds one call.
func refused(kind whmcs.Kind, status int) func(*testing.T, *whmcs.API) {
	return func(t *testing.T, api *whmcs.API) {
		t.Helper()
		_, err := api.GetClientsProducts(context.Background(), whmcs.GetClientsProductsRequest{ClientID: 1})
		isKind(t, err, kind)
		var e *whmcs.Error
		if !errors.As(err, &e) || e.Status != status || e.Action != "GetClientsProducts" {
			t.Errorf("error %+v", e)
		}
	}
}

func isKind(t *testing.T, err error, kind whmcs.Kind) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}
