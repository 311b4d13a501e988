package query

import (
	"errors"
	"testing"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// TestTooManyRowsStayCold: a reading ends with a reason where there are more rows than are kept
// in memory, and its rows answer nothing.
func TestTooManyRowsStayCold(t *testing.T) {
	t.Parallel()
	fake := whmcsfake.New(whmcsfake.Config{Services: 1000})
	api, err := whmcs.New(whmcs.Config{URL: "http://127.0.0.1/", Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, Transport: fake.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan WarmScan, 1)
	f := NewFinder(api, FinderConfig{Warm: time.Hour, Observe: func(r WarmScan) { ended <- r }})
	if f.warmer.maxRows != 500_000 {
		t.Errorf("%d rows are kept", f.warmer.maxRows)
	}
	f.warmer.maxRows = 500
	f.Renew()
	r := <-ended
	f.Close()
	if !errors.Is(r.Err, errTooManyRows) || fake.Count("GetClientsProducts") > 7 || f.warmer.rows() != nil {
		t.Errorf("%+v after %d calls", r, fake.Count("GetClientsProducts"))
	}
}
