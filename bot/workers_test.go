package bot

import (
	"context"
	"testing"
)

// TestWorkersSurvivePanics: a panic in queued work costs no worker.
func TestWorkersSurvivePanics(t *testing.T) {
	t.Parallel()
	l := newLane("test", 2, 10)
	l.start(t.Context())
	for range 5 {
		l.enqueue(func(context.Context) { panic("this piece of work broke") })
	}
	done := make(chan struct{})
	l.enqueue(func(context.Context) { close(done) })
	<-done
	drainLanes(l)
	if busy := l.busy.Load(); busy != 0 {
		t.Errorf("%d workers are said to be busy after the end", busy)
	}
}
