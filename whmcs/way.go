package whmcs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// A Way makes single calls to WHMCS, for any number of goroutines. Tries, breaker,
// gate, cache and decoding are above it. The package's own is WHMCS's external API
// over HTTP; package whmcs/local is WHMCS's Local API.
type Way interface {
	// Call makes one call and returns the reply whole, whatever it says. It gives up
	// when ctx ends, which Config.Timeout sees to. At most Config.MaxConcurrent calls
	// run at once. An error that is not an *Error counts as the program's own.
	Call(ctx context.Context, action string, params url.Values) (*Reply, error)

	// Rest lets go of what is idle, such as connections. Calls may follow.
	Rest()

	// String names the way without a secret.
	fmt.Stringer
}

// MaxReply is how many bytes of a reply are read, after decompression. A page of 100
// services is about 150 KiB.
const MaxReply = 16 << 20

// A Reply is what came back from WHMCS, or from what is in front of it.
type Reply struct {
	Status int         // HTTP status; 0: it did not come over HTTP, and the body says all
	Header http.Header // may be nil
	Body   []byte      // at most MaxReply bytes; the caller's own
	At     time.Time   // when it began to arrive
}

// errCallTime is the cause of a context whose call took Config.Timeout.
var errCallTime = errors.New("the call took too long")

// call makes one call, for at most Config.Timeout.
func (a *API) call(ctx context.Context, action string, params url.Values) (*reply, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(a.timeout, func() { cancel(errCallTime) })
	defer timer.Stop()

	got, err := a.way.Call(ctx, action, params)
	if err == nil {
		return &reply{status: got.Status, header: got.Header, body: got.Body, at: got.At}, nil
	}
	var e *Error
	known := errors.As(err, &e)
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return nil, err
	case !errors.Is(cause, errCallTime):
		return nil, stopped(ctx, action)
	case known && e.Kind == ErrTimeout:
		return nil, err // it says more
	}
	late := &Error{Kind: ErrTimeout, Detail: DetailCallTime, Message: a.timeout.String(), again: true}
	if known {
		late.Status = e.Status
	}
	return nil, late
}

// MayPass marks the failure of a call as one that a further try may cure, and
// smaller as one that a smaller page may cure. For a Way.
func (e *Error) MayPass(smaller bool) *Error {
	e.again, e.shrink = true, smaller
	return e
}

// named completes an error of the layers below, which do not know the action,
// and makes its texts safe to show.
func (a *API) named(action string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.Action = action
	e.Message, e.Location = a.creds.scrub(e.Message), a.creds.scrub(e.Location)
	return e
}
