package whmcs_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

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
	if page.TotalResults != 2 || page.StartNumber != 0 || len(page.Services) != 2 || page.Foreign+page.Unreadable != 0 || page.Calls != 1 {
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
