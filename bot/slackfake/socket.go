package slackfake

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// What Slack says about sockets.
const (
	maxSockets     = 10
	ticketLife     = 30 * time.Second // of a connection URL; undocumented, URLs are for use at once
	debugLife      = 360 * time.Second
	warningBefore  = 10 * time.Second
	refreshGrace   = 10 * time.Second // an old socket stays readable that long after refresh_requested
	writeDeadline  = 10 * time.Second
	pingPayload    = "Ping from applink-fake"
	disconnectNote = `{"type":"disconnect","reason":%q,"debug_info":{"host":"applink-fake"}}`
)

// ticket is the right to open one socket.
type ticket struct {
	expires time.Time
}

// socket is one connection of the bot. The writer goroutine is the only one that
// writes, so that a peer that does not read holds nobody up.
type socket struct {
	n        int
	ws       *websocket.Conn
	raw      *sniffer
	greeted  bool // under the workspace's lock
	draining bool // told to go: gets no more envelopes; under the workspace's lock
	gone     chan struct{}
	cutOnce  sync.Once

	mu     sync.Mutex
	outbox []frame
	signal chan struct{} // buffered, 1
}

// frame is one thing to write: text, and after it a close frame if code is not 0. After
// the last one the connection is closed.
type frame struct {
	text     []byte
	delivery *delivery
	code     int
	last     bool
}

// serveLink is the WebSocket end: a ticket is taken, hello is said, acks are read.
func (w *Workspace) serveLink(rw http.ResponseWriter, r *http.Request) {
	c := &call{method: SocketLink, args: args{}}
	if f := w.meet(SocketLink, r); f.name() != "" {
		w.record(c, nil, f.name(), time.Now())
		w.fail(rw, r, f)
		return
	}
	if !w.takeTicket(r.URL.Query().Get("ticket")) {
		w.record(c, nil, "bad ticket", time.Now())
		http.Error(rw, "the ticket is unknown, used or too old", http.StatusForbidden)
		return
	}
	w.record(c, nil, "ok", time.Now())
	raw, _ := r.Context().Value(connKey{}).(*sniffer)
	raw.watch()
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return
	}
	life := w.cfg.ConnectionTime
	if r.URL.Query().Get("debug_reconnects") == "true" {
		life = debugLife
	}
	s := &socket{ws: ws, raw: raw, gone: make(chan struct{}), signal: make(chan struct{}, 1)}
	if !w.admit(s, life) {
		return
	}
	w.read(s)
	w.dismiss(s)
}

func (w *Workspace) takeTicket(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, ok := w.tickets[name]
	delete(w.tickets, name)
	for old, t := range w.tickets {
		if t.expires.Before(w.clock.now()) {
			delete(w.tickets, old)
		}
	}
	return ok && w.clock.now().Before(t.expires)
}

// admit greets a new socket, or turns it away if there are too many. It reports whether
// the socket is to be read.
func (w *Workspace) admit(s *socket, life time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.closed:
		_ = s.ws.Close()
		return false
	default:
	}
	w.counts.SocketsOpened++
	s.n = w.counts.SocketsOpened
	w.spawn(func() { w.write(s) })
	if len(w.sockets) >= maxSockets {
		w.bye(s, "too_many_websockets")
		s.send(frame{code: websocket.CloseNormalClosure})
		return true
	}
	w.sockets = append(w.sockets, s)
	_, _, _, ghosts := w.fault()
	s.send(frame{text: encode(object{
		"type": "hello", "num_connections": len(w.sockets) + ghosts, "connection_info": object{"app_id": AppID},
		"debug_info": object{
			"host": "applink-fake", "started": w.clock.now().UTC().Format("2006-01-02 15:04:05.000"), "build_number": 77,
			"approximate_connection_time": int(life / time.Second),
		},
	})})
	s.greeted = true
	w.trace.add(TraceLine{Kind: "socket", What: fmt.Sprintf("socket %d opened", s.n)})
	if life > warningBefore {
		w.after(life-warningBefore, func() { w.bye(s, "warning") })
	}
	w.after(life, func() { w.refresh(s) })
	w.changed()
	return true
}

