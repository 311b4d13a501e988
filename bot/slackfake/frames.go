package slackfake

import (
	"net"
	"sync"
)

// The websocket library puts fragments together before anybody sees them, but Slack drops
// an ack that came in fragments. So the bytes of each connection are watched on their way.

type connKey struct{}

// sniffingListener wraps each connection in a sniffer.
type sniffingListener struct{ net.Listener }

func (l sniffingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &sniffer{Conn: c}, nil
}

// sniffer reads WebSocket frame headers from what a client sends and remembers for
// each message whether it was whole.
type sniffer struct {
	net.Conn
	mu      sync.Mutex
	on      bool
	header  []byte // of the frame that is coming in
	skip    uint64 // payload bytes of the frame still to come
	split   bool   // the message in progress has more than one frame
	inParts []bool // for each complete message, oldest first
}

// watch begins with the next byte that is read.
func (s *sniffer) watch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = true
}

// fragmented reports whether the oldest message not yet asked about came in fragments.
func (s *sniffer) fragmented() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.inParts) == 0 {
		return false
	}
	first := s.inParts[0]
	s.inParts = s.inParts[1:]
	return first
}

func (s *sniffer) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on {
		s.look(p[:n])
	}
	return n, err
}

// look goes through bytes of the stream, frame by frame (RFC 6455, section 5.2).
func (s *sniffer) look(p []byte) {
	for len(p) > 0 {
		if s.skip > 0 {
			n := min(uint64(len(p)), s.skip)
			s.skip -= n
			p = p[n:]
			continue
		}
		s.header = append(s.header, p[0])
		p = p[1:]
		if n, ok := payloadLength(s.header); ok {
			s.frame(s.header[0])
			s.skip = n
			s.header = s.header[:0]
		}
	}
}

// payloadLength reads a frame's header, which ends with the 4 bytes of the mask.
func payloadLength(h []byte) (n uint64, complete bool) {
	if len(h) < 2 {
		return 0, false
	}
	extended := 0
	switch h[1] & 0x7F {
	case 126:
		extended = 2
	case 127:
		extended = 8
	}
	mask := 0
	if h[1]&0x80 != 0 {
		mask = 4
	}
	if len(h) < 2+extended+mask {
		return 0, false
	}
	if extended == 0 {
		return uint64(h[1] & 0x7F), true
	}
	for _, b := range h[2 : 2+extended] {
		n = n<<8 | uint64(b)
	}
	return n, true
}

// frame notes the first byte of a frame: FIN and the opcode. Control frames may come
// between fragments and say nothing about them.
func (s *sniffer) frame(first byte) {
	final, opcode := first&0x80 != 0, first&0x0F
	if opcode >= 8 {
		return
	}
	if !final {
		s.split = true
		return
	}
	s.inParts = append(s.inParts, s.split || opcode == 0)
	s.split = false
}
