package slackfake_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"servicesbot/bot/slackfake"
)

// wire is a bare socket: it does only what a test tells it.
type wire struct {
	t     *testing.T
	ws    *websocket.Conn
	hello m
}

// dial opens a socket and reads its hello.
func dial(t *testing.T, w *slackfake.Workspace) *wire {
	t.Helper()
	r := must(t, send(t, w.URL()+"apps.connections.open", "application/json", w.AppToken(), ""))
	c := dialURL(t, r.body["url"].(string), 64<<10)
	c.hello = c.next()
	if c.hello["type"] != "hello" {
		t.Fatalf("first frame %v", c.hello)
	}
	return c
}

func dialURL(t *testing.T, url string, buffer int) *wire {
	t.Helper()
	d := websocket.Dialer{WriteBufferSize: buffer}
	ws, res, err := d.DialContext(testContext(t), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return &wire{t: t, ws: ws}
}

func (c *wire) next() m {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	var frame m
	if err := c.ws.ReadJSON(&frame); err != nil {
		c.t.Fatalf("read: %v", err)
	}
	return frame
}

func (c *wire) ack(envelope m, payload any) {
	c.t.Helper()
	ack := m{"envelope_id": envelope["envelope_id"]}
	if payload != nil {
		ack["payload"] = payload
	}
	if err := c.ws.WriteJSON(ack); err != nil {
		c.t.Fatal(err)
	}
}

func payload(envelope m) m {
	p, _ := envelope["payload"].(m)
	return p
}

func slash(t *testing.T, w *slackfake.Workspace) slackfake.Sent {
	t.Helper()
	sent, err := w.Slash("alice", "#support", "client:1")
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

func waitFor(t *testing.T, w *slackfake.Workspace, what string, cond func() bool) {
	t.Helper()
	if err := w.Wait(testContext(t), cond); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func TestAckPayloadIsAPrivateMessage(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	sent := slash(t, w)
	c.ack(c.next(), m{"text": "busy, try again"})
	msg, err := w.WaitMessage(testContext(t), "alice", "#support", "busy, try again")
	if err != nil {
		t.Fatal(err)
	}
	if !msg.Ephemeral || msg.Via != "ack" || msg.Envelope != sent.Envelope {
		t.Errorf("%+v", msg)
	}
	if n := w.Counts(); n.Acked != 1 || n.Waiting != 0 || len(w.AckTimes()) != 1 {
		t.Errorf("counts %+v", n)
	}
}

// TestAcksThatDoNotCount sends acks that Slack drops: the person sees a timeout.
func TestAcksThatDoNotCount(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		buffer int // of the client's writer; a smaller one splits messages
		text   int // size of the payload
		count  func(slackfake.Counts) int
	}{
		"20,480 bytes": {64 << 10, 20_480, func(c slackfake.Counts) int { return c.BigAcks }},
		"in fragments": {1 << 10, 4_000, func(c slackfake.Counts) int { return c.CutAcks }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, slackfake.Config{})
			r := must(t, send(t, w.URL()+"apps.connections.open", "application/json", w.AppToken(), ""))
			c := dialURL(t, r.body["url"].(string), tc.buffer)
			c.next()
			slash(t, w)
			c.ack(c.next(), m{"text": strings.Repeat("x", tc.text)})
			waitFor(t, w, "dropped ack", func() bool { return tc.count(w.Counts()) == 1 })
			w.Advance(3 * time.Second)
			if _, err := w.WaitMessage(testContext(t), "alice", "#support", `/services failed with the error "operation_timeout"`); err != nil {
				t.Error(err)
			}
			// the socket is still good
			slash(t, w)
			c.ack(c.next(), nil)
			waitFor(t, w, "good ack", func() bool { return w.Counts().Acked == 1 })
		})
	}
}

func TestLateAckShowsOperationTimeout(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	slash(t, w)
	envelope := c.next()
	w.Advance(3 * time.Second)
	if _, err := w.WaitMessage(testContext(t), "alice", "#support", "operation_timeout"); err != nil {
		t.Fatal(err)
	}
	c.ack(envelope, m{"text": "too late to be seen"})
	waitFor(t, w, "late ack", func() bool { return w.Counts().LateAcks == 1 })
	if n := len(w.Messages("alice", "#support")); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestWithoutSocketACommandFailsAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	slash(t, w)
	if _, err := w.WaitMessage(testContext(t), "alice", "#support", "dispatch_failed"); err != nil {
		t.Error(err)
	}
}

