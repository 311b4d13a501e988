package query

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"servicesbot/whmcs"
)

// maxPauses is how many readings that were cut short are kept for Continue.
const maxPauses = 8

// A reading is how far the requests of a question with a pushed key were read.
type reading struct {
	key     string // the filters it is for
	parts   []part
	seen    map[int]struct{} // ids had, as two requests may find the same service
	found   []*whmcs.Service
	looked  int
	foreign int
	unread  int
	asOf    time.Time
	expiry  *time.Timer
}

// A part is one request's share of a reading.
type part struct {
	req   whmcs.GetClientsProductsRequest
	stand stand
	total int
	whole bool // the rows read are as many as WHMCS counts
	ended bool
}

// of is how many rows WHMCS counts for all parts.
func (r *reading) of() int {
	n := 0
	for _, p := range r.parts {
		n += p.total
	}
	return n
}

// whole reports whether WHMCS counts no row beyond those read.
func (r *reading) whole() bool {
	return !slices.ContainsFunc(r.parts, func(p part) bool { return !p.whole })
}

// ended reports whether all parts are known to be read to their end.
func (r *reading) ended() bool {
	return !slices.ContainsFunc(r.parts, func(p part) bool { return !p.ended })
}

// readPushed reads what a pushed key finds, and begins anew where rows went away between
// two walks through them.
func (a *question) readPushed(ctx context.Context) error {
	r := a.resume()
	err := a.readFrom(ctx, r, a.q.Fresh)
	for n := 1; n < beginnings && errors.Is(err, errMoved); n++ {
		err = a.readFrom(ctx, nil, true)
	}
	return err
}

// readFrom goes on with a reading, or begins one. Where that may stop early, or has
// several requests, their first replies are read before anything more: if all
// rows are in them, they are shown in our own order, else in WHMCS's, on every
// page alike.
func (a *question) readFrom(ctx context.Context, r *reading, uncached bool) error {
	first := r == nil
	if first {
		r = &reading{key: a.filters(), seen: make(map[int]struct{})}
		for _, req := range a.plan.requests {
			req.Fresh = uncached
			r.parts = append(r.parts, part{req: req})
		}
	}
	a.found = r.found
	a.res.Looked, a.res.Foreign, a.res.Unreadable, a.res.AsOf = r.looked, r.foreign, r.unread, r.asOf
	limit := r.looked + a.f.cfg.ScanRows
	started := r.looked
	timed, stop := context.WithTimeout(ctx, scanTime)
	defer stop()
	err := a.readParts(timed, r, limit, started, first)
	a.res.Of = max(r.of(), a.res.Looked)
	if err != nil && errors.Is(timed.Err(), context.DeadlineExceeded) && len(a.found)+a.res.Looked > 0 {
		err = errTime
	}
	if errors.Is(err, errBudget) || errors.Is(err, errTime) {
		r.found, r.looked, r.foreign, r.unread, r.asOf = a.found, a.res.Looked, a.res.Foreign, a.res.Unreadable, a.res.AsOf
		a.f.pause(r)
	}
	a.res.Counted = err == nil && r.ended()
	return err
}

// readNothing answers a question for which WHMCS has said that there is no such
// client.
func (a *question) readNothing(context.Context) error {
	a.res.AsOf, a.res.Counted = time.Now(), true
	return nil
}

// readParts reads the parts until they end, the page asked for is full, or limit
// rows were looked at.
func (a *question) readParts(ctx context.Context, r *reading, limit, started int, first bool) error {
	if first && (len(r.parts) > 1 || !a.greedy()) {
		if err := a.readFirsts(ctx, r); err != nil {
			return err
		}
	}
	a.byOrder = a.greedy() || r.whole()
	for i := range r.parts {
		if err := a.readPart(ctx, r, &r.parts[i], limit, started); err != nil {
			return err
		}
	}
	return nil
}