// bye says to a socket that it will end.
func (w *Workspace) bye(s *socket, reason string) {
	if reason != "warning" {
		s.draining = true
	}
	s.send(frame{text: fmt.Appendf(nil, disconnectNote, reason)})
	w.trace.add(TraceLine{Kind: "socket", What: fmt.Sprintf("socket %d told: %s", s.n, reason)})
}

// refresh ends a socket as Slack does routinely.
func (w *Workspace) refresh(s *socket) {
	w.bye(s, "refresh_requested")
	w.after(refreshGrace, s.cut)
}

// dismiss forgets a socket that sends nothing any more. What was on its way to it is still
// written: a peer that has ended only its own direction reads it.
func (w *Workspace) dismiss(s *socket) {
	defer s.send(frame{last: true})
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.Index(w.sockets, s); i >= 0 {
		w.sockets = slices.Delete(w.sockets, i, i+1)
		w.trace.add(TraceLine{Kind: "socket", What: fmt.Sprintf("socket %d closed", s.n)})
	}
	w.changed()
}

// read takes acks from a socket until it ends.
func (w *Workspace) read(s *socket) {
	for {
		kind, data, err := s.ws.ReadMessage()
		if err != nil {
			return
		}
		at := time.Now()
		split := s.raw.fragmented()
		if kind == websocket.TextMessage {
			w.acknowledge(s, data, split, at)
		}
	}
}

// write sends what is in the outbox, and pings.
func (w *Workspace) write(s *socket) {
	ping := time.NewTicker(w.cfg.Ping)
	defer ping.Stop()
	defer s.cut()
	for {
		select {
		case <-s.gone:
			return
		case <-ping.C:
			if _, _, mute, _ := w.fault(); mute {
				continue
			}
			if s.ws.WriteControl(websocket.PingMessage, []byte(pingPayload), time.Now().Add(writeDeadline)) != nil {
				return
			}
		case <-s.signal:
			if !s.flush() {
				return
			}
		}
	}
}

// send puts a frame into the outbox; it never waits.
func (s *socket) send(f frame) {
	s.mu.Lock()
	s.outbox = append(s.outbox, f)
	s.mu.Unlock()
	select {
	case s.signal <- struct{}{}:
	default:
	}
}

// flush writes the outbox and reports whether the socket goes on.
func (s *socket) flush() bool {
	s.mu.Lock()
	todo := s.outbox
	s.outbox = nil
	s.mu.Unlock()
	for _, f := range todo {
		_ = s.ws.SetWriteDeadline(time.Now().Add(writeDeadline))
		if f.delivery != nil {
			f.delivery.sentAt.Store(time.Now().UnixNano())
		}
		if f.text != nil && s.ws.WriteMessage(websocket.TextMessage, f.text) != nil {
			return false
		}
		if f.code != 0 {
			note := websocket.FormatCloseMessage(f.code, "")
			_ = s.ws.WriteControl(websocket.CloseMessage, note, time.Now().Add(writeDeadline))
			return false
		}
		if f.last {
			return false
		}
	}
	return true
}

// cut ends the connection without a close frame.
func (s *socket) cut() {
	s.cutOnce.Do(func() {
		close(s.gone)
		_ = s.ws.Close()
	})
}

// Disconnect tells every open socket to go: "warning", "refresh_requested",
// "link_disabled" or "too_many_websockets". Except after a warning the sockets get no
// more envelopes and are closed 10 s later.
func (w *Workspace) Disconnect(reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		w.bye(s, reason)
		if reason != "warning" {
			w.after(refreshGrace, s.cut)
		}
	}
	w.changed()
}

// RefreshOne asks the oldest socket alone to reconnect, as Slack's routine does.
func (w *Workspace) RefreshOne() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		if !s.draining {
			w.refresh(s)
			return
		}
	}
}

// HangUp ends every open socket at once: with a close frame, or with politely false by a
// reset of the bare TCP connection.
func (w *Workspace) HangUp(politely bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		s.draining = true
		if politely {
			s.send(frame{code: websocket.CloseGoingAway})
			continue
		}
		if tcp, ok := s.raw.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		s.cut()
	}
}

// Junk sends a text frame as it is to every open socket.
func (w *Workspace) Junk(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		s.send(frame{text: []byte(text)})
	}
	w.trace.add(TraceLine{Kind: "socket", What: "junk frame"})
}
