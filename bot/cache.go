package bot

import (
	"github.com/maypok86/otter/v2"

	"servicesbot/whmcs"
)

// newCache returns a cache of at most so many entries. They expire as life says, with nil only
// when others need their room. Later writes remove what has expired: no goroutine outlives the
// cache's use.
func newCache[V any](most int, life otter.ExpiryCalculator[string, V]) *otter.Cache[string, V] {
	return otter.Must(&otter.Options[string, V]{
		MaximumSize:      most,
		ExpiryCalculator: life,
		Clock:            whmcs.NewQuietClock(),
	})
}
