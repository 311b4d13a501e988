package slackfake_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"servicesbot/bot/slackfake"
)

// BenchmarkCommand measures what a slash command costs the fake and a client that does
// nothing but ack and answer: an envelope, an ack and a post to the response_url.
func BenchmarkCommand(b *testing.B) {
	w, err := slackfake.New(slackfake.Config{})
	if err != nil {
		b.Fatal(err)
	}
	if err := w.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	req, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, w.URL()+"apps.connections.open", nil)
	req.Header.Set("Authorization", "Bearer "+w.AppToken())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	var open struct{ URL string }
	if err := decode(res, &open); err != nil {
		b.Fatal(err)
	}
	ws, res, err := websocket.DefaultDialer.Dial(open.URL, nil)
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	defer func() { _ = ws.Close() }()
	_, _, _ = ws.ReadMessage()
	blocks := jsonText([]m{section(strings.Repeat("x", 500)), button("a", "Next"), section(strings.Repeat("y", 500))})
	for b.Loop() {
		if _, err := w.Slash(slackfake.Alice, slackfake.Support, "client:1"); err != nil {
			b.Fatal(err)
		}
		var e struct {
			ID      string `json:"envelope_id"`
			Payload struct {
				ResponseURL string `json:"response_url"`
			} `json:"payload"`
		}
		if err := ws.ReadJSON(&e); err != nil {
			b.Fatal(err)
		}
		if err := ws.WriteJSON(m{"envelope_id": e.ID}); err != nil {
			b.Fatal(err)
		}
		res, err := http.Post(e.Payload.ResponseURL, "application/json", strings.NewReader(`{"text":"x","blocks":`+blocks+`}`))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
}
