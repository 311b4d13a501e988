package query_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

func ExampleParse() {
	q, err := query.Parse(`Client:1 status:active,suspended -product:"Domain Backup" demodomain.com page:2`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range q.Terms {
		fmt.Println(t.Not, t.Key, t.Values)
	}
	fmt.Println(q)
	fmt.Println(q.WithPage(1).WithAs(query.ViewTable))
	// Output:
	// false client [1]
	// false status [active suspended]
	// true product [Domain Backup]
	// false domain [demodomain.com]
	// client:1 status:active,suspended -product:"Domain Backup" domain:demodomain.com page:2
	// client:1 status:active,suspended -product:"Domain Backup" domain:demodomain.com as:table
}

func ExampleError() {
	_, err := query.Parse("clint:1 status:activ")
	var e *query.Error
	if errors.As(err, &e) {
		for _, p := range e.Problems {
			fmt.Println(e.Line)
			fmt.Println(strings.Repeat(" ", p.Start) + strings.Repeat("^", p.End-p.Start))
			fmt.Println(p.Reason, p.Value, p.Meant)
		}
		fmt.Println("Try:", e.Corrected[0])
	}
	// Output:
	// clint:1 status:activ
	// ^^^^^
	// unknown key clint [client]
	// clint:1 status:activ
	//                ^^^^^
	// not one of the list activ [active]
	// Try: client:1 status:active
}

func ExampleNewTerm() {
	t, err := query.NewTerm("product", `Web, "Pro"`)
	fmt.Println(t, err)
	// Output: product:"Web, \"Pro\"" <nil>
}

func ExampleQuery_WithStatus() {
	q, _ := query.Parse("client:1 -status:pending page:3")
	fmt.Println(q.WithStatus("Active", "Suspended"))
	fmt.Println(q.WithStatus())
	// Output:
	// client:1 status:active,suspended
	// client:1
}

func ExampleFinder_Find() {
	fake := whmcsfake.New(whmcsfake.Config{})
	api, err := whmcs.New(whmcs.Config{
		URL:        "http://127.0.0.1/",
		Identifier: whmcsfake.Identifier,
		Secret:     whmcsfake.Secret,
		Transport:  fake.Transport(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	finder := query.NewFinder(api, query.FinderConfig{Now: time.Now})

	q, err := query.Parse("client:1 status:active")
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := finder.Find(context.Background(), q, query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("asked of WHMCS:", res.Asked, "tested here:", res.Tested)
	fmt.Println("matched", res.Matched, "of", res.Looked)
	for _, s := range res.Services {
		fmt.Println(s.ID, s.Domain, s.Status)
	}
	// Output:
	// asked of WHMCS: [clientid=1] tested here: [status:active]
	// matched 1 of 2
	// 2 demodomain2.net Active
}
