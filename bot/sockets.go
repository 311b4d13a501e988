package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const (
	sockets = 2 // one is up while the other refreshes

	// deadAfter is the library's watchdog: it looks once in this time whether Slack
	// has sent a ping within it, so that a silent peer is noticed within twice that.
	deadAfter = 30 * time.Second

	openEvery   = time.Second     // between two requests for a connection
	openAtMost  = 2 * time.Minute // between two, after repeated disconnects
	livedLong   = time.Minute     // a socket that lived this long was no failure
	frameAtMost = 4 << 20         // bytes of one envelope
)

// dialer dials the sockets. Keep-alive below the websocket notices a dead TCP
// connection within 14 s. The write buffer holds any ack in one frame: Slack drops
// those that come in continuation frames.
func dialer() *websocket.Dialer {
	tcp := &net.Dialer{
		Timeout:         10 * time.Second,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 3 * time.Second, Count: 3},
	}
	return &websocket.Dialer{
		NetDialContext:   tcp.DialContext,
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: 20 * time.Second,
		WriteBufferSize:  32 << 10,
	}
}

// An opener spaces the requests for connections of all sockets together. Left
// alone the library asks again at once after each disconnect, thousands of times a
// second where a server accepts and hangs up.
type opener struct {
	mu     sync.Mutex
	next   time.Time
	streak int // requests since a socket lived long
}

// wait returns when the caller may ask for a connection.
func (o *opener) wait(ctx context.Context) error {
	o.mu.Lock()
	now := time.Now()
	at := now
	if o.next.After(now) {
		at = o.next
	}
	o.streak++
	o.next = at.Add(spacing(o.streak))
	o.mu.Unlock()
	return sleep(ctx, at.Sub(now))
}

// lived tells that a socket lived long: the next disconnect is no repeated one.
func (o *opener) lived() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.streak = 0
}

// spacing is the pause after the nth request in a row: 1 s while each socket
// connects for the first time, then doubling, with up to half of it as jitter.
func spacing(n int) time.Duration {
	d := openEvery
	for range n - sockets {
		if d *= 2; d >= openAtMost {
			d = openAtMost
			break
		}
	}
	return d + rand.N(d/2)
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A socket is one of the connections to Slack, over all its reconnects.
type socket struct {
	n      int
	client *socketmode.Client
	acks   *acker
	opener *opener
	status *Status
	log    *slog.Logger
	others func(n int) bool // whether another socket is up

	up        bool // greeted; of the event loop alone
	connected time.Time
}

// fatal are the errors of apps.connections.open that no retry mends; the library
// retries some of them for ever.
var fatal = []string{
	"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
	"not_allowed_token_type", "missing_scope", "forbidden_team", "user_removed_from_team", "team_disabled",
}

// run keeps the socket connected until ctx ends or Slack refuses for good. Frames
// go to take, which must not wait.
func (s *socket) run(ctx context.Context, take func(frame, *acker)) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var wg sync.WaitGroup
	defer wg.Wait()
	acking, stopAcking := context.WithCancel(context.Background())
	defer stopAcking()
	wg.Go(func() { s.acks.run(acking) })

	again := make(chan struct{}, 1)
	looped := make(chan struct{})
	wg.Go(func() { s.loop(ctx, take, end, again, looped) })
	for ctx.Err() == nil {
		life, over := context.WithCancel(ctx)
		done := make(chan error, 1)
		wg.Go(func() { done <- s.client.RunContext(life) })
		select {
		case err := <-done:
			if err != nil && !errors.Is(err, context.Canceled) {
				end(fmt.Errorf("slack refuses the connection: %w", err))
			}
		case <-again:
			over()
			<-done
		}
		over()
	}
	<-looped
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// loop reads the socket's events and never waits: not for a worker, an ack, Slack
// or WHMCS.
func (s *socket) loop(ctx context.Context, take func(frame, *acker), end context.CancelCauseFunc, again chan<- struct{}, looped chan<- struct{}) {
	defer close(looped)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var refresh time.Time
	for {
		select {
		case <-ctx.Done():
			s.down()
			return
		case now := <-tick.C:
			s.status.turn(now)
			if !refresh.IsZero() && now.After(refresh) && s.others(s.n) {
				refresh = time.Time{}
				select {
				case again <- struct{}{}:
				default:
				}
			}
		case e := <-s.client.Events:
			if life := s.lifecycle(e, end); life > 0 && s.n > 0 {
				refresh = time.Now().Add(life / 2)
			}
			if f, ok := frameOf(e); ok {
				take(f, s.acks)
			}
		}
	}
}

// lifecycle keeps track of the connection. Of a hello it returns how long Slack
// means to keep it.
func (s *socket) lifecycle(e socketmode.Event, end context.CancelCauseFunc) time.Duration {
	switch e.Type {
	case socketmode.EventTypeConnecting:
		s.down()
	case socketmode.EventTypeConnected:
		s.connected = time.Now()
		s.status.connects.Inc()
	case socketmode.EventTypeHello:
		return s.hello(e.Request)
	case socketmode.EventTypeConnectionError:
		failed, _ := e.Data.(*slack.ConnectionErrorEvent)
		if failed == nil {
			return 0
		}
		s.log.Warn("socket: cannot connect", "socket", s.n, "error", scrubbed(failed.ErrorObj), "attempt", failed.Attempt)
		if slices.Contains(fatal, failed.ErrorObj.Error()) {
			end(fmt.Errorf("slack refuses the app token: %w", failed.ErrorObj))
		}
	case socketmode.EventTypeInvalidAuth:
		end(errors.New("slack has no app for this app token"))
	case socketmode.EventTypeErrorWriteFailed:
		s.status.ackLost.Inc()
		s.log.Warn("socket: an acknowledgement could not be written", "socket", s.n)
	}
	return 0
}

// hello notes that the socket is up. Only the second socket's return value is
// used: it refreshes itself half a life after the first, so that the two never
// refresh together.
func (s *socket) hello(r *socketmode.Request) time.Duration {
	if !s.up {
		s.up = true
		s.status.sockets.Set(float64(s.status.greeted.Add(1)))
	}
	s.status.turn(time.Now())
	elsewhere := r.NumConnections - int(s.status.greeted.Load())
	s.status.foreignSocks.Set(float64(max(0, elsewhere)))
	if elsewhere > 0 {
		s.log.Warn("slack counts more sockets of this app than this process holds: another copy runs, or dead ones linger; events go to all of them in turn",
			"socket", s.n, "slack_counts", r.NumConnections)
	}
	s.log.Info("socket: up", "socket", s.n)
	return time.Duration(r.DebugInfo.ApproximateConnectionTime) * time.Second
}

// down notes that the socket is not up.
func (s *socket) down() {
	if s.up {
		s.up = false
		s.status.sockets.Set(float64(s.status.greeted.Add(-1)))
		if time.Since(s.connected) >= livedLong {
			s.opener.lived()
		}
	}
}

// frameOf returns the envelope of an event, also of one that the library could
// not decode: that one must be acknowledged too, or Slack sends it three times.
func frameOf(e socketmode.Event) (frame, bool) {
	switch e.Type {
	case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
		return frame{Type: e.Request.Type, Envelope: e.Request.EnvelopeID, Payload: e.Request.Payload}, true
	case socketmode.EventTypeErrorBadMessage:
		bad, _ := e.Data.(*socketmode.ErrorBadMessage)
		var f frame
		if bad == nil || json.Unmarshal(bad.Message, &f) != nil || f.Envelope == "" {
			return frame{}, false
		}
		return f, true
	}
	return frame{}, false
}
