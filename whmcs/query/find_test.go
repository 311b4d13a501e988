package query_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// today is the day around which the fake's due dates are spread.
var today = time.Date(2026, time.December, 1, 12, 0, 0, 0, time.UTC)

// An installation is a fake WHMCS with a Finder on it.
type installation struct {
	*query.Finder
	fake *whmcsfake.Server
}

// install returns an installation without sockets, so that it works in fake time.
func install(t testing.TB, fake whmcsfake.Config, api whmcs.Config, finder query.FinderConfig) *installation {
	t.Helper()
	fake.Now = today
	server := whmcsfake.New(fake)
	api.URL = "http://127.0.0.1/"
	api.Identifier, api.Secret = whmcsfake.Identifier, whmcsfake.Secret
	api.Transport = server.Transport()
	handle, err := whmcs.New(api)
	if err != nil {
		t.Fatal(err)
	}
	if finder.Now == nil {
		finder.Now = func() time.Time { return today }
	}
	return &installation{query.NewFinder(handle, finder), server}
}

// find answers a line that must have an answer.
func (in *installation) find(t testing.TB, line string, opt ...query.Options) *query.Result {
	t.Helper()
	opt = append(opt, query.Options{})
	res, err := in.Find(t.Context(), parse(t, line), opt[0])
	if err != nil {
		t.Fatalf("Find(%q): %v", line, err)
	}
	return res
}

// asked returns the parameters of the calls that a function makes, without
// what every call has.
func (in *installation) asked(do func()) []string {
	in.fake.ResetCalls()
	do()
	var all []string
	for _, c := range in.fake.Calls() {
		form := url.Values{}
		for k, v := range c.Form {
			if !slices.Contains([]string{"action", "responsetype", "limitnum"}, k) {
				form[k] = v
			}
		}
		all = append(all, strings.TrimSpace(c.Action+" "+form.Encode()))
	}
	slices.Sort(all)
	return all
}

