package query_test

import (
	"testing"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// TestMalformedRowsOfAScan: rows that WHMCS cannot send are counted over the whole scan,
// once, for all who share it; all others are there.
func TestMalformedRowsOfAScan(t *testing.T) {
	t.Parallel()
	const each = 200
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	whole := in.find(t, "all:yes as:csv fresh:yes")
	if err := in.fake.Set(whmcsfake.Fault{Name: "malformed", N: each}); err != nil {
		t.Fatal(err)
	}
	want := whmcsfake.DefaultServices / each
	for _, line := range []string{"all:yes as:csv fresh:yes", "all:yes as:csv", "status:active as:summary"} {
		res := in.find(t, line)
		if res.Malformed != want || res.Unreadable != want || res.Looked != whmcsfake.DefaultServices || res.Of != res.Looked || !res.Complete {
			t.Errorf("%s: %+v, want %d malformed of %d", line, res.Coverage, want, whmcsfake.DefaultServices)
		}
		if line != "all:yes as:csv fresh:yes" && res.Calls != 0 {
			t.Errorf("%s: %d more calls", line, res.Calls)
		}
		if res.Query.As == query.ViewCSV && len(res.Services) != len(whole.Services)-want {
			t.Errorf("%s: %d services, want %d", line, len(res.Services), len(whole.Services)-want)
		}
	}
}

// TestTooManyMalformedRows: beyond 60 more calls an answer is not complete, and says why; so
// is one that found nothing by then.
func TestTooManyMalformedRows(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{})
	if err := in.fake.Set(whmcsfake.Fault{Name: "malformed", N: 40}); err != nil {
		t.Fatal(err)
	}
	res := in.find(t, "all:yes as:csv")
	if res.Complete || res.Why.Kind != query.GapFailed || res.Why.Failure != whmcs.ErrMalformed || res.Counted || len(res.Services) == 0 {
		t.Errorf("%d services, %+v", len(res.Services), res.Why)
	}
	if pages := whmcsfake.DefaultServices/100 + 1; res.Calls > 60+2*pages {
		t.Errorf("%d calls", res.Calls)
	}
	for _, s := range res.Services {
		if s.ID%40 == 0 {
			t.Errorf("service %d cannot be read", s.ID)
		}
	}
	if err := in.fake.Set(whmcsfake.Fault{Name: "malformed", N: 5}); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Find(t.Context(), parse(t, "all:yes fresh:yes"), query.Options{}); kind(err) != whmcs.ErrMalformed {
		t.Errorf("what found nothing by then ends with %v", err)
	}
}

// kind is what a failure of WHMCS is; "" where it is none.
func kind(err error) whmcs.Kind {
	if e, ok := err.(*whmcs.Error); ok {
		return e.Kind
	}
	return ""
}
