package bot

import (
	"context"
	crypto "crypto/rand"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"servicesbot/whmcs"
)

const (
	placeEvery = 20 * time.Millisecond // between two looks for a place, with up to half as jitter
	placeLost  = time.Second           // who has not looked for so long waits no more
	placeSpare = 10 * time.Second      // beyond the time of a call: a replica that died gives no place back

	// placeKept is for how long a replica makes further calls with a place: of quick calls each
	// would else cost two more to the store. A slow call gives its place back at once.
	placeKept = 200 * time.Millisecond
)

// places are the calls at once that all replicas together may make to an installation. Who
// waits longest is next. While the store is away each replica has its part of them.
type places struct {
	s            *Store
	installation string
	most         int
	life         time.Duration

	mu   sync.Mutex
	held []lease // in use
	kept []lease // given back here, not yet to the server
}

// A lease is a place that was taken.
type lease struct {
	name  string // "": the server does not know of it
	taken time.Time
	later bool // giveLater looks after it
}

var _ whmcs.Places = (*places)(nil)

// Places returns the places of an installation: so many at once over all replicas, each for a
// call that takes at most so long.
func (s *Store) Places(installation string, most int, call time.Duration) whmcs.Places {
	return &places{s: s, installation: installation, most: most, life: call + placeSpare}
}

// Three sorted sets: who has a place, by when it lapses; who waits, by since when; and those
// again by when they looked last.
var placeScript = rueidis.NewLuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 1 end
local free = ARGV[2] - redis.call('ZCARD', KEYS[1])
if free < 1 or redis.call('ZCARD', KEYS[2]) > 0 then
	for _, lost in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - ARGV[4])) do
		redis.call('ZREM', KEYS[2], lost)
		redis.call('ZREM', KEYS[3], lost)
	end
	redis.call('ZADD', KEYS[2], 'NX', t[1] * 1000000 + t[2], ARGV[1])
	redis.call('ZADD', KEYS[3], now, ARGV[1])
	redis.call('PEXPIRE', KEYS[2], 60000)
	redis.call('PEXPIRE', KEYS[3], 60000)
	if redis.call('ZRANK', KEYS[2], ARGV[1]) >= free then return 0 end
	redis.call('ZREM', KEYS[2], ARGV[1])
	redis.call('ZREM', KEYS[3], ARGV[1])
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`)

// Take waits for a place.
func (p *places) Take(ctx context.Context) error {
	if p.takeKept() {
		return nil
	}
	name := strings.ToLower(crypto.Text()[:12])
	for {
		switch taken, err := p.take(ctx, name); {
		case ctx.Err() != nil && !taken:
			return ctx.Err()
		case err == nil && taken:
			return nil
		case err != nil && p.takeOwn():
			return nil
		}
		if err := sleep(ctx, placeEvery+rand.N(placeEvery/2)); err != nil {
			return err
		}
	}
}

func (p *places) keys() []string {
	return []string{p.s.key("places", p.installation), p.s.key("places-waiting", p.installation), p.s.key("places-looked", p.installation)}
}

func (p *places) take(ctx context.Context, name string) (bool, error) {
	if p.s.ready() == nil {
		return false, errAway
	}
	n, err := p.s.count(ctx, placeScript, "place", p.keys(), []string{name, strconv.Itoa(p.most), millis(p.life), millis(placeLost)})
	if n != 1 || err != nil {
		return false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = append(p.held, lease{name: name, taken: time.Now()})
	return true, nil
}

// takeOwn takes one of this replica's part of the places, at least one.
func (p *places) takeOwn() bool {
	own := max(1, p.most/max(1, len(p.s.known().living)))
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.held) >= own {
		return false
	}
	p.held = append(p.held, lease{})
	return true
}

// takeKept takes a place that this replica has given back a moment ago.
func (p *places) takeKept() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) == 0 {
		return false
	}
	p.held, p.kept = append(p.held, p.kept[0]), p.kept[1:]
	return true
}

// Give gives a place back, whichever: all are alike.
func (p *places) Give() {
	p.mu.Lock()
	is := p.held[0]
	p.held = p.held[1:]
	left := placeKept - time.Since(is.taken)
	if is.name != "" && left > 0 {
		p.kept = append(p.kept, lease{is.name, is.taken, true})
	}
	p.mu.Unlock()
	switch {
	case is.name == "": // the server does not know of it
	case left <= 0:
		p.give(is.name)
	case !is.later:
		p.giveLater(is.name, left)
	}
}

// giveLater gives a place back to the server in a while, unless a call is made with it then, which
// does that itself. Close waits for it.
func (p *places) giveLater(name string, in time.Duration) {
	p.s.later.Add(1)
	whmcs.Go(func() error {
		defer p.s.later.Done()
		<-time.After(in)
		p.mu.Lock()
		n := slices.IndexFunc(p.kept, func(is lease) bool { return is.name == name })
		if n >= 0 {
			p.kept = slices.Delete(p.kept, n, n+1)
		}
		p.mu.Unlock()
		if n >= 0 {
			p.give(name)
		}
		return nil
	})
}

// give gives a place back to the server. Where that cannot be it lapses.
func (p *places) give(name string) {
	if p.s.ready() == nil {
		return
	}
	_ = p.s.do(context.Background(), "give", func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, c.B().Zrem().Key(p.s.key("places", p.installation)).Member(name).Build()).Error()
	})
}
