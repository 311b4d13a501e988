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

	env     *env
	plan    plan
	wanted  match
	pos     position // of the line; zero: it has none
	named   bool     // whether servers have names here is known
	learned bool     // the list of servers was asked for, to know what a name means

	isLapsed match            // of what due:overdue leaves out; nil: nothing
	lapsed   []*whmcs.Service // those

	tracked map[int]*whmcs.Service // rows of opt.Since, whether they match or not
	found   []*whmcs.Service       // in WHMCS's order
	starts  []int                  // how many were found before each request
	mark    int                    // how many were found before the place of the position's row
	marked  bool                   // that row was met
	slim    bool                   // rows are a scan's, without notes, fields and options

	extent  extent // of the reading
	limit   int    // rows to look at
	started int    // rows of the scan that were there when the question came
	told    int    // rows at the last progress
	end     place  // behind the last row that was looked at
	beyond  bool   // there are rows behind the limit
	lost    bool   // the place of the position cannot be found again

	res *Result
}

// Why reading stopped before its end, beside WHMCS's own errors.
var (
	errBudget  = errors.New("the budget of rows is used up")
	errTime    = errors.New("the time is up")
	errUnnamed = errors.New("servers have no names here")
)

// resolveEmails asks for the client behind each address of the query. Without
// the permission for that, nothing but an error is left: WHMCS does not show
// addresses in the rows.
func (a *question) resolveEmails(ctx context.Context) error {
	var addresses []string
	for _, t := range a.q.Terms {
		if t.Key == "email" {
			addresses = append(addresses, t.Values...)
		}
	}
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	if len(addresses) > maxPushed {
		return newError(a.q.String(), []fault{{Problem: Problem{Reason: TooManyEmails, Count: len(addresses), Most: maxPushed}}})
	}
	clients := make([]*whmcs.Client, len(addresses))
	errs, asked := make([]error, len(addresses)), make([]<-chan error, len(addresses))
	for i, address := range addresses {
		asked[i] = whmcs.Go(func() (err error) {
			clients[i], err = a.f.api.GetClientsDetails(ctx, 0, address)
			return err
		})
	}
	for i := range asked {
		errs[i] = <-asked[i]
	}
	for i, err := range errs {
		switch {
		case errors.Is(err, whmcs.ErrActionNotPermitted):
			return emailsClosed(a.q, addresses[i])
		case errors.Is(err, whmcs.ErrNotFound):
			clients[i] = &whmcs.Client{}
		case err != nil:
			return err
		}
		a.env.know(addresses[i], *clients[i])
	}
	return nil
}

// emailsClosed says that WHMCS does not let clients be found by their address.
func emailsClosed(q Query, address string) *Error {
	line := q.String()
	e := &Error{Line: line, Problems: []Problem{{End: len(line), Reason: EmailsNotPermitted}}}
	for i, t := range q.Terms {
		if t.Key != "email" || !slices.Contains(t.Values, address) {
			continue
		}
		e.Problems[0].Start, e.Problems[0].End = q.place(i)
		if _, host, _ := cutLast(address, "@"); len(t.Values) == 1 && !t.Not {
			q.Terms = slices.Clone(q.Terms)
			q.Terms[i] = Term{Key: "domain", Values: []string{host}}
			if _, err := Parse(q.String()); err == nil {
				e.Corrected = []string{q.String()}
			}
		}
		break
	}
	return e
}

