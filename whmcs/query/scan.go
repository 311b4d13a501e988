package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"servicesbot/whmcs"
)

// A scan is one reading of the whole installation, shared by all questions that
// need it at a time. It reads on while somebody wants more rows than it has, and
// stops when nobody does; what it has read stays as a snapshot and can be read
// on from where it stopped.
type scan struct {
	f     *Finder
	fresh bool // past the cache

	mu       sync.Mutex
	changed  chan struct{}      // closed and replaced at every change of the rest
	wants    map[*question]int  // rows that each waiting question wants to see
	cancel   context.CancelFunc // of the run; nil: it is not running
	done     chan struct{}      // closed when the run is over
	chunks   [][]whmcs.Service  // never changed, only added to
	orders   map[string]bool    // by filters: whether their rows were shown in our order
	texts    map[string]string  // one copy of each text that rows share
	ids      map[int]struct{}   // of the rows that there are
	scanned                     // figures of what was read
	err      error              // why the last run failed; nil: it did not
	expiry   *time.Timer
	replaced bool // a newer scan has its place
	moved    bool // its last run ended with errMoved
	oneWalk  bool // rows went away while the one before it was read in pieces
}

// scanned are the figures of a scan.
type scanned struct {
	looked, total, foreign, unread, calls int
	stand                                 stand
	asOf                                  time.Time // the oldest reply
	ended                                 bool      // everything was read
}

// A look is what a question sees of a scan at a moment.
type look struct {
	scanned
	chunks  [][]whmcs.Service
	running bool
	err     error
	changed <-chan struct{}
}

// A watch is how far one question has come with a scan.
type watch struct {
	*scan
	at    look // when the question came
	limit int  // rows that it looks at
	count int  // rows there were when WHMCS counted no more; 0: it always did
	seen  int  // chunks tested
	told  int  // rows at the last progress
}

// errMoved is the end of a reading that cannot be gone on with: rows went away, so that
// those behind a place are not those that were behind it.
var errMoved = errors.New("services were deleted in WHMCS since the reading began")

// beginnings is how often a question begins anew where rows go away meanwhile.
const beginnings = 3

// readWhole answers from the shared scan of the whole installation, or from another
// where rows went away since it stopped.
func (a *question) readWhole(ctx context.Context) error {
	limit, err := 0, errMoved
	for n := 0; n < beginnings && errors.Is(err, errMoved); n++ {
		a.found = nil
		limit, err = a.readScan(ctx, limit)
	}
	return err
}

// readScan answers from a scan, of which it looks at so many rows at least as it would
// have of the one before, and returns how many those are.
func (a *question) readScan(ctx context.Context, least int) (limit int, err error) {
	a.slim, a.byOrder = true, a.greedy()
	s, at := a.f.join(a)
	defer s.leave(a)
	w := &watch{scan: s, at: at, limit: a.f.cfg.ScanRows}
	if a.opt.Continue {
		w.limit += at.looked
	}
	w.limit = max(w.limit, least)
	a.res.Snapshot = at.looked > 0 && !at.running
	timeUp := time.NewTimer(scanTime)
	defer timeUp.Stop()
	for now := at; ; now = s.look() {
		if over, err := a.watch(ctx, w, now); over || err != nil {
			return w.limit, err
		}
		select {
		case <-now.changed:
		case <-timeUp.C:
			return w.limit, errTime
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return w.limit, errTime
			}
			return w.limit, stopped(ctx)
		}
	}
}

// watch tests the rows that have come, and reports whether they are enough; else
// it asks for more of them.
func (a *question) watch(ctx context.Context, w *watch, now look) (over bool, err error) {
	for ; w.seen < len(now.chunks); w.seen++ {
		if err := a.take(ctx, now.chunks[w.seen], false); err != nil {
			return true, err
		}
	}
	a.see(now, w.at)
	switch {
	case now.ended:
		a.res.Counted = true
		a.byOrder = a.greedy() || w.order(a.filters(), true)
		return true, nil
	case a.enough():
		a.byOrder = w.order(a.filters(), false)
		return true, nil
	case now.looked >= w.limit && (now.looked < now.total || w.count > 0 && now.looked > w.count):
		return true, errBudget
	case now.err != nil && !now.running:
		return true, now.err
	}
	if now.looked >= w.limit && w.count == 0 {
		w.count = now.looked // whether there is no more, one more reply tells
	}
	if now.looked > w.told {
		w.told = now.looked
		a.progress(now.looked, w.at.looked, now.total, w.limit)
	}
	rows := now.looked + 1
	if a.greedy() {
		rows = max(rows, w.limit)
	}
	w.want(a, rows)
	return false, nil
}

// stopped is the error of a question that its asker stopped.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// see puts a scan's figures into the result.
func (a *question) see(now, at look) {
	a.res.Looked, a.res.Of = now.looked, max(now.total, now.looked)
	a.res.Foreign, a.res.Unreadable = now.foreign, now.unread
	a.res.AsOf = now.asOf
	a.res.Calls = now.calls - at.calls
}

