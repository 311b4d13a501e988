package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// TestClientsOfMatches compares as:clients with the rows of as:csv, counted here.
func TestClientsOfMatches(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	const line = "server:saturn status:active,suspended"
	want := map[int]int{}
	var hosts []string
	for _, s := range in.find(t, line+" as:csv").Services {
		want[s.ClientID]++
		if s.Domain != "" {
			hosts = append(hosts, strings.ToLower(s.Domain))
		}
	}
	res := in.find(t, line+" as:clients")
	if res.Holders != len(want) || len(res.ByClient) != len(want) || res.Unnamed != 0 || !res.Complete || res.Next != "" {
		t.Errorf("%d clients, %d lines, %d without a name, next %q; want %d clients", res.Holders, len(res.ByClient), res.Unnamed, res.Next, len(want))
	}
	for i, h := range res.ByClient {
		states := 0
		for _, c := range h.Statuses {
			states += c.N
		}
		if h.Services != want[h.ID] || states != h.Services || h.Name == "" || h.Email == "" {
			t.Errorf("client %d has %d services, %d by state, %q; want %d", h.ID, h.Services, states, h.Name, want[h.ID])
		}
		if i > 0 && res.ByClient[i-1].Services < h.Services {
			t.Errorf("client %d with %d services comes late", h.ID, h.Services)
		}
	}
	slices.Sort(hosts)
	if got := in.find(t, line+" as:domains").Domains; !slices.Equal(got, slices.Compact(hosts)) {
		t.Errorf("domains %v, want %v", got, slices.Compact(hosts))
	}
	emails := in.find(t, line+" as:emails").ByClient
	if len(emails) != len(want) || slices.ContainsFunc(emails, func(h query.Holder) bool { return h.Email == "" }) {
		t.Errorf("%d addresses of %d clients: %v", len(emails), len(want), emails)
	}
}

// TestClientsHavePages: a page has 50 clients, and all pages together each client once.
func TestClientsHavePages(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	seen := map[int]bool{}
	line, pages := "status:active as:clients", 0
	for line != "" {
		res := in.find(t, line)
		for _, h := range res.ByClient {
			if seen[h.ID] {
				t.Errorf("client %d is on two pages", h.ID)
			}
			seen[h.ID] = true
		}
		if len(res.ByClient) > query.HolderRows || res.Holders > 0 && res.Next == "" && len(seen) != res.Holders {
			t.Errorf("%s has %d clients, %d in all of %d", line, len(res.ByClient), len(seen), res.Holders)
		}
		if line, pages = res.Next, pages+1; pages > 20 {
			t.Fatal("the pages have no end")
		}
	}
	if pages < 2 {
		t.Errorf("%d pages", pages)
	}
}

// TestManyNamesComeByPages: beyond 50 clients their list is read instead, where that is fewer
// calls; where it is not, 50 are asked for and the rest is counted.
func TestManyNamesComeByPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		role                    []string
		details, lists, unnamed int
	}{
		{[]string{"GetClientsProducts", "GetClientsDetails", "GetClients"}, 0, 2, 0},
		{[]string{"GetClientsProducts", "GetClientsDetails"}, 50, 1, 75},
		{[]string{"GetClientsProducts", "GetClients"}, 0, 2, 0},
		{[]string{"GetClientsProducts"}, 1, 1, 125},
	} {
		t.Run(fmt.Sprint(tt.role), func(t *testing.T) {
			t.Parallel()
			in := install(t, whmcsfake.Config{Actions: tt.role}, whmcs.Config{}, query.FinderConfig{})
			res := in.find(t, "all:yes as:emails")
			details, lists := in.fake.Count("GetClientsDetails"), in.fake.Count("GetClients")
			if len(res.ByClient) != 125 || details != tt.details || lists != tt.lists || res.Unnamed != tt.unnamed {
				t.Errorf("%d clients by %d and %d calls, %d unnamed; want %+v", len(res.ByClient), details, lists, res.Unnamed, tt)
			}
		})
	}
}

