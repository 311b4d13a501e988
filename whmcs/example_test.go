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

// An error has a kind, and what is known beside it.
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
		fmt.Println(failed.Status, failed.IP)
	}
	// Output:
	// true
	// 403 203.0.113.7
}
