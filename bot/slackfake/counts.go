package slackfake

import (
	"maps"
	"slices"
	"time"
)

// Counts are what the workspace counted since it began.
type Counts struct {
	Calls   map[string]int // by method, also ResponseURL, FileUpload and SocketLink
	Refused map[string]int // "chat.postMessage: not_in_channel"; also failures by order

	Sockets       int // open, greeted and not told to go
	SocketsOpened int
	Envelopes     int            // delivered to a socket, retries and duplicates included
	ByType        map[string]int // of them, by type
	Retries       int
	Undelivered   int // no socket was open
	Acked         int // in time
	LateAcks      int // after 3 s
	UnknownAcks   int // of no envelope, or a second one
	BigAcks       int // dropped: 20,480 bytes or more
	CutAcks       int // dropped: in fragments
	Unacked       int // envelopes that nobody acknowledged within 3 s
	Waiting       int // delivered, neither acknowledged nor given up yet

	Messages int // that the bot posted and Slack took, every way; updates are not counted
	Updates  int // of messages, deletions included
	NoText   int // of both: blocks without top-level text
}

func (c *Counts) init() {
	c.Calls, c.Refused, c.ByType = map[string]int{}, map[string]int{}, map[string]int{}
}

// Counts returns a copy of the counters.
func (w *Workspace) Counts() Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.counts
	c.Calls, c.Refused, c.ByType = maps.Clone(c.Calls), maps.Clone(c.Refused), maps.Clone(c.ByType)
	for _, d := range w.pending {
		if !d.missed {
			c.Waiting++
		}
	}
	for _, s := range w.sockets {
		if s.greeted && !s.draining {
			c.Sockets++
		}
	}
	return c
}

// maxAcks is how many ack times are kept, the newest.
const maxAcks = 200_000

// AckTimes are the times between the write of an envelope and the arrival of its ack,
// of the newest 200,000 acks, in the order of their arrival.
func (w *Workspace) AckTimes() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.acks)
}

func (w *Workspace) noteAck(took time.Duration) {
	if len(w.acks) >= 2*maxAcks {
		w.acks = slices.Clone(w.acks[maxAcks:])
	}
	w.acks = append(w.acks, took)
}
