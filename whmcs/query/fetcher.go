package query

import (
	"context"
	"errors"
	"slices"

	"servicesbot/whmcs"
)

// A fetcher gets the rows that some requests find, page after page, one request after the
// other, each in WHMCS's order. It can stop behind any page and resume from there later, and
// it can begin behind a row, where that is known by its place. One goroutine at a time uses it.
type fetcher struct {
	api      *whmcs.API
	requests []whmcs.GetClientsProductsRequest
	from     place // where it begins
	back     int   // how many rows earlier it begins, to look for the row of from; 0: it begins at from

	at     place            // how far it has come
	begun  bool             // pages were taken since it began
	totals []int            // rows that WHMCS counts, by request
	seen   map[int]struct{} // ids of the rows of the pages taken
	extent
}

// A place is behind a row of what a list of requests finds.
type place struct {
	request int // its index in the list
	offset  int // of the first row behind it in what that finds
	id      int // of the row before; 0: not known
}

// An extent is how far a fetcher has come, and what it has learned on the way.
type extent struct {
	whmcs.Coverage
	inFirstReplies bool // the first replies held all rows
	rowsLeft       bool // WHMCS counts rows behind those fetched
	ended          bool // everything was fetched
	fewerSent      bool // WHMCS counts more rows than it sends
	startMoved     bool // the row to begin behind was not where it had been
}

// A fetchedPage is a page of what one of a fetcher's requests finds.
type fetchedPage struct {
	*whmcs.Page
	request int
}

// Why a fetcher cannot resume where it stopped.
var (
	errMoved = errors.New("services were deleted in WHMCS since the reading began")
	errLost  = errors.New("the row to go on behind is not in WHMCS any more")
)

// attempts is how often a fetcher starts in all where rows go away meanwhile.
const attempts = 3

// lookBack is how many rows before its place a row is looked for: at the first start, the
// second, the third.
var lookBack = []int{0, 1000, defaultScanRows}

func newFetcher(api *whmcs.API, requests []whmcs.GetClientsProductsRequest, from place) *fetcher {
	f := &fetcher{api: api, requests: requests, from: from}
	f.restart()
	return f
}

// restart makes the fetcher start over. What it has cost stays counted.
func (f *fetcher) restart() {
	f.at, f.totals, f.seen = f.from, make([]int, len(f.requests)), make(map[int]struct{})
	if f.begun = false; f.back > 0 {
		f.at.offset = max(1, f.from.offset-f.back)
	}
	f.extent = extent{Coverage: whmcs.Coverage{Calls: f.Calls}, startMoved: f.back > 0}
}

// fetch gives take each page, with the rows that no page before had, until take wants no
// more. If it cannot go on because rows were deleted, it calls startOver, whose caller drops
// what it has taken, and starts over.
func (f *fetcher) fetch(ctx context.Context, take func(fetchedPage) (more bool, err error), startOver func()) error {
	for n := 1; ; n++ {
		err := f.resume(ctx, take)
		switch {
		case !errors.Is(err, errMoved):
			return err
		case !f.begun && f.from.id != 0 && n < len(lookBack):
			f.back = lookBack[n]
		case !f.begun && f.from.id != 0:
			return errLost
		case n >= attempts:
			return err
		}
		startOver()
		f.restart()
	}
}

// resume goes on where the fetcher is. Of several requests it fetches the first replies at
// once.
func (f *fetcher) resume(ctx context.Context, take func(fetchedPage) (bool, error)) error {
	if f.at.request >= len(f.requests) {
		return errLost
	}
	lists := make([]*requestPages, len(f.requests)-f.at.request)
	for i := range lists {
		lists[i] = f.open(ctx, f.at.request+i)
		defer lists[i].stop()
	}
	if len(lists) > 1 {
		first := make([]<-chan error, len(lists))
		for i, l := range lists {
			first[i] = whmcs.Go(func() error { l.fetchFirst(); return nil })
		}
		for i, l := range lists {
			if err := <-first[i]; err != nil {
				l.err, l.ok, l.firstWaits = err, true, true
			}
			if l.page != nil {
				f.totals[l.request] = l.page.Of
			}
		}
	}
	if f.at == (place{}) {
		f.inFirstReplies = true
		for _, l := range lists {
			if l.fetchFirst(); !l.firstHoldsAll() {
				f.inFirstReplies = false
				break
			}
		}
	}
	for _, l := range lists {
		if more, err := f.fetchList(l, take); err != nil || !more {
			return err
		}
		if f.at.request++; f.at.request < len(f.requests) {
			f.at = place{request: f.at.request}
		}
	}
	f.ended = true
	return nil
}

// fetchList gets what one request finds.
func (f *fetcher) fetchList(l *requestPages, take func(fetchedPage) (bool, error)) (more bool, err error) {
	cut := f.cut(l)
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
			f.fewerSent = true
			return true, nil
		case err != nil:
			return false, err
		}
		if err := cut.apply(page); err != nil {
			return false, err
		}
		if page.Next > f.at.offset {
			f.at = place{l.request, page.Next, page.LastID}
		}
		f.count(l.request, page)
		f.begun = true
		if more, err := take(fetchedPage{page, l.request}); err != nil || !more {
			return false, err
		}
	}
}

// count drops rows that a page before had, and counts the others.
func (f *fetcher) count(request int, page *whmcs.Page) {
	had := len(page.Services)
	page.Services = slices.DeleteFunc(page.Services, func(s whmcs.Service) bool {
		_, seen := f.seen[s.ID]
		f.seen[s.ID] = struct{}{}
		return seen
	})
	page.Looked -= had - len(page.Services)
	f.Add(page.Coverage)
	f.totals[request], f.Of = page.Of, 0
	for _, n := range f.totals {
		f.Of += n
	}
	f.Of = max(f.Of, f.Looked)
	f.rowsLeft = f.at.offset < f.totals[f.at.request] || slices.ContainsFunc(f.totals[f.at.request+1:], func(n int) bool { return n > 0 })
}