// join finds the scan that a question can share, or begins one, and holds it for
// the question until leave. It does not read yet.
func (f *Finder) join(a *question) (*scan, look) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.scan
	if s == nil || !s.serves(a) {
		if s != nil {
			s.replace()
		}
		s = &scan{f: f, fresh: a.q.Fresh, oneWalk: s != nil && s.hasMoved(), changed: make(chan struct{}),
			wants: make(map[*question]int), orders: make(map[string]bool), texts: make(map[string]string), ids: make(map[int]struct{})}
		f.scan = s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wants[a] = 0
	if s.cancel == nil {
		s.err = nil
	}
	return s, s.lookLocked()
}

// serves reports whether a question may be answered from s: rows that are young
// enough, or, where it is asked to go on, whatever there is. A fresh question, unless
// a snapshot will do for it, only shares a scan that is fresh too and still under way.
func (s *scan) serves(a *question) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.moved:
		return false
	case a.opt.Continue:
		return true
	case a.q.Fresh && !a.opt.Snapshot:
		return s.fresh && (s.cancel != nil || s.looked == 0 && len(s.wants) > 0)
	}
	return s.asOf.IsZero() || time.Since(s.asOf) < snapshotLife
}

// hasMoved reports whether the scan cannot be gone on with.
func (s *scan) hasMoved() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moved
}

// look returns what there is now.
func (s *scan) look() look {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lookLocked()
}

func (s *scan) lookLocked() look {
	return look{scanned: s.scanned, chunks: s.chunks, running: s.cancel != nil, err: s.err, changed: s.changed}
}

// tell wakes all who wait for a change. s.mu is held.
func (s *scan) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// want says how many rows a question wants to see, and sets the scan going.
func (s *scan) want(a *question, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wants[a] == rows && s.cancel != nil {
		return
	}
	s.wants[a] = rows
	if s.cancel != nil {
		s.tell()
		return
	}
	if s.looked < rows && !s.ended && s.err == nil {
		s.start()
	}
}

// start begins a run. s.mu is held.
func (s *scan) start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.done, s.err = cancel, make(chan struct{}), nil
	if s.expiry != nil {
		s.expiry.Stop()
	}
	go s.run(ctx, s.done)
}

// leave ends a question's wait. The last one to leave ends the run, and waits
// for that.
func (s *scan) leave(a *question) {
	s.mu.Lock()
	delete(s.wants, a)
	done := s.done
	running := s.cancel != nil && len(s.wants) == 0
	if running {
		s.cancel()
	}
	s.tell()
	s.mu.Unlock()
	if running {
		<-done
	}
}

// most is how many rows the most demanding question wants. s.mu is held.
func (s *scan) most() int {
	n := 0
	for _, w := range s.wants {
		n = max(n, w)
	}
	return n
}

// run reads pages while they are wanted. It is the scan's only goroutine.
func (s *scan) run(ctx context.Context, done chan struct{}) {
	defer close(done)
	err := s.read(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() == nil {
		s.err = err
		s.moved = errors.Is(err, errMoved)
	}
	s.cancel()
	s.cancel = nil
	if s.ended {
		s.texts, s.ids = nil, nil
	}
	if s.err == nil && s.most() > s.looked && !s.ended {
		s.start() // somebody came while it was ending
	} else {
		s.expire()
	}
	s.tell()
}

// read takes pages from where the scan stands.
func (s *scan) read(ctx context.Context) error {
	s.mu.Lock()
	req := whmcs.GetClientsProductsRequest{LimitStart: s.stand.next, Fresh: s.fresh}
	first := s.most() <= s.looked+1 && !s.oneWalk
	known, stand := s.total, s.stand // of the run before
	s.mu.Unlock()
	calls, err := stand.check(ctx, s.f.api, req)
	s.mu.Lock()
	s.calls += calls
	s.mu.Unlock()
	if err != nil {
		return err
	}
	walks := 1 // pages that begin a walk of their own, which knows nothing of what was before
	if first {
		walks = 2
	}
	for page, err := range s.f.pages(ctx, req, first) {
		if err != nil {
			return err
		}
		if walks > 0 && page.Of < known {
			return errMoved
		}
		walks, known = walks-1, page.Of
		s.add(page)
		if !s.wanted(ctx) {
			return nil
		}
	}
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	return nil
}

// add keeps a page's rows, slimmed.
func (s *scan) add(p *whmcs.Page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stand.take(p)
	rows := slices.DeleteFunc(p.Services, func(r whmcs.Service) bool {
		_, had := s.ids[r.ID]
		s.ids[r.ID] = struct{}{}
		return had
	})
	for i := range rows {
		s.slim(&rows[i])
	}
	s.looked += len(rows) + p.Foreign + p.Unreadable
	s.chunks = append(s.chunks, rows)
	s.total = p.Of
	s.foreign += p.Foreign
	s.unread += p.Unreadable
	s.calls += p.Calls
	if s.asOf.IsZero() || p.AsOf.Before(s.asOf) {
		s.asOf = p.AsOf
	}
	s.tell()
}

// wanted waits until more rows are wanted; false: nobody waits any more.
func (s *scan) wanted(ctx context.Context) bool {
	for {
		s.mu.Lock()
		most, waiting, changed := s.most(), len(s.wants), s.changed
		looked := s.looked
		s.mu.Unlock()
		switch {
		case waiting == 0:
			return false
		case most > looked:
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}
