package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// Answers finds what is asked for and writes it down. It serves every door, the shell too.
type Answers struct {
	Finder *query.Finder
	Style  formatting.Style
	Now    func() time.Time // nil: time.Now; its location is the process's
	Log    *slog.Logger     // nil: nothing is logged
}

// An Answer is what was found, before it is written down for anybody.
type Answer struct {
	Line    string        // what was asked, as its buttons hold it
	Query   query.Query   // zero where the line could not be read
	Result  *query.Result // nil where WHMCS was not asked or failed
	Reading query.Reading
	Offers  []query.Offer // to choose from, where there is no result
	Outcome Outcome
	Err     error // why there is no result; nil: there is one, or none was asked for
}

// forAskerAlone reports whether an answer is no certain one, which others have no use for:
// a guess, an offer, a correction.
func (ans *Answer) forAskerAlone() bool {
	switch ans.Outcome {
	case outcomeHelp, outcomeChoice, outcomeCannot, outcomeMalformed:
		return true
	case outcomeNothing:
		return !ans.Reading.Strict
	}
	return ans.Result != nil && ans.Result.Guess()
}

// isFile reports whether an answer is a file with a message rather than a message.
func (ans *Answer) isFile() bool { return ans.Result != nil && formatting.IsFile(ans.Result) }

// near is what there is near to what was asked for, where nothing was found.
func (ans *Answer) near() []query.Offer {
	if ans.Result == nil {
		return nil
	}
	return ans.Result.Near
}

// Ask answers a line from the shell, where whoever can start the process may ask. It never
// fails: an error is an answer with its message.
func (s *Answers) Ask(ctx context.Context, line string, progress func(query.Progress)) (Answer, formatting.Message) {
	a := read(&Request{Door: DoorShell, Line: line})
	a.access = verdict{granted: true}
	ans := s.find(ctx, a, progress)
	return ans, s.render(ans, formatting.View{Direct: true, Whole: true, Now: s.now()})
}

// find finds what a asks for. It never fails: an error is an answer too.
func (s *Answers) find(ctx context.Context, a *ask, progress func(query.Progress)) Answer {
	ans := Answer{Line: a.line(), Query: a.query, Reading: a.reading}
	if !a.access.granted {
		ans.Query, ans.Outcome, ans.Err = query.Query{}, outcomeDenied, a.access.denial
		if ans.Err == nil {
			ans.Err = errUnchecked
		}
		return ans
	}
	if a.reading.Kind != query.ReadQuestion {
		return s.offerLines(ctx, a, ans)
	}
	r, q := a.reading, a.query
	if q.As == query.ViewEmails && !s.Style.Emails() {
		ans.Outcome, ans.Err = outcomeMalformed, q.EmailsNotShown()
		return ans
	}
	// A share reads past the cache, but is content with a scan's rows of the last minutes: the channel
	// sees what its asker saw, without a second scan. An answer that is kept current reads all again.
	opt := query.Options{Snapshot: a.deed == deedShare && !q.Fresh && q.Live == 0, Warm: a.deed == deedAsk, Progress: progress, Since: a.since}
	r.Query.Fresh = q.Fresh || a.deed == deedShare || a.Action == formatting.ActionRefresh || q.Live > 0
	if q.Live > 0 && a.live == nil {
		opt.Since = query.Matches{} // what is found is what later answers are compared with
	}
	if ans.Result, ans.Err = s.Finder.Answer(ctx, r, opt); ans.Err != nil {
		return s.failed(ctx, a, ans)
	}
	ans.Query, ans.Outcome = ans.Result.Query, outcomeAnswered
	if ans.Result.Matched == 0 {
		ans.Outcome = outcomeNothing
	}
	return ans
}

// offerLines answers what is no question with what can be asked.
func (s *Answers) offerLines(ctx context.Context, a *ask, ans Answer) Answer {
	r := a.reading
	switch r.Kind {
	case query.ReadMistake:
		ans.Outcome, ans.Err = outcomeMalformed, a.parseErr
	case query.ReadCannot:
		ans.Outcome = outcomeCannot
	case query.ReadChoice, query.ReadEverything:
		ans.Outcome = outcomeChoice
	default:
		ans.Outcome = outcomeHelp
		if a.Line == "" {
			ans.Query = query.Query{} // nobody asked what the language is
		}
		return ans
	}
	if r.Kind == query.ReadChoice && r.Err.Problems[0].Reason != query.LoneNumber {
		ans.Err = r.Err
		return ans
	}
	if r.Kind == query.ReadChoice {
		if ans.Offers, ans.Err = s.Finder.Choose(ctx, r.Offers); ans.Err != nil {
			return s.failed(ctx, a, ans)
		}
		return ans
	}
	for _, line := range r.Offers {
		ans.Offers = append(ans.Offers, query.Offer{Line: line})
	}
	return ans
}

// failed says why a search brought no result.
func (s *Answers) failed(ctx context.Context, a *ask, ans Answer) Answer {
	cause := context.Cause(ctx)
	_, unasked := errors.AsType[*query.Error](ans.Err)
	switch {
	case unasked:
		ans.Outcome = outcomeMalformed
	case errors.Is(cause, errStopped):
		ans.Outcome = outcomeStopped
	case errors.Is(cause, errRestarting):
		ans.Outcome = outcomeRestarting
	case errors.Is(cause, errEdited):
		ans.Outcome = outcomeEdited
	default:
		ans.Outcome = outcomeFailed
		if s.Log != nil {
			s.Log.Warn("a question failed", "ref", a.Ref, "error", ans.Err)
		}
	}
	return ans
}

func (s *Answers) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Why a question ends before its answer: by its asker, or with the process.
var (
	errStopped    = errors.New("stopped by its asker")
	errRestarting = errors.New("restarting")
	errEdited     = errors.New("edited by its asker")
)
