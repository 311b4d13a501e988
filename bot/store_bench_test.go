package bot_test

import (
	"fmt"
	"testing"

	"servicesbot/bot"
)

// BenchmarkStoreLoad puts the same load on a bot without a store and on one with it, and prints
// both and their ratios. It judges nothing.
func BenchmarkStoreLoad(b *testing.B) {
	const only = "GetClientsProducts"
	redis := bot.StartRedis(b)
	var all []figures
	for _, c := range []struct{ name, url string }{{"alone", ""}, {"with a store", redis.URL().Reveal()}} {
		b.Run(c.name, func(b *testing.B) {
			b.Setenv("REDIS_URL", c.url)
			l := newLoad(b, "bot", loadLatency, only)
			l.warmUp(b)
			all = append(all, l.rate(b, c.name, 50))
			l.end(b)
		})
	}
	if len(all) != 2 {
		return
	}
	alone, shared := all[0], all[1]
	fmt.Printf("\n%s\n\n%s\nack p99: %.2f ms and %.2f ms; CPU each: %.2f times\n", machine(), table(all),
		ms(alone.ackMost), ms(shared.ackMost), float64(shared.cpu)/float64(alone.cpu))
}
