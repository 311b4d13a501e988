package whmcs

import (
	"context"
	"net/url"
	"time"
)

// ask makes the calls for one question.
func (a *API) ask(ctx context.Context, action string, params url.Values) (obj []byte, at time.Time, err error) {
	r, err := a.post(ctx, action, params)
	if err != nil {
		return nil, time.Time{}, a.named(action, err)
	}
	obj, noisy, e := r.open()
	if e != nil {
		return nil, time.Time{}, a.named(action, e)
	}
	if noisy {
		a.log.Warn("text was printed around WHMCS's reply", "action", action)
	}
	return obj, r.at, nil
}
