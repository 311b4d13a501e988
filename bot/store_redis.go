package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/redis/rueidis"

	"servicesbot/whmcs"
)

const (
	probeEvery  = 250 * time.Millisecond // while the store is away
	probeWhenUp = time.Second            // while it is not
	probeLife   = time.Minute            // of what a probe writes
	firstWithin = 2 * time.Second        // the first try, at the start
)

// A Store is what several replicas of the bot share, on one Redis or Valkey server, Sentinel
// group or cluster. A breaker is around it: the first call that fails opens it, so that an
// outage costs one time limit and not one of each call, and a probe closes it.
type Store struct {
	option rueidis.ClientOption
	log    *slog.Logger
	status *Status
	seal   *seal
	kept   *kept
	latest *otter.Cache[string, knownValue]
	id     string // of this replica, for as long as it lives

	within   time.Duration // one call
	deadBeat time.Duration // without a beat a replica counts as dead

	mu     sync.Mutex
	client rueidis.Client // nil: not connected yet
	prefix string         // of all keys; "": not known yet, so that nothing can be asked
	away   bool           // the breaker is open
	since  time.Time      // when that changed
	seen   replicas       // as of the last beat

	later sync.WaitGroup // what nobody waits for but Close

	hear func(news)
	lost func() // news may have been missed
}

var _ interface {
	claims
	values
	journal
	flags
} = (*Store)(nil)

// StoreConfig says where a Store is. Nothing of it is optional.
type StoreConfig struct {
	URL      Secret
	BotToken Secret // the keys of the seal come from it: all replicas have the same
	Status   *Status
	Log      *slog.Logger
}

// OpenStore makes a Store and tries to reach it. A server that cannot
// be reached is a warning in the log: it may come. An error says what is wrong with the URL,
// or that the server refuses the login, and shows neither.
func OpenStore(ctx context.Context, cfg StoreConfig) (*Store, error) {
	option, err := storeOption(cfg.URL.Reveal())
	if err != nil {
		return nil, err
	}
	sealed, err := newSeal(cfg.BotToken)
	if err != nil {
		return nil, err
	}
	s := &Store{
		option: option, log: cfg.Log, status: cfg.Status, seal: sealed, kept: newKept(), latest: newCache(knownMost, otter.ExpiryWriting[string, knownValue](versionsFor)), id: strings.ToLower(rand.Text()[:12]), since: time.Now(),
		within: storeWithin, deadBeat: deadBeat,
		hear: func(news) {}, lost: func() {},
	}
	s.status.watchStore()
	switch err := s.connect(ctx); {
	case err == nil:
		s.log.Info("store: reached")
	case refusesLogin(err):
		return nil, ErrStoreLogin
	case forbids(err):
		return nil, &ForbiddenStore{unreachable(err)}
	default:
		s.away = true
		s.log.Warn("store: the server is not reached; this process works by itself until it is", "error", unreachable(err))
	}
	return s, nil
}

// Close lets go of the server.
func (s *Store) Close() {
	s.later.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		s.client.Close()
		s.client = nil
	}
	s.away = true
}

// connect connects for the first time. The library reconnects by itself later.
func (s *Store) connect(ctx context.Context) error {
	type made struct {
		client rueidis.Client
		err    error
	}
	ready := make(chan made, 1) // nobody waits for long: the library cannot be told to give up
	whmcs.Go(func() error {
		c, err := rueidis.NewClient(s.option)
		ready <- made{c, err}
		return nil
	})
	late := time.NewTimer(firstWithin)
	defer late.Stop()
	select {
	case m := <-ready:
		if m.err != nil {
			return m.err
		}
		s.mu.Lock()
		s.client = m.client
		s.mu.Unlock()
		return nil
	case <-late.C:
	case <-ctx.Done():
	}
	whmcs.Go(func() error {
		if m := <-ready; m.err == nil {
			m.client.Close()
		}
		return nil
	})
	return context.DeadlineExceeded
}

// begin names what the store is for: the app in a workspace. hear gets the news of other
// replicas, lost is called when some may have been missed. It runs until ctx ends.
func (s *Store) begin(ctx context.Context, me identity, app string, hear func(news), lost func()) (ended []<-chan error) {
	s.mu.Lock()
	s.prefix = storePrefix(me.team, app)
	s.hear, s.lost = hear, lost
	s.mu.Unlock()
	return []<-chan error{
		whmcs.Go(func() error { s.keepUp(ctx); return nil }),
		whmcs.Go(func() error { s.listen(ctx); return nil }),
	}
}

// storePrefix begins all keys of an app in a workspace. The braces keep them in one slot of a
// cluster: scripts take several of them.
func storePrefix(team, app string) string { return "{" + team + ":" + app + "}:" }

// key is the key of a kind of value and what it is about.
func (s *Store) key(kind, about string) string {
	if about == "" {
		return s.prefix + kind
	}
	return s.prefix + kind + ":" + s.seal.name(kind+"\x00"+about)
}

func (s *Store) keys(kind string, abouts []string) []string {
	var keys []string
	for _, about := range abouts {
		if about != "" {
			keys = append(keys, s.key(kind, about))
		}
	}
	return keys
}

