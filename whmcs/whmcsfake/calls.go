package whmcsfake

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// keptCalls is how many calls the log keeps; counts go on for ever.
const keptCalls = 4_000

// A Call is one request that reached the API.
type Call struct {
	Action string     // in the documentation's spelling where it is known
	Form   url.Values // what was sent, without credentials
	Faults []string   // the faults that acted on it
	Start  time.Time

	// Known when the call is over; zero before.
	Status int           // HTTP status; 0: none was sent
	Rows   int           // services in the reply
	Took   time.Duration // until the reply was ready to be written
}

func (c *Call) copy() Call {
	d := *c
	d.Faults = slices.Clone(c.Faults)
	return d
}

// credentialFields are never kept.
var credentialFields = []string{"identifier", "secret", "username", "password", "accesskey"}

// without returns form without credentials.
func without(form url.Values) url.Values {
	out := make(url.Values, len(form))
	for k, v := range form {
		if !slices.Contains(credentialFields, strings.ToLower(k)) {
			out[k] = slices.Clone(v)
		}
	}
	return out
}

// A callLog remembers calls in the order of their arrival.
type callLog struct {
	mu     sync.Mutex
	calls  []*Call
	total  int
	counts map[string]int
	now    int           // calls in progress
	most   int           // the most that were in progress at once
	more   chan struct{} // closed and replaced at each arrival
}

func (l *callLog) init() {
	l.counts, l.more = map[string]int{}, make(chan struct{})
}

// begin records c's arrival. The returned function records its end; fields of c
// that are written in between are guarded by that order.
func (l *callLog) begin(c *Call) (end func()) {
	shown := &Call{Action: c.Action, Form: c.Form, Start: c.Start}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.calls) == keptCalls {
		l.calls = slices.Delete(l.calls, 0, keptCalls/2)
	}
	l.calls = append(l.calls, shown)
	l.total++
	l.counts[c.Action]++
	l.now++
	l.most = max(l.most, l.now)
	close(l.more)
	l.more = make(chan struct{})
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		*shown = c.copy()
		l.now--
	}
}

// Calls returns the calls so far in the order of their arrival, those still in
// work among them; at most the last few thousand.
func (s *Server) Calls() []Call {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	out := make([]Call, len(s.log.calls))
	for i, c := range s.log.calls {
		out[i] = c.copy()
	}
	return out
}

// Count returns how many calls of an action arrived; "": of all.
func (s *Server) Count(action string) int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if action == "" {
		return s.log.total
	}
	return s.log.counts[actionName(action)]
}

// MostAtOnce returns the greatest number of calls that were in progress together.
func (s *Server) MostAtOnce() int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.most
}

// ResetCalls forgets all calls and counts.
func (s *Server) ResetCalls() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.calls, s.log.total, s.log.most = nil, 0, s.log.now
	clear(s.log.counts)
}

// Wait returns when n calls in all have arrived since the start or ResetCalls, or
// with ctx's error.
func (s *Server) Wait(ctx context.Context, n int) error {
	for {
		s.log.mu.Lock()
		total, more := s.log.total, s.log.more
		s.log.mu.Unlock()
		if total >= n {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
