package whmcs

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

// An Amount is a sum of money as the text WHMCS gave ("24.95"), without a
// currency, which GetClientsProducts does not tell. Empty where it gave none.
type Amount string