// named are the calls for the names of the clients on a page, one each.
func named(rows []whmcs.Service) []string {
	var all []string
	for _, s := range rows {
		all = append(all, fmt.Sprint("GetClientsDetails clientid=", s.ClientID))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func ids(rows []whmcs.Service) []int {
	var all []int
	for _, s := range rows {
		all = append(all, s.ID)
	}
	return all
}

func TestFindClientOne(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	res := in.find(t, "client:1 status:active")
	if got := ids(res.Services); !slices.Equal(got, []int{2}) || res.Services[0].Domain != "demodomain2.net" {
		t.Errorf("got services %v, want 2, demodomain2.net", got)
	}
	if !res.Complete || !res.Counted || res.Matched != 1 || res.Looked != 2 || res.Of != 2 || res.Calls != 1 || res.Next != "" {
		t.Errorf("the result says %+v", res)
	}
	if want := []string{"clientid=1"}; !slices.Equal(res.Asked, want) {
		t.Errorf("asked %v, want %v", res.Asked, want)
	}
	if want := []string{"status:active"}; !slices.Equal(res.Tested, want) {
		t.Errorf("tested %v, want %v", res.Tested, want)
	}
	if res.Clients[1].CurrencyCode != "EUR" {
		t.Errorf("client 1 is %+v", res.Clients[1])
	}
}

func TestFindAsksWHMCS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"service:2", []string{"GetClientsDetails clientid=1", "GetClientsProducts serviceid=2"}},
		{"client:1,2 rows:10", []string{"GetClientsProducts clientid=1", "GetClientsProducts clientid=2"}},
		{"product:1,2,3 client:5,6", []string{"GetClientsProducts clientid=5", "GetClientsProducts clientid=6"}},
		{"product:3 client:5", []string{"GetClientsDetails clientid=5", "GetClientsProducts clientid=5&pid=3"}},
		{"domain:demodomain.com", []string{
			"GetClientsDetails clientid=1",
			"GetClientsProducts domain=demodomain.com", "GetClientsProducts domain=www.demodomain.com"}},
		{"domain:www.nosuch.example", []string{
			"GetClientsProducts domain=nosuch.example", "GetClientsProducts domain=www.nosuch.example"}},
		{"domain:münchen.example", []string{
			"GetClientsProducts domain=" + url.QueryEscape("münchen.example"), "GetClientsProducts domain=" + url.QueryEscape("www.münchen.example"),
			"GetClientsProducts domain=www.xn--mnchen-3ya.example", "GetClientsProducts domain=xn--mnchen-3ya.example"}},
		{"domain:xn--mnchen-3ya.example", []string{
			"GetClientsProducts domain=" + url.QueryEscape("münchen.example"), "GetClientsProducts domain=" + url.QueryEscape("www.münchen.example"),
			"GetClientsProducts domain=www.xn--mnchen-3ya.example", "GetClientsProducts domain=xn--mnchen-3ya.example"}},
		{"username:nobody status:active", []string{"GetClientsProducts username2=nobody"}},
		{"status:active", []string{"GetClientsProducts"}},
		{"-client:1", []string{"GetClientsProducts"}},
		{"client:1,2,3,4,5,6,7,8,9,10,11", []string{"GetClientsProducts"}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
			var res *query.Result
			got := in.asked(func() { res = in.find(t, tt.line) })
			want := tt.want
			if !strings.HasPrefix(want[0], "GetClientsDetails") {
				want = append(named(res.Services), want...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestFindByEmail(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	address := in.find(t, "client:1").Clients[1].Email
	if address == "" {
		t.Fatal("client 1 has no address")
	}
	var res *query.Result
	got := in.asked(func() { res = in.find(t, "email:"+strings.ToUpper(address)) })
	if want := []string{"GetClientsDetails email=" + url.QueryEscape(address), "GetClientsProducts clientid=1"}; !slices.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
	if res.Matched != 2 || !slices.Equal(res.Asked, []string{"email=" + address, "clientid=1"}) {
		t.Errorf("found %d, asked %v", res.Matched, res.Asked)
	}
	got = in.asked(func() { res = in.find(t, "email:nobody@nowhere.example status:active") })
	if res.Matched != 0 || !res.Complete || !res.Counted || len(got) != 1 {
		t.Errorf("an unknown address gives %+v after %v", res, got)
	}
}

func TestTooManyEmails(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	line := "email:a0@b.example"
	for i := range 10 {
		line += fmt.Sprintf(",a%d@b.example", i+1)
	}
	_, err := in.Find(t.Context(), parse(t, line), query.Options{})
	var e *query.Error
	if !errors.As(err, &e) || in.fake.Count("") > 0 {
		t.Errorf("%v after %d calls", err, in.fake.Count(""))
	}
}

func TestFindByEmailNotPermitted(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{Actions: []string{"GetClientsProducts"}}, whmcs.Config{}, query.FinderConfig{})
	_, err := in.Find(t.Context(), parse(t, "status:active email:ann@example.com as:table"), query.Options{})
	var e *query.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if at := e.Line[e.Problems[0].Start:e.Problems[0].End]; at != "email:ann@example.com" {
		t.Errorf("the problem is at %q", at)
	}
	if want := []string{"status:active domain:example.com as:table"}; !slices.Equal(e.Corrected, want) {
		t.Errorf("corrected to %v, want %v", e.Corrected, want)
	}
	if n := in.fake.Count("GetClientsProducts"); n != 0 {
		t.Errorf("%d calls for rows", n)
	}
}

func TestFindStopsEarly(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{Services: 1000}, whmcs.Config{}, query.FinderConfig{})
	var res *query.Result
	got := in.asked(func() { res = in.find(t, "product:1") })
	if want := append(named(res.Services), "GetClientsProducts pid=1"); !slices.Equal(got, want) {
		t.Errorf("a page of a long list took %v, want %v", got, want)
	}
	if res.Counted || res.Next == "" || len(res.Services) != 5 || !res.Complete || res.Statuses != nil {
		t.Errorf("the result says counted %v, more %v, %d rows, complete %v", res.Counted, res.Next != "", len(res.Services), res.Complete)
	}
	first := ids(res.Services)
	if second := ids(in.find(t, "product:1 page:2").Services); slices.Equal(first, second) || len(second) != 5 {
		t.Errorf("the second page is %v after %v", second, first)
	}
	if res = in.find(t, "product:1 sort:id"); !res.Counted || res.Matched != res.Looked || res.Looked != res.Of {
		t.Errorf("a sorted list counted %v, matched %d of %d", res.Counted, res.Matched, res.Of)
	}
}

// TestPagesMeet walks through all pages, by WHMCS's order and by ours: every
// match is on one of them, once.
func TestPagesMeet(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"product:1", "status:active", "group:hosting", "client:3", "product:1 sort:-amount", "status:active as:table"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			in := install(t, whmcsfake.Config{Services: 500}, whmcs.Config{CacheTTL: time.Minute}, query.FinderConfig{Rows: 10})
			filter, _, _ := strings.Cut(line, " ")
			want := ids(install(t, whmcsfake.Config{Services: 500}, whmcs.Config{}, query.FinderConfig{}).find(t, filter+" sort:id as:csv").Services)
			var got []int
			for n := 1; ; n++ {
				res := in.find(t, fmt.Sprintf("%s page:%d", line, n))
				got = append(got, ids(res.Services)...)
				if res.Next == "" {
					break
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("the pages hold %d rows, %d expected", len(got), len(want))
			}
		})
	}
}

