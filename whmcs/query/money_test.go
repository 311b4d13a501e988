package query_test

import (
	"slices"
	"testing"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// In "odd-money" of the fake, amounts are written in six ways by id modulo 6, the last of
// which cannot be read, and every fifth service has a cycle that nobody knows.

// oddInstall is an installation with odd money.
func oddInstall(t *testing.T) *installation {
	t.Helper()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{Currency: "EUR"})
	if err := in.fake.Set(whmcsfake.Fault{Name: "odd-money"}); err != nil {
		t.Fatal(err)
	}
	return in
}

// TestAmountsOfEverySpelling: a filter finds what is written in other ways, and says what
// it could not compare.
func TestAmountsOfEverySpelling(t *testing.T) {
	t.Parallel()
	in := oddInstall(t)
	for line, c := range map[string]struct{ spelling, unpriced int }{
		"amount:24.95":                {0, 1}, // 24.949999999999999
		"amount:12.95":                {3, 1}, // $12.95 USD
		"amount:1000":                 {4, 1}, // 1.0E+3
		"-amount:<100000 -cycle:free": {5, 0}, // what cannot be compared is not left out
	} {
		res := in.find(t, line+" as:csv")
		if len(res.Services) == 0 {
			t.Errorf("%s finds nothing", line)
		}
		for _, s := range res.Services {
			if s.ID%6 != c.spelling {
				t.Errorf("%s: service %d costs %s", line, s.ID, s.RecurringAmount)
			}
		}
		if (res.Unpriced > 0) != (c.unpriced > 0) {
			t.Errorf("%s: %d are said to be left out", line, res.Unpriced)
		}
	}
	all := in.find(t, "as:csv")
	want := 0
	for _, s := range all.Services {
		if s.ID%6 == 5 {
			want++
		}
	}
	if got := in.find(t, "amount:>100000").Unpriced; got != want || want == 0 {
		t.Errorf("%d are said to be left out, want %d", got, want)
	}
	if got := in.find(t, "amount:>0 status:fraud service:1").Unpriced; got != 0 {
		t.Errorf("%d that match nothing else are said to be left out", got)
	}
}

// TestSortOfEverySpelling: amounts are in order, those that cannot be read last.
func TestSortOfEverySpelling(t *testing.T) {
	t.Parallel()
	res := oddInstall(t).find(t, "sort:amount as:csv")
	place := map[int]int{3: 0, 0: 1, 4: 2, 1: 3, 2: 3, 5: 4} // 12.95, 24.95, 1000, twice 1234.56, none
	if !slices.IsSortedFunc(res.Services, func(a, b whmcs.Service) int { return place[a.ID%6] - place[b.ID%6] }) {
		t.Error("amounts are not in order")
	}
}

// TestRevenueSaysWhatIsMissing: each service is in the revenue or counted as missing
// from it, and by why.
func TestRevenueSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	in := oddInstall(t)
	sum := in.find(t, "status:active as:summary").Summary
	unpriced, odd := 0, 0
	for _, s := range in.find(t, "status:active as:csv").Services {
		switch {
		case s.BillingCycle == "Hourly" || s.BillingCycle == "Every 10 Years":
			odd++
			unpriced++
		case s.BillingCycle == whmcs.CycleFree || s.BillingCycle == whmcs.CycleOneTime:
		case s.ID%6 == 5:
			unpriced++
		}
	}
	if sum.Unpriced != unpriced || sum.OddCycle != odd || odd == 0 || unpriced == odd {
		t.Errorf("%d unpriced and %d in odd cycles, want %d and %d", sum.Unpriced, sum.OddCycle, unpriced, odd)
	}
	if !slices.ContainsFunc(sum.Cycles, func(c query.Count) bool { return c.Value == "Every 10 Years" }) {
		t.Errorf("a cycle that nobody knows is not shown: %v", sum.Cycles)
	}
}
