package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// Answers turns requests into messages. It serves every door, the shell too.
type Answers struct {
	Finder *query.Finder
	Style  formatting.Style
	Now    func() time.Time // nil: time.Now; its location is the process's
	Log    *slog.Logger     // nil: nothing is logged
}

// An Answer is what came of a request: the message, and what the audit line and
// the next steps need to know of it.
type Answer struct {
	Message formatting.Message
	Query   query.Query   // zero where the line could not be read
	Result  *query.Result // nil where WHMCS was not asked or failed
	Outcome string        // answered, nothing, help, malformed, denied, failed, stopped, restarting
	Err     error
}

// A Showing is how one request's answer is to be shown.
type Showing struct {
	Public   bool             // others read it
	Alone    formatting.Alone // why the asker alone reads what others would
	SharedBy string
	Lists    bool // Slack refuses the newer blocks
	Modal    bool // it stands in a modal
	Fresh    bool // past cache and snapshot
	Snapshot bool // rows that a scan read lately may serve though it is fresh; not where the line itself says fresh:yes
	Continue bool // goes on with a scan that ended at its budget
	Progress func(query.Progress, query.Query)

	Allow func(context.Context, *Request) error // nil: everybody may
}

// Answer answers req. It never fails: an error becomes a message, with the
// request's reference.
func (a *Answers) Answer(ctx context.Context, req *Request, s Showing) Answer {
	v := a.view(req, s)
	q, parseErr := query.Parse(req.Line)
	if s.Allow != nil {
		if err := s.Allow(ctx, req); err != nil {
			return a.denied(err, v)
		}
	}
	switch {
	case parseErr != nil:
		return Answer{Message: a.Style.Failure(parseErr, req.Line, v), Outcome: "malformed", Err: parseErr}
	case q.Help:
		return Answer{Message: a.Style.Help(q.Topic, v), Query: q, Outcome: "help"}
	case req.Line == "", !q.Filtered() && (req.Door == DoorMention || q.InChannel):
		return Answer{Message: a.Style.NoFilter(v), Outcome: "help"}
	}
	snapshot := s.Snapshot && !q.Fresh
	q.Fresh = q.Fresh || s.Fresh
	res, err := a.Finder.Find(ctx, q, query.Options{Continue: s.Continue, Snapshot: snapshot, Progress: progressOf(q, s)})
	if err != nil {
		return a.failed(ctx, req, q, err, v)
	}
	outcome := "answered"
	if len(res.Services) == 0 && res.Summary == nil {
		outcome = "nothing"
	}
	return Answer{Message: a.Style.Answer(res, v), Query: q, Result: res, Outcome: outcome}
}

func progressOf(q query.Query, s Showing) func(query.Progress) {
	if s.Progress == nil {
		return nil
	}
	return func(p query.Progress) { s.Progress(p, q) }
}

func (a *Answers) failed(ctx context.Context, req *Request, q query.Query, err error, v formatting.View) Answer {
	ans := Answer{Query: q, Outcome: "failed", Err: err}
	if _, ok := errors.AsType[*query.Error](err); ok {
		ans.Outcome = "malformed"
	}
	if errors.Is(context.Cause(ctx), errStopped) {
		ans.Outcome = "stopped"
		ans.Message = a.Style.Notice(formatting.SaysStopped, []string{q.Lasting().String()}, v)
		return ans
	}
	if errors.Is(context.Cause(ctx), errRestarting) {
		ans.Outcome = "restarting"
		ans.Message = a.Style.Notice(formatting.SaysRestarting, []string{q.Lasting().String()}, v)
		return ans
	}
	if a.Log != nil {
		a.Log.Warn("a question failed", "ref", req.Ref, "error", err)
	}
	ans.Message = a.Style.Failure(err, q.Lasting().String(), v)
	return ans
}

func (a *Answers) denied(err error, v formatting.View) Answer {
	says := formatting.Sentence("Access could not be checked, so no data is shown. Try again in a minute.")
	if d, ok := errors.AsType[*Denial](err); ok {
		says = formatting.Sentence(d.Says)
	}
	return Answer{Message: a.Style.Denied(says, v), Outcome: "denied", Err: err}
}

func (a *Answers) view(req *Request, s Showing) formatting.View {
	var v formatting.View
	v.Public, v.Direct, v.Alone, v.SharedBy = s.Public, req.Channel == "" || req.direct() || s.Alone == formatting.AloneOutsiders, s.Alone, s.SharedBy
	v.Lists, v.Modal, v.Ref, v.Now = s.Lists, s.Modal, req.Ref, a.now()
	return v
}

func (a *Answers) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

// The reasons for which the process itself ends a question.
var (
	errStopped    = errors.New("stopped by who asked")
	errRestarting = errors.New("restarting")
	errEdited     = errors.New("asked anew by an edit")
)
