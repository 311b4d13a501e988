package query

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"servicesbot/whmcs"
)

const (
	// defaultRows is how many rows a page of a list has.
	defaultRows = 5
	// defaultScanRows is how many rows one question may look at.
	defaultScanRows = 20_000
	// scanTime is how long one question may read.
	scanTime = 2 * time.Minute
	// detailsWait is how long an answer waits for a client's name and currency
	// once its rows are there.
	detailsWait = 2 * time.Second
)

// A Finder answers queries from one installation. It is for any number of
// goroutines.
type Finder struct {
	api *whmcs.API
	cfg FinderConfig

	named  atomic.Bool // WHMCS has given a client's details: it permits that
	warmer *warmer     // the whole installation, as last read to its end

	mu    sync.Mutex
	scans []*scan // the whole installation, as last read from some places on, oldest first
}

// FinderConfig is what a Finder needs beside the API.
type FinderConfig struct {
	Rows     int              // rows on a page of a list where the query has none; 0: 5
	ScanRows int              // rows one question may look at; 0: 20,000
	Currency string           // the installation's one currency; "": not known to be one
	Now      func() time.Time // nil: time.Now; its location decides what "today" is
	Shared   SharedRows       // rows that several processes fetch once for all; nil: this one fetches for itself

	Warm         time.Duration  // between the beginnings of two scans of KeepWarm
	SharedWarm   SharedRows     // as Shared, for warm rows
	SnapshotLife time.Duration  // how old rows may be that answer as if they had just been read; 0: 5 minutes
	Observe      func(WarmScan) // called when a scan for warm rows has ended; nil: none
}

// NewFinder returns a Finder.
func NewFinder(api *whmcs.API, cfg FinderConfig) *Finder {
	if cfg.Rows <= 0 {
		cfg.Rows = defaultRows
	}
	cfg.Rows = min(cfg.Rows, maxListRows)
	if cfg.ScanRows <= 0 {
		cfg.ScanRows = defaultScanRows
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.SnapshotLife <= 0 {
		cfg.SnapshotLife = snapshotLife
	}
	f := &Finder{api: api, cfg: cfg}
	f.warmer = newWarmer(f)
	return f
}

// Options are of one call of Find.
type Options struct {
	Snapshot bool           // a fresh question may use the rows of a scan of the last minutes all the same
	Since    Matches        // of an earlier answer: all matches are read, and Result has what changed; nil: not wanted
	Warm     bool           // warm rows will do: rows older than a snapshot's, whose age the answer says
	Progress func(Progress) // called during a scan, never concurrently; nil: none
}

// Progress is how far a scan has come.
type Progress struct {
	Looked int           // rows looked at so far
	Of     int           // rows that WHMCS counts
	Found  int           // of those looked at, how many match
	Left   time.Duration // an estimate; 0: not known yet
}

// Find answers q. An error is an *Error of this package where the query cannot be
// answered as it is, one of package whmcs's, or ctx's where that was
// cancelled. A search that is cut short, by its budget, by ctx's deadline or by a
// failure after something was found, gives a Result that is not Complete.
//
// Warm rows never answer that nothing was found: WHMCS is read again before that is said.
func (f *Finder) Find(ctx context.Context, q Query, opt Options) (*Result, error) {
	res, err := f.find(ctx, q, opt)
	if err == nil && res.Warm && res.Matched == 0 {
		opt.Warm = false
		return f.find(ctx, q, opt)
	}
	return res, err
}

// find answers q as Find does, once.
func (f *Finder) find(ctx context.Context, q Query, opt Options) (*Result, error) {
	q, err := Parse(q.String()) // q may have been put together by hand
	if err != nil {
		return nil, err
	}
	if q.Help {
		return nil, newError(q.String(), []fault{{Problem: Problem{Reason: HelpNotSearched}}})
	}
	ctx = whmcs.WithBudget(ctx)
	a := &question{f: f, q: q, opt: opt, began: time.Now()}
	if a.pos, err = q.position(); err != nil {
		return nil, err
	}
	a.end = a.pos.from
	a.tracked = make(map[int]*whmcs.Service, len(opt.Since))
	a.env = &env{today: dateOf(f.cfg.Now())}
	if err := a.resolveEmails(ctx); err != nil {
		return nil, err
	}
	if err := a.resolveNames(ctx); err != nil {
		return nil, err
	}
	a.plan = planFor(q, a.env)
	a.wanted = compile(q, a.env)
	a.seekLapsed()
	a.res = &Result{Query: q, Asked: a.asked(), Tested: a.tested(), Complete: true, Before: a.pos.looked}
	details := a.startDetails(ctx)
	defer details.stop()
	if err := a.judge(ctx, a.search(ctx)); err != nil {
		return nil, err
	}
	a.settle()
	a.answer(ctx, details)
	a.compareMatches()
	return a.res, nil
}
