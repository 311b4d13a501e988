package query

import (
	"context"
	"errors"
	"slices"
	"time"

	"servicesbot/whmcs"
)

// A question is one call of Find.
type question struct {
	f     *Finder
	q     Query
	opt   Options
	began time.Time

	env            *env
	plan           plan
	wanted         match
	pos            position // of the line; zero: it has none
	serversChecked bool     // whether servers have names here is known
	serversLearned bool     // the list of servers was asked for, to know what a name means

	isLapsed match            // of what due:overdue leaves out; nil: nothing
	lapsed   []*whmcs.Service // those

	tracked     map[int]*whmcs.Service // rows of opt.Since, whether they match or not
	found       []*whmcs.Service       // in WHMCS's order
	foundBefore []int                  // how many were found before each request
	rowAt       int                    // how many were found before the place of the position's row
	rowMet      bool                   // that row was met
	fromScan    bool                   // rows are a scan's, without notes, fields and options

	extent   extent               // of the fetcher, or of the scan
	limit    int                  // rows to look at
	started  int                  // rows of the scan that were there when the question came
	reported int                  // rows at the last progress
	end      place                // behind the last row that was looked at
	moreRows bool                 // there are rows behind the limit
	pageGap  GapKind              // why the page of the position cannot be shown; "": it can
	names    map[int]whmcs.Client // of clients, that came with warm rows

	res *Result
}

// Why a search stopped before its end, beside WHMCS's own errors.
var (
	errBudget  = errors.New("the budget of rows is used up")
	errTime    = errors.New("the time is up")
	errUnnamed = errors.New("servers have no names here")
)

