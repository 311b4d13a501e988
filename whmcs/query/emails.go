package query

import (
	"context"
	"errors"
	"slices"

	"servicesbot/whmcs"
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
