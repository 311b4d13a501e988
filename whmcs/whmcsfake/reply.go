package whmcsfake

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"syscall"
)

// An ending is how a reply ends on the wire.
type ending int

const (
	endWell  ending = iota
	endReset        // the connection is closed, nothing is sent
	endHang         // nothing is sent, the connection stays open
	endStall        // the headers are sent, then nothing
	endCut          // half of the body that was announced is sent, then the connection is closed
)

// A reply is what goes out for one request.
type reply struct {
	status int
	header http.Header
	body   []byte
	rows   int
	ending ending
	pad    int64 // spaces sent after the body, for a reply too large to be held

	release <-chan struct{} // closed when a reply that hangs is to be given up
}

// jsonReply is a reply of the API itself.
func jsonReply(status int, body []byte) *reply {
	return &reply{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

// failure is an error of the API, in the form that nearly all of them have.
func failure(status int, message string) *reply {
	b := append([]byte(nil), `{"result":"error","message":`...)
	b = appendString(b, message)
	return jsonReply(status, append(b, '}'))
}

// htmlReply is a page of something in front of the API or under it.
func htmlReply(status int, title string, text ...string) *reply {
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html>\n<html><head><title>" + title + "</title></head>\n<body><h1>" + title + "</h1>\n")
	for _, t := range text {
		b.WriteString("<p>" + t + "</p>\n")
	}
	b.WriteString("</body></html>\n")
	return &reply{status: status, header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, body: b.Bytes()}
}

// write sends p. A connection that is to break is taken over from net/http, so
// that nothing is added to what a broken server would send.
func (p *reply) write(w http.ResponseWriter, r *http.Request, s *Server) {
	switch p.ending {
	case endReset:
		hangUp(w)
		return
	case endHang:
		s.hold(r.Context(), p.release)
		hangUp(w)
		return
	}
	for k, v := range p.header {
		w.Header()[k] = v
	}
	if p.pad == 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	}
	w.WriteHeader(p.status)
	switch p.ending {
	case endStall:
		http.NewResponseController(w).Flush()
		s.hold(r.Context(), p.release)
		hangUp(w)
	case endCut:
		w.Write(p.body[:len(p.body)/2])
		http.NewResponseController(w).Flush()
		hangUp(w)
	default:
		w.Write(p.body)
		io.CopyN(w, spaces{}, p.pad)
	}
}

// hold waits until the caller gives up, faults are cleared or the server is
// closed.
func (s *Server) hold(ctx context.Context, release <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-release:
	case <-s.gone:
	}
}

// hangUp closes the connection under w. Where there is none, a plain 502 is sent
// for it.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	conn.Close()
}

// spaces is an endless reader of spaces, which JSON allows anywhere.
type spaces struct{}

// Read fills p.
func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// Transport returns a way to s without any socket, for tests in fake time.
// Faults of the connection become the errors that a real one would give.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Server }

// RoundTrip answers r in this process.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if t.s.isDown() {
		return nil, syscall.ECONNREFUSED
	}
	in := r.Clone(ctx)
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer in.Body.Close()
	p := t.s.handle(ctx, nil, in)
	if p.ending == endHang {
		t.s.hold(ctx, p.release)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.ending == endReset || p.ending == endHang {
		return nil, io.ErrUnexpectedEOF
	}
	body, length := io.Reader(bytes.NewReader(p.body)), int64(len(p.body))
	switch {
	case p.ending == endCut:
		body = io.MultiReader(bytes.NewReader(p.body[:len(p.body)/2]), broken{})
	case p.ending == endStall:
		body = stalled{t.s, ctx, p.release}
	case p.pad > 0:
		body, length = io.MultiReader(body, io.LimitReader(spaces{}, p.pad)), -1
	}
	return &http.Response{
		Status: strconv.Itoa(p.status) + " " + http.StatusText(p.status), StatusCode: p.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: p.header, Body: io.NopCloser(body), ContentLength: length, Request: r,
	}, nil
}

// broken is a body whose connection was closed.
type broken struct{}

// Read fails as net/http's own body does.
func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// stalled is a body that never comes.
type stalled struct {
	s       *Server
	ctx     context.Context
	release <-chan struct{}
}

// Read waits for the caller to give up.
func (b stalled) Read([]byte) (int, error) {
	b.s.hold(b.ctx, b.release)
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return 0, io.ErrUnexpectedEOF
}
