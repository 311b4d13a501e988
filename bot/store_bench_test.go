package bot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"servicesbot/bot"
)

// loadTurns is how often each of the bots is under load.
const loadTurns = 4

// BenchmarkStoreLoad puts the same load on a bot without a store and on one with it, by turns,
// and prints both and their ratios. It judges nothing.
func BenchmarkStoreLoad(b *testing.B) {
	var loads [2]*load
	names := [2]string{"alone", "with a store"}
	for i, url := range []string{"", bot.StartRedis(b).URL().Reveal()} {
		b.Setenv("REDIS_URL", url)
		loads[i] = newLoad(b, "bot", loadLatency, "GetClientsProducts")
		loads[i].warmUp(b)
	}
	var all [2][]figures
	for range loadTurns {
		for i, l := range loads {
			all[i] = append(all[i], l.rate(b, names[i], 50))
		}
	}
	for _, l := range loads {
		l.end(b)
	}
	middle := func(i int, of func(figures) time.Duration) float64 {
		var each []time.Duration
		for _, f := range all[i] {
			each = append(each, of(f))
		}
		half, _ := halfAndMost(each)
		return ms(half)
	}
	ack := func(f figures) time.Duration { return f.ackMost }
	cpu := func(f figures) time.Duration { return f.cpu }
	fmt.Printf("\n%s\n\n%s\n\nthe middle of %d turns each: ack p99 %.2f ms and %.2f ms, CPU each %.2f ms and %.2f ms: %.2f times\n",
		machine(), table(slices.Concat(all[:]...)), loadTurns,
		middle(0, ack), middle(1, ack), middle(0, cpu), middle(1, cpu), middle(1, cpu)/middle(0, cpu))
}
