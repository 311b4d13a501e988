package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// Slack's times and sizes for envelopes.
const (
	ackLimit     = 3 * time.Second
	maxAck       = 20_480 // bytes; an ack of that size or more is dropped in silence
	rememberLate = 10 * time.Minute
)

// retryAfter are the pauses before the three retries of an event.
var retryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}

// delivery is one envelope on its way. An event that is retried is a new delivery.
type delivery struct {
	id      string
	kind    string
	payload object
	accepts bool // takes an answer in the ack
	attempt int
	reason  string // of a retry
	socket  *socket
	sentAt  atomic.Int64 // Unix nanoseconds, when the writer wrote it
	alarm   *alarm
	missed  bool

	onAck  func(payload json.RawMessage) // with the workspace locked
	onMiss func(reason string)           // not acknowledged, or not delivered at all
}

// A Sent is what one act sent to the bot.
type Sent struct {
	Envelope    string // its id; "" if the act sends nothing
	TS          string // of the message that was posted or changed
	TriggerID   string
	ResponseURL string
	At          time.Time // real time
}

// newDelivery makes an envelope. What to do about its end is set by the caller before
// deliver.
func (w *Workspace) newDelivery(kind string, payload object) *delivery {
	return &delivery{id: newUUID(), kind: kind, payload: payload}
}

func newUUID() string {
	s := secret() + secret()
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", s[:8], s[8:12], s[13:16], s[17:20], s[20:32])
}

// encode is the envelope as it goes over the wire.
func (d *delivery) encode() []byte {
	envelope := object{
		"envelope_id": d.id, "type": d.kind, "payload": d.payload, "accepts_response_payload": d.accepts,
	}
	if d.kind == "events_api" {
		envelope["retry_attempt"] = d.attempt
		envelope["retry_reason"] = d.reason
	}
	return encode(envelope)
}

// deliver sends an envelope over one of the open sockets, in turn. Without a socket it
// counts as missed at once.
func (w *Workspace) deliver(d *delivery) {
	s := w.pick()
	if s == nil {
		w.counts.Undelivered++
		w.trace.add(TraceLine{Kind: "envelope", What: d.kind, Outcome: "no socket", sent: d.encode()})
		w.miss(d, "dispatch_failed")
		return
	}
	d.socket = s
	text := d.encode()
	w.send(s, frame{text: text, delivery: d})
	w.pending[d.id] = d
	d.alarm = w.after(ackLimit, func() {
		w.counts.Unacked++
		w.miss(d, "operation_timeout")
	})
	if _, twice, _, _ := w.fault(); twice && d.attempt == 0 {
		w.deliverAgain(d, text)
	}
	w.changed()
}

// deliverAgain sends what was just sent a second time.
func (w *Workspace) deliverAgain(d *delivery, text []byte) {
	if d.kind != "events_api" {
		w.send(w.pick(), frame{text: text})
		return
	}
	w.retry(d, "timeout")
}

func (w *Workspace) send(s *socket, f frame) {
	kind := "raw"
	if f.delivery != nil {
		kind = f.delivery.kind
	}
	w.counts.Envelopes++
	w.counts.ByType[kind]++
	w.trace.add(TraceLine{Kind: "envelope", What: kind, Outcome: fmt.Sprintf("socket %d", s.n), sent: f.text})
	s.send(f)
}

// pick chooses the socket for the next envelope, or nil.
func (w *Workspace) pick() *socket {
	for range w.sockets {
		w.next++
		if s := w.sockets[w.next%len(w.sockets)]; s.greeted && !s.draining {
			return s
		}
	}
	return nil
}

// miss ends a delivery that nobody acknowledged: an event is retried, whoever waits for
// anything else is told.
func (w *Workspace) miss(d *delivery, reason string) {
	d.missed = true
	w.after(rememberLate, func() { delete(w.pending, d.id) })
	if d.onMiss != nil {
		d.onMiss(reason)
	}
	if d.kind == "events_api" && d.attempt < len(retryAfter) {
		w.after(retryAfter[d.attempt], func() { w.retry(d, "timeout") })
	}
	w.changed()
}

