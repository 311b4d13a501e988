package query

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"servicesbot/whmcs"
)

// Warm rows are those of the last complete scan of the installation. While they are
// young they are as good as a snapshot. Later they still answer at once, with their age,
// while newer ones are fetched.

const (
	// warmLife is how old warm rows may be where none are fetched in the background.
	warmLife = 30 * time.Minute
	// MaxWarmRows is how many rows are fetched in the background at most: some 320 MiB, and as
	// much again while newer ones are fetched.
	MaxWarmRows = 500_000
)

// A warmer has the warm rows of a Finder, and scans for newer ones.
type warmer struct {
	f          *Finder
	maxRows    int // rows of a scan
	nextClient int // clients before those whose names are fetched next; of the scan in progress

	mu      sync.Mutex
	last    *warmRows          // nil: none, or too old
	began   time.Time          // when the last scan did
	failure error              // of the last scan; nil: it brought rows
	running <-chan error       // closed when the scan in progress ends; nil: there is none
	cancel  context.CancelFunc // of that
	changed chan struct{}      // closed when newer rows are there, or a scan has ended
	expiry  *time.Timer
	closed  bool
}

// warmRows are a complete scan.
type warmRows struct {
	*scan
	took    time.Duration
	names   map[int]whmcs.Client // of clients, by id; empty: GetClients did not give them
	byOther bool                 // another process has fetched them
}

// asOf is when WHMCS sent the oldest of the rows.
func (r *warmRows) asOf() time.Time { return r.current().AsOf }

// A WarmScan is how a scan of the whole installation beside all questions ended.
type WarmScan struct {
	Rows, Clients int           // clients: whose names were fetched
	Calls         int           // to WHMCS, for the services
	Took          time.Duration // from the first call to the last
	AsOf          time.Time     // when WHMCS sent the oldest row; zero: nothing complete was fetched
	Elsewhere     bool          // another process has scanned, for all
	Err           error         // why there are no newer rows; nil: there are
}

func newWarmer(f *Finder) *warmer {
	return &warmer{f: f, maxRows: MaxWarmRows, changed: make(chan struct{})}
}

// KeepWarm scans the whole installation again and again until ctx ends: FinderConfig.Warm
// after the last scan began, or at once where that took longer. It fetches with one call at
// a time, behind all questions.
func (f *Finder) KeepWarm(ctx context.Context) {
	w := f.warmer
	for {
		if wait := w.untilNext(); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
			continue // a question may have begun a scan meanwhile
		}
		select {
		case <-w.begin(whmcs.InBackground(context.Background()), f.cfg.Warm):
		case <-ctx.Done():
			return
		}
	}
}

// Renew begins a scan for newer rows, unless that is in progress or has begun in the last five
// minutes. It does not wait.
func (f *Finder) Renew() {
	w := f.warmer
	if w.untilRenewal() > 0 {
		return
	}
	ctx := context.Background()
	if w.beyondQuestions() {
		ctx = whmcs.InBackground(ctx)
	}
	w.begin(ctx, f.cfg.SnapshotLife)
}

// AwaitNewer waits until there are rows of a complete scan that are newer than than, and
// begins that scan where need be, as Renew does. Where ctx ends first, the error is that of
// the last scan, if it failed, else ctx's.
func (f *Finder) AwaitNewer(ctx context.Context, than time.Time) error {
	w := f.warmer
	for {
		w.mu.Lock()
		newer, closed, failure, changed := w.last != nil && w.last.asOf().After(than), w.closed, w.failure, w.changed
		w.mu.Unlock()
		switch {
		case newer:
			return nil
		case closed:
			return context.Canceled
		}
		f.Renew()
		var again <-chan time.Time
		if !w.scanning() {
			again = time.After(w.untilRenewal())
		}
		select {
		case <-changed:
		case <-again:
		case <-ctx.Done():
			return cmp.Or(failure, ctx.Err())
		}
	}
}

// Close ends the scan in progress, if there is one, and waits for that. No other one
// begins; questions are answered as before.
func (f *Finder) Close() {
	w := f.warmer
	w.mu.Lock()
	w.closed = true
	running := w.running
	if running != nil {
		w.cancel()
	}
	w.mu.Unlock()
	if running != nil {
		<-running
	}
}

// Forget lets go of all rows in memory: what is asked next is fetched again.
func (f *Finder) Forget() {
	f.mu.Lock()
	f.scans = nil
	f.mu.Unlock()
	f.warmer.mu.Lock()
	defer f.warmer.mu.Unlock()
	f.warmer.last = nil
}

// untilNext is how long it takes until the next scan in the background is due. One that
// failed is tried again before its interval is over.
func (w *warmer) untilNext() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failure != nil {
		return w.leftOf(min(w.f.cfg.Warm, w.f.cfg.SnapshotLife))
	}
	return w.leftOf(w.f.cfg.Warm)
}

