package whmcs

import (
	"context"
	"errors"
	"iter"
	"slices"
)

// Limits of a walk through pages, for a WHMCS that repeats itself or whose total
// runs away.
const (
	maxPages   = 50_000
	maxRepeats = 3 // pages in a row without a new row
)

// Pages reads all pages from req.LimitStart on, in WHMCS's order, without
// duplicate ids. It stops when the caller stops and always ends. An error is the
// last thing it yields.
//
// From the second page on it asks for up to Config.MaxConcurrent pages ahead, or for
// one at a time with InBackground; other questions go before these. Without any filter in req nothing is kept in
// the cache. Rows that come or go meanwhile may be missed or not, but rows that
// move because others went are not missed: what is before a page is read
// again where the total has shrunk.
func (a *API) Pages(ctx context.Context, req GetClientsProductsRequest) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		w := a.newWalk(ctx, req)
		defer w.stop()
		for !w.over() {
			p, err := w.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if p != nil && !yield(p, nil) {
				return
			}
		}
	}
}

// A walk goes once through all pages. Only its caller's goroutine touches it; the
// spans are read by others.
type walk struct {
	a      *API
	ctx    context.Context // of the one call that the walk is: the pages that it reads ahead end with it
	cancel context.CancelFunc
	req    GetClientsProductsRequest

	ask    int // rows to ask for a page
	stride int // rows that a page brings
	plan   int // offset of the next page to be asked for
	total  int // as of the last page read; -1: not known

	queue   []*span // asked for and not read yet, in order
	seen    map[int]struct{}
	pages   int
	repeats int
	calls   int // of pages that were not shown
}

// A span is a part of the rows that one call fetches.
type span struct {
	start, rows int
	gap         bool // between pages that came out smaller than planned; may prove empty
	done        <-chan error
	page        *Page
	err         error
}

// wait waits until the span is there.
func (s *span) wait() {
	if err, first := <-s.done; first {
		s.err = err
	}
}

func (a *API) newWalk(ctx context.Context, req GetClientsProductsRequest) *walk {
	w := &walk{a: a, req: req, plan: max(0, req.LimitStart), total: -1, seen: map[int]struct{}{}}
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.ask = req.LimitNum
	if w.ask <= 0 {
		w.ask = a.pageSize
	}
	w.stride = w.ask
	w.queue = append(w.queue, w.fetch(w.plan, w.ask))
	w.plan += w.ask
	return w
}

// stop ends the calls that are under way and waits for them.
func (w *walk) stop() {
	w.cancel()
	for _, s := range w.queue {
		s.wait()
	}
}

func (w *walk) over() bool { return len(w.queue) == 0 && w.plan >= w.total }

// fetch begins to get the rows from start on.
func (w *walk) fetch(start, rows int) *span {
	s := &span{start: start, rows: rows}
	req := w.req
	req.LimitStart, req.LimitNum = start, min(rows, w.ask)
	s.done = Go(func() (err error) {
		if req.unfiltered() {
			s.page, err = w.a.loadPage(w.ctx, req, true)
		} else {
			s.page, err = w.a.products(w.ctx, req, start > w.req.LimitStart)
		}
		return err
	})
	return s
}

// unfiltered reports that r asks for the services of the whole installation.
func (r GetClientsProductsRequest) unfiltered() bool {
	return r.ClientID == 0 && r.ServiceID == 0 && r.PID == 0 && r.Domain == "" && r.Username2 == ""
}

// next reads the first span of the queue and asks for more. The page is nil
// where the span brought nothing to show.
func (w *walk) next() (*Page, error) {
	w.lookAhead(0)
	s := w.queue[0]
	s.wait()
	w.queue = w.queue[1:]
	if s.gap && errors.Is(s.err, ErrNoRows) {
		return nil, nil
	}
	if s.err != nil {
		return nil, s.err
	}
	if w.fetchGone(s) {
		return nil, nil
	}
	first := w.pages == 0
	w.pages++
	w.learnFrom(s, first)
	if !first { // not before the caller wants a second page: most want one
		w.lookAhead(1) // which begins while the reply to another is decoded
	}
	if err := w.runaway(w.dropSeen(s)); err != nil {
		return nil, err
	}
	w.calls += s.page.Calls
	if s.page.Looked == 0 && !first {
		return nil, nil
	}
	s.page.Calls, w.calls = w.calls, 0
	return s.page, nil
}

// fetchGone fetches again what is before s where rows have gone since the page before it
// came: what was behind them has moved to before s. It reports whether that is so.
func (w *walk) fetchGone(s *span) bool {
	if s.gap || w.pages == 0 || !s.page.counted || s.page.Of >= w.total {
		return false
	}
	start := max(0, s.start-(w.total-s.page.Of))
	w.total = s.page.Of
	before := w.fetch(start, s.start-start)
	before.gap = true
	w.queue = append([]*span{before, s}, w.queue...)
	return true
}

// learnFrom takes from s how many rows there are and how many a page brings, and
// fills a gap behind s.
func (w *walk) learnFrom(s *span, first bool) {
	rows := s.page.Looked
	end := s.start + rows
	if !s.gap {
		w.total = s.page.Of
		if !s.page.counted && rows >= s.rows {
			w.total = end + 1 // there may be more
		}
	}
	switch {
	case rows == 0:
	case first:
		w.plan, w.stride = end, rows
	case rows < s.rows && end < w.total:
		rest := w.fetch(end, s.rows-rows)
		rest.gap = true
		w.queue = append([]*span{rest}, w.queue...)
		if !s.gap {
			w.stride = min(w.stride, s.page.LimitNum) // less than s.rows where it was halved
		}
	}
}

// lookAhead asks for the next pages: for as many as there may be calls at once,
// and for some more that wait for their place.
func (w *walk) lookAhead(more int) {
	ahead := w.a.maxConcurrent + more
	if inBackground(w.ctx) {
		ahead = 1
	}
	for len(w.queue) < ahead && w.plan < w.total {
		w.queue = append(w.queue, w.fetch(w.plan, w.stride))
		w.plan += w.stride
	}
}

// dropSeen takes the services out of s that an earlier page had, and reports
// whether it had none but these.
func (w *walk) dropSeen(s *span) (repeated bool) {
	had := len(s.page.Services)
	s.page.Services = slices.DeleteFunc(s.page.Services, func(v Service) bool {
		_, seen := w.seen[v.ID]
		w.seen[v.ID] = struct{}{}
		return seen
	})
	s.page.Looked -= had - len(s.page.Services)
	return had > 0 && len(s.page.Services) == 0 && !s.gap
}

// runaway is the error of a walk that gets nowhere.
func (w *walk) runaway(repeated bool) error {
	if w.repeats++; !repeated {
		w.repeats = 0
	}
	var detail Detail
	switch {
	case w.over():
		return nil
	case w.repeats >= maxRepeats:
		detail = DetailSameRows
	case w.pages >= maxPages:
		detail = DetailEndless
	default:
		return nil
	}
	return w.a.named(actionProducts, &Error{Kind: ErrWHMCS, Detail: detail})
}