func TestFindBehindTheLastPage(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	res := in.find(t, "client:1 page:7 rows:1")
	if len(res.Services) != 0 || res.Matched != 2 || !slices.Equal(res.Try, []string{"client:1 page:2 rows:1"}) {
		t.Errorf("got %d rows of %d, try %q", len(res.Services), res.Matched, res.Try)
	}
}

func TestForeignRowsAreDropped(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	if err := in.fake.Set(whmcsfake.Fault{Name: "filter-ignored"}); err != nil {
		t.Fatal(err)
	}
	res := in.find(t, "client:1 sort:id")
	if got := ids(res.Services); !slices.Equal(got, []int{1, 2}) || res.Foreign != 648 {
		t.Errorf("got %v and %d foreign rows", got, res.Foreign)
	}
}

func TestFailureIsNoEmptyAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		for _, line := range []string{"client:1", "client:1,2", "status:active", "domain:demodomain.com"} {
			if err := in.fake.Set(whmcsfake.Fault{Name: "error", Text: "Something broke"}); err != nil {
				t.Fatal(err)
			}
			if res, err := in.Find(t.Context(), parse(t, line), query.Options{}); !errors.Is(err, whmcs.ErrWHMCS) {
				t.Errorf("%s: %v, %+v", line, err, res)
			}
			if err := in.fake.Clear(); err != nil {
				t.Fatal(err)
			}
			if res := in.find(t, line); res.Matched == 0 || !res.Complete {
				t.Errorf("%s afterwards: %+v", line, res)
			}
			<-time.After(time.Minute)
		}
	})
}

// TestOddPaging finds the same rows however WHMCS cuts its pages.
func TestOddPaging(t *testing.T) {
	t.Parallel()
	plain := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	for _, fault := range []whmcsfake.Fault{
		{Name: "duplicates"}, {Name: "duplicates", N: 7}, {Name: "more-rows"}, {Name: "fewer-rows", N: 30}, {Name: "keyed"},
		{Name: "numbers"}, {Name: "strings"}, {Name: "memory"},
	} {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		if err := in.fake.Set(fault); err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"status:active sort:id as:csv", "product:1 sort:id as:csv", "client:3,4 sort:id as:csv", "product:1,2 sort:id page:3"} {
			want, got := plain.find(t, line), in.find(t, line)
			if !slices.Equal(ids(got.Services), ids(want.Services)) || got.Matched != want.Matched || !got.Complete {
				t.Errorf("%s, %d: %s: matched %d, want %d: %+v", fault.Name, fault.N, line, got.Matched, want.Matched, got.Why)
			}
		}
		// Pages of a list are cut out of WHMCS's own, with what it has counted so far.
		var all []int
		for n := 1; n < 40; n++ {
			res := in.find(t, fmt.Sprintf("-product:1 rows:10 page:%d client:3,4,5,6,7", n))
			all = append(all, ids(res.Services)...)
			if res.Next == "" {
				break
			}
		}
		slices.Sort(all)
		if want := ids(plain.find(t, "-product:1 client:3,4,5,6,7 sort:id as:csv").Services); !slices.Equal(all, want) {
			t.Errorf("%s, %d: the pages hold %d rows, want %d", fault.Name, fault.N, len(all), len(want))
		}
	}
}

