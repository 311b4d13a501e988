package whmcsfake_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs/whmcsfake"
)

// everything returns all services of an installation.
func everything(t *testing.T, s *whmcsfake.Server) []map[string]any {
	t.Helper()
	return ask(t, s, "limitnum", strconv.Itoa(s.Services())).Rows
}

func counts(rows []map[string]any, field string) map[string]int {
	n := map[string]int{}
	for _, r := range rows {
		if v, ok := r[field].(string); ok {
			n[v]++
		}
	}
	return n
}

// The data is the same in every process. Goldens of other packages rest on it: a
// change of this sum changes them too.
func TestAlwaysTheSame(t *testing.T) {
	t.Parallel()
	_, body := post(t, start(t, whmcsfake.Config{}), form("GetClientsProducts", "limitnum", "1000"))
	sum := sha256.Sum256([]byte(body))
	const want = "c50f6a28193c28e8"
	if got := hex.EncodeToString(sum[:8]); got != want {
		t.Errorf("the sum of all rows is %s, was %s", got, want)
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	rows := everything(t, start(t, whmcsfake.Config{}))
	if len(rows) != whmcsfake.DefaultServices {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		id := strconv.Itoa(i + 1)
		if r["id"] != id || r["password"] != whmcsfake.PlantedPassword+"-"+id {
			t.Fatalf("row %d has id %v and password %v", i, r["id"], r["password"])
		}
		for _, d := range []string{"regdate", "nextduedate", "overidesuspenduntil"} {
			if _, err := time.Parse(time.DateOnly, r[d].(string)); err != nil && r[d] != "0000-00-00" {
				t.Errorf("service %s: %s is %v", id, d, r[d])
			}
		}
		if n := r["notes"].(string); n != "" && !strings.Contains(n, whmcsfake.PlantedNote) {
			t.Errorf("service %s: nothing planted in its note", id)
		}
	}
	for field, least := range map[string]map[string]int{
		"status": {"Active": 300, "Pending": 15, "Suspended": 30, "Terminated": 30, "Cancelled": 30, "Completed": 5, "Fraud": 5},
		"billingcycle": {"Free Account": 3, "One Time": 3, "Monthly": 200, "Quarterly": 10, "Semi-Annually": 10,
			"Annually": 60, "Biennially": 5, "Triennially": 5},
		"servername":        {"Saturn": 60, "Pluto": 60, "Jupiter": 40, "Neptune": 30, "Mercury": 20, "Venus": 20, "Uranus": 20, "Io": 10, "": 30},
		"paymentmethodname": {"Credit Card": 50, "PayPal": 50, "Bank Transfer": 50, "Direct Debit (SEPA)": 20},
	} {
		n := counts(rows, field)
		for v, want := range least {
			if n[v] < want {
				t.Errorf("%d rows with %s %q, want at least %d", n[v], field, v, want)
			}
			delete(n, v)
		}
		if len(n) > 0 {
			t.Errorf("more values of %s: %v", field, n)
		}
	}
	clients := counts(rows, "clientid")
	if clients[strconv.Itoa(whmcsfake.ResellerClient)] < 300 || clients[strconv.Itoa(whmcsfake.EmptyClient)] != 0 || len(clients) < 100 {
		t.Errorf("%d clients, the reseller has %d", len(clients), clients["7"])
	}
	if n := counts(rows, "domain"); n[""] < 10 {
		t.Errorf("%d services without a domain", n[""])
	}
}

// At any date there are services overdue, due today, tomorrow, in 3 and in 30
// days.
func TestDueDates(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{
		noon,
		time.Date(2028, 2, 28, 23, 59, 0, 0, time.UTC),
		time.Date(2031, 1, 1, 0, 30, 0, 0, time.FixedZone("UTC+14", 14*3600)),
	} {
		t.Run(now.Format(time.DateOnly), func(t *testing.T) {
			t.Parallel()
			rows := everything(t, start(t, whmcsfake.Config{Now: now}))
			active := slices.DeleteFunc(rows, func(r map[string]any) bool { return r["status"] != "Active" })
			due := counts(active, "nextduedate")
			for _, days := range []int{-12, -1, 0, 1, 3, 7, 30} {
				if day := now.AddDate(0, 0, days).Format(time.DateOnly); due[day] == 0 {
					t.Errorf("no active service is due on %s, %d days from now", day, days)
				}
			}
			today, overdue := now.Format(time.DateOnly), 0
			for day, n := range due {
				if day < today && day != "0000-00-00" {
					overdue += n
				}
			}
			if overdue < 10 || overdue > len(active)/3 {
				t.Errorf("%d of %d active services are overdue", overdue, len(active))
			}
		})
	}
}

// What a big installation holds: other clients, the same first services.
func TestBig(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{Services: 20_000})
	l := ask(t, s, "limitnum", "20", "limitstart", "19980")
	if l.TotalResults != "20000" || len(l.Rows) != 20 || l.Rows[19]["id"] != "20000" {
		t.Fatalf("total %s, %d rows", l.TotalResults, len(l.Rows))
	}
	last := l.Rows[19]
	for _, by := range []struct{ parameter, field string }{{"clientid", "clientid"}, {"domain", "domain"}, {"username2", "username"}} {
		value := last[by.field].(string)
		if value == "" {
			continue
		}
		found := ask(t, s, by.parameter, value)
		if !slices.ContainsFunc(found.Rows, func(r map[string]any) bool { return r["id"] == "20000" }) {
			t.Errorf("service 20000 is not found by its %s %s", by.field, value)
		}
	}
	for _, c := range []int{whmcsfake.ResellerClient, 9, 100, 1000, 8000} {
		n, err := strconv.Atoi(ask(t, s, "clientid", strconv.Itoa(c), "limitnum", "1").TotalResults)
		if reseller := c == whmcsfake.ResellerClient; err != nil || reseller != (n > 300) || n > 400 {
			t.Errorf("client %d has %d services, %v", c, n, err)
		}
	}
}
