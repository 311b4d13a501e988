package query_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// TestRowsThatGoBetweenTwoReadings: where services are deleted while a scan rests, going on
// with it would skip those that moved up; it begins again, and what it says is whole.
func TestRowsThatGoBetweenTwoReadings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before []string // what is asked while there are more
	}{
		"after a page of a list": {[]string{"-product:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				in := install(t, whmcsfake.Config{Services: 3000}, whmcs.Config{}, query.FinderConfig{ScanRows: 1000})
				for _, line := range c.before {
					in.find(t, line)
				}
				in.fake.Resize(700)
				const line = "-product:1 as:csv sort:id"
				got, err := in.Find(t.Context(), parse(t, line), query.Options{})
				if err != nil {
					t.Fatal(err)
				}
				want := install(t, whmcsfake.Config{Services: 700}, whmcs.Config{}, query.FinderConfig{}).find(t, line)
				if !slices.Equal(ids(got.Services), ids(want.Services)) || !got.Complete || got.Of != 700 {
					t.Errorf("got %d services of %d (complete: %v), want %d of 700", len(got.Services), got.Of, got.Complete, len(want.Services))
				}
			})
		})
	}
}

// TestContinueBehindRowsThatWent: where the search goes on behind a row that is gone, with
// all behind it, there is nothing more, and the answer says that WHMCS changed.
func TestContinueBehindRowsThatWent(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{Services: 3000}, whmcs.Config{}, query.FinderConfig{ScanRows: 1000})
	line := in.find(t, "-product:1 as:csv").Continue
	in.fake.Resize(700)
	if res := in.find(t, line); len(res.Services) > 0 || !res.Changed || res.Continue != "" {
		t.Errorf("%d services, changed %v, goes on with %q", len(res.Services), res.Changed, res.Continue)
	}
}

// A shrinking WHMCS has services of client 1 with these ids, in this order. After each
// reply, gone may take some away or add some.
type shrinkingWHMCS struct {
	mu   sync.Mutex // a page may be read ahead
	ids  []int
	gone func(call int, ids []int) []int
	call int
}

func (s *shrinkingWHMCS) change(to func(ids []int) []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = to(s.ids)
}

func (s *shrinkingWHMCS) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return replyTo(r, func(form url.Values) any {
		rows := make([]map[string]any, len(s.ids))
		for i, id := range s.ids {
			rows[i] = map[string]any{"id": id, "clientid": 1, "pid": 5, "domain": fmt.Sprintf("d%d.example", id), "status": "Active"}
		}
		s.call++
		if s.gone != nil {
			s.ids = s.gone(s.call, s.ids)
		}
		return rowsReply(form, rows)
	})
}

// TestNothingIsSkippedWhereRowsMove: whatever goes and comes while rows are read, or while a
// reading rests, no service that was there all the time is missing from what is said to be
// complete.
func TestNothingIsSkippedWhereRowsMove(t *testing.T) {
	t.Parallel()
	after := func(n, from, to int) func(int, []int) []int {
		return func(call int, ids []int) []int {
			if call == n {
				return slices.Delete(ids, from, to)
			}
			return ids
		}
	}
	for name, c := range map[string]struct {
		services, budget int
		line             string
		gone             func(call int, ids []int) []int
		rests            func(ids []int) []int // while the reading rests
	}{
		"one goes and one comes while a scan rests":             {1500, 1000, "status:active as:csv", nil, func(ids []int) []int { return append(slices.Delete(ids, 10, 11), 5000) }},
		"some go while a pushed reading rests":                  {1500, 1000, "product:5 as:csv", nil, func(ids []int) []int { return slices.Delete(ids, 10, 21) }},
		"one goes and one comes while a pushed reading rests":   {1500, 1000, "product:5 as:csv", nil, func(ids []int) []int { return append(slices.Delete(ids, 10, 11), 5000) }},
		"a reading goes on behind rows that were read again":    {1500, 1000, "status:active as:csv", after(4, 0, 10), func(ids []int) []int { return ids }},
		"some go after the first page of a client":              {300, 1000, "client:1 domain:d101.example,d102.example,d103.example,d104.example", after(1, 10, 13), nil},
		"more go at once than a page has":                       {3000, 20000, "status:active as:csv", after(10, 0, 450), nil},
		"the last goes after every reply, and nothing is found": {3000, 20000, "ip:192.0.2.1", func(_ int, ids []int) []int { return ids[:len(ids)-1] }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &shrinkingWHMCS{gone: c.gone}
				for id := range c.services {
					server.ids = append(server.ids, id+1)
				}
				api, err := whmcs.New(whmcs.Config{URL: "https://whmcs.example", Identifier: "a", Secret: "b", Transport: server, MaxConcurrent: 1})
				if err != nil {
					t.Fatal(err)
				}
				f := query.NewFinder(api, query.FinderConfig{ScanRows: c.budget})
				q := parse(t, c.line)
				got, err := f.Find(t.Context(), q, query.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if c.rests != nil {
					server.change(c.rests)
				}
				all, continued := ids(got.Services), got.Continue != ""
				for n := 0; n < 3 && got.Continue != ""; n++ {
					if got, err = f.Find(t.Context(), parse(t, got.Continue), query.Options{}); err != nil {
						t.Fatal(err)
					}
					all = append(all, ids(got.Services)...)
				}
				slices.Sort(all)
				if n := len(all); n != len(slices.Compact(all)) {
					t.Errorf("%d services are shown twice", n-len(slices.Compact(all)))
				}
				want := 0
				for _, id := range server.ids {
					if name := fmt.Sprintf("d%d.example", id); strings.Contains(c.line, "active") || strings.Contains(c.line, "product") || strings.Contains(c.line, name) {
						want++
						if !slices.Contains(all, id) {
							t.Errorf("service %d is missing", id)
						}
					}
				}
				whole := got.Complete && got.Counted || continued && got.Why.Kind == query.GapPart
				if !whole || len(all) < want {
					t.Errorf("%d services, want %d; complete: %v, counted: %v: %+v", len(all), want, got.Complete, got.Counted, got.Why)
				}
			})
		})
	}
}