// ready returns the client, nil while the store is away.
func (s *Store) ready() rueidis.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away || s.prefix == "" {
		return nil
	}
	return s.client
}

// do makes one call. Its error is errAway, or rueidis.Nil, which says that there is nothing.
func (s *Store) do(ctx context.Context, op string, call func(context.Context, rueidis.Client) error) error {
	return s.doWithin(ctx, s.within, op, call)
}

func (s *Store) doWithin(ctx context.Context, within time.Duration, op string, call func(context.Context, rueidis.Client) error) error {
	c := s.ready()
	if c == nil {
		s.status.storeCalls.WithLabelValues(op, "away").Inc()
		return errAway
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	began := time.Now()
	err := attempt(limited, func(ctx context.Context) error { return call(ctx, c) })
	s.status.storeSeconds.WithLabelValues(op).Observe(time.Since(began).Seconds())
	switch {
	case err == nil:
		s.status.storeCalls.WithLabelValues(op, "ok").Inc()
		return nil
	case rueidis.IsRedisNil(err):
		s.status.storeCalls.WithLabelValues(op, "ok").Inc()
		return rueidis.Nil
	case ctx.Err() != nil: // the caller's own end says nothing about the server
		s.status.storeCalls.WithLabelValues(op, "ended").Inc()
		return errAway
	}
	s.status.storeCalls.WithLabelValues(op, "failed").Inc()
	s.gone(op, err)
	return errAway
}

// attempt makes a call, and makes it again where its connection is one that the server has closed:
// the library learns that by using it. A call that is made twice does no harm.
func attempt(ctx context.Context, call func(context.Context) error) error {
	err := call(ctx)
	for n := 0; n < storeConnections && ctx.Err() == nil && closed(err); n++ {
		err = call(ctx)
	}
	return err
}

// closed reports whether a connection was closed by the other side.
func closed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// script runs a script, whose reply is taken by read.
func (s *Store) script(ctx context.Context, script *rueidis.Lua, op string, keys, args []string) (reply rueidis.RedisMessage, err error) {
	err = s.do(ctx, op, func(ctx context.Context, c rueidis.Client) error {
		var err error
		reply, err = script.Exec(ctx, c, keys, args).ToMessage()
		return err
	})
	return reply, err
}

// count runs a script that returns a whole number.
func (s *Store) count(ctx context.Context, script *rueidis.Lua, op string, keys, args []string) (int64, error) {
	reply, err := s.script(ctx, script, op, keys, args)
	if err != nil {
		return 0, err
	}
	n, err := reply.AsInt64()
	if err != nil {
		return 0, errAway
	}
	return n, nil
}

// gone opens the breaker.
func (s *Store) gone(op string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away || s.client == nil {
		return
	}
	s.away, s.since = true, time.Now()
	s.status.storeUp.Set(0)
	s.log.Warn("store: away; this process works by itself until it is back", "call", op, "error", unreachable(err))
}

// back closes the breaker.
func (s *Store) back() {
	s.mu.Lock()
	was, since := s.away, s.since
	if s.client != nil {
		s.away = false
	}
	if was {
		s.since = time.Now()
	}
	s.mu.Unlock()
	s.status.storeUp.Set(1)
	if was {
		s.log.Info("store: back; replicas work as one", "away_seconds", time.Since(since).Seconds())
	}
}

var probing = rueidis.NewLuaScript(`
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('GET', KEYS[1])`)

// probe tries whether the store does what the bot needs: scripts, writing, reading, publishing.
// Where the user may not do one of these, the store is away, or it would be away and back by
// turns.
func (s *Store) probe(ctx context.Context) error {
	s.mu.Lock()
	c, key := s.client, s.prefix+"probe"
	s.mu.Unlock()
	if c == nil {
		if err := s.connect(ctx); err != nil {
			return err
		}
		s.mu.Lock()
		c = s.client
		s.mu.Unlock()
	}
	ctx, cancel := context.WithTimeout(ctx, s.within)
	defer cancel()
	return attempt(ctx, func(ctx context.Context) error {
		if err := probing.Exec(ctx, c, []string{key}, []string{s.id, millis(probeLife)}).Error(); err != nil {
			return err
		}
		return c.Do(ctx, c.B().Publish().Channel(key).Message("").Build()).Error()
	})
}

// keepUp probes until ctx ends: often while the store is away, now and then else.
func (s *Store) keepUp(ctx context.Context) {
	var probed time.Time
	for {
		s.mu.Lock()
		away := s.away || s.client == nil
		s.mu.Unlock()
		if away || time.Since(probed) >= probeWhenUp {
			probed = time.Now()
			if err := s.probe(ctx); err == nil {
				s.back()
			} else if ctx.Err() == nil && !away {
				s.gone("probe", err)
			}
		}
		if sleep(ctx, probeEvery) != nil {
			return
		}
	}
}

// State is the store's in words, for a person who reads /readyz.
func (s *Store) State() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.client == nil:
		return "not reached yet"
	case s.away:
		return fmt.Sprintf("away for %d s; this process works by itself", int(time.Since(s.since).Seconds()))
	}
	return "answers"
}
