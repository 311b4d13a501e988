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
	pagesMost  = 20_000
)

// A memory is what one process remembers by itself. It is bounded: what was used longest ago
// goes first.
type memory struct {
	mu      sync.Mutex
	claimed *otter.Cache[string, held] // value: who has it
	pages   *otter.Cache[string, held]
	buckets *otter.Cache[string, *rate.Limiter]
}

// A held is a value and how long it is kept.
type held struct {
	value string
	life  time.Duration
}

var _ interface {
	claims
	notebook
	limits
} = (*memory)(nil)

func newMemory() *memory {
	life := otter.ExpiryWritingFunc(func(e otter.Entry[string, held]) time.Duration { return e.Value.life })
	return &memory{
		claimed: newCache(claimsMost, life),
		pages:   newCache(pagesMost, life),
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

// change changes a page.
func (m *memory) change(_ context.Context, name string, life time.Duration, edit func(page []byte) []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var page []byte
	if h, ok := m.pages.GetIfPresent(name); ok {
		page = []byte(h.value)
	}
	next := edit(page)
	if string(next) != string(page) {
		m.pages.Set(name, held{string(next), life})
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
