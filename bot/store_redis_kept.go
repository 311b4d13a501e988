package bot

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

const (
	renewAfter = 4 * time.Second // an entry in progress is entered once more: its claims last claimedFor
	keptMost   = 20_000          // claims that are kept, some 3 MB; Slack repeats most events within 5 minutes
	keptAtOnce = 500             // claims that are put back in one call
	keptWithin = 2 * time.Second // such a call
	raisedMost = 1_000           // flags that are kept
)

// Kept is what this replica has on the server, so that it can put it there again: the server may
// have lost it, and of a call that failed nobody knows whether it arrived. To put back what is
// there changes nothing: a claim has its owner's reference as its value.
type kept struct {
	mu     sync.Mutex
	unsure bool                  // a call failed: all is put back
	open   map[string]*keptEntry // in progress, by reference
	ended  []string              // references that are to be taken out of the journal
	claims []keptClaim           // for as long as they last, oldest first
	flags  map[string]time.Time  // by key: until when
}

// A keptEntry is an entry of the journal, and when the server was last told of it.
type keptEntry struct {
	entry
	told time.Time
}

type keptClaim struct {
	key, by string
	until   time.Time
}

func newKept() *kept {
	return &kept{open: make(map[string]*keptEntry), flags: make(map[string]time.Time)}
}

// failed notes that the server does not know all.
func (k *kept) failed() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unsure = true
}

// begin keeps an entry until end.
func (k *kept) begin(e entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open[e.ref] = &keptEntry{e, time.Now()}
}

// posts notes that something may be posted for an entry.
func (k *kept) posts(ref string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.open[ref]; e != nil {
		e.posted = true
	}
}

// inProgress reports whether an entry is kept.
func (k *kept) inProgress(ref string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.open[ref] != nil
}

// end keeps an entry no more.
func (k *kept) end(ref string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.open, ref)
}

// remains notes entries that are done and that the server may still have.
func (k *kept) remains(refs ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unsure = true
	k.ended = append(k.ended, refs...)
	k.ended = k.ended[max(0, len(k.ended)-keptMost):]
}

// claim keeps claims of by's.
func (k *kept) claim(by string, life time.Duration, keys ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	until := time.Now().Add(life)
	for _, key := range keys {
		k.claims = append(k.claims, keptClaim{key, by, until})
	}
	if over := len(k.claims) - keptMost; over > keptAtOnce { // seldom: the rest has to move
		k.claims = slices.Delete(k.claims, 0, over)
	}
}

// release keeps claims of by's no more.
func (k *kept) release(by string, keys ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.claims = slices.DeleteFunc(k.claims, func(c keptClaim) bool { return c.by == by && slices.Contains(keys, c.key) })
}

// raise keeps a flag.
func (k *kept) raise(key string, life time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.flags) < raisedMost {
		k.flags[key] = time.Now().Add(life)
	}
}

// lower keeps a flag no more.
func (k *kept) lower(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.flags, key)
}

// What the server is to be told.
type owed struct {
	open   []entry
	ended  []string
	claims []keptClaim
	flags  map[string]time.Duration
}

// owed returns all there is where the server has lost it or may not have it, else the entries
// that have been in progress for a while.
func (k *kept) owed(lost bool) owed {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	all := lost || k.unsure
	o := owed{ended: k.ended, flags: make(map[string]time.Duration)}
	for _, e := range k.open {
		if all || now.Sub(e.told) >= renewAfter {
			e.told = now
			o.open = append(o.open, e.entry)
		}
	}
	for key, until := range k.flags {
		if !now.Before(until) {
			delete(k.flags, key)
		} else if all {
			o.flags[key] = until.Sub(now)
		}
	}
	if all {
		k.claims = slices.DeleteFunc(k.claims, func(c keptClaim) bool { return !now.Before(c.until) })
		o.claims = slices.Clone(k.claims)
	}
	k.ended, k.unsure = nil, false
	return o
}

// renew tells the server what it may not know, and that entries in progress still are. Where lost
// says so it has lost everything.
func (s *Store) renew(ctx context.Context, lost bool) {
	o := s.kept.owed(lost)
	if s.putBack(ctx, &o) != nil {
		s.kept.remains(o.ended...) // the next time all of it
	}
}

func (s *Store) putBack(ctx context.Context, o *owed) error {
	for _, e := range o.open {
		is, err := s.enter(ctx, e)
		switch {
		case err != nil:
			return err
		case !is.first:
			s.kept.end(e.ref) // it was taken over
		case !s.kept.inProgress(e.ref): // it was done meanwhile, maybe before it was entered again
			o.ended = append(o.ended, e.ref)
		}
	}
	if len(o.ended) > 0 {
		fields := slices.Clone(o.ended)
		for _, ref := range o.ended {
			fields = append(fields, postedMark+ref)
		}
		err := s.doWithin(ctx, keptWithin, "put back", func(ctx context.Context, c rueidis.Client) error {
			return c.Do(ctx, c.B().Hdel().Key(s.journalOf(s.id)).Field(fields...).Build()).Error()
		})
		if err != nil {
			return err
		}
	}
	for key, left := range o.flags {
		if err := s.raiseKey(ctx, key, left); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(o.claims, keptAtOnce) {
		if err := s.putClaimsBack(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// putClaimsBack makes claims that this replica has made before.
func (s *Store) putClaimsBack(ctx context.Context, claims []keptClaim) error {
	var all []rueidis.LuaExec
	for _, c := range claims {
		all = append(all, rueidis.LuaExec{Keys: []string{c.key}, Args: []string{c.by, millis(time.Until(c.until))}})
	}
	return s.doWithin(ctx, keptWithin, "put back", func(ctx context.Context, c rueidis.Client) error {
		for _, reply := range claimScript.ExecMulti(ctx, c, all...) {
			if err := reply.Error(); err != nil {
				return err
			}
		}
		return nil
	})
}
