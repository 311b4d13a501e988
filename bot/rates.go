package bot

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// rates limits how many questions one person asks a minute, so that one person's
// loop never delays others. Memory is bounded: who has not asked for a while has
// a full bucket anyway.
type rates struct {
	perMinute int
	buckets   *otter.Cache[string, *rate.Limiter]
}

func newRates(perMinute int) *rates {
	return &rates{perMinute: perMinute, buckets: newCache(cachedMost, otter.ExpiryAccessing[string, *rate.Limiter](2*time.Minute))}
}

// wait takes a token of who asks, or returns how long it takes to get one.
func (r *rates) wait(req *Request) time.Duration {
	if r.perMinute <= 0 || req.Door == DoorHome {
		return 0
	}
	bucket, err := r.buckets.Get(context.Background(), req.Team+"/"+req.User, otter.LoaderFunc[string, *rate.Limiter](
		func(context.Context, string) (*rate.Limiter, error) {
			return rate.NewLimiter(rate.Limit(r.perMinute)/60, r.perMinute), nil
		}))
	if err != nil || bucket.Allow() {
		return 0
	}
	res := bucket.Reserve()
	defer res.Cancel()
	return res.Delay()
}
