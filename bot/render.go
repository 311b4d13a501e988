package bot

import (
	"errors"

	"servicesbot/formatting"
)

// render writes an answer down for who reads it.
func (s *Answers) render(ans Answer, v formatting.View) formatting.Message {
	switch {
	case ans.Outcome == outcomeDenied:
		return s.Style.Denied(denialOf(ans.Err), v)
	case ans.Outcome == outcomeHelp && ans.Query.Help:
		return s.Style.Help(ans.Query.Topic, v)
	case ans.Outcome == outcomeHelp:
		return s.Style.NoFilter(v)
	case ans.Err == nil && (ans.Outcome == outcomeChoice || ans.Outcome == outcomeCannot):
		return s.Style.Offers(ans.Reading, ans.Offers, v)
	case ans.Outcome == outcomeStopped:
		return s.Style.Notice(formatting.SaysStopped, []string{ans.Line}, v)
	case ans.Outcome == outcomeRestarting:
		return s.Style.Notice(formatting.SaysRestarting, []string{ans.Line}, v)
	case ans.Result == nil:
		return s.Style.Failure(ans.Err, ans.Line, v)
	}
	return s.Style.Answer(ans.Result, v)
}

// denialOf is why somebody may not ask.
func denialOf(err error) formatting.Denial {
	if d, ok := errors.AsType[*Denial](err); ok {
		return d.Denial
	}
	return formatting.Denial{Why: formatting.DeniedNotChecked}
}

// view is how the asker of req reads what is delivered to them alone.
func (s *Answers) view(req *Request) formatting.View {
	return formatting.View{Direct: req.Channel == "" || req.direct(), Ref: req.Ref, Now: s.now()}
}

// viewOf is how those read an answer who get its delivery.
func (s *Answers) viewOf(req *Request, d delivery) formatting.View {
	v := s.view(req)
	v.Public, v.Alone, v.SharedBy, v.Modal = d.to.public(), d.alone, d.sharedBy, d.to.way == modal
	v.Repeat = req.repeats()
	v.Direct = v.Direct || d.alone == formatting.AloneOutsiders
	return v
}
