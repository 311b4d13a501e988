package query

import (
	"context"
	"slices"
	"sync"
	"time"

	"servicesbot/whmcs"
)

// A scan is one reading of the whole installation, shared by all questions that need
// it at a time. It reads on while somebody wants more rows than it has, and stops when
// nobody does; what it has read stays as a snapshot and can be read on from where it
// stopped.
type scan struct {
	f     *Finder
	fresh bool // past the cache
	from  place
	began time.Time

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

	otherProgress Progress      // of another process that reads for this one; zero: none does
	changed       chan struct{} // closed at the next change
}

// useScan answers from a scan that others may share, or at once from warm rows.
func (a *question) useScan(ctx context.Context) error {
	a.fromScan = true
	if r := a.warmRows(); r != nil {
		a.names = r.names
		if a.pos.until == 0 || a.pos.until > a.f.cfg.ScanRows {
			a.limit = MaxWarmRows
		}
		return a.followScan(ctx, r.scan, r.current())
	}
	if a.pos.until > a.f.cfg.ScanRows {
		return errNotAtHand
	}
	s, now := a.f.join(a)
	defer s.leave(a)
	return a.followScan(ctx, s, now)
}

// followScan answers from a scan, of which it has seen what there was before.
func (a *question) followScan(ctx context.Context, s *scan, now scanState) error {
	joined := len(now.pages)
	a.started = now.Looked
	for taken, began := 0, now.restarts; ; now = s.current() {
		if now.restarts != began {
			a.startOver()
			taken, joined, began = 0, 0, now.restarts
		}
		if len(now.pages) > joined {
			a.res.Calls += s.countCalls()
		}
		for ; taken < len(now.pages); taken++ {
			if err := a.testPage(ctx, fetchedPage{now.pages[taken], 0}); err != nil {
				return err
			}
		}
		a.noteExtent(now.extent)
		a.learnServers(ctx)
		switch over, err := a.done(); {
		case over:
			return err
		case now.err != nil && !now.running:
			return now.err
		}
		a.progress()
		a.progressOfOther(now.otherProgress)
		s.want(a, a.rowsWanted(now.Looked))
		select {
		case <-now.changed:
		case <-ctx.Done():
			return stopped(ctx)
		}
	}
}

// join finds the scan that a question can share, or begins one, and holds it for the
// question until leave. It does not read yet.
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

// want says how many rows a question wants to see, and sets the scan going.
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

// start begins a run. s.mu is held.
func (s *scan) start() {
	ctx, cancel := context.WithCancel(whmcs.WithBudget(context.Background()))
	s.cancel, s.state.running, s.state.err = cancel, true, nil
	s.calls = 0 // of a run before, whose questions are over
	s.done = whmcs.Go(func() error {
		s.runEnded(ctx, whmcs.Recovered(func() error { return s.run(ctx) }))
		return nil
	})
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

// mostWanted is how many rows the mostWanted demanding question wants. s.mu is held.
func (s *scan) mostWanted() int {
	n := 0
	for _, w := range s.wants {
		n = max(n, w)
	}
	return n
}

// runEnded ends a run. Whoever waits gets its error, a panic's too.
func (s *scan) runEnded(ctx context.Context, err error) {
	s.mu.Lock()
	s.clearRun(ctx, err)
	if s.state.err == nil && s.mostWanted() > s.state.Looked && !s.state.ended {
		s.start() // somebody came while it was ending
	}
	s.wake()
	s.mu.Unlock()
	s.f.keepSnapshot(s)
	s.f.warmer.offer(s)
}

// clearRun notes that a run is over, and with what error unless it was cancelled. s.mu is held.
func (s *scan) clearRun(ctx context.Context, err error) {
	if ctx.Err() == nil {
		s.state.err = err
	}
	s.cancel()
	s.cancel, s.state.running = nil, false
	s.state.extent = s.fetcher.extent
	if s.state.ended {
		s.texts, s.fetcher.seen = nil, nil
	}
}

// finish notes that everything was read, by a run that no question began.
func (s *scan) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.extent = s.fetcher.extent
	s.texts, s.fetcher.seen = nil, nil
}

// startOver drops the pages: the reader begins again.
func (s *scan) startOver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.pages, s.bytes = nil, 0
	s.state.restarts++
	s.state.extent = extent{}
	s.wake()
}

// addWanted returns what keeps each page and waits until more rows are wanted.
func (s *scan) addWanted(ctx context.Context) func(fetchedPage) (bool, error) {
	return func(p fetchedPage) (bool, error) {
		s.addPage(p.Page)
		for {
			s.mu.Lock()
			most, waiting, changed, looked := s.mostWanted(), len(s.wants), s.state.changed, s.state.Looked
			s.mu.Unlock()
			switch {
			case waiting == 0:
				return false, nil
			case most > looked:
				return true, nil
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return false, nil
			}
		}
	}
}

// addPage keeps a page, slimmed.
func (s *scan) addPage(p *whmcs.Page) {
	size := s.texts.slim(p.Services)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += size
	s.calls += p.Calls
	p.Calls = 0
	s.state.pages = append(s.state.pages, p)
	s.state.extent = s.fetcher.extent
	s.wake()
}