// TestNamesOfAPageComeAtOnce: once WHMCS is known to permit it, all names of a page are asked for
// at once, and those that were answered lately not again.
func TestNamesOfAPageComeAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{CacheTTL: 30 * time.Second}, query.FinderConfig{})
		in.find(t, "client:1,2 rows:4")
		if err := in.fake.Set(whmcsfake.Fault{Name: "slow", Action: "GetClientsDetails", Latency: 1200 * time.Millisecond}); err != nil {
			t.Fatal(err)
		}
		before := in.fake.Count("GetClientsDetails")
		res := in.find(t, "client:5,6,8,9 status:active rows:10 sort:-id")
		clients := map[int]bool{}
		for _, s := range res.Services {
			clients[s.ClientID] = true
		}
		if asked := in.fake.Count("GetClientsDetails") - before; len(clients) < 3 || asked != len(clients) || len(res.Clients) != len(clients) {
			t.Errorf("%d clients have %d names by %d calls", len(clients), len(res.Clients), asked)
		}
		before = in.fake.Count("GetClientsDetails")
		if again := in.find(t, res.Query.String()); len(again.Clients) != len(clients) || in.fake.Count("GetClientsDetails") != before {
			t.Errorf("asked again: %d names by %d calls", len(again.Clients), in.fake.Count("GetClientsDetails")-before)
		}
	})
}

// TestNamesOfAPageComeSoonOrNot: a page does not wait longer than two seconds for names.
func TestNamesOfAPageComeSoonOrNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		if err := in.fake.Set(whmcsfake.Fault{Name: "slow", Action: "GetClientsDetails", Latency: time.Minute}); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		res := in.find(t, "status:active")
		if took := time.Since(begin); took > 3*time.Second || len(res.Services) != 5 || len(res.Clients) != 0 || res.Unnamed == 0 {
			t.Errorf("after %s %d rows with %d names, %d counted as missing", took, len(res.Services), len(res.Clients), res.Unnamed)
		}
	})
}

// TestOneNameOfAPageFails: a client whose name WHMCS does not give is counted; the others have
// theirs. Where no name is permitted, none is counted.
func TestOneNameOfAPageFails(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	in.find(t, "client:1") // it is known that names are permitted
	if err := in.fake.Set(whmcsfake.Fault{Name: "error", Action: "GetClientsDetails", Skip: 1, Times: 1}); err != nil {
		t.Fatal(err)
	}
	res := in.find(t, "client:5,6,8,9 status:active rows:10 sort:-id")
	clients := map[int]bool{}
	for _, s := range res.Services {
		clients[s.ClientID] = true
	}
	if len(clients) < 3 || len(res.Clients) != len(clients)-1 || res.Unnamed != 1 || !res.Complete {
		t.Errorf("%d clients, %d names, %d counted as missing, complete %t", len(clients), len(res.Clients), res.Unnamed, res.Complete)
	}

	in = install(t, whmcsfake.Config{Actions: []string{"GetClientsProducts"}}, whmcs.Config{}, query.FinderConfig{})
	if res := in.find(t, "status:active"); len(res.Services) != 5 || len(res.Clients) != 0 || res.Unnamed != 0 {
		t.Errorf("not permitted: %d rows, %d names, %d counted as missing", len(res.Services), len(res.Clients), res.Unnamed)
	}
}

// TestEmailsNotShown: what the operator did not choose is no answer, and leads on.
func TestEmailsNotShown(t *testing.T) {
	t.Parallel()
	q, err := query.Parse("server:saturn as:emails in:channel")
	if err != nil {
		t.Fatal(err)
	}
	e := q.EmailsNotShown()
	if p := e.Problems[0]; e.Line[p.Start:p.End] != "as:emails" {
		t.Errorf("marked is %q", e.Line[p.Start:p.End])
	}
	if e.Problems[0].Reason != query.EmailsNotShown || !slices.Equal(e.Corrected, []string{"server:saturn as:clients"}) {
		t.Errorf("%+v", e)
	}
}
