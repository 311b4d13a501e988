package whmcs_test

import (
	"context"
	"errors"
	"fmt"

	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// Pages reads everything that a client has bought, page after page.
func ExampleAPI_Pages() {
	installation := whmcsfake.New(whmcsfake.Config{}) // in place of a real one
	if err := installation.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer installation.Close()

	api, err := whmcs.New(whmcs.Config{URL: installation.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret})
	if err != nil {
		fmt.Println(err)
		return
	}
	for page, err := range api.Pages(context.Background(), whmcs.GetClientsProductsRequest{ClientID: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, s := range page.Services {
			fmt.Println(s.ID, s.Name, s.Domain, s.Status)
		}
	}
	// Output:
	// 1 Starter demodomain.com Terminated
	// 2 Plus demodomain2.net Active
}

// An error has a kind, and says what an operator should do.
func ExampleError() {
	installation := whmcsfake.New(whmcsfake.Config{})
	if err := installation.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer installation.Close()
	if err := installation.Set(whmcsfake.Fault{Name: "invalid-ip"}); err != nil {
		fmt.Println(err)
		return
	}

	api, err := whmcs.New(whmcs.Config{URL: installation.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = api.GetClientsProducts(context.Background(), whmcs.GetClientsProductsRequest{ClientID: 1})
	fmt.Println(errors.Is(err, whmcs.ErrIPNotAllowed))
	if failed, ok := errors.AsType[*whmcs.Error](err); ok {
		fmt.Println(failed.IP)
		fmt.Println(failed.Advice)
	}
	// Output:
	// true
	// 203.0.113.7
	// Add the address to the API IP Access Restriction list in WHMCS (General Settings, Security), or set WHMCS_ACCESS_KEY.
}
