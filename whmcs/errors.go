package whmcs

import (
	"cmp"
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
	ErrLicense            Kind = "license problem"
	ErrNotJSON            Kind = "reply is not JSON"
	ErrTruncated          Kind = "reply is cut off"
	ErrTooLarge           Kind = "reply is too large"
	ErrMalformed          Kind = "malformed text in the data"
	ErrTimeout            Kind = "timeout"
	ErrUnreachable        Kind = "unreachable"
	ErrNotFound           Kind = "not found"
	ErrBreakerOpen        Kind = "paused after failures"
	ErrWHMCS              Kind = "WHMCS error"
	kindPanic             Kind = "panic" // of a *PanicError, in Call.Err
)

// A Detail says what exactly went wrong, where the kind leaves that open. Like a kind
// it is a word for logs and for telling cases apart, not a sentence for people.
type Detail string

// The details, by the kinds that have them.
const (
	DetailWebServerLogin Detail = "the web server in front of WHMCS asks for a login" // ErrBadCredentials

	DetailNoAPI       Detail = "there is no WHMCS API at this address" // ErrWrongURL
	DetailDoubledPath Detail = "/includes/api.php is twice in the address"

	DetailTooManyCalls Detail = "too many calls" // ErrBlocked

	DetailPrintedFirst Detail = "PHP output before the reply" // ErrNotJSON
	DetailTwoReplies   Detail = "two replies that differ"
	DetailFlatKeys     Detail = "responsetype=json was not honoured: the reply has flat keys"
	DetailShape        Detail = "a list has a shape that is not known"
	DetailBroke        Detail = "WHMCS broke while it made the reply"

	DetailEmpty Detail = "the reply is empty" // ErrTruncated

	DetailTooManyBroken Detail = "too many rows to look for" // ErrMalformed

	DetailCallTime     Detail = "no whole reply within the time for one call" // ErrTimeout
	DetailQuestionTime Detail = "the time for the question was over"

	DetailBehindProxy Detail = "the web server in front of WHMCS gets no answer from it" // ErrUnreachable
	DetailCertificate Detail = "the certificate is not trusted"
	DetailNotHTTPS    Detail = "what answers does not speak https"

	DetailNoID Detail = "no id or address that can exist" // ErrNotFound

	DetailDatabase    Detail = "the database of WHMCS failed" // ErrWHMCS
	DetailNoVerdict   Detail = "neither success nor an error"
	DetailNoRows      Detail = "WHMCS counts rows and sent none"
	DetailSameRows    Detail = "the same rows come again and again"
	DetailEndless     Detail = "the pages have no end"
	DetailOtherClient Detail = "another client than was asked for"
)

// The details of workers of the Local API: what is at fault. The message says more.
const (
	DetailWorkerCommand Detail = "the first word of the command"
	DetailWorkerFile    Detail = "the worker's file"
	DetailWorkerStart   Detail = "the worker's start"
	DetailWorkerSSH     Detail = "ssh"
	DetailWorkerLate    Detail = "a slow start"
	DetailWorkerOther   Detail = "another program"
	DetailWorkerEnded   Detail = "a lost worker"
	DetailWorkerHook    Detail = "a hook or module"
	DetailWorkerFolder  Detail = "the folder of WHMCS"
	DetailWorkerReads   Detail = "the right to read"
	DetailWorkerWrites  Detail = "the right to write"
	DetailWorkerIonCube Detail = "ionCube"
	DetailWorkerMemory  Detail = "PHP's memory"
	DetailWorkerVersion Detail = "the worker's version"
	DetailWorkerAdmin   Detail = "the administrator"
)

// An Error is a failed call. It holds nothing secret and no payload.
type Error struct {
	Kind     Kind
	Detail   Detail // what exactly; "": the kind says all that is known
	Action   string // GetClientsProducts
	Status   int    // HTTP status; 0: no reply
	IP       string // the address that WHMCS saw, where it refuses it
	Location string // of a redirect: its target, scheme, host and path only
	Message  string // WHMCS's own words, unescaped and scrubbed, or those of the network
	Last     *Error // ErrBreakerOpen: the failure before; else nil
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
	for _, more := range []string{string(e.Detail), cmp.Or(e.Location, e.Message, e.IP)} {
		if more != "" {
			b.WriteString(": " + more)
		}
	}
	if e.Last != nil {
		b.WriteString(": " + string(e.Last.Kind))
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
			Detail: DetailQuestionTime,
		}
	}
	if !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("%s: %w: %w", action, ctx.Err(), cause)
	}
	return fmt.Errorf("%s: %w", action, cause)
}

// ended returns err, or the error of a call that its caller stopped, where that is all
// that err says.
func (a *API) ended(ctx context.Context, action string, err error) error {
	var e *Error
	if ctx.Err() != nil && !errors.As(err, &e) {
		return a.named(action, stopped(ctx, action))
	}
	return err
}
