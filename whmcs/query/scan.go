package query

import (
	"context"
	"slices"
	"sync"
	"time"

	"servicesbot/whmcs"
)

// A scan gets the rows of the whole installation, once for all questions that need them at a
// time. Each question says how many rows it wants; a run in a goroutine of its own (scan_run.go)
// fetches while somebody wants more than there are, and ends when nobody does. The rows stay
// as a snapshot, and another run can resume where the last one stopped.
type scan struct {
	f     *Finder
	fresh bool      // past the cache
	from  place     // behind which row it begins; zero: at the first
	began time.Time // when it was made; of another process's copy: when that began

	fetcher *fetcher    // used by the run alone
	texts   sharedTexts // so are these

	mu     sync.Mutex
	wants  map[*question]int  // rows that each waiting question wants to see
	cancel context.CancelFunc // of the run; nil: it is not running
	done   <-chan error       // closed when the run is over
	state  scanState
	bytes  int // of the pages, about
	calls  int // that no question has counted yet
	expiry *time.Timer
}

// scanState is what a question sees of a scan at a moment.
type scanState struct {
	extent
	pages    []*whmcs.Page // never changed, only added to
	restarts int           // how often the scan began again, without the pages from before
	running  bool
	err      error // why the last run failed; nil: it did not

	otherProgress Progress      // of another process that scans for this one; zero: none does
	changed       chan struct{} // closed at the next change
}

// join finds the scan that a question can share, or begins one, and holds it for the
// question until leave. It starts no run: want does.
func (f *Finder) join(a *question) (*scan, scanState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.scans, func(s *scan) bool { return s.from == a.pos.from })
	if i >= 0 && !f.scans[i].serves(a) {
		f.scans = slices.Delete(f.scans, i, i+1)
		i = -1
	}
	if i < 0 {
		f.scans = append(f.scans, newScan(f, a.q.Fresh, a.pos.from))
		i = len(f.scans) - 1
	}
	s := f.scans[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wants[a] = 0
	if s.cancel == nil {
		s.state.err = nil
	}
	return s, s.state
}

func newScan(f *Finder, fresh bool, from place) *scan {
	s := &scan{f: f, fresh: fresh, from: from, began: time.Now(), texts: make(sharedTexts), wants: make(map[*question]int),
		fetcher: newFetcher(f.api, []whmcs.GetClientsProductsRequest{{Fresh: fresh}}, from)}
	s.state.changed = make(chan struct{})
	return s
}

// serves reports whether a question may be answered from s: rows that are young
// enough. A fresh question, unless a snapshot will do for it, only shares a scan that
// is fresh too and still under way.
func (s *scan) serves(a *question) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.q.Fresh && !a.opt.Snapshot {
		return s.fresh && (s.cancel != nil || s.state.Looked == 0 && len(s.wants) > 0)
	}
	return s.state.AsOf.IsZero() || time.Since(s.state.AsOf) < a.f.cfg.SnapshotLife
}

// current returns what there is now.
func (s *scan) current() scanState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// countCalls returns the calls that no question has counted yet. Of several that wait for a
// page, the first to see it counts its calls.
func (s *scan) countCalls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.calls
	s.calls = 0
	return n
}

// wake wakes all who wait for a change. s.mu is held.
func (s *scan) wake() {
	close(s.state.changed)
	s.state.changed = make(chan struct{})
}

// want says how many rows a question wants to see, and starts a run where there are fewer.
func (s *scan) want(a *question, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wants[a] == rows && s.cancel != nil {
		return
	}
	s.wants[a] = rows
	switch {
	case s.cancel != nil:
		s.wake()
	case s.state.Looked < rows && !s.state.ended && s.state.err == nil:
		s.start()
	}
}

// leave ends a question's wait. The last one to leave ends the run, and waits for that.
func (s *scan) leave(a *question) {
	s.mu.Lock()
	delete(s.wants, a)
	done := s.done
	last := s.cancel != nil && len(s.wants) == 0
	if last {
		s.cancel()
	}
	s.wake()
	s.mu.Unlock()
	if last {
		<-done
	}
}

// mostWanted is how many rows the most demanding question wants. s.mu is held.
func (s *scan) mostWanted() int {
	n := 0
	for _, w := range s.wants {
		n = max(n, w)
	}
	return n
}

// hasEnough reports whether there are as many rows as anybody wants, or all.
func (s *scan) hasEnough() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.ended || s.mostWanted() <= s.state.Looked
}

// worthWaiting reports whether somebody wants so many rows that waiting for another process's
// scan is better than a run here.
func (s *scan) worthWaiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostWanted() >= waitsFromRow
}
