package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
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

	openEvery   = time.Second      // between two requests for a connection
	openAtMost  = 30 * time.Second // between two, after repeated disconnects
	partWithin  = 5 * time.Second  // for Slack to end a connection that we have half closed
	livedLong   = time.Minute      // a socket that lived this long was no failure
	frameAtMost = 4 << 20          // bytes of one envelope
)

// A link dials the connections of one socket and knows the newest. Keep-alive below
// the websocket notices a dead TCP connection within 14 s; where something of ours is
// on its way, the kernel sends no keep-alive, and limitUnsent does that.
type link struct {
	tcp atomic.Pointer[net.TCPConn]
}

func (l *link) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := &net.Dialer{
		Timeout:         10 * time.Second,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 3 * time.Second, Count: 3},
		Control:         limitUnsent,
	}
	c, err := d.DialContext(ctx, network, addr)
	if tcp, ok := c.(*net.TCPConn); ok {
		l.tcp.Store(tcp)
	}
	return c, err
}

// part ends our direction of the connection. Slack then ends the other, and what it
// had sent by then still arrives; the library's own way loses that.
func (l *link) part() {
	if tcp := l.tcp.Load(); tcp != nil {
		tcp.CloseWrite() // a connection that is gone already needs no parting
	}
}

// dialer dials over l. The write buffer holds any ack in one frame: Slack drops
// those that come in continuation frames.
func dialer(l *link) *websocket.Dialer {
	return &websocket.Dialer{
		NetDialContext:   l.dial,
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
	if ctx.Err() != nil {
		return ctx.Err()
	}
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
	link   *link
	client *socketmode.Client
	acks   *acker
	opener *opener
	status *Status
	log    *slog.Logger
	other  *socket // whose refresh this one keeps away from; nil: none

	again chan struct{} // buffered, 1: a new connection is wanted

	until atomic.Int64 // unix nano: when Slack means to end the connection; 0: not up, or not told

	// Of the event loop alone.
	up        bool // greeted
	settled   bool // lived long enough not to count as a failure
	connected time.Time
	life      time.Duration // how long Slack means to keep the connection; 0: not told, or already on the way to another
	parted    time.Time     // when the connection was half closed; zero: it was not
	unwritten []ack         // acks for the next connection
}

// fatal are the errors of auth.test and apps.connections.open that no retry mends; the
// library retries some of them for ever.
var fatal = []string{
	"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
	"not_allowed_token_type", "missing_scope", "forbidden_team", "user_removed_from_team", "team_disabled",
}

// errNoAPI is a server that has no method of Slack's API.
var errNoAPI = errors.New("what answers is not slack's API (HTTP 404): check SLACK_API_URL")

// A Refusal is Slack's refusal of a token, for good.
type Refusal struct {
	Token string // "app" or "bot"
	Name  string // Slack's own name of the error, such as invalid_auth
	Needs string // the scope that is missing; "": another matter
}

// Error returns the refusal for a log.
func (r *Refusal) Error() string { return "slack refuses the " + r.Token + " token: " + r.Name }

// refused returns err as a *Refusal, nil where it is another matter.
func refused(token string, err error) error {
	e, ok := errors.AsType[slack.SlackErrorResponse](err)
	if !ok || !slices.Contains(fatal, e.Err) {
		return nil
	}
	return &Refusal{Token: token, Name: e.Err, Needs: e.Needed}
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

	looped := make(chan struct{})
	wg.Go(func() { s.loop(ctx, take, end, looped) })
	for ctx.Err() == nil {
		select {
		case <-s.again: // meant the connection that has ended
		default:
		}
		life, over := context.WithCancel(ctx)
		done := make(chan error, 1)
		wg.Go(func() { done <- s.client.RunContext(life) })
		select {
		case err := <-done:
			if err != nil && !errors.Is(err, context.Canceled) {
				end(cmp.Or(refused("app", err), err))
			}
		case <-s.again:
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
func (s *socket) loop(ctx context.Context, take func(frame, *acker), end context.CancelCauseFunc, looped chan<- struct{}) {
	defer close(looped)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.down()
			return
		case now := <-tick.C:
			s.status.turn(s.n, now)
			s.settle(now)
			if s.clashes(now) {
				s.life, s.parted = 0, now
				s.link.part()
			}
			if !s.parted.IsZero() && now.Sub(s.parted) > partWithin {
				s.parted = time.Time{}
				s.anew()
			}
		case e := <-s.client.Events:
			s.lifecycle(e, end)
			if f, ok := frameOf(e); ok {
				take(f, s.acks)
			}
		}
	}
}

// anew has the socket connect anew.
func (s *socket) anew() {
	select {
	case s.again <- struct{}{}:
	default:
	}
}

// clashes reports whether Slack means to end this connection and the other one at
// about the same time. Half a life in, this one goes early; from then on their
// refreshes lie half a life apart.
func (s *socket) clashes(now time.Time) bool {
	if s.other == nil || s.life == 0 || now.Sub(s.connected) < s.life/2 {
		return false
	}
	others := s.other.until.Load()
	return others != 0 && time.Duration(s.until.Load()-others).Abs() < s.life/4
}

// settle tells the opener, once a connection, that it lived long: its end is no
// repeated disconnect. Long is a minute, or a third of a life shorter than that.
func (s *socket) settle(now time.Time) {
	long := livedLong
	if s.life > 0 {
		long = min(long, s.life/3)
	}
	if s.up && !s.settled && now.Sub(s.connected) >= long {
		s.settled = true
		s.opener.lived()
	}
}

// lifecycle keeps track of the connection.
func (s *socket) lifecycle(e socketmode.Event, end context.CancelCauseFunc) {
	switch e.Type {
	case socketmode.EventTypeConnecting:
		s.down()
	case socketmode.EventTypeConnected:
		s.connected, s.settled = time.Now(), false
		s.status.connects.Inc()
	case socketmode.EventTypeHello:
		s.hello(e.Request)
	case socketmode.EventTypeConnectionError:
		failed, _ := e.Data.(*slack.ConnectionErrorEvent)
		if failed == nil || errors.Is(failed.ErrorObj, context.Canceled) { // our own end of the one before
			return
		}
		s.log.Warn("socket: cannot connect", "socket", s.n, "error", scrubbed(failed.ErrorObj))
		if refusal := refused("app", failed.ErrorObj); refusal != nil {
			end(refusal)
		}
		s.anew() // the library alone would wait for up to 5 minutes, on top of the opener
	case socketmode.EventTypeInvalidAuth:
		end(errNoAPI)
	case socketmode.EventTypeErrorWriteFailed:
		failed, _ := e.Data.(*socketmode.ErrorWriteFailed)
		if failed != nil && failed.Response != nil {
			s.keep(ack{envelope: failed.Response.EnvelopeID, payload: failed.Response.Payload, by: time.Now().Add(ackWithin)})
		}
		s.status.ackFailed.Inc()
		s.log.Warn("socket: an acknowledgement could not be written", "socket", s.n)
	}
}

// keep holds on to an ack that the connection did not take. It goes out on the next
// one; on this one it would fail over and over.
func (s *socket) keep(k ack) {
	if len(s.unwritten) < ackQueue {
		s.unwritten = append(s.unwritten, k)
	}
}

// hello notes that the socket is up.
func (s *socket) hello(r *socketmode.Request) {
	if !s.up {
		s.up = true
		s.status.sockets.Set(float64(s.status.greeted.Add(1)))
	}
	elsewhere := r.NumConnections - sockets // of those that we may hold: the other may be between two, and is counted then
	s.status.foreignSocks.Set(float64(max(0, elsewhere)))
	if elsewhere > 0 {
		s.log.Warn("slack counts more sockets of this app than this process holds: another copy runs, or dead ones linger; events go to all of them in turn",
			"socket", s.n, "slack_counts", r.NumConnections)
	}
	s.log.Info("socket: up", "socket", s.n)
	if s.life = time.Duration(r.DebugInfo.ApproximateConnectionTime) * time.Second; s.life > 0 {
		s.until.Store(time.Now().Add(s.life).UnixNano())
	}
	for _, k := range s.unwritten {
		s.acks.put(k)
	}
	s.unwritten = nil
}

// down notes that the socket is not up.
func (s *socket) down() {
	s.life, s.parted = 0, time.Time{}
	s.until.Store(0)
	if s.up {
		s.up = false
		s.status.sockets.Set(float64(s.status.greeted.Add(-1)))
		for _, k := range s.acks.unsure() {
			s.keep(k)
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
