package whmcs

import (
	"context"
	"iter"
)

const actionProducts = "GetClientsProducts"

func (a *API) products(ctx context.Context, req GetClientsProductsRequest) (*Page, error) {
	if req.LimitNum <= 0 {
		req.LimitNum = a.pageSize
	}
	obj, at, err := a.ask(ctx, actionProducts, req.params())
	if err != nil {
		return nil, err
	}
	p, err := decodePage(obj, req)
	if err != nil {
		return nil, a.named(actionProducts, err)
	}
	if p.TotalResults > req.LimitStart && p.rows() == 0 {
		return nil, a.named(actionProducts, &Error{Kind: ErrWHMCS, Message: "WHMCS counts rows and sent none"})
	}
	p.AsOf, p.Calls = at, 1
	return p, nil
}

// rows returns how many rows WHMCS sent.
func (p *Page) rows() int { return len(p.Services) + p.Foreign + p.Unreadable }

// Pages reads all pages from req.LimitStart on, in WHMCS's order, without
// duplicate ids. It stops when the caller stops and always ends. An error is the
// last thing it yields.
func (a *API) Pages(ctx context.Context, req GetClientsProductsRequest) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		for {
			p, err := a.products(ctx, req)
			if !yield(p, err) || err != nil {
				return
			}
			req.LimitStart += p.rows()
			if p.rows() == 0 || req.LimitStart >= p.TotalResults {
				return
			}
		}
	}
}