// asked says what WHMCS is asked for, in its parameters.
func (a *question) asked() []string {
	if a.plan.needsScan {
		return nil
	}
	var all []string
	for _, t := range a.q.Terms {
		if t.Key == "email" {
			for _, v := range t.Values {
				all = append(all, "email="+v)
			}
		}
	}
	for _, r := range a.plan.requests {
		if s := asked(r); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// tested says which terms WHMCS was not asked for.
func (a *question) tested() []string {
	var all []string
	for i, t := range a.q.Terms {
		if !slices.Contains(a.plan.pushed, i) {
			all = append(all, t.String())
		}
	}
	return all
}

// search gets the rows that the plan names and tests them, within the time that a question has.
func (a *question) search(ctx context.Context) error {
	a.limit = a.f.cfg.ScanRows
	if a.pos.until > 0 {
		a.limit = min(a.limit, a.pos.until)
	}
	timed, stop := context.WithTimeout(ctx, scanTime)
	defer stop()
	var err error
	switch {
	case a.plan.nobody:
		a.extent.ended = true
	case a.plan.needsScan:
		err = a.useScan(timed)
	default:
		err = a.fetchOwn(timed)
	}
	if err != nil && errors.Is(timed.Err(), context.DeadlineExceeded) && (a.plan.needsScan || a.res.Looked > 0) {
		err = errTime
	}
	if (a.extent.ended || errors.Is(err, errNotAtHand)) && a.res.AsOf.IsZero() {
		a.res.AsOf = time.Now()
	}
	return err
}

// fetchOwn gets what the plan's requests find, by a fetcher of the question's own.
func (a *question) fetchOwn(ctx context.Context) error {
	requests := slices.Clone(a.plan.requests)
	for i := range requests {
		requests[i].Fresh = a.q.Fresh
	}
	own := newFetcher(a.f.api, requests, a.pos.from)
	err := own.fetch(ctx, func(p fetchedPage) (bool, error) {
		if err := a.testPage(ctx, p); err != nil {
			return false, err
		}
		a.noteExtent(own.extent)
		over, err := a.done()
		if !over {
			a.progress()
		}
		return !over, err
	}, a.startOver)
	a.noteExtent(own.extent)
	return err
}

// useScan takes rows from a scan that others may share, or at once from warm rows.
func (a *question) useScan(ctx context.Context) error {
	a.fromScan = true
	if r, old := a.warmRows(); r != nil {
		a.res.Warm = old
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

// followScan tests the rows of a scan, those that were there before and those that come, until
// the question is done.
func (a *question) followScan(ctx context.Context, s *scan, now scanState) error {
	joined := len(now.pages)
	a.started = now.Looked
	for tested, restarts := 0, now.restarts; ; now = s.current() {
		if now.restarts != restarts {
			a.startOver()
			tested, joined, restarts = 0, 0, now.restarts
		}
		if len(now.pages) > joined {
			a.res.Calls += s.countCalls()
		}
		for ; tested < len(now.pages); tested++ {
			if err := a.testPage(ctx, fetchedPage{now.pages[tested], 0}); err != nil {
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

// noteExtent notes how far the fetcher or the scan has come.
func (a *question) noteExtent(x extent) {
	a.extent = x
	a.extent.ended = x.ended && !a.moreRows
	a.res.Of = max(x.Of, a.res.Looked)
	if a.pos.from.request > 0 { // the requests before are not asked again
		a.res.Of += a.pos.looked - a.pos.from.offset
	}
}

// testPage tests a page's rows, as far as they are within the limit, and keeps those that
// match. Those of the question's own fetcher are copied, so that the others do not stay
// in memory with them.
func (a *question) testPage(ctx context.Context, p fetchedPage) error {
	if a.limitReached() {
		a.moreRows = true
		return nil
	}
	rows, seen, end := p.Services, p.Coverage, place{p.request, p.Next, p.LastID}
	if room := a.limit - a.res.Looked; room < len(rows) && len(rows) == p.Looked {
		end = place{p.request, p.Next - len(rows) + room, rows[room-1].ID}
		rows, seen.Looked, a.moreRows = rows[:room], room, true
	}
	a.res.Add(seen)
	if end.request != a.end.request || end.offset > a.end.offset {
		a.end = end
	}
	for len(a.foundBefore) <= p.request {
		a.foundBefore = append(a.foundBefore, len(a.found))
	}
	if err := a.nameServers(ctx, rows); err != nil {
		return err
	}
	for i := range rows {
		s := &rows[i]
		a.track(s)
		matches := a.wanted(s)
		if s.ID == a.pos.row.id && p.request == a.pos.row.request && a.pos.order == orderWHMCS {
			a.rowAt, a.rowMet = len(a.found), true
			if matches && !a.pos.before {
				a.rowAt++
			}
		}
		if !matches {
			if a.isLapsed != nil && a.isLapsed(s) {
				kept := *s
				a.lapsed = append(a.lapsed, &kept)
			}
			continue
		}
		if !a.fromScan {
			kept := *s
			s = &kept
		}
		a.found = append(a.found, s)
	}
	return nil
}

// startOver drops what was found, as the fetcher or the scan starts over.
func (a *question) startOver() {
	a.lapsed = nil
	clear(a.tracked)
	a.found, a.foundBefore, a.rowMet, a.moreRows, a.end, a.reported, a.started = nil, nil, false, false, a.pos.from, 0, 0
	a.res.Coverage = whmcs.Coverage{Calls: a.res.Calls}
	clear(a.env.priceless)
}

// progress reports how far the search has come.
func (a *question) progress() {
	looked := a.res.Looked
	if a.opt.Progress == nil || looked <= a.reported {
		return
	}
	a.reported = looked
	p := Progress{Looked: a.pos.looked + looked, Of: a.res.Of, Found: len(a.found)}
	if done := looked - a.started; done > 0 {
		left := max(0, min(a.res.Of-a.pos.looked, a.limit)-looked)
		p.Left = time.Duration(float64(time.Since(a.began)) / float64(done) * float64(left))
	}
	a.opt.Progress(p)
}

// progressOfOther reports the progress of another process that scans for this one.
func (a *question) progressOfOther(there Progress) {
	if a.opt.Progress == nil || there.Looked <= a.reported || there.Of == 0 {
		return
	}
	a.reported = there.Looked
	a.opt.Progress(there)
}
