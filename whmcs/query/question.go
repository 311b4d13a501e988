package query

import (
	"context"
	"errors"
	"fmt"
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
	learned        bool     // the list of servers was asked for, to know what a name means

	isLapsed match            // of what due:overdue leaves out; nil: nothing
	lapsed   []*whmcs.Service // those

	tracked     map[int]*whmcs.Service // rows of opt.Since, whether they match or not
	found       []*whmcs.Service       // in WHMCS's order
	foundBefore []int                  // how many were found before each request
	rowAt       int                    // how many were found before the place of the position's row
	rowMet      bool                   // that row was met
	fromScan    bool                   // rows are a scan's, without notes, fields and options

	extent   extent               // of the reading
	limit    int                  // rows to look at
	started  int                  // rows of the scan that were there when the question came
	reported int                  // rows at the last progress
	end      place                // behind the last row that was looked at
	moreRows bool                 // there are rows behind the limit
	pageGap  GapKind              // why the page of the position cannot be shown; "": it can
	names    map[int]whmcs.Client // of clients, that came with warm rows

	res *Result
}

// Why reading stopped before its end, beside WHMCS's own errors.
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

// search reads what the plan says, within the time that a question has.
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

// fetchOwn reads what a pushed key finds.
func (a *question) fetchOwn(ctx context.Context) error {
	requests := slices.Clone(a.plan.requests)
	for i := range requests {
		requests[i].Fresh = a.q.Fresh
	}
	r := newFetcher(a.f.api, requests, a.pos.from)
	err := r.fetch(ctx, func(p fetchedPage) (bool, error) {
		if err := a.testPage(ctx, p); err != nil {
			return false, err
		}
		a.noteExtent(r.extent)
		over, err := a.done()
		if !over {
			a.progress()
		}
		return !over, err
	}, a.startOver)
	a.noteExtent(r.extent)
	return err
}

// noteExtent takes over how far a reading has come.
func (a *question) noteExtent(x extent) {
	a.extent = x
	a.extent.ended = x.ended && !a.moreRows
	a.res.Of = max(x.Of, a.res.Looked)
	if a.pos.from.request > 0 { // the requests before are not asked again
		a.res.Of += a.pos.looked - a.pos.from.offset
	}
}

// testPage tests a page's rows, as far as they are within the limit, and keeps those that
// match. Those of the question's own reading are copied, so that the others do not stay
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

// startOver drops what was found, as the reading begins again.
func (a *question) startOver() {
	a.lapsed = nil
	clear(a.tracked)
	a.found, a.foundBefore, a.rowMet, a.moreRows, a.end, a.reported, a.started = nil, nil, false, false, a.pos.from, 0, 0
	a.res.Coverage = whmcs.Coverage{Calls: a.res.Calls}
	clear(a.env.priceless)
}

// progress says how far the reading has come.
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

// progressOfOther reports the progress of another process that reads for this one.
func (a *question) progressOfOther(there Progress) {
	if a.opt.Progress == nil || there.Looked <= a.reported || there.Of == 0 {
		return
	}
	a.reported = there.Looked
	a.opt.Progress(there)
}

// judge turns the end of the reading into an error, or into what the result says
// about its completeness. A failure that left nothing found is an error: it must
// not read as an empty answer.
func (a *question) judge(ctx context.Context, err error) error {
	gap := Gap{Looked: a.pos.looked + a.res.Looked, Of: a.res.Of, Limit: a.f.cfg.ScanRows}
	switch {
	case err == nil && a.extent.fewerSent:
		gap.Kind, a.extent.rowsLeft = GapFewer, false
	case err == nil, errors.Is(err, errUnnamed):
		return nil
	case errors.Is(err, errBudget) && a.limit == a.f.cfg.ScanRows:
		gap.Kind = GapBudget
	case errors.Is(err, errBudget):
		gap.Kind = GapFirstPage
	case errors.Is(err, errTime):
		gap.Kind = GapTime
	case errors.Is(err, errMoved):
		gap.Kind = GapMoved
	case errors.Is(err, errLost):
		a.pageGap = GapLost
		return nil
	case errors.Is(err, errNotAtHand):
		a.pageGap = GapNotAtHand
		return nil
	case errors.Is(ctx.Err(), context.Canceled), len(a.found) == 0:
		return err
	default:
		gap.Kind, gap.Failure = GapFailed, kindOf(err)
	}
	a.extent.ended = false
	a.incomplete(gap)
	return nil
}

// incomplete says why the result is not complete.
func (a *question) incomplete(gap Gap) { a.res.Complete, a.res.Why = false, gap }

// stopped is the error of a question that its asker stopped.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}
