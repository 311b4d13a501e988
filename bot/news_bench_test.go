package bot

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkClosing has one replica say that outsiders read in a channel, and prints how long after
// that seven others have heard it: Slack's event is acknowledged when it was said. It judges nothing.
func BenchmarkClosing(b *testing.B) {
	const others = 7
	redis := StartRedis(b)
	says := openStore(b, redis.URL(), "A1")
	say := func(n news) error { return says.broadcast(b.Context(), n) }
	heard := make(chan time.Time, others)
	for range others {
		s, listens := openStore(b, redis.URL(), "A1"), make(chan struct{}, 1)
		s.mu.Lock()
		s.hear = func(n news) {
			if n.Kind == newsOutside {
				heard <- time.Now()
				return
			}
			select {
			case listens <- struct{}{}:
			default:
			}
		}
		s.mu.Unlock()
		for len(listens) == 0 {
			_ = say(news{Kind: newsJoined}) // until it is connected
			<-time.After(5 * time.Millisecond)
		}
	}
	b.ResetTimer()
	var after []time.Duration
	for n := range b.N {
		if err := say(news{Kind: newsOutside, Name: fmt.Sprintf("C%08d", n)}); err != nil {
			b.Fatal(err)
		}
		said, last := time.Now(), time.Time{}
		for range others {
			last = <-heard
		}
		after = append(after, last.Sub(said))
	}
	slices.Sort(after)
	if b.N > 1 {
		fmt.Printf("\nall others have heard it: half of %d times within %v, 99 of 100 within %v, always within %v\n",
			b.N, after[b.N/2], after[b.N*99/100], after[b.N-1])
	}
}
