package whmcs

// A Kind classes what went wrong in a call. It is an error, so that callers ask
// errors.Is(err, whmcs.ErrIPNotAllowed).
type Kind string

// Error returns the kind in words.
func (k Kind) Error() string { return string(k) }

// The kinds of failure.
const (
	ErrBadCredentials     Kind = "bad credentials"
	ErrIPNotAllowed       Kind = "IP address not allowed"
	ErrActionNotPermitted Kind = "action not permitted"
	ErrWrongURL           Kind = "wrong URL"
	ErrBlocked            Kind = "blocked by a firewall"
	ErrMaintenance        Kind = "down for maintenance"
	ErrNotJSON            Kind = "reply is not JSON"
	ErrTruncated          Kind = "reply is cut off"
	ErrTooLarge           Kind = "reply is too large"
	ErrTimeout            Kind = "timeout"
	ErrUnreachable        Kind = "unreachable"
	ErrNotFound           Kind = "not found"
	ErrBreakerOpen        Kind = "left alone after failures"
	ErrWHMCS              Kind = "WHMCS error"
)

// An Error is a failed call. It holds nothing secret and no payload.
type Error struct {
	Kind     Kind
	Action   string // GetClientsProducts
	Status   int    // HTTP status; 0: no reply
	IP       string // ErrIPNotAllowed: the address that WHMCS saw
	Location string // ErrWrongURL: the redirect's target, scheme, host and path only
	Message  string // WHMCS's own words, unescaped and scrubbed
	Advice   string // one sentence: what an operator should do
	cause    error
}

// Error returns one line for logs.
func (e *Error) Error() string { return e.Action + ": " + string(e.Kind) }

// Is reports whether target is e's kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// Unwrap returns the cause, nil where there is none.
func (e *Error) Unwrap() error { return e.cause }
