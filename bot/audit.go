package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"servicesbot/whmcs/query"
)

// A record is the audit line of one request: opened when a worker takes it, or when it is
// turned away, filled on the way, written once. It holds no customer data but what the asker
// typed. Denials, shares and e-mail addresses are found by the key "audit".
type record struct {
	req     *Request
	ask     *ask // nil where nobody read the line: of a request that was turned away
	outcome Outcome
	why     string   // of a denial, and of who was turned away
	theirs  []string // of an outsider: the workspaces and organisations that they belong to
	rows    int
	calls   int
	shared  bool   // whether others can read what was posted, or may be able to
	sent    bool   // whether Slack accepted an answer
	emails  bool   // whether clients' e-mail addresses were found to be shown
	guess   bool   // whether words of the line were left out, or a client's name alone matched
	live    string // whether an answer began to be kept current, or ended that; "": neither
	line    string // what was answered; "": no search was made
	asked   string // the question, for its asker's last ones; "": it is none of these
}

// An Outcome is what became of a request, in a word for the audit line and the metrics.
type Outcome string

// The outcomes of a question.
const (
	outcomeAnswered      Outcome = "answered"
	outcomeNothing       Outcome = "nothing"
	outcomeHelp          Outcome = "help"
	outcomeChoice        Outcome = "choice" // lines to choose from
	outcomeCannot        Outcome = "cannot" // about what is not looked up
	outcomeMalformed     Outcome = "malformed"
	outcomeDenied        Outcome = "denied"
	outcomeFailed        Outcome = "failed" // the one of a request until it has another
	outcomeStopped       Outcome = "stopped"
	outcomeRestarting    Outcome = "restarting"
	outcomeEdited        Outcome = "edited"
	outcomeUnchanged     Outcome = "unchanged"
	outcomeAskedBack     Outcome = "late" // whether an old mention shall still be answered
	outcomeShareRefused  Outcome = "share_refused"
	outcomeSharedAlready Outcome = "shared_already"
)

// The outcomes of the correction of an answer that rests on warm rows.
const (
	outcomeCorrected    Outcome = "corrected"
	outcomeNotCorrected Outcome = "not_corrected"
)

// The outcomes of what is no question.
const (
	outcomeFormShown         Outcome = "form"
	outcomeHomeShown         Outcome = "home"
	outcomeWindowClosed      Outcome = "closed" // before there was anything to show in it
	outcomeLookedUp          Outcome = "looked_up"
	outcomePostRemoved       Outcome = "removed"
	outcomeNotTheirs         Outcome = "not_theirs"
	outcomeNothingToStop     Outcome = "nothing_to_stop"
	outcomeUnknownButton     Outcome = "unknown_button"
	outcomeLiveEnded         Outcome = "live_ended"   // an answer is not kept current any more
	outcomeAccessGiven       Outcome = "access_given" // asked for by somebody who may ask already
	outcomeAccessAsked       Outcome = "access_asked"
	outcomeAccessAskedBefore Outcome = "access_asked_before"
	outcomePinned            Outcome = "pinned"
	outcomeUnpinned          Outcome = "unpinned"
	outcomePinsFull          Outcome = "pins_full"
)

// The outcomes of a request that this replica did not answer.
const (
	outcomeTurnedAway Outcome = "turned_away"
	outcomeOvertaken  Outcome = "taken_over"  // by a replica that took this one for dead
	outcomeHandedOver Outcome = "handed_over" // to another replica, as this one ends
	outcomeLapsed     Outcome = "lapsed"      // it was taken over too late to be done
)

// What an audit line says of an answer that is kept current.
const (
	liveBegan = "began"
	liveEnds  = "ended"
)

// typedMost is how much of a line that cannot be read an audit line holds, in bytes.
const typedMost = 1000

// newRecord opens the record of a request.
func newRecord(req *Request) *record { return &record{req: req, outcome: outcomeFailed} }

// note takes over what an answer says.
func (r *record) note(a Answer) {
	r.outcome = a.Outcome
	if d, ok := errors.AsType[*Denial](a.Err); ok {
		r.why, r.theirs = string(d.Why), d.Theirs
	}
	if a.Result != nil {
		r.rows, r.calls, r.guess, r.line = len(a.Result.Services), a.Result.Calls, a.Result.Guess(), a.Query.Lasting().String()
		switch a.Result.Query.As {
		case query.ViewEmails:
			r.emails, r.rows = len(a.Result.ByClient) > 0, len(a.Result.ByClient)
		case query.ViewClients:
			r.rows = len(a.Result.ByClient)
		case query.ViewDomains:
			r.rows = len(a.Result.Domains)
		}
	}
}

// query is what was asked for: the canonical line, or, where it cannot be read, what was
// typed.
func (r *record) query() string {
	if r.line != "" {
		return r.line
	}
	a := r.ask
	if a == nil {
		a = read(r.req)
	}
	switch {
	case a.deed == deedStop, a.deed == deedRemove, a.deed == deedAccess:
		return ""
	case a.parseErr != nil, a.reading.Kind == query.ReadCannot:
		return strings.ToValidUTF8(a.Line[:min(len(a.Line), typedMost)], "")
	}
	return a.query.Lasting().String()
}

// write writes the line.
func (r *record) write(ctx context.Context, log *slog.Logger) {
	audit := "request"
	switch {
	case r.outcome == outcomeDenied:
		audit = "denial"
	case r.outcome == outcomeAccessAsked:
		audit = "access"
	case r.shared:
		audit = "share"
	case r.emails:
		audit = "emails"
	}
	attrs := []slog.Attr{
		slog.String("audit", audit),
		slog.String("ref", r.req.Ref),
		slog.String("door", string(r.req.Door)),
		slog.String("action", r.req.Action),
		slog.String("team", r.req.Team),
		slog.String("channel", r.req.Channel),
		slog.String("user", r.req.User),
		slog.String("query", r.query()),
		slog.Bool("allowed", r.outcome != outcomeDenied && r.outcome != outcomeAccessAsked && r.outcome != outcomeAccessAskedBefore),
		slog.String("why", r.why),
		slog.String("outcome", string(r.outcome)),
		slog.Bool("guess", r.guess),
		slog.Bool("answered", r.sent),
		slog.Bool("shared", r.shared),
		slog.Int("rows", r.rows),
		slog.Int("whmcs_calls", r.calls),
		slog.Int64("ms", time.Since(r.req.Received).Milliseconds()),
	}
	if r.live != "" {
		attrs = append(attrs, slog.String("live", r.live))
	}
	if len(r.theirs) > 0 {
		attrs = append(attrs, slog.String("belongs_to", strings.Join(r.theirs, ",")))
	}
	log.LogAttrs(ctx, slog.LevelInfo, "audit", attrs...)
}
