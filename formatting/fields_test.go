package formatting

import (
	"math"
	"testing"
	"time"

	"servicesbot/whmcs"
)

func TestDueText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		due    whmcs.Date
		status whmcs.Status
		want   string
	}{
		{"2026-11-22", whmcs.StatusActive, "due today (2026-11-22)"},
		{"2026-11-23", whmcs.StatusActive, "due in 1 day (2026-11-23)"},
		{"2026-11-25", whmcs.StatusPending, "due in 3 days (2026-11-25)"},
		{"2026-11-21", whmcs.StatusSuspended, "1 day overdue (2026-11-21)"},
		{"2026-11-10", whmcs.StatusActive, "12 days overdue (2026-11-10)"},
		{"2027-01-21", whmcs.StatusActive, "due in 60 days (2027-01-21)"},
		{"2027-01-22", whmcs.StatusActive, "due 2027-01-22"},
		{"2026-09-22", whmcs.StatusActive, "61 days overdue (2026-09-22)"},
		{"2026-11-23", whmcs.StatusTerminated, "was due 2026-11-23"},
		{"2026-11-23", whmcs.StatusUnknown, "due in 1 day (2026-11-23)"},
		{"2026-11-21", whmcs.StatusFraud, "was due 2026-11-21"},
		{"2026-02-30", whmcs.StatusActive, "due 2026-02-30"},
		{"", whmcs.StatusActive, ""},
	} {
		if got := dueText(whmcs.Service{NextDueDate: test.due, Status: test.status}, now); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.due, test.status, got, test.want)
		}
	}
	late := time.Date(2026, 11, 22, 23, 59, 0, 0, time.FixedZone("", -11*3600))
	if got := dueText(whmcs.Service{NextDueDate: "2026-11-23", Status: whmcs.StatusActive}, late); got != "due in 1 day (2026-11-23)" {
		t.Errorf("the day is the process's: %q", got)
	}
	if got := dueText(whmcs.Service{NextDueDate: "2026-11-23", Status: whmcs.StatusActive}, time.Time{}); got != "due 2026-11-23" {
		t.Errorf("without a clock: %q", got)
	}
}

func TestPriceText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		s        whmcs.Service
		currency string
		want     string
	}{
		{whmcs.Service{RecurringAmount: "24.95", BillingCycle: whmcs.CycleMonthly}, "EUR", "EUR 24.95 monthly"},
		{whmcs.Service{RecurringAmount: "1234567.5", BillingCycle: whmcs.CycleAnnually}, "", "1,234,567.5 annually"},
		{whmcs.Service{RecurringAmount: "-5.00", BillingCycle: "Fortnightly"}, "EUR", "EUR -5.00 Fortnightly"},
		{whmcs.Service{RecurringAmount: "0.00", BillingCycle: whmcs.CycleFree}, "EUR", "free"},
		{whmcs.Service{FirstPaymentAmount: "50.00", BillingCycle: whmcs.CycleOneTime}, "EUR", "EUR 50.00 once"},
		{whmcs.Service{BillingCycle: whmcs.CycleMonthly}, "EUR", "price unknown monthly"},
		{whmcs.Service{RecurringAmount: "on request"}, "EUR", "on request"},
		{whmcs.Service{RecurringAmount: "1e999999999"}, "EUR", "1e999999999"},
	} {
		if got := priceText(test.s, test.currency); got != test.want {
			t.Errorf("%+v: %q, want %q", test.s, got, test.want)
		}
	}
}

func TestUsageText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		used, limit int64
		want        string
	}{
		{0, 0, ""},
		{-1, -1, ""},
		{700, 0, "700 MB used"},
		{0, 1024, "░░░░░░░░░░ 0 % (0 MB of 1 GB)"},
		{1, 1024, "█░░░░░░░░░ 0 % (1 MB of 1 GB)"},
		{5325, 10240, "█████░░░░░ 52 % (5.2 GB of 10 GB)"},
		{2048, 1024, "██████████ 200 % (2 GB of 1 GB)"},
		{3 << 20, 4 << 20, "███████░░░ 75 % (3 TB of 4 TB)"},
		{math.MaxInt64, 1, "██████████ 9,999 % (8796093022208 TB of 1 MB)"},
	} {
		if got := usageText(test.used, test.limit); got != test.want {
			t.Errorf("%d of %d: %q, want %q", test.used, test.limit, got, test.want)
		}
	}
}

func TestStatusText(t *testing.T) {
	t.Parallel()
	for in, want := range map[whmcs.Status]string{
		whmcs.StatusActive: "🟢 Active", whmcs.StatusSuspended: "🟠 Suspended", whmcs.StatusPending: "🔵 Pending", whmcs.StatusFraud: "⚪ Fraud",
		whmcs.StatusTerminated: "⚪ Terminated", whmcs.StatusUnknown: "❔ Status unknown", "  ": "❔ Status unknown", "Frozen": "❔ Frozen",
	} {
		if got := statusText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestAdminURL(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"":                               "",
		"https://a.example/admin":        "https://a.example/admin/clientssummary.php?userid=7",
		"https://a.example/admin///":     "https://a.example/admin/clientssummary.php?userid=7",
		"https://a.example/my admin/<x>": "https://a.example/my admin/<x>/clientssummary.php?userid=7",
	} {
		if got := (Style{AdminURL: base}).clientURL(7); got != want {
			t.Errorf("%q: %q, want %q", base, got, want)
		}
	}
}
