package bot

import (
	"testing"
	"time"
)

// TestRatesAreBounded: what is remembered of askers is limited, and nothing stays of
// whoever has no question in progress.
func TestRatesAreBounded(t *testing.T) {
	t.Parallel()
	r := newRates(30, newMemory())
	for n := range cachedMost + 1000 {
		req := &Request{Team: "T1", User: string(rune('A'+n%26)) + time.Duration(n).String()}
		r.takeToken(req)
		if !r.begin(req) {
			t.Fatal("the first question of somebody is too much")
		}
		r.end(req)
	}
	r.asked.(*memory).buckets.CleanUp()
	if n := r.asked.(*memory).buckets.EstimatedSize(); n > cachedMost || len(r.atOnce) != 0 {
		t.Errorf("%d buckets and %d askers are kept", n, len(r.atOnce))
	}
}
