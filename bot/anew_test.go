package bot

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"servicesbot/bot/slackfake"
)

// TestAnewIsOneConnection: a socket that is to connect anew does so once, and its own end
// of the connection before is no failure to connect.
func TestAnewIsOneConnection(t *testing.T) {
	t.Parallel()
	w, err := slackfake.New(slackfake.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var said strings.Builder
	b, err := New(Config{
		AppToken: Secret(w.AppToken()), BotToken: Secret(w.BotToken()), SlackURL: w.URL(), Answers: &Answers{},
		Log: slog.New(slog.NewTextHandler(&said, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	conns, hangUp := context.WithCancelCause(t.Context())
	open := b.openSockets(conns, hangUp)
	waits := func(opened int) {
		t.Helper()
		if err := w.Wait(t.Context(), func() bool { return w.Counts().SocketsOpened >= opened && w.Counts().Sockets == 2 }); err != nil {
			t.Fatal(err)
		}
	}
	waits(2)
	for n := range 3 {
		b.sockets[0].anew()
		waits(3 + n)
	}
	if n := w.Counts().SocketsOpened; n != 5 {
		t.Errorf("%d connections for three that were wanted anew, beside the first two", n)
	}
	hangUp(nil)
	for _, ended := range open {
		<-ended
	}
	if strings.Contains(said.String(), "cannot connect") {
		t.Errorf("the log tells of failures:\n%s", said.String())
	}
}