func TestEventsAreRetriedThreeTimes(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	if _, err := w.Post("alice", "#support", "", "@servicesbot client:1"); err != nil {
		t.Fatal(err)
	}
	first := c.next()
	id := payload(first)["event_id"]
	for attempt, pause := range []time.Duration{0, time.Minute, 5 * time.Minute} {
		w.Advance(3 * time.Second)
		w.Advance(pause)
		again := c.next()
		if payload(again)["event_id"] != id || again["envelope_id"] == first["envelope_id"] ||
			again["retry_attempt"] != float64(attempt+1) || again["retry_reason"] == "" {
			t.Fatalf("retry %d: %v", attempt+1, again)
		}
	}
	w.Advance(3 * time.Second)
	w.Advance(time.Hour)
	if n := w.Counts(); n.Retries != 3 || n.Unacked != 4 {
		t.Errorf("retries %d, unacked %d", n.Retries, n.Unacked)
	}
}

func TestEventOfAnOutageComesAsRetry(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	if _, err := w.Post("alice", "#support", "", "@servicesbot client:1"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, w, "two failed deliveries", func() bool { return w.Counts().Undelivered == 2 })
	c := dial(t, w)
	w.Advance(time.Minute)
	if e := c.next(); e["retry_attempt"] != float64(2) {
		t.Errorf("envelope %v", e)
	}
}

func TestTicketsAreForOneUse(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	r := must(t, send(t, w.URL()+"apps.connections.open", "application/json", w.AppToken(), ""))
	link := r.body["url"].(string)
	dialURL(t, link, 1<<10).next()
	_, res, err := websocket.DefaultDialer.DialContext(testContext(t), link, nil)
	if !errors.Is(err, websocket.ErrBadHandshake) {
		t.Fatalf("second use: %v", err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestEleventhSocketIsTurnedAway(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	w.Ghosts(3)
	for i := range 10 {
		if c := dial(t, w); c.hello["num_connections"] != float64(i+4) {
			t.Errorf("socket %d: hello %v", i, c.hello)
		}
	}
	r := must(t, send(t, w.URL()+"apps.connections.open", "application/json", w.AppToken(), ""))
	if f := dialURL(t, r.body["url"].(string), 1<<10).next(); f["reason"] != "too_many_websockets" {
		t.Errorf("frame %v", f)
	}
	if n := w.Counts().Sockets; n != 10 {
		t.Errorf("%d sockets", n)
	}
}

func TestEnvelopesAreSpreadOverSockets(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{StrictAcks: true})
	a, b := dial(t, w), dial(t, w)
	slash(t, w)
	slash(t, w)
	first, second := a.next(), b.next()
	a.ack(second, nil) // on the wrong socket
	waitFor(t, w, "wrong ack", func() bool { return w.Counts().UnknownAcks == 1 })
	a.ack(first, nil)
	b.ack(second, nil)
	waitFor(t, w, "two acks", func() bool { return w.Counts().Acked == 2 })
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	w.Duplicate(true)
	c := dial(t, w)
	slash(t, w)
	if a, b := c.next(), c.next(); a["envelope_id"] != b["envelope_id"] {
		t.Errorf("a command twice: %v %v", a["envelope_id"], b["envelope_id"])
	}
	if _, err := w.Post("alice", "#support", "", "@servicesbot client:1"); err != nil {
		t.Fatal(err)
	}
	a, b := c.next(), c.next()
	if a["envelope_id"] == b["envelope_id"] || payload(a)["event_id"] != payload(b)["event_id"] {
		t.Errorf("an event twice: %v %v", a, b)
	}
}

func TestSocketLifeEndsWithWarningAndRefresh(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{ConnectionTime: time.Hour})
	c := dial(t, w)
	if life := c.hello["debug_info"].(m)["approximate_connection_time"]; life != float64(3600) {
		t.Errorf("announced %v", life)
	}
	w.Advance(time.Hour - 10*time.Second)
	if f := c.next(); f["reason"] != "warning" {
		t.Errorf("frame %v", f)
	}
	w.Advance(10 * time.Second)
	if f := c.next(); f["reason"] != "refresh_requested" {
		t.Errorf("frame %v", f)
	}
	slash(t, w)
	if _, err := w.WaitMessage(testContext(t), "alice", "#support", "dispatch_failed"); err != nil {
		t.Errorf("a socket that was told to go got an envelope: %v", err)
	}
	w.Advance(10 * time.Second)
	if err := w.WaitSockets(testContext(t), 0); err != nil {
		t.Error(err)
	}
}

// TestRealClientReconnects uses slack-go's client: after each way to lose a socket it is
// back.
func TestRealClientReconnects(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	connect(t, w, ackAll)
	for i, lose := range []func(){
		func() { w.HangUp(true) }, func() { w.HangUp(false) }, w.RefreshOne, func() { w.Disconnect("link_disabled") },
	} {
		lose()
		waitFor(t, w, "reconnect", func() bool {
			n := w.Counts()
			return n.SocketsOpened == i+2 && n.Sockets == 1
		})
	}
	w.Junk("}{")
	w.Garble()
	waitFor(t, w, "garbled event sent", func() bool { return w.Counts().ByType["events_api"] == 1 })
	if w.Counts().Acked != 0 {
		t.Error("the client acknowledged an event that it cannot decode")
	}
}

func TestPingsKeepTheRealClient(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{Ping: 20 * time.Millisecond})
	r := must(t, send(t, w.URL()+"apps.connections.open", "application/json", w.AppToken(), ""))
	c := dialURL(t, r.body["url"].(string), 1<<10)
	pings := make(chan string, 100)
	c.ws.SetPingHandler(func(text string) error {
		pings <- text
		return nil
	})
	c.next()
	go func() { _, _, _ = c.ws.ReadMessage() }()
	for range 3 {
		select {
		case <-pings:
		case <-testContext(t).Done():
			t.Fatal("no ping")
		}
	}
}

