package query_test

import (
	"testing"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// TestChanges: what changed since an earlier answer is counted over all matches, also of a list
// that shows a page of them, and services that match no more are counted in their new state.
func TestChanges(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	ask := func(line string, since query.Matches) *query.Result {
		t.Helper()
		res, err := in.Find(t.Context(), parse(t, line+" fresh:yes"), query.Options{Since: since})
		if err != nil {
			t.Fatal(err)
		}
		if !res.Counted || len(res.Matches) != res.Matched {
			t.Fatalf("%s: %d matches are known of %d (counted: %v)", line, len(res.Matches), res.Matched, res.Counted)
		}
		return res
	}
	for line, left := range map[string]int{"server:saturn status:active": 4, "server:saturn": 0, "server:saturn rows:1 sort:-id": 0} {
		in.fake.Suspend("saturn", 0)
		before := ask(line, query.Matches{}).Matches
		if c := ask(line, before).Changes; c == nil || !c.None() {
			t.Errorf("%s: changes without a change: %+v", line, c)
		}
		active := 0
		for _, st := range before {
			if st == whmcs.StatusActive {
				active++
			}
		}
		in.fake.Suspend("saturn", 4)
		res := ask(line, before)
		c := res.Changes
		if len(c.Statuses) != 2 || c.Left != 0 || len(c.Services) != 4 {
			t.Fatalf("%s: %+v", line, c)
		}
		if a, s := c.Statuses[0], c.Statuses[1]; a != (query.StatusChange{Status: whmcs.StatusActive, Before: active, Now: active - 4}) ||
			s.Status != whmcs.StatusSuspended || s.Now != s.Before+4 {
			t.Errorf("%s: %+v", line, c.Statuses)
		}
		gone := 0
		for _, s := range c.Services {
			if s.Was != whmcs.StatusActive || s.Service.Status != whmcs.StatusSuspended || s.New || s.Service.Domain == "" && s.Service.Name == "" {
				t.Errorf("%s: %+v", line, s)
			}
			if s.Left {
				gone++
			}
		}
		if gone != left || len(res.Matches) != len(before)-left {
			t.Errorf("%s: %d match no more, want %d", line, gone, left)
		}
	}
}

// TestChangesOfWhatIsGone: services that came and that are gone are counted and named, five at
// most; of what was not read to its end nothing is said.
func TestChangesOfWhatIsGone(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{Services: 700}, whmcs.Config{}, query.FinderConfig{ScanRows: 800})
	ask := func(since query.Matches) *query.Result {
		t.Helper()
		res, err := in.Find(t.Context(), parse(t, "status:active fresh:yes"), query.Options{Since: since})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	before := ask(query.Matches{}).Matches
	in.fake.Resize(720)
	c := ask(before).Changes
	if len(c.Statuses) != 1 || c.Statuses[0].Now <= c.Statuses[0].Before || len(c.Services) == 0 || !c.Services[0].New {
		t.Errorf("services that came: %+v", c)
	}
	many := ask(before).Matches
	in.fake.Resize(650)
	c = ask(many).Changes
	if want := len(many) - len(ask(many).Matches); c.Left != want || len(c.Services) != 5 || !c.Services[0].Left {
		t.Errorf("%d services are gone, want %d: %+v", c.Left, want, c)
	}
	in.fake.Resize(3000)
	if res := ask(before); res.Changes != nil || res.Matches != nil {
		t.Errorf("changes of a part of the rows: %+v", res.Changes)
	}
}
