package bot

import (
	"context"
	"regexp"
	"strings"
	"time"

	"servicesbot/whmcs"
)

// trustAfter is how long this replica must have reached the store without a break before it
// takes another one for dead: after an outage of the store nobody's last beat is recent.
const trustAfter = deadBeat + beatEvery

// share begins to work together with the other replicas. The returned function ends that.
func (b *Bot) share() (end func()) {
	if b.store == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := b.store.begin(ctx, b.me, b.app(), b.heardNews, b.missedNews)
	ended = append(ended, whmcs.Go(func() error { b.replicate(ctx); return nil }))
	return func() {
		cancel()
		for _, e := range ended {
			<-e
		}
	}
}

// app is what tells this app from others in its workspace: its id, which an app-level token
// holds (xapp-1-A0123-…), or that of its bot.
func (b *Bot) app() string {
	if parts := strings.Split(b.cfg.AppToken.Reveal(), "-"); len(parts) > 3 && appID.MatchString(parts[2]) {
		return parts[2]
	}
	return b.me.botID
}

var appID = regexp.MustCompile(`^A[A-Z0-9]{5,20}$`)

// replicate says to the other replicas that this one lives, and takes over what those that
// do not live any more had accepted, until ctx ends.
func (b *Bot) replicate(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	var reached time.Time // since when, without a break; zero: not now
	for {
		r, err := b.store.beat(ctx)
		switch {
		case err != nil:
			reached = time.Time{}
		case reached.IsZero():
			reached = time.Now()
		}
		gone := r.left
		if !reached.IsZero() && time.Since(reached) >= trustAfter {
			gone = append(gone, r.dead...)
		}
		for _, id := range gone {
			b.takeOver(ctx, id)
		}
		select {
		case <-tick.C:
		case <-b.soon:
		case <-ctx.Done():
			return
		}
	}
}

// takeOver does what a replica that has ended had accepted.
func (b *Bot) takeOver(ctx context.Context, id string) {
	if b.draining.Load() {
		return
	}
	all, err := b.store.takeOver(ctx, id)
	if err != nil {
		return // another look follows
	}
	if len(all) > 0 {
		b.log.Warn("a replica ended without answering all that it had accepted; this one answers", "replica", id, "requests", len(all))
		whmcs.Go(func() error { b.inherit(ctx, all); return nil })
	}
}
