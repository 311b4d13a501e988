package bot

import (
	"context"
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
}

// An acker is the one goroutine that acknowledges for a socket. The event loop
// only hands acks over: the library's own queue of 20 blocks while a socket is
// down, and a loop that waits there never reads the event that would mend it.
type acker struct {
	queue  chan ack
	client *socketmode.Client
	status *Status
}

func newAcker(c *socketmode.Client, s *Status) *acker {
	return &acker{queue: make(chan ack, ackQueue), client: c, status: s}
}

// offer hands an ack over and never waits. A full queue means that the socket has
// been down for long; Slack has given these envelopes up.
func (a *acker) offer(envelope string, payload any, received time.Time) {
	if envelope != "" {
		a.put(ack{envelope, payload, received.Add(ackWithin)})
	}
}

func (a *acker) put(k ack) {
	select {
	case a.queue <- k:
	default:
		a.status.ackLost.Inc()
	}
}

// run sends acks until ctx ends, then what is left in the queue. One that is too
// late is let go: Slack has told its user already.
func (a *acker) run(ctx context.Context) {
	for {
		select {
		case k := <-a.queue:
			a.send(k)
		case <-ctx.Done():
			for {
				select {
				case k := <-a.queue:
					a.send(k)
				default:
					return
				}
			}
		}
	}
}

func (a *acker) send(k ack) {
	ctx, cancel := context.WithDeadline(context.Background(), k.by)
	defer cancel()
	if err := a.client.AckCtx(ctx, k.envelope, k.payload); err != nil {
		a.status.ackLost.Inc()
		return
	}
	a.status.ackSeconds.Observe((ackWithin - time.Until(k.by)).Seconds())
}