// readFirsts reads the first reply to every part at once.
func (a *question) readFirsts(ctx context.Context, r *reading) error {
	pages := make([]*whmcs.Page, len(r.parts))
	errs := make([]error, len(r.parts))
	var all sync.WaitGroup
	for i, p := range r.parts {
		read := func() { pages[i], errs[i] = a.f.api.GetClientsProducts(ctx, p.req) }
		if len(r.parts) == 1 {
			read()
			break
		}
		all.Go(read)
	}
	all.Wait()
	var failed error
	for i := range r.parts {
		if err := a.takePage(ctx, r, &r.parts[i], pages[i], errs[i]); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// readPart reads one part to its end, or, where rows are shown in WHMCS's order,
// until the page is full.
func (a *question) readPart(ctx context.Context, r *reading, p *part, limit, started int) error {
	full := func() bool { return p.ended || !a.byOrder && a.enough() }
	if full() {
		return nil
	}
	if a.res.Looked >= limit {
		return errBudget
	}
	known := p.total
	if started > 0 { // by a question before this one
		calls, err := p.stand.check(ctx, a.f.api, p.req)
		a.res.Calls += calls
		if err != nil {
			return err
		}
	}
	for page, err := range a.f.api.Pages(ctx, p.req) {
		if err == nil && page.Of < known {
			return errMoved
		}
		known = 0 // the walk sees by itself what goes from here on
		if err := a.takePage(ctx, r, p, page, err); err != nil {
			return err
		}
		if full() {
			return nil
		}
		a.progress(a.res.Looked, started, r.of(), limit)
		if a.res.Looked >= limit && (!p.whole || a.res.Looked >= 2*limit) {
			return errBudget
		}
	}
	p.whole, p.ended = true, true
	return nil
}

// takePage tests a reply's rows and notes where its part goes on. A client or
// service that WHMCS does not have is an answer: it has no rows.
func (a *question) takePage(ctx context.Context, r *reading, p *part, page *whmcs.Page, err error) error {
	if errors.Is(err, whmcs.ErrNotFound) {
		p.whole, p.ended = true, true
		if a.res.AsOf.IsZero() {
			a.res.AsOf = time.Now()
		}
		return nil
	}
	if err != nil {
		return err
	}
	size := page.Looked
	p.stand.take(page)
	p.req.LimitStart = p.stand.next
	p.total = page.Of
	p.whole = p.req.LimitStart >= page.Of
	// A full page that ends with the total may come of a reply without a total.
	p.ended = p.whole && (size < page.LimitNum || size == 0 || p.req.ServiceID != 0)
	a.res.Add(page.Coverage)
	rows := slices.DeleteFunc(page.Services, func(s whmcs.Service) bool {
		_, had := r.seen[s.ID]
		r.seen[s.ID] = struct{}{}
		return had
	})
	return a.take(ctx, rows, true)
}

// pages reads all pages from req.LimitStart on. Where one may be enough, that is
// read alone: Pages asks for more ahead.
func (f *Finder) pages(ctx context.Context, req whmcs.GetClientsProductsRequest, oneFirst bool) iter.Seq2[*whmcs.Page, error] {
	if !oneFirst {
		return f.api.Pages(ctx, req)
	}
	return func(yield func(*whmcs.Page, error) bool) {
		page, err := f.api.GetClientsProducts(ctx, req)
		if err != nil {
			yield(nil, err)
			return
		}
		size := page.Looked
		req.LimitStart += size
		if !yield(page, nil) || req.LimitStart >= page.Of && size < page.LimitNum {
			return
		}
		f.api.Pages(ctx, req)(yield)
	}
}

// filters is the line of the query's terms alone: what a reading is kept by.
func (a *question) filters() string { return Query{Terms: a.q.Terms}.String() }

// pause keeps a reading for Continue.
func (f *Finder) pause(r *reading) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pauses = append(f.pauses, r)
	if len(f.pauses) > maxPauses {
		f.pauses[0].expiry.Stop()
		f.pauses = slices.Delete(f.pauses, 0, 1)
	}
	r.expiry = time.AfterFunc(snapshotLife, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.pauses = slices.DeleteFunc(f.pauses, func(p *reading) bool { return p == r })
	})
}

// resume takes up the reading that the question continues; nil: there is none.
func (a *question) resume() *reading {
	if !a.opt.Continue {
		return nil
	}
	key := a.filters()
	a.f.mu.Lock()
	defer a.f.mu.Unlock()
	i := slices.IndexFunc(a.f.pauses, func(p *reading) bool { return p.key == key })
	if i < 0 {
		return nil
	}
	r := a.f.pauses[i]
	r.expiry.Stop()
	a.f.pauses = slices.Delete(a.f.pauses, i, i+1)
	return r
}
