package bot

import (
	"sync"
	"time"
)

// Slack retries an event at once, after one minute and after five; the memory
// must outlive the last retry.
const (
	seenFor   = 15 * time.Minute
	sharedFor = 24 * time.Hour // a private answer is gone by then
	seenMost  = 50_000         // keys; about 5 MB
)

// seen remembers the keys of requests, so that one delivered again is answered
// once. It is bounded: the oldest keys go first.
type seen struct {
	lasts time.Duration
	mu    sync.Mutex
	when  map[string]time.Time
	order []seenKey
}

type seenKey struct {
	key  string
	when time.Time
}

func newSeen(lasts time.Duration) *seen { return &seen{lasts: lasts, when: make(map[string]time.Time)} }

// first reports whether none of keys has been seen lately, and remembers
// them all.
func (s *seen) first(now time.Time, keys ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetOld(now)
	isFirst := true
	for _, k := range keys {
		if _, known := s.when[k]; known {
			isFirst = false
		}
	}
	for _, k := range keys {
		if _, known := s.when[k]; !known && k != "" {
			s.when[k] = now
			s.order = append(s.order, seenKey{k, now})
		}
	}
	return isFirst
}

// forget takes keys out of the memory: a refused request may come again.
func (s *seen) forget(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		delete(s.when, k)
	}
}

func (s *seen) forgetOld(now time.Time) {
	n := 0
	for n < len(s.order) && (now.Sub(s.order[n].when) > s.lasts || len(s.order)-n > seenMost) {
		if k := s.order[n]; s.when[k.key].Equal(k.when) {
			delete(s.when, k.key)
		}
		n++
	}
	s.order = s.order[n:]
}
