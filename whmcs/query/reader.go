package query

import (
	"context"
	"errors"
	"iter"
	"slices"

	"servicesbot/whmcs"
)

// A fetcher reads what some requests find, one request after the other, each in WHMCS's
// order. It can stop behind any page and go on from there later, and it can begin
// behind a row, where that is known by its place. One goroutine at a time uses it.
type fetcher struct {
	api      *whmcs.API
	requests []whmcs.GetClientsProductsRequest
	from     place // where it begins
	back     int   // rows before from where it begins instead, to look for the row of from

	at     place // how far it has come
	begun  bool  // pages were taken since it began
	totals []int // rows that WHMCS counts, by request
	seen   map[int]struct{}
	extent
}

// A place is behind a row of what a list of requests finds.
type place struct {
	request int // which request
	offset  int // of the first row behind it in what that finds
	id      int // of the row before; 0: not known
}

// An extent is how far a reading has come, and what is to be known of it.
type extent struct {
	whmcs.Coverage
	inFirstReplies bool // the first replies held all rows
	rowsLeft       bool // WHMCS counts rows behind those read
	ended          bool // everything was read
	fewerSent      bool // WHMCS counts more rows than it sends
	startMoved     bool // the row to begin behind was not where it had been
}

// A fetchedPage is a page of one of a reader's requests.
type fetchedPage struct {
	*whmcs.Page
	request int
}

// Why a reading cannot go on where it stopped.
var (
	errMoved = errors.New("services were deleted in WHMCS since the reading began")
	errLost  = errors.New("the row to go on behind is not in WHMCS any more")
)

// attempts is how often a reading begins again where rows go away meanwhile.
const attempts = 3

// searches are how many rows before its place a row is looked for, one after the other.
var searches = []int{0, 1000, defaultScanRows}

func newFetcher(api *whmcs.API, requests []whmcs.GetClientsProductsRequest, from place) *fetcher {
	r := &fetcher{api: api, requests: requests, from: from}
	r.restart()
	return r
}

// restart makes the reader begin again. What it has cost stays counted.
func (r *fetcher) restart() {
	r.at, r.totals, r.seen = r.from, make([]int, len(r.requests)), make(map[int]struct{})
	if r.begun = false; r.back > 0 {
		r.at.offset = max(1, r.from.offset-r.back)
	}
	r.extent = extent{Coverage: whmcs.Coverage{Calls: r.Calls}, startMoved: r.back > 0}
}

// fetch gives take each page, with the rows that no page before had, until take wants no
// more. If it cannot go on because rows were deleted, it calls again and starts over.
func (r *fetcher) fetch(ctx context.Context, take func(fetchedPage) (more bool, err error), again func()) error {
	for n := 1; ; n++ {
		err := r.resume(ctx, take)
		switch {
		case !errors.Is(err, errMoved):
			return err
		case !r.begun && r.from.id != 0 && n < len(searches):
			r.back = searches[n]
		case !r.begun && r.from.id != 0:
			return errLost
		case n >= attempts:
			return err
		}
		again()
		r.restart()
	}
}

// resume reads from where the reader is. Of several requests it reads the first replies
// at once.
func (r *fetcher) resume(ctx context.Context, take func(fetchedPage) (bool, error)) error {
	if r.at.request >= len(r.requests) {
		return errLost
	}
	lists := make([]*requestPages, len(r.requests)-r.at.request)
	for i := range lists {
		lists[i] = r.open(ctx, r.at.request+i)
		defer lists[i].stop()
	}
	if len(lists) > 1 {
		read := make([]<-chan error, len(lists))
		for i, l := range lists {
			read[i] = whmcs.Go(func() error { l.first(); return nil })
		}
		for i, l := range lists {
			if err := <-read[i]; err != nil {
				l.err, l.ok, l.had = err, true, true
			}
			if l.page != nil {
				r.totals[l.request] = l.page.Of
			}
		}
	}
	if r.at == (place{}) {
		r.inFirstReplies = !slices.ContainsFunc(lists, func(l *requestPages) bool { return !l.first() })
	}
	for _, l := range lists {
		if more, err := r.fetchList(l, take); err != nil || !more {
			return err
		}
		if r.at.request++; r.at.request < len(r.requests) {
			r.at = place{request: r.at.request}
		}
	}
	r.ended = true
	return nil
}

