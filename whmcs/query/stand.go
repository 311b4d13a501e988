package query

import (
	"context"
	"errors"

	"servicesbot/whmcs"
)

// A stand is how far a list was read, for going on with it at another time.
type stand struct {
	next int // offset of the first row that was not read
	last int // id of the row before that; 0: not known
}

// take moves the stand behind a page, unless that was read again.
func (s *stand) take(p *whmcs.Page) {
	end := p.StartNumber + p.Looked
	if end <= s.next {
		return
	}
	s.next, s.last = end, 0
	if n := len(p.Services); n > 0 && p.Foreign+p.Unreadable == 0 {
		s.last = p.Services[n-1].ID
	}
}

// check returns errMoved where the row before the stand is not the one that it was: going
// on from there would skip rows. It asks WHMCS for that row alone, past the cache.
func (s *stand) check(ctx context.Context, api *whmcs.API, req whmcs.GetClientsProductsRequest) (calls int, err error) {
	if s.last == 0 {
		return 0, nil
	}
	req.LimitStart, req.LimitNum, req.Fresh = s.next-1, 1, true
	page, err := api.GetClientsProducts(ctx, req)
	if errors.Is(err, whmcs.ErrNotFound) {
		return 1, errMoved
	}
	if err != nil {
		return 0, err
	}
	if len(page.Services) == 0 || page.Services[0].ID != s.last {
		return page.Calls, errMoved
	}
	return page.Calls, nil
}
