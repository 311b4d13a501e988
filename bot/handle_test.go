package bot

import (
	"testing"
	"time"
)

// TestListsForAnHour: after Slack refused the newer blocks they are left out for an hour,
// and then tried again.
func TestListsForAnHour(t *testing.T) {
	t.Parallel()
	refused := time.Unix(1795000000, 0)
	b := &Bot{}
	b.noBlocks.Store(refused.Add(noBlocksFor).UnixNano())
	for after, want := range map[time.Duration]bool{0: true, 59 * time.Minute: true, 61 * time.Minute: false} {
		if got := b.listsOnly(refused.Add(after)); got != want {
			t.Errorf("after %v: lists only is %v, want %v", after, got, want)
		}
	}
	b.TryNewBlocks()
	if b.listsOnly(refused) {
		t.Error("they are still left out when they are to be tried again")
	}
}
