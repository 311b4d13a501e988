package bot

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/rueidis"
)

// Scripts run on the server in one piece. What they compare is no customer's data: random
// references, times and counts, which are not sealed.

var claimScript = rueidis.NewLuaScript(`
for _, k in ipairs(KEYS) do
	local by = redis.call('GET', k)
	if by and by ~= ARGV[1] then return 0 end
end
for _, k in ipairs(KEYS) do redis.call('SET', k, ARGV[1], 'PX', ARGV[2]) end
return 1`)

var releaseScript = rueidis.NewLuaScript(`
for _, k in ipairs(KEYS) do
	if redis.call('GET', k) == ARGV[1] then redis.call('DEL', k) end
end
return 1`)

// claim gives names to by. A claim whose reply was lost can be made again.
func (s *Store) claim(ctx context.Context, by string, life time.Duration, names ...string) (bool, error) {
	keys := s.keys("claim", names)
	if len(keys) == 0 {
		return true, nil
	}
	n, err := s.count(ctx, claimScript, "claim", keys, []string{by, millis(life)})
	if err != nil {
		s.kept.failed()
	}
	if n == 1 || err != nil {
		s.kept.claim(by, life, keys...)
	}
	return n == 1, err
}

// release gives back what by has.
func (s *Store) release(ctx context.Context, by string, names ...string) error {
	keys := s.keys("claim", names)
	if len(keys) == 0 {
		return nil
	}
	s.kept.release(by, keys...)
	_, err := s.count(ctx, releaseScript, "release", keys, []string{by})
	return err
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// swapScript puts a value in another's place, or returns the one that is there instead.
var swapScript = rueidis.NewLuaScript(`
local is = redis.call('GET', KEYS[1]) or ''
if is ~= ARGV[1] then return is end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`)

const (
	swapsAtMost = 20    // how often a value may be changed by others while one replica changes it
	knownMost   = 5_000 // values that are known as they were last
)

// A knownValue is one as this replica saw it last. It may have changed: swapScript compares.
type knownValue struct {
	sealed string
	value  []byte
}

// valueKey is the key of a value. Replicas of an older version know it by this name too, and so do
// the pins that are there.
func (s *Store) valueKey(name string) string { return s.key("page", name) }

// read reads a value.
func (s *Store) read(ctx context.Context, name string) ([]byte, error) {
	_, value, err := s.get(ctx, s.valueKey(name))
	return value, err
}

// change changes a value. It begins with the value as it was known last, which mostly
// takes one call.
func (s *Store) change(ctx context.Context, name string, life time.Duration, edit func(value []byte) []byte) ([]byte, error) {
	key := s.valueKey(name)
	is, _ := s.latest.GetIfPresent(key)
	for n := range swapsAtMost {
		next, err := edit(is.value), error(nil)
		stays, changed := string(next) == string(is.value), false
		switch {
		case stays && n > 0:
			return next, nil
		case stays:
			is.sealed, is.value, err = s.get(ctx, key)
		default:
			is, changed, err = s.swap(ctx, key, is.sealed, next, life)
		}
		if changed || err != nil {
			return next, err
		}
	}
	return nil, errAway
}

// swap puts a value in the place of one as it is stored. Where that has changed it returns what
// is there.
func (s *Store) swap(ctx context.Context, key, sealed string, next []byte, life time.Duration) (is knownValue, changed bool, err error) {
	put := string(s.seal.close(key, next))
	reply, err := s.script(ctx, swapScript, "swap", []string{key}, []string{sealed, put, millis(life)})
	if err != nil {
		return is, false, err
	}
	if reply.IsInt64() {
		s.latest.Set(key, knownValue{put, next})
		return is, true, nil
	}
	if is.sealed, err = reply.ToString(); err != nil {
		return is, false, errAway
	}
	is.value = s.opened(key, is.sealed)
	return is, false, nil
}

// get returns a value as it is stored and as it was before it was sealed. What cannot be
// opened counts as absent: it was sealed with another token.
func (s *Store) get(ctx context.Context, key string) (sealed string, value []byte, err error) {
	err = s.do(ctx, "read", func(ctx context.Context, c rueidis.Client) error {
		var err error
		sealed, err = c.Do(ctx, c.B().Get().Key(key).Build()).ToString()
		return err
	})
	switch {
	case rueidis.IsRedisNil(err):
		return "", nil, nil
	case err != nil:
		return "", nil, err
	}
	return sealed, s.opened(key, sealed), nil
}

// opened opens a value as it is stored, nil where that cannot be.
func (s *Store) opened(key, sealed string) []byte {
	if sealed == "" {
		return nil
	}
	value, ok := s.seal.open(key, []byte(sealed))
	if !ok {
		s.status.storeUnopened.Inc()
	}
	return value
}

// raise raises a flag for as long as life says.
func (s *Store) raise(ctx context.Context, name string, life time.Duration) error {
	key := s.key("flag", name)
	s.kept.raise(key, life)
	err := s.raiseKey(ctx, key, life)
	if err != nil {
		s.kept.failed()
	}
	return err
}

func (s *Store) raiseKey(ctx context.Context, key string, life time.Duration) error {
	return s.do(ctx, "raise", func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, c.B().Set().Key(key).Value("1").Px(life).Build()).Error()
	})
}

// lower takes a flag down.
func (s *Store) lower(ctx context.Context, name string) error {
	key := s.key("flag", name)
	s.kept.lower(key)
	return s.do(ctx, "lower", func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, c.B().Del().Key(key).Build()).Error()
	})
}

// raised returns how long a flag stays up; 0: it is not.
func (s *Store) raised(ctx context.Context, name string) (left time.Duration, err error) {
	err = s.do(ctx, "raised", func(ctx context.Context, c rueidis.Client) error {
		ms, err := c.Do(ctx, c.B().Pttl().Key(s.key("flag", name)).Build()).AsInt64()
		left = time.Duration(max(0, ms)) * time.Millisecond
		return err
	})
	return left, err
}
