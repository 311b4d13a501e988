package query

import (
	"context"
	"errors"
	"time"

	"servicesbot/whmcs"
)

// A details is the question for one client's name and currency, asked beside the
// one for services. What it fails to bring is left out.
type details struct {
	api    *whmcs.API
	id     int
	cancel context.CancelFunc
	reply  chan *whmcs.Client
	absent bool // WHMCS has no such client; known with the reply
}

// startDetails asks for the client where the query is about one.
func (a *question) startDetails(ctx context.Context) *details {
	d := &details{api: a.f.api, cancel: func() {}}
	ids := make(map[int]struct{})
	for _, r := range a.plan.requests {
		ids[r.ClientID] = struct{}{}
	}
	for id := range ids {
		if len(ids) == 1 && a.env.clients[id].ID == 0 {
			d.start(ctx, id)
		}
	}
	return d
}

// start asks for a client, unless one was asked for already.
func (d *details) start(ctx context.Context, id int) {
	if id == 0 || d.id != 0 {
		return
	}
	ctx, d.cancel = context.WithCancel(ctx)
	d.id, d.reply = id, make(chan *whmcs.Client, 1)
	whmcs.Go(func() error {
		var c *whmcs.Client
		defer func() { d.reply <- c }()
		client, err := d.api.GetClientsDetails(ctx, id, "")
		if err == nil {
			c = client
		}
		d.absent = errors.Is(err, whmcs.ErrNotFound)
		return err
	})
}

// wait returns the client; nil: unknown, or not within detailsWait.
func (d *details) wait(ctx context.Context) *whmcs.Client {
	if d.reply == nil {
		return nil
	}
	late := time.NewTimer(detailsWait)
	defer late.Stop()
	select {
	case c := <-d.reply:
		d.reply <- c
		return c
	case <-late.C:
	case <-ctx.Done():
	}
	return nil
}

// stop ends the call, and waits for that.
func (d *details) stop() {
	d.cancel()
	if d.reply != nil {
		<-d.reply
	}
}
