package bot

import (
	"encoding/json"
	"testing"
	"time"
)

// TestWhatComesAfterTheEndIsCounted: once both sockets are left nothing can be acknowledged
// any more, so nothing is begun: Slack sends an event again, and says so to a person.
func TestWhatComesAfterTheEndIsCounted(t *testing.T) {
	t.Parallel()
	b, err := New(Config{AppToken: "xapp-1", BotToken: "xoxb-1", Answers: &Answers{}})
	if err != nil {
		t.Fatal(err)
	}
	b.left = true
	for range 3 {
		b.receive(frame{Type: "slash_commands", Envelope: "e1", Payload: json.RawMessage(`{"user_id":"U1","text":"client:1"}`)}, &connection{})
	}
	if got := metric(t, b.status, "servicesbot_events_dropped_total"); got != 3 {
		t.Errorf("%v are counted, want 3", got)
	}
	if len(b.questions.queue) != 0 || len(b.acks.waiting) != 0 {
		t.Error("a question was begun, or acknowledged")
	}
}

// TestAConnectionThatIsGreetedTooLate: a connection that Slack greets after its direction was ended
// takes no acknowledgements: they wait for another one.
func TestAConnectionThatIsGreetedTooLate(t *testing.T) {
	t.Parallel()
	a := &acks{status: NewStatus("")}
	late, next := &connection{outbox: newOutbox()}, &connection{outbox: newOutbox()}
	a.finish(late)
	a.greeted(late)
	a.send(late, "e1", nil, time.Now())
	if len(a.waiting) != 1 {
		t.Fatalf("%d wait, want 1", len(a.waiting))
	}
	a.greeted(next)
	if len(next.outbox.queue) != 1 {
		t.Error("the next connection does not get it")
	}
}
