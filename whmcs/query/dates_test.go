package query

import (
	"testing"

	"servicesbot/whmcs"
)

func TestDateDays(t *testing.T) {
	t.Parallel()
	const today = whmcs.Date("2026-12-31")
	for _, tt := range []struct {
		value           string
		due, registered days
	}{
		{"2026-12-01", days{"2026-12-01", "2026-12-01"}, days{"2026-12-01", "2026-12-01"}},
		{"2024-02", days{"2024-02-01", "2024-02-29"}, days{"2024-02-01", "2024-02-29"}},
		{"2026", days{"2026-01-01", "2026-12-31"}, days{"2026-01-01", "2026-12-31"}},
		{"<2026-12", days{"", "2026-11-30"}, days{"", "2026-11-30"}},
		{"<=2026-12", days{"", "2026-12-31"}, days{"", "2026-12-31"}},
		{">2026-12", days{"2027-01-01", ""}, days{"2027-01-01", ""}},
		{">=2026-12", days{"2026-12-01", ""}, days{"2026-12-01", ""}},
		{"2026-02..2026-03", days{"2026-02-01", "2026-03-31"}, days{"2026-02-01", "2026-03-31"}},
		{"..2026", days{"", "2026-12-31"}, days{"", "2026-12-31"}},
		{"2026..", days{"2026-01-01", ""}, days{"2026-01-01", ""}},
		{"today", days{today, today}, days{today, today}},
		{"<today", days{"", "2026-12-30"}, days{"", "2026-12-30"}},
		{"yesterday..tomorrow", days{"2026-12-30", "2027-01-01"}, days{"2026-12-30", "2027-01-01"}},
		{"30d", days{"2027-01-30", "2027-01-30"}, days{"2026-12-01", "2026-12-01"}},
		{"<30d", days{today, "2027-01-29"}, days{"2026-12-02", today}},
		{"<=30d", days{today, "2027-01-30"}, days{"2026-12-01", today}},
		{">30d", days{"2027-01-31", ""}, days{"", "2026-11-30"}},
		{">=30d", days{"2027-01-30", ""}, days{"", "2026-12-01"}},
		{"7d..30d", days{"2027-01-07", "2027-01-30"}, days{"2026-12-01", "2026-12-24"}},
		{"30d..7d", days{"2027-01-07", "2027-01-30"}, days{"2026-12-01", "2026-12-24"}},
		{"2w", days{"2027-01-14", "2027-01-14"}, days{"2026-12-17", "2026-12-17"}},
		{"dec-05", days{"2026-12-05", "2026-12-05"}, days{"2026-12-05", "2026-12-05"}},
		{"feb-29", days{"2027-02-28", "2027-02-28"}, days{"2026-02-28", "2026-02-28"}},
		{"<jan-05", days{"", "2027-01-04"}, days{"", "2026-01-04"}},
		{"dec-01..dec-15", days{"2026-12-01", "2026-12-15"}, days{"2026-12-01", "2026-12-15"}},
		{"dec-20..jan-05", days{"2026-12-20", "2027-01-05"}, days{"2025-12-20", "2026-01-05"}},
		{"nov-20..dec-05", days{"2026-11-20", "2026-12-05"}, days{"2026-11-20", "2026-12-05"}},
		{"2m", days{"2027-02-28", "2027-02-28"}, days{"2026-10-31", "2026-10-31"}},
		{"<1y", days{today, "2027-12-30"}, days{"2026-01-01", today}},
		{"9999y", days{"9999-12-31", "9999-12-31"}, days{"0001-01-01", "0001-01-01"}},
	} {
		for ahead, want := range map[bool]days{true: tt.due, false: tt.registered} {
			canonical, flaw := readDate(tt.value, ahead)
			if flaw != nil {
				t.Errorf("%s, ahead %v: %s", tt.value, ahead, flaw.Reason)
				continue
			}
			if got := dateDays(canonical, today, ahead); got != want {
				t.Errorf("%s, ahead %v: %v, want %v", tt.value, ahead, got, want)
			}
		}
	}
	for value, want := range map[string]days{
		"overdue":    {"", "2026-12-30"},
		"-7d":        {"2026-12-24", "2026-12-24"},
		"<-7d":       {"", "2026-12-23"},
		">-7d":       {"2026-12-25", ""},
		"-7d..7d":    {"2026-12-24", "2027-01-07"},
		"-7d..":      {"2026-12-24", ""},
		"..-1m":      {"", "2026-11-30"},
		"today..-1d": {"2026-12-30", "2026-12-31"},
	} {
		if got := dateDays(value, today, true); got != want {
			t.Errorf("due:%s: %v, want %v", value, got, want)
		}
	}
}

func TestInCalendar(t *testing.T) {
	t.Parallel()
	for d, want := range map[whmcs.Date]bool{
		"2026-12-01": true, "2024-02-29": true, "2026-12-31": true,
		"": false, "2026-02-29": false, "2026-02-30": false, "2026-13-01": false, "2026-00-01": false, "2026-1-1": false,
		"2026-12-1x": false, "2026/12/01": false, "soon": false,
	} {
		if inCalendar(d) != want || d.Valid() != want {
			t.Errorf("%q: %v, and Valid says %v", d, inCalendar(d), d.Valid())
		}
	}
}
