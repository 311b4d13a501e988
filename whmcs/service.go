package whmcs

import (
	"fmt"
	"strings"
	"time"
)

// A Service is one purchased product of a client, a row of GetClientsProducts.
// Every response field of the API page is here but password: it has no place in
// any type, so that no log, cache or message can ever hold it.
//
// Texts have their HTML entities decoded once and are otherwise as WHMCS sent
// them: untrusted, to be escaped by whoever shows them.
type Service struct {
	ID       int
	Qty      int // 1 where WHMCS, before 8.12, does not say
	ClientID int
	OrderID  int // 0: none

	OrderNumber         string
	PID                 int // the product's id in the catalogue
	RegDate             Date
	Name                string // the product's name
	TranslatedName      string
	GroupName           string
	TranslatedGroupName string
	Domain              string // often empty; free text where staff edited it
	DedicatedIP         string

	ServerID         int // 0: none
	ServerName       string
	ServerIP         string
	ServerHostname   string
	SuspensionReason string

	FirstPaymentAmount Amount
	RecurringAmount    Amount
	PaymentMethod      string // the gateway's module name
	PaymentMethodName  string // its display name; empty where the gateway was removed
	BillingCycle       Cycle
	NextDueDate        Date
	Status             Status

	Username       string // control-panel login
	SubscriptionID string // shown only where BOT_FIELDS says so
	PromoID        int    // 0: none

	OverideAutoSuspend  bool // WHMCS's spelling
	OverideSuspendUntil Date

	NS1, NS2    string
	AssignedIPs string // one a line
	Notes       string // staff only; shown only where BOT_FIELDS says so

	// Usage in megabytes, as of LastUpdate. A limit of 0 is unlimited or unknown.
	DiskUsage, DiskLimit int64
	BWUsage, BWLimit     int64
	LastUpdate           DateTime

	CustomFields  []CustomField // shown only where BOT_FIELDS says so
	ConfigOptions []ConfigOption
}

// A CustomField is a product's custom field. Its value is free text and may be a
// secret of the customer's.
type CustomField struct {
	ID             int
	Name           string
	TranslatedName string
	Value          string
}

// Format leaves the value out, whatever the verb: a field that is not to be shown
// is not to be printed or logged by accident either.
func (f CustomField) Format(out fmt.State, _ rune) {
	value := ""
	if f.Value != "" {
		value = redacted
	}
	fmt.Fprintf(out, "{%d %s %s}", f.ID, f.Name, value)
}

// A ConfigOption is a configurable option of a service.
type ConfigOption struct {
	ID     int
	Option string
	Type   string // dropdown, radio, yesno, quantity
	Value  string // a quantity's number as text
}

// A Status is the state of a service in WHMCS's words; a word outside the list
// below is kept as WHMCS sent it. The zero value is unknown, never active.
type Status string

// The states of a service.
const (
	StatusUnknown    Status = ""
	StatusPending    Status = "Pending"
	StatusActive     Status = "Active"
	StatusCompleted  Status = "Completed"
	StatusSuspended  Status = "Suspended"
	StatusTerminated Status = "Terminated"
	StatusCancelled  Status = "Cancelled"
	StatusFraud      Status = "Fraud"
)

// A Cycle is a billing cycle in WHMCS's words and spelling for services.
type Cycle string

// The billing cycles.
const (
	CycleUnknown      Cycle = ""
	CycleFree         Cycle = "Free Account"
	CycleOneTime      Cycle = "One Time"
	CycleMonthly      Cycle = "Monthly"
	CycleQuarterly    Cycle = "Quarterly"
	CycleSemiAnnually Cycle = "Semi-Annually"
	CycleAnnually     Cycle = "Annually"
	CycleBiennially   Cycle = "Biennially"
	CycleTriennially  Cycle = "Triennially"
)

// A Date is a day without a time zone, as YYYY-MM-DD; such dates order as text
// does. The zero value is none, which is also what WHMCS's 0000-00-00 becomes. A
// date that is none of the calendar's (2026-02-30) is kept as WHMCS sent it and
// is not Valid.
type Date string

// A DateTime is a moment without a time zone, as YYYY-MM-DD HH:MM:SS, with the
// same rules as Date.
type DateTime string

// Known reports whether s is one of WHMCS's own states.
func (s Status) Known() bool { return s != StatusUnknown && statuses[fold(string(s))] == s }

// None reports that there is no date.
func (d Date) None() bool { return d == "" }

// Valid reports whether d is a day of the calendar.
func (d Date) Valid() bool {
	_, ok := d.Time()
	return ok
}

// Time returns the start of the day in UTC, and false where d is none or not
// Valid.
func (d Date) Time() (time.Time, bool) { return parseTime(time.DateOnly, string(d)) }

// None reports that there is no moment; for Service.LastUpdate: never synced.
func (d DateTime) None() bool { return d == "" }

// Valid reports whether d is a moment of the calendar.
func (d DateTime) Valid() bool {
	_, ok := d.Time()
	return ok
}

// Time returns d as if it were UTC, and false where d is none or not Valid. In
// which time zone it is WHMCS does not say.
func (d DateTime) Time() (time.Time, bool) { return parseTime(time.DateTime, string(d)) }

func parseTime(layout, s string) (time.Time, bool) {
	t, err := time.Parse(layout, s)
	return t, err == nil
}

// isZero reports whether a date, with or without a time, is one that WHMCS, MySQL, PHP or
// a date format makes of none: all zeros, or 0000-00-00 counted back to a real day.
func isZero(s string) bool {
	day, _, _ := strings.Cut(strings.Replace(s, "T", " ", 1), " ")
	return day == "-0001-11-30" || strings.Trim(day, "0-/.") == "" && strings.Contains(day, "0")
}

// dateOf drops a time of day behind the date, and makes none of a zero date.
func dateOf(s string) Date {
	s = strings.TrimSpace(s)
	if len(s) > len(time.DateOnly) && Date(s[:len(time.DateOnly)]).Valid() && strings.ContainsRune(" T", rune(s[len(time.DateOnly)])) {
		s = s[:len(time.DateOnly)]
	}
	if isZero(s) {
		return ""
	}
	return Date(s)
}

func dateTimeOf(s string) DateTime {
	s = strings.TrimSpace(s)
	if isZero(s) {
		return ""
	}
	return DateTime(s)
}

// statuses and cycles find the word by its folded spelling: parts of WHMCS write
// "one-time", "One Time" and "onetime" for the same.
var (
	statuses = map[string]Status{
		"pending": StatusPending, "active": StatusActive, "completed": StatusCompleted,
		"suspended": StatusSuspended, "terminated": StatusTerminated,
		"cancelled": StatusCancelled, "canceled": StatusCancelled, "fraud": StatusFraud,
	}
	cycles = map[string]Cycle{
		"free": CycleFree, "freeaccount": CycleFree, "onetime": CycleOneTime,
		"monthly": CycleMonthly, "quarterly": CycleQuarterly,
		"semiannually": CycleSemiAnnually, "annually": CycleAnnually,
		"biennially": CycleBiennially, "triennially": CycleTriennially,
	}
)

func statusOf(s string) Status {
	if known, ok := statuses[fold(s)]; ok {
		return known
	}
	return Status(strings.TrimSpace(s))
}

func cycleOf(s string) Cycle {
	if known, ok := cycles[fold(s)]; ok {
		return known
	}
	return Cycle(strings.TrimSpace(s))
}

var separators = strings.NewReplacer(" ", "", "-", "", "_", "")

// fold lowers s and drops spaces and hyphens.
func fold(s string) string { return separators.Replace(strings.ToLower(strings.TrimSpace(s))) }