func TestUnknownClientIsNothingFound(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	if err := in.fake.Set(whmcsfake.Fault{Name: "error", Text: "Client ID Not Found"}); err != nil {
		t.Fatal(err)
	}
	if res := in.find(t, "client:99999"); res.Matched != 0 || !res.Counted || !res.Complete || res.AsOf.IsZero() {
		t.Errorf("got %+v", res)
	}
}

func TestScanFailureKeepsWhatWasFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{})
		if err := in.fake.Set(whmcsfake.Fault{Name: "error", Skip: 3, Text: "Something broke"}); err != nil {
			t.Fatal(err)
		}
		res := in.find(t, "status:active as:summary")
		want := query.Gap{Kind: query.GapFailed, Looked: res.Looked, Of: 650, Limit: 20000, Failure: whmcs.ErrWHMCS}
		if res.Complete || res.Counted || res.Continue == "" || res.Looked < 200 || res.Looked > 300 || res.Matched == 0 || res.Why != want {
			t.Errorf("looked at %d, matched %d, complete %v: %+v", res.Looked, res.Matched, res.Complete, res.Why)
		}
		if err := in.fake.Clear(); err != nil {
			t.Fatal(err)
		}
		in.fake.ResetCalls()
		res = in.find(t, res.Continue)
		if !res.Complete || !res.Counted || res.Looked != 650 || in.fake.Count("GetClientsProducts") > 6 { // one looks whether rows moved
			t.Errorf("looked at %d after %d more calls: %+v", res.Looked, in.fake.Count(""), res.Why)
		}
	})
}

func TestBudgetAndContinue(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"status:active as:csv", "product:1 as:csv"} {
		in := install(t, whmcsfake.Config{Services: 800}, whmcs.Config{PageSize: 50}, query.FinderConfig{ScanRows: 100})
		want := ids(install(t, whmcsfake.Config{Services: 800}, whmcs.Config{}, query.FinderConfig{}).find(t, line+" sort:id").Services)
		res := in.find(t, line)
		got := ids(res.Services)
		if res.Complete || res.Counted || res.Continue == "" || res.Looked != 100 || res.Why != (query.Gap{Kind: query.GapBudget, Looked: 100, Of: res.Of, Limit: 100}) {
			t.Fatalf("%s: looked at %d of %d, complete %v: %+v", line, res.Looked, res.Of, res.Complete, res.Why)
		}
		for rounds := 0; res.Continue != ""; rounds++ {
			before := res.Before + res.Looked
			if rounds%2 == 1 { // another process
				in.Finder = install(t, whmcsfake.Config{Services: 800}, whmcs.Config{PageSize: 50}, query.FinderConfig{ScanRows: 100}).Finder
			}
			res = in.find(t, res.Continue)
			got = append(got, ids(res.Services)...)
			if res.Before != before || res.Looked > 100 || rounds > 30 || res.Changed {
				t.Fatalf("%s: looked at %d after %d, not %d", line, res.Looked, res.Before, before)
			}
		}
		slices.Sort(got)
		if last := res.Before + res.Looked; last != res.Of || res.Why.Kind != query.GapPart || !slices.Equal(got, want) {
			t.Errorf("%s: %d rows in all, want %d; looked at %d of %d: %+v", line, len(got), len(want), last, res.Of, res.Why)
		}
	}
}

