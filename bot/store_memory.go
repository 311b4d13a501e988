package bot

import (
	"context"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

const (
	claimsMost = 50_000
	valuesMost = 20_000
)

// A memory is what one process remembers by itself. It is bounded: what was used longest ago
// goes first.
type memory struct {
	mu      sync.Mutex
	claimed *otter.Cache[string, held] // value: who has it
	values  *otter.Cache[string, held]
	buckets *otter.Cache[string, *rate.Limiter]
}

// A held is a value and how long it is kept.
type held struct {
	value string
	life  time.Duration
}

var _ interface {
	claims
	values
	limits
} = (*memory)(nil)

func newMemory() *memory {
	life := otter.ExpiryWritingFunc(func(e otter.Entry[string, held]) time.Duration { return e.Value.life })
	return &memory{
		claimed: newCache(claimsMost, life),
		values:  newCache(valuesMost, life),
		// Who has not asked for a while has a full bucket anyway.
		buckets: newCache(cachedMost, otter.ExpiryAccessing[string, *rate.Limiter](2*time.Minute)),
	}
}

// claim gives names to by.
func (m *memory) claim(_ context.Context, by string, life time.Duration, names ...string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range names {
		if h, ok := m.claimed.GetIfPresent(name); ok && h.value != by && name != "" {
			return false, nil
		}
	}
	for _, name := range names {
		if name != "" {
			m.claimed.Set(name, held{by, life})
		}
	}
	return true, nil
}

// release gives back what by has.
func (m *memory) release(_ context.Context, by string, names ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range names {
		if h, ok := m.claimed.GetIfPresent(name); ok && h.value == by {
			m.claimed.Invalidate(name)
		}
	}
	return nil
}

// read reads a value.
func (m *memory) read(_ context.Context, name string) ([]byte, error) {
	if h, ok := m.values.GetIfPresent(name); ok {
		return []byte(h.value), nil
	}
	return nil, nil
}

// change changes a value.
func (m *memory) change(ctx context.Context, name string, life time.Duration, edit func(value []byte) []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, _ := m.read(ctx, name)
	next := edit(value)
	if string(next) != string(value) {
		m.values.Set(name, held{string(next), life})
	}
	return next, nil
}

// take takes one of so many per minute.
func (m *memory) take(ctx context.Context, name string, perMinute int) (time.Duration, error) {
	bucket, err := m.buckets.Get(ctx, name, otter.LoaderFunc[string, *rate.Limiter](
		func(context.Context, string) (*rate.Limiter, error) {
			return rate.NewLimiter(rate.Limit(perMinute)/60, perMinute), nil
		}))
	if err != nil || bucket.Allow() {
		return 0, err
	}
	res := bucket.Reserve()
	defer res.Cancel()
	return res.Delay(), nil
}
