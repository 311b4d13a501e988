package bot

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// A record is the audit line of one request: opened when a worker takes it,
// filled on the way, written once. It holds no customer data but what the asker
// typed. Denials and shares are found by the key "audit".
type record struct {
	req     *Request
	outcome string // answered, nothing, help, malformed, denied, failed, stopped, turned_away, ...
	why     string // of a denial, and of who was turned away
	line    string // the canonical query, where an answer told it
	rows    int
	calls   int
	shared  bool // whether others can read what was posted, or may be able to
	sent    bool // whether Slack accepted an answer
}

// typedMost is how much of a line that cannot be read an audit line holds, in bytes.
const typedMost = 1000

// newRecord opens the record of a request.
func newRecord(req *Request) *record { return &record{req: req, outcome: "failed"} }

// note takes over what an answer tells.
func (r *record) note(a Answer) {
	r.outcome = a.Outcome
	r.line = a.Query.Lasting().String()
	if d, ok := a.Err.(*Denial); ok {
		r.why = d.Why
	}
	if a.Result != nil {
		r.rows, r.calls = len(a.Result.Services), a.Result.Calls
	}
}

// query is what was asked for: where no answer told it, as the request has it.
func (r *record) query() string {
	if r.line != "" || r.req.Action == formatting.ActionStop || r.req.Action == formatting.ActionRemove {
		return r.line
	}
	q, err := query.Parse(r.req.Line)
	if err != nil {
		return strings.ToValidUTF8(r.req.Line[:min(len(r.req.Line), typedMost)], "")
	}
	return q.Lasting().String()
}

// write writes the line.
func (r *record) write(ctx context.Context, log *slog.Logger) {
	audit := "request"
	switch {
	case r.outcome == "denied":
		audit = "denial"
	case r.shared:
		audit = "share"
	}
	log.LogAttrs(ctx, slog.LevelInfo, "audit",
		slog.String("audit", audit),
		slog.String("ref", r.req.Ref),
		slog.String("door", string(r.req.Door)),
		slog.String("action", r.req.Action),
		slog.String("team", r.req.Team),
		slog.String("channel", r.req.Channel),
		slog.String("user", r.req.User),
		slog.String("query", r.query()),
		slog.Bool("allowed", r.outcome != "denied"),
		slog.String("why", r.why),
		slog.String("outcome", r.outcome),
		slog.Bool("answered", r.sent),
		slog.Bool("shared", r.shared),
		slog.Int("rows", r.rows),
		slog.Int("whmcs_calls", r.calls),
		slog.Int64("ms", time.Since(r.req.Received).Milliseconds()),
	)
}
