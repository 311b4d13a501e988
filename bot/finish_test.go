package bot

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestFinishWithoutAReaderOfTheAudit: lines that nobody takes do not keep the process.
func TestFinishWithoutAReaderOfTheAudit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, err := New(Config{AppToken: "xapp-1", BotToken: "xoxb-1", Answers: &Answers{}})
		if err != nil {
			t.Fatal(err)
		}
		work, endWork := context.WithCancelCause(t.Context())
		for _, l := range b.lanes() {
			l.start(work)
		}
		reader := make(chan struct{})
		b.audits.enqueue(func(context.Context) { <-reader })
		began := time.Now()
		b.finish(endWork)
		if took := time.Since(began); took > time.Second {
			t.Errorf("the end took %s", took)
		}
		close(reader)
	})
}
