package bot

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

const (
	ackWithin  = 2500 * time.Millisecond // Slack gives 3 s
	acksQueued = 1024                    // of one connection, and of those that wait for one

	// unsureFor: what was written this short before a connection broke may never have been
	// read, and nothing says so. It is sent once more; twice does no harm.
	unsureFor = time.Second
)

// An ack is an acknowledgement on its way.
type ack struct {
	frame    []byte    // as it is sent
	by       time.Time // later it is of no use: Slack has told the person already
	received time.Time // when its envelope came
	sent     time.Time // zero: not yet
}

// newAck returns the acknowledgement of an envelope, false where it is too large for
// Slack, which a payload of ours never is.
func newAck(envelope string, payload any, received time.Time) (ack, bool) {
	frame, err := json.Marshal(struct {
		Envelope string `json:"envelope_id"`
		Payload  any    `json:"payload,omitempty"`
	}{envelope, payload})
	return ack{frame: frame, by: received.Add(ackWithin), received: received}, err == nil && len(frame) < ackAtMost
}

// An outbox holds the acknowledgements that one connection is to send. acks guards its
// fields; the connection's writer takes from the queue, and closes written.
type outbox struct {
	queue  chan ack
	closed bool
	broken bool  // a write failed
	lately []ack // sent within unsureFor, oldest first

	written chan struct{} // closed when the connection writes no more
}

func newOutbox() *outbox {
	return &outbox{queue: make(chan ack, acksQueued), written: make(chan struct{})}
}

// acks sends each acknowledgement on the connection that its envelope came by. Where that
// takes no more it goes out on another one, and where there is none, on the next. (Whether
// Slack accepts it there is not documented and was not tried; slack-go's own client does
// the same after a reconnect.) No method waits.
type acks struct {
	status *Status

	mu      sync.Mutex
	open    []*outbox // of greeted connections that take more, the newest last
	last    []*outbox // of those that write what they have and then no more
	waiting []ack     // for the next connection
}

// send sends the acknowledgement of an envelope that came by a connection.
func (a *acks) send(by *connection, envelope string, payload any, received time.Time) {
	if envelope == "" {
		return
	}
	k, ok := newAck(envelope, payload, received)
	a.mu.Lock()
	defer a.mu.Unlock()
	if !ok {
		a.status.ackLost.Inc()
		return
	}
	a.put(by.outbox, k)
}

// put queues k at box, or elsewhere. a.mu is held.
func (a *acks) put(box *outbox, k ack) {
	if box == nil || box.closed {
		if len(a.open) == 0 {
			a.holdForNext(k)
			return
		}
		box = a.open[len(a.open)-1]
	}
	select {
	case box.queue <- k:
	default:
		a.status.ackLost.Inc()
	}
}

// holdForNext holds k for the next connection. a.mu is held.
func (a *acks) holdForNext(k ack) {
	if len(a.waiting) == acksQueued {
		a.waiting = a.waiting[1:]
		a.status.ackLost.Inc()
	}
	a.waiting = append(a.waiting, k)
}

// greeted has a connection take acknowledgements, those that wait first.
func (a *acks) greeted(c *connection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.outbox.closed { // finished before Slack's hello came
		return
	}
	a.open = append(a.open, c.outbox)
	waiting := a.waiting
	a.waiting = nil
	for _, k := range waiting {
		a.put(c.outbox, k)
	}
}

// dropIfLate reports whether k is of no use any more. It counts one that Slack never got.
func (a *acks) dropIfLate(k ack) bool {
	if time.Now().Before(k.by) {
		return false
	}
	if k.sent.IsZero() {
		a.status.ackLost.Inc()
	}
	return true
}

// finish lets a connection send what is queued and takes no more for it.
func (a *acks) finish(c *connection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !c.outbox.closed {
		a.last = append(a.last, c.outbox)
	}
	a.close(c.outbox)
}

// awaitWritten waits until what was to be sent before finish is sent, or ctx ends.
func (a *acks) awaitWritten(ctx context.Context) {
	a.mu.Lock()
	last := slices.Clone(a.last)
	a.mu.Unlock()
	for _, box := range last {
		select {
		case <-box.written:
		case <-ctx.Done():
		}
	}
}

// close closes an outbox, once. a.mu is held.
func (a *acks) close(box *outbox) {
	if box.closed {
		return
	}
	box.closed = true
	close(box.queue)
	a.open = slices.DeleteFunc(a.open, func(o *outbox) bool { return o == box })
}

// ended takes back what a connection that is gone has not sent, or may have sent in vain.
func (a *acks) ended(c *connection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	orderly := c.outbox.closed && !c.outbox.broken
	a.close(c.outbox)
	a.last = slices.DeleteFunc(a.last, func(o *outbox) bool { return o == c.outbox })
	if !orderly {
		for _, k := range c.outbox.lately {
			if time.Since(k.sent) <= unsureFor {
				a.put(nil, k)
			}
		}
	}
	c.outbox.lately = nil
	for k := range c.outbox.queue {
		a.put(nil, k)
	}
}

// sent notes that a connection was given k.
func (a *acks) sent(c *connection, k ack) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if k.sent.IsZero() {
		a.status.ackSeconds.Observe(now.Sub(k.received).Seconds())
	}
	k.sent = now
	for len(c.outbox.lately) > 0 && now.Sub(c.outbox.lately[0].sent) > unsureFor {
		c.outbox.lately = c.outbox.lately[1:]
	}
	c.outbox.lately = append(c.outbox.lately, k)
}

// failed takes back what a connection did not take.
func (a *acks) failed(c *connection, k ack) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status.ackFailed.Inc()
	a.close(c.outbox) // or it would come back here
	c.outbox.broken = true
	a.put(nil, k)
}
