package query_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// TestRowsThatGoBetweenTwoReadings: where services are deleted while a scan rests, going on
// with it would skip those that moved up; it begins anew, and what it says is whole.
func TestRowsThatGoBetweenTwoReadings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before []string // what is asked while there are more
		opt    query.Options
	}{
		"after a page of a list":    {[]string{"-product:1"}, query.Options{}},
		"after the budget, goes on": {[]string{"-product:1 as:summary"}, query.Options{Continue: true}},
		"after both, goes on":       {[]string{"-product:1", "-product:1 as:summary"}, query.Options{Continue: true}},
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
				got, err := in.Find(t.Context(), parse(t, line), c.opt)
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
