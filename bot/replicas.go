package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"servicesbot/whmcs"
)

// joinReplicas begins to work together with the other replicas. The returned function ends
// that, and waits for what went on beside the questions.
func (b *Bot) joinReplicas() (end func()) {
	if b.store == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := b.store.begin(ctx, b.me, appOf(b.cfg.AppToken, b.me.botID), b.heardNews, b.missedNews)
	if r, err := b.store.beat(ctx); err == nil {
		b.wantSockets.Store(socketsFor(r, b.store.id)) // before the first one opens: Slack allows 10
	}
	beating, stop := context.WithCancel(ctx)
	stopped := whmcs.Go(func() error { b.replicate(beating); return nil })
	b.endBeats = func() {
		stop()
		<-stopped
	}
	return func() {
		b.endBeats()
		cancel()
		for _, e := range ended {
			<-e
		}
	}
}

// appOf is what distinguishes this app from others in its workspace: its id, which an app-level
// token holds (xapp-1-A0123-…), or that of its bot.
func appOf(appToken Secret, botID string) string {
	if parts := strings.Split(appToken.Reveal(), "-"); len(parts) > 3 && appID.MatchString(parts[2]) {
		return parts[2]
	}
	return botID
}

var appID = regexp.MustCompile(`^A[A-Z0-9]{5,20}$`)

// replicate says to the other replicas that this one lives, and takes over what those that
// do not live any more had accepted, until ctx ends.
func (b *Bot) replicate(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	var counts socketWatch
	var reached time.Time // since when, without a break; zero: not now
	for {
		r, err := b.store.beat(ctx)
		switch {
		case err != nil:
			reached = time.Time{}
		case reached.IsZero():
			reached = time.Now()
			_ = b.store.broadcast(ctx, news{Kind: newsJoined}) // else the others see it at their next beat
		}
		if err == nil {
			b.store.renew(ctx, r.isNew)
			b.wantSockets.Store(socketsFor(r, b.store.id))
			counts.look(b, len(r.living))
		}
		gone := r.left
		if !reached.IsZero() && time.Since(reached) >= b.store.deadBeat+beatEvery { // after an outage of the store nobody's last beat is recent
			gone = append(gone, r.dead...)
		}
		for _, id := range gone {
			b.takeOver(ctx, id)
		}
		select {
		case <-tick.C:
		case <-b.lookNow:
		case <-ctx.Done():
			return
		}
	}
}

// lookSoon has replicate look at the other replicas at once.
func (b *Bot) lookSoon() {
	select {
	case b.lookNow <- struct{}{}:
	default:
	}
}

// replicaLives reports whether a replica replicaLives, also one that came after the last look.
func (b *Bot) replicaLives(ctx context.Context, replica string) bool {
	if slices.Contains(b.store.known().living, replica) {
		return true
	}
	now, err := b.store.beat(ctx)
	return err != nil || slices.Contains(now.living, replica)
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
		b.meanwhile(func() { b.inherit(ctx, all) })
	}
}

const (
	twoSockets = 3 // up to so many replicas hold two sockets each
	oneSocket  = 8 // up to so many one, which leaves Slack's other two for connections that are replaced
)

// socketsFor is how many sockets a replica is to hold. Of more than eight the last ones stand
// by without one until another replica ends.
func socketsFor(r replicas, id string) int32 {
	switch rank := slices.Index(r.living, id); {
	case len(r.living) <= twoSockets:
		return sockets
	case rank < oneSocket:
		return 1
	}
	return 0
}

// socketsOfOthers is how many sockets the other replicas hold, as far as they are known.
func (b *Bot) socketsOfOthers() int {
	if b.store == nil {
		return 0
	}
	return socketsBesides(len(b.store.known().living))
}

// socketsBesides is how many sockets all but one of so many replicas hold.
func socketsBesides(living int) int {
	if living <= twoSockets {
		return sockets * max(0, living-1)
	}
	return min(living, oneSocket) - 1
}

// A socketWatch compares what Slack counts with the replicas known.
type socketWatch struct {
	count *socketCount // the newest
	most  int          // sockets that the other replicas have held since
	said  bool
}

// strangeFor is how long Slack may count more sockets than those of the known replicas: a replica
// that came or went is not known at once.
const strangeFor = 5 * time.Minute

// look warns where Slack has long counted more sockets than the known replicas hold.
func (w *socketWatch) look(b *Bot, living int) {
	count := b.status.counted.Load()
	if count == nil {
		return
	}
	if count != w.count {
		*w = socketWatch{count: count}
	}
	w.most = max(w.most, sockets*max(0, living-1), socketsBesides(living))
	elsewhere := max(0, count.sockets-sockets-w.most)
	b.status.foreignSocks.Set(float64(elsewhere))
	if elsewhere > 0 && !w.said && time.Since(count.at) >= strangeFor {
		w.said = true
		b.log.Warn("slack counts more sockets of this app than the replicas known hold: a process without this REDIS_URL runs, or dead ones linger",
			"slack_counts", count.sockets, "elsewhere", elsewhere, "replicas", living)
	}
}
