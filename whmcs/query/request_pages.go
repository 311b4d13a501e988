package query

import (
	"context"
	"errors"
	"iter"

	"servicesbot/whmcs"
)

// A requestPages is the pages of one request. The first can be fetched ahead.
type requestPages struct {
	request int
	start   int // offset where they begin
	pull    func() (*whmcs.Page, error, bool)
	stop    func()

	page       *whmcs.Page // the first page, until it is taken
	err        error
	ok         bool
	firstWaits bool // it, or its error, was fetched ahead
}

// open begins with a request: at its first row, or at the row before the place where
// the fetcher is.
func (f *fetcher) open(ctx context.Context, request int) *requestPages {
	req := f.requests[request]
	if request == f.at.request {
		req.LimitStart = f.at.offset
		if f.at.id != 0 {
			req.LimitStart = max(0, f.at.offset-1)
		}
	}
	l := &requestPages{request: request, start: req.LimitStart}
	l.pull, l.stop = iter.Pull2(f.api.Pages(ctx, req))
	return l
}

// fetchFirst fetches the first page, which next then returns.
func (l *requestPages) fetchFirst() {
	if !l.firstWaits {
		l.page, l.err, l.ok = l.pull()
		l.firstWaits = true
	}
}

// firstHoldsAll reports whether the first page, which was fetched ahead, has all rows.
func (l *requestPages) firstHoldsAll() bool {
	return l.err == nil && l.ok && l.page.Next >= l.page.Of || errors.Is(l.err, whmcs.ErrNotFound)
}

// next returns the next page; false: there is none.
func (l *requestPages) next() (*whmcs.Page, error, bool) {
	if l.firstWaits {
		l.firstWaits = false
		return l.page, l.err, l.ok
	}
	return l.pull()
}
