package whmcs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

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
	kindPanic             Kind = "panic" // of a *PanicError, in Call.Err
)

// An Error is a failed call. It holds nothing secret and no payload.
type Error struct {
	Kind     Kind
	Action   string // GetClientsProducts
	Status   int    // HTTP status; 0: no reply
	IP       string // ErrIPNotAllowed: the address that WHMCS saw
	Location string // ErrWrongURL: the redirect's target, scheme, host and path only
	Message  string // WHMCS's own words, unescaped and scrubbed, or what was wrong with the reply
	Advice   string // one sentence: what an operator should do
	cause    error

	again  bool          // a further try may help
	after  time.Duration // wait at least this long before it
	shrink bool          // a smaller page may help
}

// Error returns one line for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Action + ": " + string(e.Kind))
	if e.Status != 0 {
		b.WriteString(" (HTTP " + strconv.Itoa(e.Status) + ")")
	}
	for _, detail := range []string{e.Location, e.Message, e.IP} {
		if detail != "" {
			b.WriteString(": " + detail)
			break
		}
	}
	return b.String()
}

// Is reports whether target is e's kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// Unwrap returns the cause, nil where there is none.
func (e *Error) Unwrap() error { return e.cause }

// kindOf returns the kind of err, "" for no error and for a caller's cancel.
func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.As(err, new(*PanicError)) {
		return kindPanic
	}
	return ""
}

// stopped is the error of a call whose caller stopped it: a timeout where the
// caller's time was over, else the cause of the cancel.
func stopped(ctx context.Context, action string) error {
	cause := context.Cause(ctx)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{
			Kind: ErrTimeout, Action: action, cause: ctx.Err(),
			Message: "the time for the question was over",
			Advice:  adviceByKind[ErrTimeout],
		}
	}
	if !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("%s: %w: %w", action, ctx.Err(), cause)
	}
	return fmt.Errorf("%s: %w", action, cause)
}

// adviceByKind says what an operator should do, where nothing more special is
// known.
var adviceByKind = map[Kind]string{
	ErrBadCredentials:     "Check WHMCS_IDENTIFIER and WHMCS_SECRET, or WHMCS_USERNAME and WHMCS_PASSWORD, and that the admin behind them is enabled and has the \"API Access\" permission.",
	ErrIPNotAllowed:       "Add the address to the API IP Access Restriction list in WHMCS (General Settings, Security), or set WHMCS_ACCESS_KEY.",
	ErrActionNotPermitted: "Tick the action in the API role of the credentials (API Roles in WHMCS).",
	ErrWrongURL:           "Set WHMCS_URL to the address of the installation itself, as the browser shows it after all redirects.",
	ErrBlocked:            "Let the bot's address pass the firewall or proxy in front of WHMCS for /includes/api.php.",
	ErrMaintenance:        "Wait until the maintenance is over, or finish the update of WHMCS.",
	ErrNotJSON:            "Look into the PHP and WHMCS error logs: something answered in the place of the API, or printed before it.",
	ErrTruncated:          "Look into the PHP error log, most often for the memory limit, and lower WHMCS_PAGE_SIZE.",
	ErrTooLarge:           "Lower WHMCS_PAGE_SIZE.",
	ErrTimeout:            "Look at the load of the WHMCS server, lower WHMCS_PAGE_SIZE or raise WHMCS_TIMEOUT.",
	ErrUnreachable:        "Check that the WHMCS server is up and that WHMCS_URL, DNS, certificate and network path are right.",
	ErrNotFound:           "Check the id; WHMCS does not have it.",
	ErrBreakerOpen:        "Nothing to do now: WHMCS is asked again by itself in a few seconds; the failure before this one says why.",
	ErrWHMCS:              "Look into the activity log of WHMCS for the reason.",
}

// settled is err, or, where ctx is over and err is no more than that, the error
// of a call that its caller stopped.
func (a *API) settled(ctx context.Context, action string, err error) error {
	var e *Error
	if ctx.Err() != nil && !errors.As(err, &e) {
		return a.named(action, stopped(ctx, action))
	}
	return err
}