func TestRawDelivery(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	got := make(chan socketmode.Event, 10)
	connect(t, w, func(_ *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeErrorBadMessage {
			got <- e
		}
	})
	id := w.Deliver(m{"type": "carrier_pigeon", "payload": m{}})
	bad := (<-got).Data.(*socketmode.ErrorBadMessage)
	var envelope m
	if err := json.Unmarshal(bad.Message, &envelope); err != nil || envelope["envelope_id"] != id {
		t.Errorf("envelope %v: %v", envelope, err)
	}
}

// TestFailures switches every failure on at one method.
func TestFailures(t *testing.T) {
	t.Parallel()
	post := func(t *testing.T, w *slackfake.Workspace) error {
		api := slack.New(w.BotToken(), slack.OptionAPIURL(w.URL()), slack.OptionHTTPClient(&http.Client{Timeout: 300 * time.Millisecond}))
		_, _, err := api.PostMessageContext(testContext(t), slackfake.Support, slack.MsgOptionText("x", false))
		return err
	}
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var refused slack.SlackErrorResponse
	for name, tc := range map[string]struct {
		f      slackfake.Failure
		right  func(error) bool
		posted int
	}{
		"429":     {slackfake.Failure{Status: 429, RetryAfter: 1500 * time.Millisecond}, func(err error) bool { return errors.As(err, &limited) && limited.RetryAfter == 2*time.Second }, 0},
		"500":     {slackfake.Failure{Status: 500}, func(err error) bool { return errors.As(err, &status) && status.Code == 500 }, 0},
		"refusal": {slackfake.Failure{Refuse: "fatal_error"}, func(err error) bool { return errors.As(err, &refused) && refused.Err == "fatal_error" }, 0},
		"hang":    {slackfake.Failure{Hang: true}, func(err error) bool { return err != nil }, 0},
		"drop":    {slackfake.Failure{Drop: true}, func(err error) bool { return err != nil }, 0},
		"cut":     {slackfake.Failure{Cut: true}, func(err error) bool { return err != nil }, 1},
		"done":    {slackfake.Failure{Done: true, Drop: true}, func(err error) bool { return err != nil }, 1},
		"delay":   {slackfake.Failure{Delay: time.Minute}, func(err error) bool { return err != nil }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, slackfake.Config{})
			tc.f.Times = 1
			w.Fail(slackfake.AnyMethod, tc.f)
			if err := post(t, w); !tc.right(err) {
				t.Errorf("error %v", err)
			}
			if n := w.Counts().Messages; n != tc.posted {
				t.Errorf("%d posted, want %d", n, tc.posted)
			}
			if err := post(t, w); err != nil {
				t.Errorf("healed: %v", err)
			}
		})
	}
}

func TestTraceMasksSecrets(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	sent := slash(t, w)
	c.ack(c.next(), m{"text": "busy"})
	send(t, sent.ResponseURL, "application/json", "", `{"text":"x"}`)
	call(t, w, "views.open", form("trigger_id", sent.TriggerID, "view", modal("x")))
	call(t, w, "files.getUploadURLExternal", form("filename", "a", "length", "1"))
	raw := jsonText(w.Trace(0))
	_, secret, _ := strings.Cut(sent.ResponseURL, "/1")
	for name, s := range map[string]string{
		"bot token": w.BotToken(), "app token": w.AppToken(), "response_url": sent.ResponseURL, "its end": secret[strings.LastIndex(secret, "/")+1:],
		"trigger": sent.TriggerID,
	} {
		if strings.Contains(raw, s) {
			t.Errorf("%s is in the trace", name)
		}
	}
	for _, want := range []string{"slash_commands", "views.open", "response_url", "[masked]", "busy", "socket 1 opened"} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %q in the trace", want)
		}
	}
	if strings.Contains(raw, "ticket=") && !strings.Contains(raw, "ticket=[masked]") {
		t.Error("a ticket is in the trace")
	}
}
