package whmcs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// WHMCS cannot encode a row whose text is not UTF-8, and then refuses each page that
// holds it. Such a page is read in smaller pieces, down to the row itself, which is
// left out and counted. That takes about ten calls for one row in a hundred.

// maxExtraCalls is how many calls one question may spend on that.
const maxExtraCalls = 60

// A budget is what is left of maxExtraCalls.
type budget struct {
	mu    sync.Mutex
	spent int
}

type budgetKey struct{}

// WithBudget gives the calls made with ctx one budget together for reading around rows
// that WHMCS cannot encode: 60 calls, after which such a page is ErrMalformed. Without
// it each page has a budget of its own.
func WithBudget(ctx context.Context) context.Context {
	return context.WithValue(ctx, budgetKey{}, &budget{})
}

func budgetOf(ctx context.Context) *budget {
	if b, ok := ctx.Value(budgetKey{}).(*budget); ok {
		return b
	}
	return &budget{}
}

// spend takes one call; false: there is none left.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent >= maxExtraCalls {
		return false
	}
	b.spent++
	return true
}

// A brokenRows remembers for ten minutes where broken rows were, so that a page that is
// read again is divided there first, and a search that used up its budget gets further
// the next time. Nothing is left out on its word alone: rows may have moved.
type brokenRows struct {
	mu    sync.Mutex
	lists map[GetClientsProductsRequest]brokenList
}

type brokenList struct {
	offsets []int // in order
	until   time.Time
}

const (
	brokenFor   = 10 * time.Minute
	brokenLists = 100 // lists whose broken rows are remembered
)

// of returns the offsets of the broken rows of req's list.
func (b *brokenRows) of(req GetClientsProductsRequest) []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.lists[req.list()]; time.Now().Before(l.until) {
		return slices.Clone(l.offsets)
	}
	return nil
}

// note remembers one more.
func (b *brokenRows) note(req GetClientsProductsRequest, offset int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lists == nil || len(b.lists) >= brokenLists {
		b.lists = map[GetClientsProductsRequest]brokenList{}
	}
	l := b.lists[req.list()]
	if !time.Now().Before(l.until) {
		l.offsets = nil
	}
	if i, had := slices.BinarySearch(l.offsets, offset); !had {
		l.offsets = slices.Insert(l.offsets, i, offset)
	}
	l.until = time.Now().Add(brokenFor)
	b.lists[req.list()] = l
}

// list is r for the whole list that it asks for a page of.
func (r GetClientsProductsRequest) list() GetClientsProductsRequest {
	r.LimitStart, r.LimitNum, r.Fresh = 0, 0, false
	return r
}

// A dividedPage is a page that is fetched in pieces, around its broken rows.
type dividedPage struct {
	a      *API
	req    GetClientsProductsRequest
	scan   bool
	budget *budget
	known  []int // offsets of rows that were broken before
	total  int   // rows that WHMCS counts; -1: not known yet
	broken int   // pieces that proved broken
	page   *Page
	pieces []*Page
}

// readAround reads the page of req, which is known to hold a broken row.
func (a *API) readAround(ctx context.Context, req GetClientsProductsRequest, scan bool) (*Page, error) {
	r := &dividedPage{a: a, req: req, scan: scan, budget: budgetOf(ctx), known: a.broken.of(req), total: -1}
	r.page = &Page{StartNumber: req.LimitStart, LimitNum: req.LimitNum, Coverage: Coverage{AsOf: time.Now(), Calls: 1}}
	end := req.LimitStart + req.LimitNum
	if req.ServiceID != 0 {
		end = req.LimitStart + 1
	}
	if err := r.divide(ctx, req.LimitStart, end); err != nil {
		return nil, err
	}
	p := r.page
	slices.SortFunc(r.pieces, func(x, y *Page) int { return cmp.Compare(x.StartNumber, y.StartNumber) })
	for _, piece := range r.pieces {
		p.Services = append(p.Services, piece.Services...)
	}
	p.Looked = len(p.Services) + p.Foreign + p.Unreadable
	p.Next = req.LimitStart + p.Looked
	p.Of = max(r.total, p.Next)
	if last := len(r.pieces) - 1; last >= 0 && r.pieces[last].Next == p.Next {
		p.LastID = r.pieces[last].LastID
	}
	a.log.Warn("rows were left out that WHMCS cannot encode", "rows", p.Malformed, "calls", p.Calls)
	return p, nil
}

// read reads the rows from from up to to.
func (r *dividedPage) read(ctx context.Context, from, to int) error {
	if to = r.within(to); from >= to {
		return nil
	}
	if !r.budget.spend() {
		return r.a.named(actionProducts, &Error{Kind: ErrMalformed, Detail: DetailTooManyBroken})
	}
	req := r.req
	req.LimitStart, req.LimitNum = from, to-from
	p, err := r.a.readPage(ctx, req, r.scan)
	switch {
	case errors.Is(err, ErrMalformed):
		r.page.Calls++
		return r.divide(ctx, from, to)
	case errors.Is(err, ErrNoRows): // counted and not sent
		r.page.Calls++
		return nil
	case err != nil:
		return err
	}
	r.add(p)
	if next := p.Next; p.Looked > 0 && next < to && next < p.Of {
		return r.read(ctx, next, to) // fewer than were asked for
	}
	return nil
}

// divide reads the rows from from up to to, among which there is a broken one. The
// upper part comes first: it says how many rows there are at all, and where it is good,
// the lower one is divided without a call, but for a last look at a single row.
func (r *dividedPage) divide(ctx context.Context, from, to int) error {
	if to = r.within(to); from >= to {
		return nil
	}
	if to-from == 1 {
		r.broken++
		r.page.Unreadable++
		r.page.Malformed++
		r.a.broken.note(r.req, from)
		return nil
	}
	middle, before := r.middle(from, to), r.broken
	if err := r.read(ctx, middle, to); err != nil {
		return err
	}
	if r.broken == before && middle-from > 1 {
		return r.divide(ctx, from, middle)
	}
	return r.read(ctx, from, middle)
}

// within is to, or the end of the list where that comes before.
func (r *dividedPage) within(to int) int {
	if r.total >= 0 {
		return min(to, r.total)
	}
	return to
}

// middle is where to divide: beside a row that was broken before, else in the middle.
func (r *dividedPage) middle(from, to int) int {
	for _, offset := range r.known {
		switch {
		case from < offset && offset < to:
			return offset
		case offset == from:
			return from + 1
		}
	}
	return (from + to + 1) / 2
}

// add takes the rows of a piece.
func (r *dividedPage) add(p *Page) {
	r.pieces = append(r.pieces, p)
	r.page.Foreign += p.Foreign
	r.page.Unreadable += p.Unreadable
	r.page.Calls += p.Calls
	if p.AsOf.Before(r.page.AsOf) {
		r.page.AsOf = p.AsOf
	}
	if p.counted {
		r.total, r.page.counted = p.Of, true
	}
}