// TestBudgetThatFits reads an installation with as many rows as a question may
// look at.
func TestBudgetThatFits(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"as:summary", "status:active", "product:1,2,3 as:summary"} {
		in := install(t, whmcsfake.Config{Services: 300}, whmcs.Config{}, query.FinderConfig{ScanRows: 300})
		if res := in.find(t, line); !res.Complete || res.Continue != "" {
			t.Errorf("%s: looked at %d of %d: %+v", line, res.Looked, res.Of, res.Why)
		}
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		first := in.find(t, "status:active as:summary")
		if first.Calls != 7 {
			t.Errorf("the scan took %d calls", first.Calls)
		}
		<-time.After(4 * time.Minute)
		in.fake.ResetCalls()
		res := in.find(t, "-status:active server:saturn")
		if res.Calls != 0 || !res.AsOf.Equal(first.AsOf) || !res.Counted || in.fake.Count("GetClientsProducts") != 0 {
			t.Errorf("a follow-up: %d calls, as of %s, counted %v", res.Calls, res.AsOf, res.Counted)
		}
		res = in.find(t, "server:saturn fresh:yes as:summary")
		if res.Calls != 7 || !res.AsOf.After(first.AsOf) {
			t.Errorf("fresh: %d calls, as of %s", res.Calls, res.AsOf)
		}
		<-time.After(5*time.Minute + time.Second)
		if res = in.find(t, "server:saturn as:summary"); res.Calls != 7 {
			t.Errorf("after its life: %d calls", res.Calls)
		}
	})
}

// TestCardIsReadByID asks for one service out of a snapshot, which holds no
// options.
func TestCardIsReadByID(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	var want whmcs.Service
	for _, s := range in.find(t, "client:2,3,4,5,6 as:csv").Services {
		if len(s.ConfigOptions) > 0 && strings.HasSuffix(s.Domain, ".example") {
			want = s
		}
	}
	if want.ID == 0 {
		t.Fatal("no service has options")
	}
	in.find(t, "as:summary")
	var res *query.Result
	got := in.asked(func() { res = in.find(t, fmt.Sprintf("%q registered:%s", want.Domain, want.RegDate)) })
	if want := []string{fmt.Sprintf("GetClientsDetails clientid=%d", want.ClientID), fmt.Sprintf("GetClientsProducts serviceid=%d", want.ID)}; !slices.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
	if len(res.Services) != 1 || len(res.Services[0].ConfigOptions) == 0 {
		t.Errorf("found %v", ids(res.Services))
	}
	if _, known := res.Clients[want.ClientID]; !known {
		t.Errorf("nothing is known of client %d", want.ClientID)
	}
}

// TestClientIsNotWaitedFor answers without the client's name where WHMCS takes
// long to tell it.
func TestClientIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		if err := in.fake.Set(whmcsfake.Fault{Name: "slow", Action: "GetClientsDetails", Latency: 20 * time.Second}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		res := in.find(t, "client:1")
		if took := time.Since(began); took > 3*time.Second || res.Matched != 2 || res.Clients != nil {
			t.Errorf("%d rows after %s, clients %v", res.Matched, took, res.Clients)
		}
	})
}

// TestOwnOrder has all rows at hand: what runs or should run comes first.
func TestOwnOrder(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	rank := func(s whmcs.Service) int {
		if i := slices.Index([]whmcs.Status{"Active", "Suspended", "Pending"}, s.Status); i >= 0 {
			return i
		}
		return 3
	}
	for _, line := range []string{"product:1 as:csv", "group:hosting as:csv", "client:1,2,4,5 rows:10"} {
		rows := in.find(t, line).Services
		for i, s := range rows[1:] {
			if a, b := rank(rows[i]), rank(s); a > b || a == b && rows[i].ID >= s.ID {
				t.Fatalf("%s: %d, %s comes before %d, %s", line, rows[i].ID, rows[i].Status, s.ID, s.Status)
			}
		}
		if len(rows) < 3 {
			t.Errorf("%s: %d rows", line, len(rows))
		}
	}
}

// TestPagesMeetWhenAllBecomesKnown turns pages of a list while another question
// reads all rows.
func TestPagesMeetWhenAllBecomesKnown(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{Rows: 10})
	want := ids(in.find(t, "-status:pending sort:id as:csv fresh:yes").Services)
	in = install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{Rows: 10})
	var got []int
	for n := 1; ; n++ {
		res := in.find(t, fmt.Sprintf("-status:pending page:%d", n))
		got = append(got, ids(res.Services)...)
		if n == 3 {
			in.find(t, "as:summary")
		}
		if res.Next == "" {
			break
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the pages hold %d rows, %d expected", len(got), len(want))
	}
}

// TestFreshIsShared has two people refresh at once.
func TestFreshIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Latency: time.Second}, whmcs.Config{}, query.FinderConfig{})
		in.find(t, "as:summary")
		in.fake.ResetCalls()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { in.find(t, "status:active as:summary fresh:yes") })
		}
		all.Wait()
		if n := in.fake.Count("GetClientsProducts"); n != 7 {
			t.Errorf("%d calls, want 7", n)
		}
	})
}

