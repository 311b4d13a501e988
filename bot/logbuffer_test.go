package bot

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A clogged writer takes nothing until it is opened.
type clogged struct {
	open chan struct{}
	got  bytes.Buffer
}

func (c *clogged) Write(p []byte) (int, error) {
	<-c.open
	return c.got.Write(p)
}

// TestALogThatNobodyReadsStallsNobody: 5,000 lines are logged at once while standard error
// is blocked; what does not fit is counted, and said when somebody reads again.
func TestALogThatNobodyReadsStallsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &clogged{open: make(chan struct{})}
		b := NewLogBuffer(out)
		log := slog.New(slog.NewTextHandler(b, nil))
		b.SayLost(log)
		status := NewStatus("")
		status.WatchLog(b)
		begun := time.Now()
		log.Info("first")
		synctest.Wait() // the writer is stuck with it
		for n := range 5000 {
			log.Info("line", "n", n)
		}
		if took := time.Since(begun); took != 0 {
			t.Errorf("logging took %v", took)
		}
		const lost = 5000 - logLines
		if b.Lost() != lost {
			t.Errorf("%d lines lost, want %d", b.Lost(), lost)
		}
		if err := b.Close(time.Second); err == nil {
			t.Error("Close says that all is written")
		}
		close(out.open)
		<-b.ended
		text := out.got.String()
		if n := strings.Count(text, "msg=line"); n != logLines {
			t.Errorf("%d lines written, want %d", n, logLines)
		}
		if !strings.Contains(text, "lines=904") {
			t.Errorf("the log does not say what was lost:\n%s", text[max(0, len(text)-500):])
		}
		if got := metric(t, status, "servicesbot_log_lines_lost_total"); got != lost {
			t.Errorf("the metric says %v lost, want %d", got, lost)
		}
	})
}

// TestTheLogIsWrittenAtTheEnd: Close writes what waits, and lines behind it are written.
func TestTheLogIsWrittenAtTheEnd(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := NewLogBuffer(&out)
	for range 100 {
		io.WriteString(b, "x\n")
	}
	if err := b.Close(time.Minute); err != nil {
		t.Fatal(err)
	}
	io.WriteString(b, "last\n")
	if got, want := out.String(), strings.Repeat("x\n", 100)+"last\n"; got != want {
		t.Errorf("%q is written", got)
	}
}

// metric is the value of a metric without labels.
func metric(t *testing.T, s *Status, name string) float64 {
	t.Helper()
	families, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
