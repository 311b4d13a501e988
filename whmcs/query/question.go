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

// A question is one call of Find.
type question struct {
	f     *Finder
	q     Query
	opt   Options
	began time.Time

	env    *env
	plan   plan
	wanted match
	named  bool // whether servers have names here is settled

	found   []*whmcs.Service
	byOrder bool // rows go in our order, not in WHMCS's
	slim    bool // rows are a scan's, without notes, fields and options
	res     *Result
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
	errs := make([]error, len(addresses))
	var all sync.WaitGroup
	for i, address := range addresses {
		all.Go(func() { clients[i], errs[i] = a.f.api.GetClientsDetails(ctx, 0, address) })
	}
	all.Wait()
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

// asked tells what WHMCS is asked for, in its parameters.
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

// tested tells which terms WHMCS was not asked for.
func (a *question) tested() []string {
	var all []string
	for i, t := range a.q.Terms {
		if !slices.Contains(a.plan.pushed, i) {
			all = append(all, t.String())
		}
	}
	return all
}

// greedy reports whether the question needs every match, however few it shows.
func (a *question) greedy() bool {
	return a.q.Sort.Key != "" || a.q.As == ViewSummary || a.q.As == ViewCSV
}

// enough reports whether the page asked for is full and known to be followed.
func (a *question) enough() bool {
	return !a.greedy() && len(a.found) > a.first()+a.pageRows()
}

// first is the place of the first row of the page asked for.
func (a *question) first() int { return max(a.q.Page-1, 0) * a.pageRows() }

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

// take tests rows and keeps those that match. Kept rows are copied where the
// others should not stay in memory with them.
func (a *question) take(ctx context.Context, rows []whmcs.Service, copied bool) error {
	if err := a.nameServers(ctx, rows); err != nil {
		return err
	}
	for i := range rows {
		s := &rows[i]
		if !a.wanted(s) {
			continue
		}
		if copied {
			kept := *s
			s = &kept
		}
		a.found = append(a.found, s)
	}
	return nil
}

// progress tells how far the reading has come: started is how many rows had been
// looked at when this question began, goal how many it will look at at most.
func (a *question) progress(looked, started, of, goal int) {
	if a.opt.Progress == nil || looked == 0 {
		return
	}
	p := Progress{Looked: looked, Of: of, Found: len(a.found)}
	if done := looked - started; done > 0 {
		left := max(0, min(of, goal)-looked)
		p.Left = time.Duration(float64(time.Since(a.began)) / float64(done) * float64(left))
	}
	a.opt.Progress(p)
}

// judge turns the end of the reading into an error, or into what the result says
// about its completeness. A failure that left nothing found is an error: it must
// not read as an empty answer.
func (a *question) judge(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errUnnamed):
		return nil
	case errors.Is(err, errBudget):
		a.cut(fmt.Sprintf("One question looks at %s rows at most, and WHMCS has %s.", grouped(a.f.cfg.ScanRows), grouped(a.res.Of)))
	case errors.Is(err, errTime):
		a.cut(fmt.Sprintf("The time for one question was over after %s of %s rows.", grouped(a.res.Looked), grouped(a.res.Of)))
	case errors.Is(err, errMoved):
		a.cut("Services were deleted in WHMCS while they were read, so some may be missing.")
	case errors.Is(ctx.Err(), context.Canceled), len(a.found) == 0:
		return err
	default:
		a.cut(fmt.Sprintf("WHMCS stopped answering after %s of %s rows: %s.", grouped(a.res.Looked), grouped(a.res.Of), inWords(err)))
	}
	return nil
}

// cut marks the result as one that can be gone on with.
func (a *question) cut(why string) {
	a.res.Complete, a.res.Counted, a.res.Continue, a.res.Why = false, false, true, why
}

// inWords names a failure of WHMCS by its kind alone.
func inWords(err error) string {
	var e *whmcs.Error
	if errors.As(err, &e) {
		return string(e.Kind)
	}
	return "the reason is not known"
}
