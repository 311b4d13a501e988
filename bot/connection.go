package bot

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

const (
	// deadAfter is how long a connection may bring nothing, not even a ping, before it
	// counts as dead. Slack's own clients wait as long.
	deadAfter = 30 * time.Second

	frameAtMost = 4 << 20                // bytes of one envelope
	ackAtMost   = 20_480                 // bytes: Slack drops an acknowledgement of this size or more in silence
	writeWithin = 5 * time.Second        // one acknowledgement
	pongWithin  = 500 * time.Millisecond // the reader waits for it
)

// A connection is one websocket to Slack, from the handshake to its end. We speak Socket
// Mode ourselves, on the websocket library: the client of slack-go hides why Slack ends a
// connection, and closes it before it has another.
//
// Its own goroutine reads it, another writes its acknowledgements. All fields but ws
// and outbox belong to the loop of its socket.
type connection struct {
	ws     *websocket.Conn
	outbox *outbox

	opened  time.Time
	greeted time.Time     // when Slack's hello came; zero: not yet
	life    time.Duration // how long Slack means to keep it; 0: not said
	ending  bool          // Slack said that it will end it
	closeBy time.Time     // when we close it at last; zero: it is in use
}

// dialer makes the websocket of a connection. Its write buffer holds any acknowledgement
// in one frame: Slack drops those that come in fragments.
var dialer = websocket.Dialer{
	NetDialContext:   dialTCP,
	Proxy:            http.ProxyFromEnvironment,
	HandshakeTimeout: 20 * time.Second,
	WriteBufferSize:  32 << 10,
}

// dialTCP connects with a keep-alive that notices a dead peer within 14 s. While something
// of ours is unconfirmed the kernel sends no keep-alive; limitUnsent covers that.
func dialTCP(ctx context.Context, network, addr string) (net.Conn, error) {
	d := &net.Dialer{
		Timeout:         10 * time.Second,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 3 * time.Second, Count: 3},
		Control:         limitUnsent,
	}
	return d.DialContext(ctx, network, addr)
}

// connect asks Slack for an address and opens it. The address holds a one-time ticket: it
// goes into no error.
func connect(ctx context.Context, api *slack.Client, silence time.Duration) (*connection, error) {
	_, address, err := api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, scrubbed(err)
	}
	ws, resp, err := dialer.DialContext(ctx, address, nil)
	if resp != nil {
		resp.Body.Close()
	}
	if err != nil {
		return nil, scrubbed(err)
	}
	ws.SetReadLimit(frameAtMost)
	ws.SetPingHandler(func(text string) error {
		// A pong that cannot be written is no reason to stop reading: the write of an
		// acknowledgement, or Slack, will end the connection.
		_ = ws.WriteControl(websocket.PongMessage, []byte(text), time.Now().Add(pongWithin))
		return ws.SetReadDeadline(time.Now().Add(silence))
	})
	return &connection{ws: ws, outbox: newOutbox(), opened: time.Now()}, nil
}

// read hands every frame to heard until the connection ends. What is not JSON is left out.
func (c *connection) read(silence time.Duration, heard func(frame)) error {
	for {
		if err := c.ws.SetReadDeadline(time.Now().Add(silence)); err != nil {
			return err
		}
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			return err
		}
		var f frame
		if json.Unmarshal(raw, &f) == nil {
			heard(f)
		}
	}
}

// write sends acknowledgements until there will be no more, and then ends our direction
// of the connection: Slack ends the other one, and what it has sent by then still
// arrives. After an error the connection is of no use.
func (c *connection) write(a *acks) {
	defer close(c.outbox.written)
	for k := range c.outbox.queue {
		if a.dropIfLate(k) {
			continue
		}
		if err := c.writeAck(k); err != nil {
			a.failed(c, k)
			c.ws.Close()
			return
		}
		a.sent(c, k)
	}
	if tcp := tcpOf(c.ws.NetConn()); tcp != nil {
		tcp.CloseWrite() // fails where the connection is gone already
	}
}

func (c *connection) writeAck(k ack) error {
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return c.ws.WriteMessage(websocket.TextMessage, k.frame)
}

// tcpOf returns the TCP connection below c, nil where there is none.
func tcpOf(c net.Conn) *net.TCPConn {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	tcp, _ := c.(*net.TCPConn)
	return tcp
}
