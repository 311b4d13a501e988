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
	Format formatting.Options // Command, AdminURL, Fields and Currency; the rest is of each request
	Now    func() time.Time   // nil: time.Now; its location is the process's
	Log    *slog.Logger       // nil: nothing is logged
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
	Public   bool   // others read it
	Alone    string // why the asker alone reads what others would
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
	o := a.options(req, s)
	q, parseErr := query.Parse(req.Line)
	if s.Allow != nil {
		if err := s.Allow(ctx, req); err != nil {
			return denied(err, o)
		}
	}
	switch {
	case parseErr != nil:
		return Answer{Message: formatting.Failure(parseErr, req.Line, o), Outcome: "malformed", Err: parseErr}
	case q.Help:
		return Answer{Message: formatting.Help(q.Topic, o), Query: q, Outcome: "help"}
	case req.Line == "", !q.Filtered() && (req.Door == DoorMention || q.InChannel):
		return Answer{Message: formatting.NoFilter(o), Outcome: "help"}
	}
	snapshot := s.Snapshot && !q.Fresh
	q.Fresh = q.Fresh || s.Fresh
	res, err := a.Finder.Find(ctx, q, query.Options{Continue: s.Continue, Snapshot: snapshot, Progress: progressOf(q, s)})
	if err != nil {
		return a.failed(ctx, req, q, err, o)
	}
	outcome := "answered"
	if len(res.Services) == 0 && res.Summary == nil {
		outcome = "nothing"
	}
	return Answer{Message: formatting.Answer(res, o), Query: q, Result: res, Outcome: outcome}
}

func progressOf(q query.Query, s Showing) func(query.Progress) {
	if s.Progress == nil {
		return nil
	}
	return func(p query.Progress) { s.Progress(p, q) }
}

func (a *Answers) failed(ctx context.Context, req *Request, q query.Query, err error, o formatting.Options) Answer {
	ans := Answer{Query: q, Outcome: "failed", Err: err}
	if _, ok := errors.AsType[*query.Error](err); ok {
		ans.Outcome = "malformed"
	}
	if errors.Is(context.Cause(ctx), errStopped) {
		ans.Outcome = "stopped"
		ans.Message = formatting.Notice("Stopped, as you asked. Nothing was shown to anybody.", []string{q.Lasting().String()}, o)
		return ans
	}
	if errors.Is(context.Cause(ctx), errRestarting) {
		ans.Outcome = "restarting"
		ans.Message = formatting.Notice(restarting, []string{q.Lasting().String()}, o)
		return ans
	}
	if a.Log != nil {
		a.Log.Warn("a question failed", "ref", req.Ref, "error", err)
	}
	ans.Message = formatting.Failure(err, q.Lasting().String(), o)
	return ans
}

func denied(err error, o formatting.Options) Answer {
	says := "Access could not be checked, so no data is shown. Try again in a minute."
	if d, ok := errors.AsType[*Denial](err); ok {
		says = d.Says
	}
	return Answer{Message: formatting.Denied(says, o), Outcome: "denied", Err: err}
}

func (a *Answers) options(req *Request, s Showing) formatting.Options {
	o := a.Format
	o.Public, o.Direct, o.Alone, o.SharedBy = s.Public, req.Channel == "" || req.direct() || s.Alone == withOutsiders, s.Alone, s.SharedBy
	o.Lists, o.Modal, o.Ref, o.Now = s.Lists, s.Modal, req.Ref, a.now()
	return o
}

func (a *Answers) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

// restarting is what is told to who waits, or comes, while the process ends.
const restarting = "The bot is restarting. Ask again in a few seconds."

// The reasons for which the process itself ends a question.
var (
	errStopped    = errors.New("stopped by who asked")
	errRestarting = errors.New("restarting")
	errEdited     = errors.New("asked anew by an edit")
)