// untilRenewal is how long it takes until a question may begin a scan.
func (w *warmer) untilRenewal() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.leftOf(w.f.cfg.SnapshotLife)
}

// leftOf is what is left of a time since the last scan began. w.mu is held.
func (w *warmer) leftOf(pause time.Duration) time.Duration {
	if w.began.IsZero() {
		return 0
	}
	return max(0, pause-time.Since(w.began))
}

// scanning reports whether a scan is in progress.
func (w *warmer) scanning() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running != nil
}

// beyondQuestions reports whether the installation has, or may have, more rows than a question
// may look at: then it is scanned in the background alone. Else a scan that questions wait for
// is as fast as theirs.
func (w *warmer) beyondQuestions() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last == nil || w.last.current().Looked > w.f.cfg.ScanRows
}

// begin begins a scan, if there is none in progress, and returns what is closed at its
// end. Rows that another process has begun to fetch within age will do.
func (w *warmer) begin(ctx context.Context, age time.Duration) (ended <-chan error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.running != nil:
		return w.running
	case w.closed:
		return nil
	}
	w.began = time.Now()
	since := w.began.Add(-age)
	ctx, w.cancel = context.WithCancel(whmcs.WithBudget(ctx))
	w.running = whmcs.Go(func() error {
		var r *warmRows
		err := whmcs.Recovered(func() (err error) { r, err = w.scan(ctx, since); return err })
		w.end(r, err)
		return nil
	})
	return w.running
}

// end notes how a scan ended.
func (w *warmer) end(r *warmRows, err error) {
	w.mu.Lock()
	stopped := w.closed
	w.cancel()
	w.running, w.failure = nil, err
	w.mu.Unlock()
	seen := WarmScan{Err: err}
	if r != nil {
		w.keepNewest(r)
		now := r.current()
		seen = WarmScan{Rows: now.Looked, Clients: len(r.names), Calls: now.Calls, Took: r.took, AsOf: now.AsOf, Elsewhere: r.byOther}
	}
	w.wake()
	if observe := w.f.cfg.Observe; observe != nil && !stopped {
		observe(seen)
	}
}

// wake wakes all who wait for newer rows.
func (w *warmer) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
}

// offer takes the rows of a scan that questions began, if it is complete.
func (w *warmer) offer(s *scan) {
	s.mu.Lock()
	keep := s.from == (place{}) && s.state.ended && !s.state.fewerSent && s.bytes <= snapshotBytes
	s.mu.Unlock()
	if !keep {
		return
	}
	w.keepNewest(&warmRows{scan: s, took: time.Since(s.began)})
}

// keepNewest keeps the rows of a complete scan until they are too old or newer ones
// replace them. Names that it lacks are those of the one before.
func (w *warmer) keepNewest(r *warmRows) {
	w.mu.Lock()
	defer w.mu.Unlock()
	asOf := r.asOf()
	if w.last != nil && w.last.scan != r.scan && !asOf.After(w.last.asOf()) {
		return
	}
	if w.last != nil && len(r.names) == 0 {
		r.names = w.last.names
	}
	w.last = r
	if r.began.After(w.began) || r.byOther {
		w.began = r.began
	}
	if w.expiry != nil {
		w.expiry.Stop()
	}
	w.expiry = time.AfterFunc(r.life()-time.Since(asOf), func() {
		whmcs.Recovered(func() error { w.drop(r); return nil })
	})
}

// life is how old the rows may be: so old that the next scan, and one more of its length,
// are over.
func (r *warmRows) life() time.Duration {
	if cfg := r.f.cfg; cfg.Warm > 0 {
		return max(cfg.Warm+2*r.took, cfg.SnapshotLife)
	}
	return warmLife
}

// drop lets go of rows that are too old.
func (w *warmer) drop(r *warmRows) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last == r {
		w.last = nil
	}
}

// rows returns the warm rows; nil: there are none.
func (w *warmer) rows() *warmRows {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// errNotAtHand is why a page is not found that only warm rows hold.
var errNotAtHand = errors.New("the page is one of rows that are not in memory any more")

// warmRows returns the rows that answer a question at once, whatever is being fetched: those of
// a complete scan that are young enough for it. nil: there are none. Old ones are older than a
// snapshot may be.
func (a *question) warmRows() (r *warmRows, old bool) {
	r = a.f.warmer.rows()
	if r == nil || a.pos.from != (place{}) || a.q.Fresh && !a.opt.Snapshot {
		return nil, false
	}
	if time.Since(r.asOf()) < a.f.cfg.SnapshotLife {
		return r, false
	}
	if !a.opt.Warm || a.q.Fresh || a.q.As == ViewCSV || a.q.As == ViewEmails {
		return nil, false
	}
	return r, true
}