// asked says what WHMCS is asked for, in its parameters.
func (a *question) asked() []string {
	if a.plan.whole {
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

// wantsAll reports whether the question needs every match, however few it shows.
func (a *question) wantsAll() bool {
	return a.q.Sort.Key != "" || a.q.As.ofAll() || a.pos.order == orderStatus
}

// greedy reports whether every match is needed, also to know what a name means.
func (a *question) greedy() bool { return a.wantsAll() || a.env.namesOpen() || a.opt.Since != nil }

// enough reports whether nothing more has to be read for the page asked for.
func (a *question) enough() bool { return !a.greedy() && !a.extent.whole && a.pageFull() }

// pageFull reports whether the page asked for is full and known to be followed.
func (a *question) pageFull() bool {
	if a.pos.row.id == 0 {
		return len(a.found) > a.first()+a.pageRows()
	}
	at, ok := a.boundary(false)
	if !a.pos.before {
		at += a.pageRows()
	}
	return ok && len(a.found) > at
}

// first is the place of the first row of the page that page: counts.
func (a *question) first() int {
	if a.q.Position != "" {
		return 0
	}
	return max(a.q.Page-1, 0) * a.pageRows()
}

// pageRows returns how many rows a page has.
func (a *question) pageRows() int {
	switch {
	case a.q.As == ViewTable:
		return TableRows
	case a.q.Rows > 0:
		return min(a.q.Rows, maxListRows)
	}
	return a.f.cfg.Rows
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
	case a.plan.whole:
		err = a.readShared(timed)
	default:
		err = a.readOwn(timed)
	}
	if err != nil && errors.Is(timed.Err(), context.DeadlineExceeded) && (a.plan.whole || a.res.Looked > 0) {
		err = errTime
	}
	if a.extent.ended && a.res.AsOf.IsZero() {
		a.res.AsOf = time.Now()
	}
	return err
}

// readOwn reads what a pushed key finds.
func (a *question) readOwn(ctx context.Context) error {
	requests := slices.Clone(a.plan.requests)
	for i := range requests {
		requests[i].Fresh = a.q.Fresh
	}
	r := newReader(a.f.api, requests, a.pos.from)
	err := r.read(ctx, func(p pageOf) (bool, error) {
		if err := a.take(ctx, p); err != nil {
			return false, err
		}
		a.see(r.extent)
		over, err := a.over()
		if !over {
			a.progress()
		}
		return !over, err
	}, a.forget)
	a.see(r.extent)
	return err
}

// see takes over how far a reading has come.
func (a *question) see(x extent) {
	a.extent = x
	a.extent.ended = x.ended && !a.beyond
	a.res.Of = max(x.Of, a.res.Looked)
	if a.pos.from.part > 0 { // the requests before are not asked again
		a.res.Of += a.pos.looked - a.pos.from.offset
	}
}

// over reports whether what was read is enough, or all that the question may look at.
func (a *question) over() (bool, error) {
	switch {
	case a.extent.ended, a.enough():
		return true, nil
	case a.full() && (a.extent.left || a.beyond):
		return true, errBudget
	}
	return false, nil
}

// full reports whether the question has looked at all rows that it may look at.
func (a *question) full() bool { return a.res.Looked >= a.limit }

// rowsWanted is up to how many rows a scan should read next.
func (a *question) rowsWanted(has int) int {
	if a.greedy() {
		return max(has+1, a.limit)
	}
	return has + 1
}

// take tests a page's rows, as far as they are within the limit, and keeps those that
// match. Those of the question's own reading are copied, so that the others do not stay
// in memory with them.
func (a *question) take(ctx context.Context, p pageOf) error {
	if a.full() {
		a.beyond = true
		return nil
	}
	rows, seen, end := p.Services, p.Coverage, place{p.part, p.Next, p.LastID}
	if room := a.limit - a.res.Looked; room < len(rows) && len(rows) == p.Looked {
		end = place{p.part, p.Next - len(rows) + room, rows[room-1].ID}
		rows, seen.Looked, a.beyond = rows[:room], room, true
	}
	a.res.Add(seen)
	if end.part != a.end.part || end.offset > a.end.offset {
		a.end = end
	}
	for len(a.starts) <= p.part {
		a.starts = append(a.starts, len(a.found))
	}
	if err := a.nameServers(ctx, rows); err != nil {
		return err
	}
	for i := range rows {
		s := &rows[i]
		a.track(s)
		matches := a.wanted(s)
		if s.ID == a.pos.row.id && p.part == a.pos.row.part && a.pos.order == orderWHMCS {
			a.mark, a.marked = len(a.found), true
			if matches && !a.pos.before {
				a.mark++
			}
		}
		if !matches {
			if a.isLapsed != nil && a.isLapsed(s) {
				kept := *s
				a.lapsed = append(a.lapsed, &kept)
			}
			continue
		}
		if !a.slim {
			kept := *s
			s = &kept
		}
		a.found = append(a.found, s)
	}
	return nil
}

// forget drops what was found, as the reading begins again.
func (a *question) forget() {
	a.lapsed = nil
	clear(a.tracked)
	a.found, a.starts, a.marked, a.beyond, a.end, a.told, a.started = nil, nil, false, false, a.pos.from, 0, 0
	a.res.Coverage = whmcs.Coverage{Calls: a.res.Calls}
	clear(a.env.priceless)
}

// progress says how far the reading has come.
func (a *question) progress() {
	looked := a.res.Looked
	if a.opt.Progress == nil || looked <= a.told {
		return
	}
	a.told = looked
	p := Progress{Looked: a.pos.looked + looked, Of: a.res.Of, Found: len(a.found)}
	if done := looked - a.started; done > 0 {
		left := max(0, min(a.res.Of-a.pos.looked, a.limit)-looked)
		p.Left = time.Duration(float64(time.Since(a.began)) / float64(done) * float64(left))
	}
	a.opt.Progress(p)
}

// follow reports the progress of another process that reads for this one.
func (a *question) follow(there Progress) {
	if a.opt.Progress == nil || there.Looked <= a.told || there.Of == 0 {
		return
	}
	a.told = there.Looked
	a.opt.Progress(there)
}

// judge turns the end of the reading into an error, or into what the result says
// about its completeness. A failure that left nothing found is an error: it must
// not read as an empty answer.
func (a *question) judge(ctx context.Context, err error) error {
	gap := Gap{Looked: a.pos.looked + a.res.Looked, Of: a.res.Of, Limit: a.f.cfg.ScanRows}
	switch {
	case err == nil && a.extent.fewer:
		gap.Kind, a.extent.left = GapFewer, false
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
		a.lost = true
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

// kindOf names a failure of WHMCS; "" where it is another.
func kindOf(err error) whmcs.Kind {
	if e, ok := errors.AsType[*whmcs.Error](err); ok {
		return e.Kind
	}
	return ""
}

// stopped is the error of a question that its asker stopped.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}
