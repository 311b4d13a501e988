package slackfake_test

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"servicesbot/bot/slackfake"
)

// start starts a workspace that ends with the test.
func start(t *testing.T, cfg slackfake.Config) *slackfake.Workspace {
	t.Helper()
	w, err := slackfake.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return w
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// client is slack-go's real client for the workspace.
func client(w *slackfake.Workspace) *slack.Client {
	return slack.New(w.BotToken(), slack.OptionAPIURL(w.URL()), slack.OptionAppLevelToken(w.AppToken()))
}

// connect runs slack-go's real socket client and hands its events to handle, until the
// test ends.
func connect(t *testing.T, w *slackfake.Workspace, handle func(*socketmode.Client, socketmode.Event)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	sm := socketmode.New(client(w))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = sm.RunContext(ctx)
	}()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-sm.Events:
				handle(sm, e)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		<-drained
	})
	if err := w.WaitSockets(testContext(t), 1); err != nil {
		t.Fatal(err)
	}
}

// ackAll acknowledges everything and does nothing.
func ackAll(sm *socketmode.Client, e socketmode.Event) {
	if e.Request != nil && e.Type != socketmode.EventTypeHello {
		_ = sm.Ack(*e.Request)
	}
}

func TestSlashCommandIsAnsweredByResponseURL(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	connect(t, w, func(sm *socketmode.Client, e socketmode.Event) {
		ackAll(sm, e)
		if cmd, ok := e.Data.(slack.SlashCommand); ok {
			msg := &slack.WebhookMessage{Text: "you asked " + cmd.Text}
			if err := slack.PostWebhook(cmd.ResponseURL, msg); err != nil {
				t.Errorf("response_url: %v", err)
			}
		}
	})
	sent, err := w.Slash("alice", "#support", "client:1")
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.WaitMessage(testContext(t), "alice", "#support", "you asked client:1")
	if err != nil {
		t.Fatal(err)
	}
	if !m.Ephemeral || m.To != slackfake.Alice || m.Envelope != sent.Envelope || w.Answers(sent.Envelope) != 1 {
		t.Errorf("not a private answer to the command: %+v", m)
	}
	if seen := w.Messages("bob", "#support"); len(seen) != 0 {
		t.Errorf("bob sees %d messages", len(seen))
	}
}

func TestMentionReachesTheBotInSlacksForm(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	texts := make(chan *slackevents.AppMentionEvent, 1)
	connect(t, w, func(sm *socketmode.Client, e socketmode.Event) {
		ackAll(sm, e)
		if outer, ok := e.Data.(slackevents.EventsAPIEvent); ok {
			texts <- outer.InnerEvent.Data.(*slackevents.AppMentionEvent)
		}
	})
	sent, err := w.Post("alice", "#incident-42", "", "@servicesbot domain:demodomain.com & <x> a@b.example.com #support")
	if err != nil {
		t.Fatal(err)
	}
	got := <-texts
	want := "<@U0SERVICES> domain:<http://demodomain.com|demodomain.com> &amp; &lt;x&gt; " +
		"<mailto:a@b.example.com|a@b.example.com> <#C0SUPPORT|support>"
	if got.Text != want {
		t.Errorf("text\n%s\nwant\n%s", got.Text, want)
	}
	if got.TimeStamp != sent.TS || got.User != slackfake.Alice || got.Channel != slackfake.Incident {
		t.Errorf("event %+v", got)
	}
}
