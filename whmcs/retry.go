package whmcs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/sethvargo/go-retry"
)

// How often and after what time a call is tried again. All calls read, so trying
// again does no harm beyond its load.
const (
	maxTries  = 3
	firstWait = 400 * time.Millisecond // doubled for the next
	jitter    = 50                     // percent, either way
	maxWait   = time.Minute            // a longer Retry-After is not waited for
)

// A question is one call to be made, with as many tries as it takes.
type question struct {
	action string
	params url.Values
	limit  int  // rows wanted of a list, which are halved where WHMCS breaks on them
	fixed  bool // limit stays: a smaller one would not help
	scan   bool // a scan's page, which lets others go first
}

// An answer is the frame of a successful reply.
type answer struct {
	frame *frame
	at    time.Time // when WHMCS answered
	limit int       // rows asked for in the end
	calls int       // calls made
}

// ask makes the calls for one question: again after failures that may pass, with
// growing waits, as long as the caller's time allows.
func (a *API) ask(ctx context.Context, q question) (*answer, error) {
	ans := &answer{}
	var last *Error
	err := retry.Do(ctx, a.backoff(ctx, &last), func(ctx context.Context) error {
		ans.limit = a.size.clamp(q.limit)
		if q.fixed {
			ans.limit = q.limit
		}
		err := a.try(ctx, q, ans)
		var e *Error
		if err == nil || !errors.As(err, &e) {
			return err
		}
		if e.Kind == ErrBreakerOpen && last != nil {
			return last
		}
		last = e
		if e.shrink && !q.fixed && a.size.halve(ans.limit) {
			a.log.Warn("pages are halved, as WHMCS broke on one", "action", q.action, "rows", ans.limit, "for", halvedFor)
		}
		if !e.again || a.breaker.refusal() != nil {
			return e
		}
		return retry.RetryableError(e)
	})
	switch {
	case err == nil:
		return ans, nil
	case ctx.Err() != nil:
		return nil, a.named(q.action, stopped(ctx, q.action))
	}
	return nil, err
}

// backoff says how long to wait after *last, and stops where the tries or the
// caller's time are used up.
func (a *API) backoff(ctx context.Context, last **Error) retry.Backoff {
	waits := retry.WithMaxRetries(maxTries-1, retry.WithJitterPercent(jitter, retry.NewExponential(firstWait)))
	return retry.BackoffFunc(func() (time.Duration, bool) {
		wait, stop := waits.Next()
		wait = max(wait, (*last).after)
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
			stop = true
		}
		return wait, stop || wait > maxWait
	})
}

// try makes one call, at the limit of rows in ans, and puts the outcome
// there.
func (a *API) try(ctx context.Context, q question, ans *answer) error {
	if err := a.breaker.refusal(); err != nil {
		return a.named(q.action, err)
	}
	if err := a.enter(ctx, q); err != nil {
		return a.named(q.action, err)
	}
	pass, err := a.breaker.allow()
	if err != nil {
		a.leaveGate()
		return a.named(q.action, err)
	}
	params := q.params
	if q.limit > 0 {
		params.Set("limitnum", strconv.Itoa(ans.limit))
	}
	start, took := time.Now(), time.Duration(0)
	err = Recovered(func() error {
		r, err := a.callAndLeave(ctx, q.action, params)
		if took = time.Since(start); err == nil {
			ans.at = r.at
			ans.frame, err = a.opened(q.action, r)
		}
		return err
	})
	ans.calls++
	err = a.named(q.action, err)
	a.account(q.action, pass, err)
	a.observe(Call{Action: q.action, Duration: took, Err: kindOf(err), Try: ans.calls - 1})
	return err
}

// enter waits for the end of a hold and then for a place at the gate.
func (a *API) enter(ctx context.Context, q question) error {
	for {
		err := a.hold.wait(ctx)
		if err == nil {
			err = a.enterGate(ctx, q.scan)
		}
		switch {
		case ctx.Err() != nil && err != nil:
			return stopped(ctx, q.action)
		case err != nil:
			return err
		case !a.hold.on():
			return nil
		}
		a.leaveGate() // a hold began while this call waited for its place
	}
}

// callAndLeave makes a call and gives its place at the gate back.
func (a *API) callAndLeave(ctx context.Context, action string, params url.Values) (*reply, error) {
	defer a.leaveGate()
	return a.call(ctx, action, params)
}

// opened is reply.open with a line in the log where something was printed around
// the reply: it will break one day.
func (a *API) opened(action string, r *reply) (*frame, error) {
	f, noise, e := r.open()
	if noise.bytes > 0 {
		a.log.Warn("something is printed around WHMCS's replies", "action", action, "kind", noise.kind, "bytes", noise.bytes)
	}
	if e != nil {
		return nil, e
	}
	return f, nil
}

// account takes the outcome of a call into account for the calls after it.
func (a *API) account(action string, p pass, err error) {
	if a.breaker.done(p, err) {
		a.log.Error("no calls to WHMCS for a while, after failures", "for", breakerPause, "last", err)
		if t, ok := a.breaker.trouble(); ok && a.tells != nil {
			a.tells(t)
		}
	}
	var e *Error
	if !errors.As(err, &e) {
		return
	}
	a.hold.note(e)
	if e.Kind == ErrBlocked && e.Status == http.StatusForbidden {
		// Some firewalls condemn one connection; the next call gets a new one.
		a.way.Rest()
	}
}

// How pages shrink where WHMCS breaks on them, most often for want of memory.
const (
	halvedFor   = 10 * time.Minute
	minPageSize = 10
)

// A pageSize is the limit on rows a page, after a page broke.
type pageSize struct {
	mu    sync.Mutex
	limit int
	until time.Time
}

// clamp returns how many rows to ask for where n are wanted.
func (s *pageSize) clamp(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.until) {
		return min(n, s.limit)
	}
	return n
}

// halve lowers the limit to half of n, the rows of a page that broke. It is false
// where nothing changes.
func (s *pageSize) halve(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	half := max(minPageSize, n/2)
	if half >= n || time.Now().Before(s.until) && s.limit <= half {
		return false
	}
	s.limit, s.until = half, time.Now().Add(halvedFor)
	return true
}
