package formatting

import (
	"encoding/json"
	"testing"
)

// BenchmarkAnswer makes a list of five services, and what is sent of it.
func BenchmarkAnswer(b *testing.B) {
	res, o := result(b, "client:1 status:active", mixed(5)...), here()
	b.Run("message", func(b *testing.B) {
		for b.Loop() {
			house.Answer(res, o)
		}
	})
	b.Run("JSON", func(b *testing.B) {
		msg := house.Answer(res, o)
		for b.Loop() {
			if _, err := json.Marshal(msg.Blocks); err != nil {
				b.Fatal(err)
			}
		}
	})
}