// retry delivers an event again, in a new envelope with the same event_id.
func (w *Workspace) retry(d *delivery, reason string) {
	again := w.newDelivery(d.kind, d.payload)
	again.attempt, again.reason = d.attempt+1, reason
	again.onAck, again.onMiss = d.onAck, d.onMiss
	w.counts.Retries++
	w.deliver(again)
}

// acknowledge takes an ack that arrived at a time.
func (w *Workspace) acknowledge(s *socket, data []byte, split bool, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.changed()
	line := TraceLine{Kind: "ack", At: at, What: fmt.Sprintf("socket %d", s.n)}
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	bad := json.Unmarshal(data, &ack) != nil
	d := w.pending[ack.EnvelopeID]
	switch {
	case len(data) >= maxAck:
		w.counts.BigAcks++
		line.Outcome = "dropped: 20,480 bytes or more"
	case split:
		w.counts.CutAcks++
		line.Outcome = "dropped: in fragments"
	case bad || d == nil || w.cfg.StrictAcks && d.socket != s:
		w.counts.UnknownAcks++
		line.Outcome = "of nothing that waits"
	case d.missed:
		w.counts.LateAcks++
		line.Outcome = "too late"
	default:
		line.What, line.got = d.kind, ack.Payload
		line.Took = max(0, at.Sub(time.Unix(0, d.sentAt.Load())))
		line.Outcome = w.accept(d, ack.Payload, line.Took)
	}
	w.trace.add(line)
}

// accept ends a delivery well.
func (w *Workspace) accept(d *delivery, payload json.RawMessage, took time.Duration) string {
	w.counts.Acked++
	w.noteAck(took)
	d.alarm.stopped = true
	delete(w.pending, d.id)
	if len(payload) > 0 && !d.accepts {
		payload = nil // Slack does not look at it
	}
	if d.onAck != nil {
		d.onAck(payload)
	}
	return "ok"
}

// event wraps an inner event and delivers it, if the app has subscribed to it. name is the
// subscription's (message.im), event the inner event.
func (w *Workspace) event(name string, event object, c *Channel) Sent {
	if !slices.Contains(w.cfg.Events, name) {
		return Sent{At: time.Now()}
	}
	now := w.clock.now()
	if str(event["event_ts"]) == "" {
		event["event_ts"] = w.timestamp()
	}
	payload := object{
		"type": "event_callback", "token": "legacy-ignore", "team_id": TeamID, "api_app_id": AppID,
		"context_team_id": TeamID, "context_enterprise_id": nil, "event_id": w.id("Ev"), "event_time": now.Unix(),
		"event_context": "4-fake", "is_ext_shared_channel": c != nil && c.ExtShared, "event": event,
		"authorizations": []object{{
			"enterprise_id": nil, "team_id": TeamID, "user_id": BotUser, "is_bot": true, "is_enterprise_install": false,
		}},
	}
	d := w.newDelivery("events_api", payload)
	w.deliver(d)
	return Sent{Envelope: d.id, At: time.Now()}
}

// Deliver sends an envelope as it is given; without an envelope_id it gets one. Its id is
// returned. Use it for what no act produces: unknown types, events that cannot be decoded.
// An ack is awaited and counted, nothing is retried.
func (w *Workspace) Deliver(envelope map[string]any) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := str(envelope["envelope_id"])
	if id == "" {
		id = newUUID()
	}
	d := &delivery{id: id, kind: str(envelope["type"])}
	s := w.pick()
	if s == nil {
		w.counts.Undelivered++
		return id
	}
	envelope["envelope_id"] = id
	d.socket = s
	w.send(s, frame{text: encode(envelope), delivery: d})
	w.pending[id] = d
	d.alarm = w.after(ackLimit, func() {
		w.counts.Unacked++
		d.missed = true
	})
	return id
}

// Garble delivers an event that no decoder of a typed client can read: a known inner
// event with a wrong type in it. It is retried like every other event.
func (w *Workspace) Garble() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.event("app_mention", object{
		"type": "app_mention", "user": object{"unexpected": true}, "text": []int{1}, "channel": Support,
	}, w.channels[Support]).Envelope
}
