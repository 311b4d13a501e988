package whmcs

import "time"

// A Call is one call or one answer without a call, for metrics.
type Call struct {
	Action   string
	Duration time.Duration // of the call
	Err      Kind          // "" for success, and for a call that its caller stopped
	Try      int           // 0 for the first, 1 for the first retry
	Cached   bool          // no call was made: the answer came from the cache or from a call of another asker
}

// A State says how the installation does, for health checks.
type State struct {
	BreakerOpen  bool      // calls are refused at once with ErrBreakerOpen
	BreakerUntil time.Time // when the next call may pass; zero: now
	LastError    Kind      // the last failure of the server or of the way to it; "": none yet
	LastErrorAt  time.Time // zero: none yet
	LastSuccess  time.Time // zero: none yet
}

// State returns how the installation does, as of the last call. It makes none.
func (a *API) State() State {
	b := &a.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	s := State{BreakerOpen: b.open(), BreakerUntil: b.until, LastErrorAt: b.lastAt, LastSuccess: b.success}
	if b.last != nil {
		s.LastError = b.last.Kind
	}
	return s
}

// TryAgain lets the next call pass at once where the installation is left alone after
// failures, or because it asked for fewer calls: somebody knows that it works again.
func (a *API) TryAgain() {
	a.breaker.close()
	a.hold.end()
}

// LeaveAlone leaves the installation alone as another process does, unless it answers this one.
func (a *API) LeaveAlone(t Trouble) {
	if a.breaker.follow(t) {
		a.log.Warn("no calls to WHMCS for a while, after failures of another process", "for", t.Pause, "last", t.Kind)
	}
}

func (a *API) observe(c Call) {
	if a.observer != nil {
		a.observer(c)
	}
}

// noteUncalled observes an answer that needed no call of its own.
func (a *API) noteUncalled(action string, from source, err error) {
	if from != fromCall && err == nil {
		a.observe(Call{Action: action, Cached: true})
	}
}