// fetchList reads what one request finds.
func (r *fetcher) fetchList(l *requestPages, take func(fetchedPage) (bool, error)) (more bool, err error) {
	cut := r.cut(l)
	for first := true; ; first = false {
		page, err, ok := l.next()
		switch {
		case !ok:
			return true, cut.end()
		case errors.Is(err, whmcs.ErrNotFound) && l.start == 0: // a client or service that is not there has no rows
			return true, nil
		case errors.Is(err, whmcs.ErrNotFound):
			return false, errMoved
		case errors.Is(err, whmcs.ErrNoRows) && !first:
			r.fewerSent = true
			return true, nil
		case err != nil:
			return false, err
		}
		if err := cut.apply(page); err != nil {
			return false, err
		}
		if page.Next > r.at.offset {
			r.at = place{l.request, page.Next, page.LastID}
		}
		r.count(l.request, page)
		r.begun = true
		if more, err := take(fetchedPage{page, l.request}); err != nil || !more {
			return false, err
		}
	}
}

// count drops rows that a page before had, and counts the others.
func (r *fetcher) count(part int, page *whmcs.Page) {
	had := len(page.Services)
	page.Services = slices.DeleteFunc(page.Services, func(s whmcs.Service) bool {
		_, seen := r.seen[s.ID]
		r.seen[s.ID] = struct{}{}
		return seen
	})
	page.Looked -= had - len(page.Services)
	r.Add(page.Coverage)
	r.totals[part], r.Of = page.Of, 0
	for _, n := range r.totals {
		r.Of += n
	}
	r.Of = max(r.Of, r.Looked)
	r.rowsLeft = r.at.offset < r.totals[r.at.request] || slices.ContainsFunc(r.totals[r.at.request+1:], func(n int) bool { return n > 0 })
}

// A cut leaves in the pages of a list only the rows behind a mark: the row that the reader
// begins or goes on behind. Where rows were deleted that one has come nearer to the start.
// One that is gone itself was before the first row with a higher id, in a list that goes
// by id.
type cut struct {
	mark  int  // its id; 0: it is met, or there is none
	exact bool // it is the first row of the list, or rows were deleted
	late  bool // the list does not begin with the first row that there is
	last  int  // id of the row met last; 0: none
}

// cut returns what cuts the pages of l.
func (r *fetcher) cut(l *requestPages) *cut {
	if l.request != r.at.request {
		return &cut{}
	}
	return &cut{mark: r.at.id, exact: r.begun || r.back == 0, late: l.start > 0}
}

// apply cuts a page.
func (c *cut) apply(page *whmcs.Page) error {
	if c.mark == 0 {
		return nil
	}
	n, err := c.pass(page.Services)
	page.Looked -= n
	page.Services = page.Services[n:]
	return err
}

// pass is how many of some rows are not behind the mark.
func (c *cut) pass(rows []whmcs.Service) (int, error) {
	i := slices.IndexFunc(rows, func(s whmcs.Service) bool { return s.ID == c.mark })
	switch {
	case c.exact && i != 0:
		return 0, errMoved
	case i >= 0:
		c.mark = 0
		return i + 1, nil
	}
	for n, s := range rows {
		switch {
		case s.ID < c.last, s.ID > c.mark && c.last == 0 && c.late: // not by id, or begun too late
			return 0, errMoved
		case s.ID > c.mark:
			c.mark = 0
			return n, nil
		}
		c.last = s.ID
	}
	return len(rows), nil
}

// end is the error of a list that ended before the mark was met, if that is one.
func (c *cut) end() error {
	if c.mark != 0 && (c.exact || c.last == 0 && c.late) {
		return errMoved
	}
	return nil
}

// A requestPages is the pages of one request, with the first read ahead where that is wanted.
type requestPages struct {
	request int
	start   int // offset where it begins
	pull    func() (*whmcs.Page, error, bool)
	stop    func()

	page *whmcs.Page // the first page, until it is taken
	err  error
	ok   bool
	had  bool // there is one to be taken
}

// open begins with a request: at its first row, or at the row before the place where
// the reader is.
func (r *fetcher) open(ctx context.Context, part int) *requestPages {
	req := r.requests[part]
	if part == r.at.request {
		req.LimitStart = r.at.offset
		if r.at.id != 0 {
			req.LimitStart = max(0, r.at.offset-1)
		}
	}
	l := &requestPages{request: part, start: req.LimitStart}
	l.pull, l.stop = iter.Pull2(r.api.Pages(ctx, req))
	return l
}

// first reads the first page, which next returns, and reports whether it holds all rows.
func (l *requestPages) first() (whole bool) {
	if !l.had {
		l.page, l.err, l.ok = l.pull()
		l.had = true
	}
	return l.err == nil && l.ok && l.page.Next >= l.page.Of || errors.Is(l.err, whmcs.ErrNotFound)
}

// next returns the next page; false: there is none.
func (l *requestPages) next() (*whmcs.Page, error, bool) {
	if l.had {
		l.had = false
		return l.page, l.err, l.ok
	}
	return l.pull()
}
