package whmcsfake_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"servicesbot/whmcs/whmcsfake"
)

// An installation that refuses the address of the next caller, once.
func Example() {
	fake := whmcsfake.New(whmcsfake.Config{})
	if err := fake.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	if err := fake.Set(whmcsfake.Fault{Name: "invalid-ip", Text: "192.0.2.9", Times: 1}); err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		res, err := http.PostForm(fake.URL()+"/includes/api.php", url.Values{
			"identifier": {whmcsfake.Identifier}, "secret": {whmcsfake.Secret}, "responsetype": {"json"},
			"action": {"GetClientsProducts"}, "clientid": {"3"},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		fmt.Println(res.StatusCode, string(body))
	}
	// Output:
	// 403 {"result":"error","message":"Invalid IP 192.0.2.9"}
	// 200 {"result":"success","clientid":"3","serviceid":null,"pid":null,"domain":null,"totalresults":"0","startnumber":0,"numreturned":0,"products":[]}
}
