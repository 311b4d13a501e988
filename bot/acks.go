package bot

import (
	"context"
	"sync"
	"time"

	"github.com/slack-go/slack/socketmode"
)

const (
	ackWithin = 2500 * time.Millisecond // Slack gives 3 s
	ackQueue  = 1024
)

// An ack waits to be sent on the socket that its envelope came by.
type ack struct {
	envelope string
	payload  any // nil: none
	by       time.Time
	sent     time.Time // when it was handed to a connection; zero: never
}

// What was written shortly before a connection ended may never have been read, and
// nobody tells: such acks are sent once more. One that did arrive does no harm.
const unsureFor = time.Second

// An acker is the one goroutine that acknowledges for a socket. The event loop
// only hands acks over: the library's own queue of 20 blocks while a socket is
// down, and a loop that waits there never reads the event that would mend it.
type acker struct {
	queue  chan ack
	client *socketmode.Client
	status *Status

	mu     sync.Mutex
	lately []ack // sent within unsureFor, oldest first
}

func newAcker(c *socketmode.Client, s *Status) *acker {
	return &acker{queue: make(chan ack, ackQueue), client: c, status: s}
}

// offer hands an ack over and never waits. A full queue means that the socket has
// been down for long; Slack has given these envelopes up.
func (a *acker) offer(envelope string, payload any, received time.Time) {
	if envelope != "" {
		a.put(ack{envelope: envelope, payload: payload, by: received.Add(ackWithin)})
	}
}

func (a *acker) put(k ack) {
	select {
	case a.queue <- k:
	default:
		a.status.ackLost.Inc()
	}
}

// run sends acks until ctx ends: there is no connection to send more on.
func (a *acker) run(ctx context.Context) {
	for {
		select {
		case k := <-a.queue:
			a.send(ctx, k)
		case <-ctx.Done():
			return
		}
	}
}

// send hands an ack to the connection. One that is too late is let go: Slack has told
// its user already.
func (a *acker) send(ctx context.Context, k ack) {
	ctx, cancel := context.WithDeadline(ctx, k.by)
	defer cancel()
	if err := a.client.AckCtx(ctx, k.envelope, k.payload); err != nil {
		a.status.ackLost.Inc()
		return
	}
	if k.sent.IsZero() {
		a.status.ackSeconds.Observe((ackWithin - time.Until(k.by)).Seconds())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	k.sent = time.Now()
	a.lately = append(a.sure(k.sent), k)
}

// sure drops the acks that were sent long enough ago. a.mu is held.
func (a *acker) sure(now time.Time) []ack {
	for len(a.lately) > 0 && now.Sub(a.lately[0].sent) > unsureFor {
		a.lately = a.lately[1:]
	}
	return a.lately
}

// unsure returns the acks that the end of the connection may have lost, once.
func (a *acker) unsure() []ack {
	a.mu.Lock()
	defer a.mu.Unlock()
	acks := a.sure(time.Now())
	a.lately = nil
	return acks
}
