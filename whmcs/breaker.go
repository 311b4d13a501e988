package whmcs

import (
	"context"
	"errors"
	"sync"
	"time"
)

// The circuit breaker leaves WHMCS alone after failures in a row, so that a
// server in trouble is not pushed further, and users hear of it at once instead
// of after three time limits.
const (
	breakerFailures = 5
	breakerPause    = 15 * time.Second
)

// A breaker is closed as long as WHMCS answers. Open, it lets nothing pass until
// the pause is over, and then one call as a probe, whose outcome closes it or
// begins another pause.
type breaker struct {
	mu      sync.Mutex
	row     int       // failures in a row
	until   time.Time // zero: closed
	probing bool
	epoch   int       // counts the openings: what began before one says nothing after it
	failing time.Time // since when calls fail without a success between; zero: they do not
	last    *Error
	lastAt  time.Time
	success time.Time
}

// A pass lets one call through, which must end with breaker.done.
type pass struct {
	epoch int
	probe bool
}

// refusal returns the error of a call that may not be made now, nil where it may.
func (b *breaker) refusal() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refuse()
}

// allow lets a call through or returns why not.
func (b *breaker) allow() (pass, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refuse(); err != nil {
		return pass{}, err
	}
	b.probing = b.open()
	return pass{b.epoch, b.probing}, nil
}

func (b *breaker) open() bool { return !b.until.IsZero() }

func (b *breaker) refuse() error {
	if !b.open() || !b.probing && !time.Now().Before(b.until) {
		return nil
	}
	return &Error{Kind: ErrBreakerOpen, IP: b.last.IP, Last: b.last}
}

// done counts the outcome of a call, and reports whether that opened the breaker.
func (b *breaker) done(p pass, err error) (opened bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.success, b.failing = time.Now(), time.Time{}
	}
	failure := failureOf(err)
	if failure != nil {
		b.last, b.lastAt = failure, time.Now()
		if b.failing.IsZero() {
			b.failing = b.lastAt
		}
	}
	if p.epoch != b.epoch {
		return false
	}
	if p.probe {
		b.probing = false
	}
	switch {
	case failure != nil:
		b.row++
		if p.probe || b.row >= breakerFailures || failure.Kind == ErrBadCredentials || failure.Kind == ErrIPNotAllowed {
			b.until, b.row = time.Now().Add(breakerPause), 0
			b.epoch++
			return true
		}
	case !ownStop(err) && !errors.As(err, new(*PanicError)): // which say nothing about WHMCS
		b.row, b.until, b.failing = 0, time.Time{}, time.Time{}
	}
	return false
}

// A Trouble is why and for how long an installation is left alone. Processes that call the same
// one tell each other of it: see Config.LeftAlone and API.LeaveAlone.
type Trouble struct {
	Kind  Kind          // of the last failure
	Pause time.Duration // until the next call may pass
	Since time.Duration // for how long no call has succeeded
}

// trouble returns what other processes are to know of an opening just now. It reports false of what
// may be the matter with this process alone.
func (b *breaker) trouble() (Trouble, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open() || b.last.Kind == ErrIPNotAllowed {
		return Trouble{}, false
	}
	return Trouble{b.last.Kind, time.Until(b.until), time.Since(b.failing)}, true
}

// follow opens the breaker as another process has opened its own, unless a call has succeeded here
// since calls fail there. It reports whether that was so.
func (b *breaker) follow(t Trouble) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	until := now.Add(min(t.Pause, breakerPause))
	if t.Pause <= 0 || b.success.After(now.Add(-t.Since)) || until.Before(b.until) {
		return false
	}
	b.last, b.lastAt = &Error{Kind: t.Kind}, now
	b.until, b.row, b.probing = until, 0, false
	b.epoch++
	if b.failing.IsZero() {
		b.failing = now
	}
	return true
}

// close forgets failures: the next call may pass.
func (b *breaker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.row, b.until, b.probing = 0, time.Time{}, false
	b.epoch++
}

// failureOf returns err as a failure of the server or of the way to it, and nil
// for success, for an error that is WHMCS's answer to the question, and for a call that
// its caller stopped.
func failureOf(err error) *Error {
	var e *Error
	if err == nil || ownStop(err) || !errors.As(err, &e) {
		return nil
	}
	switch e.Kind {
	case ErrNotFound, ErrActionNotPermitted, ErrMalformed, ErrWHMCS, ErrBreakerOpen:
		return nil
	}
	return e
}

// ownStop reports whether a call ended because its caller stopped it or had no
// more time.
func ownStop(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