// TestTodayIsInTheProcessZone asks half an hour before midnight in London, when
// the day after has begun in Berlin.
func TestTodayIsInTheProcessZone(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 12, 1, 23, 30, 0, 0, time.UTC)
	for day, zone := range map[string]*time.Location{
		"2026-12-01": time.UTC,
		"2026-12-02": time.FixedZone("Berlin", 3600),
	} {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{Now: func() time.Time { return late.In(zone) }})
		got, want := in.find(t, "due:today as:csv"), in.find(t, "as:csv due:"+day)
		if want.Matched == 0 || !slices.Equal(ids(got.Services), ids(want.Services)) {
			t.Errorf("in %s: %v are due today, want %v", zone, ids(got.Services), ids(want.Services))
		}
	}
}

// TestPutTogetherByHand refuses what no line says.
func TestPutTogetherByHand(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	for _, q := range []query.Query{
		{Help: true},
		{Terms: []query.Term{{Key: "nosuch", Values: []string{"1"}}}},
		{Terms: []query.Term{{Key: "status", Values: []string{"bananas"}}}},
		{Terms: []query.Term{{Key: "client"}}},
		{Sort: query.Sort{Key: "nosuch"}},
		{Page: -1},
	} {
		res, err := in.Find(t.Context(), q, query.Options{})
		var e *query.Error
		if !errors.As(err, &e) || e.Error() == "" {
			t.Errorf("%+v gives %v, %v", q, res, err)
		}
	}
	if n := in.fake.Count(""); n > 0 {
		t.Errorf("%d calls", n)
	}
}

func TestOneScanForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Latency: time.Second}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{})
		var all sync.WaitGroup
		var calls atomic.Int32
		for i, line := range []string{"status:active as:summary", "server:saturn as:csv", "sort:-due", "cycle:monthly as:summary"} {
			all.Go(func() {
				<-time.After(time.Duration(i) * 1500 * time.Millisecond)
				res := in.find(t, line)
				if !res.Complete || res.Looked != 650 {
					t.Errorf("%s: looked at %d: %+v", line, res.Looked, res.Why)
				}
				calls.Add(int32(res.Calls))
			})
		}
		all.Wait()
		if n := in.fake.Count("GetClientsProducts"); n != 7 || calls.Load() != 7 {
			t.Errorf("%d calls for one scan, want 7; the answers say %d", n, calls.Load())
		}
	})
}

// TestScanEndsWithoutAskers stops both askers of a scan: no call is made after that.
func TestScanEndsWithoutAskers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Services: 3000, Latency: time.Second}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{})
		stop := errors.New("the asker left")
		var all sync.WaitGroup
		for i := range 2 {
			ctx, cancel := context.WithCancelCause(t.Context())
			all.Go(func() {
				_, err := in.Find(ctx, parse(t, "as:summary"), query.Options{})
				if !errors.Is(err, context.Canceled) || !errors.Is(err, stop) {
					t.Errorf("asker %d: %v", i, err)
				}
			})
			time.AfterFunc(time.Duration(i+1)*4500*time.Millisecond, func() { cancel(stop) })
		}
		all.Wait()
		calls := in.fake.Count("")
		<-time.After(time.Minute)
		if n := in.fake.Count(""); n != calls || n > 10 {
			t.Errorf("%d calls, %d after the last asker left", n, n-calls)
		}
		if res := in.find(t, "as:summary"); !res.Complete || res.Looked != 3000 || res.Calls > 30-calls+3 {
			t.Errorf("read on with %d calls to %d rows after %d calls", res.Calls, res.Looked, calls)
		}
	})
}

func TestScanTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Services: 20000, Latency: 7 * time.Second}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{})
		began := time.Now()
		res := in.find(t, "status:active as:summary")
		if took := time.Since(began); took != 2*time.Minute || res.Complete || res.Continue == "" || res.Looked < 1500 || res.Looked > 1700 {
			t.Errorf("after %s: looked at %d, complete %v: %+v", took, res.Looked, res.Complete, res.Why)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		before := res.Looked
		res, err := in.Find(ctx, parse(t, res.Continue), query.Options{})
		if err != nil || res.Before != before || res.Before+res.Looked < 1600 || res.Looked == 0 || res.Looked > 200 || res.Continue == "" {
			t.Errorf("continued: %v, looked at %d", err, res.Looked)
		}
	})
}

