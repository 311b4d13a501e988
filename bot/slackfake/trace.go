package slackfake

import (
	"encoding/json"
	"regexp"
	"time"
)

// A TraceLine is one thing that went over the wire: an envelope, an ack, a call of the
// Web API, a socket that came or went. Tokens, tickets, response_urls and trigger ids are
// masked in it.
type TraceLine struct {
	Seq     int             `json:"seq"`
	At      time.Time       `json:"at"`
	Kind    string          `json:"kind"` // envelope, ack, call, socket, switch, note
	What    string          `json:"what"` // the envelope's type, the method, what the socket did
	Outcome string          `json:"outcome,omitempty"`
	Took    time.Duration   `json:"took,omitempty"` // a call's or an ack's time, nanoseconds
	Sent    json.RawMessage `json:"sent,omitempty"` // what went out: an envelope, or a call's arguments
	Got     json.RawMessage `json:"got,omitempty"`  // what came back: an ack's payload, or a call's answer

	sent, got []byte
	args      args // of a call, encoded when somebody reads the line
}

// traceLines is how many lines the trace remembers.
const traceLines = 1000

// trace is a ring of the newest lines. Bodies are masked when somebody reads them.
type trace struct {
	lines [traceLines]TraceLine
	seq   int
}

// add appends a line and gives it its number, which begins at 1.
func (t *trace) add(l TraceLine) {
	if l.At.IsZero() {
		l.At = time.Now()
	}
	t.seq++
	l.Seq = t.seq
	t.lines[l.Seq%traceLines] = l
}

// Trace returns the lines after the number since, oldest first, as far as they are
// still remembered (the newest 1,000).
func (w *Workspace) Trace(since int) []TraceLine {
	w.mu.Lock()
	var lines []TraceLine
	for seq := max(since, w.trace.seq-traceLines) + 1; seq <= w.trace.seq; seq++ {
		lines = append(lines, w.trace.lines[seq%traceLines])
	}
	w.mu.Unlock()
	for i := range lines {
		l := &lines[i]
		if l.args != nil {
			l.sent, l.args = encode(l.args), nil
		}
		l.Sent, l.Got = masked(l.sent), masked(l.got)
		l.sent, l.got = nil, nil
	}
	return lines
}

// Note puts a line of somebody else into the trace, for example a call of the back end.
func (w *Workspace) Note(what, outcome string, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trace.add(TraceLine{Kind: "note", What: what, Outcome: outcome, Took: took})
	w.changed()
}

// secrets are the shapes of what must not be seen in a trace. Response_urls carry
// their secret at the end, tickets in the query.
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`(xox[a-z]-|xapp-)[A-Za-z0-9-]+`),
	regexp.MustCompile(`(ticket=)[A-Za-z0-9]+`),
	regexp.MustCompile(`(/(?:commands|actions|app|upload)/[A-Za-z0-9]+/[A-Za-z0-9]+/)[A-Za-z0-9]+`),
	regexp.MustCompile(`("trigger_id":")[^"]+`),
	regexp.MustCompile(`("token":")[^"]+`),
}

// masked is JSON without secrets; nil stays nil.
func masked(raw []byte) json.RawMessage {
	if len(raw) == 0 {
		return nil
	}
	for _, re := range secrets {
		raw = re.ReplaceAll(raw, []byte("${1}[masked]"))
	}
	return raw
}
