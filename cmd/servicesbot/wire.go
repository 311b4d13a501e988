package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
)

// seenAtMost is how many bytes of a reply the doctor looks at.
const seenAtMost = 4 << 20

// A wire is a transport to WHMCS that notes what package whmcs hides: the certificate,
// and which types the last reply had. It keeps no value of a reply.
type wire struct {
	base *http.Transport

	mu        sync.Mutex
	tls       *tls.ConnectionState              // of the last reply; nil: no TLS
	untrusted *tls.CertificateVerificationError // of the last call
	shape     shape                             // of the last reply
}

// newWire returns a wire over the standard transport.
func newWire() *wire {
	return &wire{base: http.DefaultTransport.(*http.Transport).Clone()}
}

// CloseIdleConnections lets package whmcs start with a new connection.
func (w *wire) CloseIdleConnections() { w.base.CloseIdleConnections() }

// RoundTrip makes the call and notes its outcome.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.base.RoundTrip(req)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.untrusted, w.shape = nil, shape{}
	if err != nil {
		w.untrusted, _ = errors.AsType[*tls.CertificateVerificationError](err)
		return nil, err
	}
	w.tls = resp.TLS
	body, err := io.ReadAll(io.LimitReader(resp.Body, seenAtMost))
	w.shape = shapeOf(body)
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failing{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), resp.Body}
	return resp, nil
}

// seen returns what was noted.
func (w *wire) seen() (state *tls.ConnectionState, untrusted *tls.CertificateVerificationError, s shape) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tls, w.untrusted, w.shape
}

// failing is a body that breaks off.
type failing struct{ err error }

// Read returns the error.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A shape is how one reply to GetClientsProducts was written, in words.
type shape struct {
	known     bool
	container string // what holds the rows: a list, an object, a text ...
	number    string // what ids are: numbers, texts; "" without rows
	qty       bool   // rows have a quantity
}

// shapeOf reads the types of a reply, and none where it is no JSON.
func shapeOf(body []byte) shape {
	var reply struct{ Products any }
	if json.Unmarshal(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff")), &reply) != nil {
		return shape{}
	}
	s := shape{known: true, container: kindOf(reply.Products)}
	inner, ok := reply.Products.(map[string]any)
	if !ok {
		return s
	}
	s.container = kindOf(inner["product"])
	row, keyed := firstRow(inner["product"])
	if keyed {
		s.container = "an object keyed by id"
	}
	if row != nil {
		s.number = kindOf(row["id"])
		_, s.qty = row["qty"]
	}
	return s
}

// firstRow returns a row of what is below product: a list, one row alone, or
// rows keyed by id.
func firstRow(v any) (row map[string]any, keyed bool) {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			row, _ = v[0].(map[string]any)
		}
	case map[string]any:
		if _, alone := v["id"]; alone {
			return v, false
		}
		for _, value := range v {
			row, _ = value.(map[string]any)
			return row, true
		}
	}
	return row, false
}

// kindOf names the type of a JSON value.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		if v == "" {
			return "an empty text"
		}
		return "a text"
	case float64:
		return "a number"
	case bool:
		return "a truth value"
	case []any:
		if len(v) == 0 {
			return "an empty list"
		}
		return "a list"
	}
	return "an object"
}