func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Services: 1000, Latency: time.Second}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{})
		var steps []query.Progress
		res := in.find(t, "status:active as:summary", query.Options{Progress: func(p query.Progress) { steps = append(steps, p) }})
		if len(steps) < 5 || steps[0] != (query.Progress{Looked: 100, Of: 1000, Found: steps[0].Found, Left: 9 * time.Second}) {
			t.Fatalf("%d steps: %+v", len(steps), steps)
		}
		for i, p := range steps[1:] {
			if p.Looked <= steps[i].Looked || p.Found < steps[i].Found || p.Of != 1000 || p.Left < 0 || p.Left > 15*time.Second {
				t.Errorf("step %d: %+v after %+v", i+1, p, steps[i])
			}
		}
		if last := steps[len(steps)-1]; last.Found == 0 || last.Found > res.Matched {
			t.Errorf("found %d before the end, %d at it", last.Found, res.Matched)
		}
	})
}

func TestServersWithoutNames(t *testing.T) {
	t.Parallel()
	setup := func(actions ...string) *installation {
		in := install(t, whmcsfake.Config{Actions: actions}, whmcs.Config{}, query.FinderConfig{})
		if err := in.fake.Set(whmcsfake.Fault{Name: "no-server"}); err != nil {
			t.Fatal(err)
		}
		return in
	}
	named := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	want := named.find(t, "server:saturn status:active as:csv")

	in := setup()
	got := in.find(t, "server:saturn status:active as:csv")
	if !slices.Equal(ids(got.Services), ids(want.Services)) || !got.Complete || in.fake.Count("GetServers") != 1 {
		t.Errorf("by GetServers: %d rows, want %d, complete %v", got.Matched, want.Matched, got.Complete)
	}
	if s := got.Services[0]; s.ServerName == "" || s.ServerHostname == "" {
		t.Errorf("a row's server is %q %q", s.ServerName, s.ServerHostname)
	}

	in = setup("GetClientsProducts")
	got = in.find(t, "server:saturn status:active")
	if got.Complete || got.Counted || got.Matched != 0 || len(got.Try) != 3 || !strings.HasPrefix(got.Try[0], "server:") || !strings.HasSuffix(got.Try[0], " status:active") {
		t.Errorf("without GetServers: %+v", got)
	}
	if got = in.find(t, got.Try[0]); got.Matched == 0 {
		t.Errorf("the offered %q finds nothing", got.Query)
	}
	if got = in.find(t, "starter as:csv"); got.Matched == 0 || got.Complete || got.Why.Kind != query.GapServerWords {
		t.Errorf("a word without names of servers: %d matches, complete %v", got.Matched, got.Complete)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{Currency: "EUR"})
	rows := in.find(t, "as:csv").Services
	sum := in.find(t, "as:summary").Summary
	n := 0
	for _, c := range sum.Statuses {
		n += c.N
	}
	if n != len(rows) || sum.Currency != "EUR" || sum.Revenue == "" || sum.Clients == 0 || sum.Overdue == 0 || sum.Due7 > sum.Due30 {
		t.Errorf("%+v", sum)
	}
	plain := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	if sum = plain.find(t, "as:summary").Summary; sum.Revenue != "" || sum.Currency != "" {
		t.Errorf("summed %s %s over clients of unknown currencies", sum.Revenue, sum.Currency)
	}
	res := plain.find(t, "client:1 as:summary")
	if sum = res.Summary; sum.Revenue == "" || sum.Currency != "EUR" || res.Clients[1].Name == "" {
		t.Errorf("client 1, %q, has %s %s", res.Clients[1].Name, sum.Revenue, sum.Currency)
	}
	if len(res.Services) > 0 || res.Next != "" || res.Matched != 2 {
		t.Errorf("a summary of %d has %d rows, more %v", res.Matched, len(res.Services), res.Next != "")
	}
}
