package bot

import (
	"hash/maphash"
	"sync"
	"time"
)

// Slack retries an event at once, after one minute and after five; the memory
// must outlive the last retry.
const (
	seenFor  = 15 * time.Minute
	seenMost = 50_000 // keys; about 3 MB
)

// seen remembers the keys of requests, so that one delivered again is answered
// once. It is bounded: the oldest keys go first. Of a key it keeps 64 bits of hash,
// under a seed of this process's own: two of 50,000 are practically never the same, and
// the garbage collector has nothing to look into.
type seen struct {
	lasts time.Duration
	mu    sync.Mutex
	seed  maphash.Seed
	when  map[uint64]int64 // unix nano, by hash
	order []seenKey        // oldest first
}

type seenKey struct {
	hash uint64
	when int64
}

func newSeen(lasts time.Duration) *seen {
	return &seen{lasts: lasts, seed: maphash.MakeSeed(), when: make(map[uint64]int64)}
}

// remember remembers keys, and reports whether none of them has been seen lately. An
// empty key is none.
func (s *seen) remember(now time.Time, keys ...string) (isNew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := now.UnixNano()
	s.forgetOld(at)
	isNew = true
	for _, k := range keys {
		if k == "" {
			continue
		}
		hash := maphash.String(s.seed, k)
		if _, known := s.when[hash]; known {
			isNew = false
			continue
		}
		s.when[hash] = at
		s.order = append(s.order, seenKey{hash, at})
	}
	return isNew
}

// forget takes keys out of the memory: a refused request may come again.
func (s *seen) forget(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		delete(s.when, maphash.String(s.seed, k))
	}
}

func (s *seen) forgetOld(now int64) {
	n := 0
	for n < len(s.order) && (now-s.order[n].when > int64(s.lasts) || len(s.order)-n > seenMost) {
		if k := s.order[n]; s.when[k.hash] == k.when {
			delete(s.when, k.hash)
		}
		n++
	}
	s.order = s.order[n:]
}
