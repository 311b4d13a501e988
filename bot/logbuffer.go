package bot

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"servicesbot/whmcs"
)

// logLines is how many lines wait while nobody reads the log: some MiB at most.
const logLines = 4096

// A LogBuffer stands between a log and what it is written to, such as standard error. Its
// Write never waits, so that a log that nobody reads does not stall who logs: the loop that
// reads Slack's sockets above all. What does not fit is lost and counted, and the log says
// so when it is read again.
type LogBuffer struct {
	out   io.Writer
	queue chan []byte
	lost  atomic.Int64
	said  int64                       // of lost; of the writing goroutine alone
	log   atomic.Pointer[slog.Logger] // that writes here; nil: not known
	ended <-chan error

	mu     sync.RWMutex
	closed bool
}

// NewLogBuffer returns a LogBuffer that writes to out until Close.
func NewLogBuffer(out io.Writer) *LogBuffer {
	b := &LogBuffer{out: out, queue: make(chan []byte, logLines)}
	b.ended = whmcs.Go(b.run)
	return b
}

// Write queues one line. It keeps no reference to line and never fails.
func (b *LogBuffer) Write(line []byte) (int, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return b.out.Write(line) // the process ends: nobody is held up any more
	}
	select {
	case b.queue <- append([]byte(nil), line...):
	default:
		b.lost.Add(1)
	}
	return len(line), nil
}

// Lost is how many lines were lost so far.
func (b *LogBuffer) Lost() int64 { return b.lost.Load() }

// SayLost has lost lines said in log, which writes to b.
func (b *LogBuffer) SayLost(log *slog.Logger) { b.log.Store(log) }

// Close has what waits written, for as long as within, and returns an error where that is
// not enough. Lines that come later are written at once.
func (b *LogBuffer) Close(within time.Duration) error {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		close(b.queue)
	}
	b.mu.Unlock()
	select {
	case err := <-b.ended:
		return err
	case <-time.After(within):
		return fmt.Errorf("%d lines of the log are not written: nobody reads it", len(b.queue))
	}
}

func (b *LogBuffer) run() error {
	for line := range b.queue {
		if _, err := b.out.Write(line); err != nil {
			b.lost.Add(1)
		}
		log, lost := b.log.Load(), b.lost.Load()
		if log != nil && lost > b.said && len(b.queue) < logLines/2 {
			n := lost - b.said
			b.said = lost
			log.Warn("lines of the log were lost: it was not read as fast as it was written", "lines", n)
		}
	}
	return nil
}
