package bot

import (
	"fmt"
	"testing"
)

// TestSocketsFor: up to three replicas hold two sockets each, up to eight one, and further ones
// none: Slack allows ten.
func TestSocketsFor(t *testing.T) {
	t.Parallel()
	for living := 1; living <= 12; living++ {
		var r replicas
		for n := range living {
			r.living = append(r.living, fmt.Sprint(n))
		}
		all := 0
		for n, id := range r.living {
			got := int(socketsFor(r, id))
			want := 1
			switch {
			case living <= 3:
				want = 2
			case n >= 8:
				want = 0
			}
			if got != want {
				t.Errorf("replica %d of %d holds %d sockets, want %d", n, living, got, want)
			}
			all += got
		}
		if all > 10 {
			t.Errorf("%d replicas hold %d sockets", living, all)
		}
	}
	if n := socketsFor(replicas{}, "alone"); n != 2 {
		t.Errorf("a replica that knows of none holds %d sockets", n)
	}
}
