package bot

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// TestZeroAskHasNoAccess: nobody gets an answer by a verdict that nobody gave.
func TestZeroAskHasNoAccess(t *testing.T) {
	t.Parallel()
	answers := &Answers{}
	for name, a := range map[string]*ask{"the zero ask": {Request: &Request{}}, "an ask that was only read": read(&Request{Door: DoorSlash, Line: "client:1"})} {
		if ans := answers.find(t.Context(), a, nil); ans.Outcome != outcomeDenied || ans.Result != nil || !errors.Is(ans.Err, errUnchecked) {
			t.Errorf("%s: %+v", name, ans)
		}
	}
}

// asked is an ask whose asker may ask.
func asked(req *Request) *ask {
	req.User, req.opened = "U1", "V9"
	if req.Door != DoorMention && req.Door != DoorMessage { // Slack sends none with these
		req.ResponseURL = "https://hooks.example/1"
	}
	req.Received = time.Unix(1795000000, 0)
	a := read(req)
	a.access = verdict{granted: true}
	return a
}

// The doors and deeds that lead to an answer.
var waysToAsk = map[string]func() *Request{
	"slash":        func() *Request { return &Request{Door: DoorSlash, Line: "client:1"} },
	"slash shared": func() *Request { return &Request{Door: DoorSlash, Line: "client:1 in:channel"} },
	"slash file":   func() *Request { return &Request{Door: DoorSlash, Line: "client:1 as:csv"} },
	"form":         func() *Request { return &Request{Door: DoorForm, Line: "client:1"} },
	"mention":      func() *Request { return &Request{Door: DoorMention, Line: "client:1", Message: "5.1"} },
	"mention file": func() *Request { return &Request{Door: DoorMention, Line: "client:1 as:csv", Message: "5.1"} },
	"message":      func() *Request { return &Request{Door: DoorMessage, Line: "client:1", Message: "5.1"} },
	"private button": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionAsk, Line: "client:1", Message: "6.1", Ephemeral: true}
	},
	"public button": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionAsk, Line: "client:1", Message: "6.1"}
	},
	"file button": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionAsk, Line: "client:1 as:csv", Message: "6.1"}
	},
	"private refresh": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionRefresh, Line: "client:1", Message: "6.1", Ephemeral: true}
	},
	"public refresh": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionRefresh, Line: "client:1", Message: "6.1", SharedBy: "U2"}
	},
	"public keep current": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionLive, Line: "client:1 live:2h", Message: "6.1"}
	},
	"private keep current": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionLive, Line: "client:1 live:2h", Message: "6.1", Ephemeral: true}
	},
	"share": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionShare, Line: "client:1", Message: "6.1", Ephemeral: true}
	},
	"details": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionDetails, Line: "service:2", Message: "6.1"}
	},
	"modal button": func() *Request {
		return &Request{Door: DoorButton, Action: formatting.ActionAsk, Line: "client:1", View: "V1"}
	},
}

// TestDeliveries holds who reads an answer, and by which way, for every door and deed in a
// channel of insiders, one with outsiders, a thread and a direct message.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	type want struct{ inside, outside, thread, dm string }
	for name, want := range map[string]want{
		"slash":                {"respond", "respond", "whisper", "respond"},
		"slash shared":         {"POST by U1", "respond alone", "POST by U1", "respond alone"},
		"slash file":           {"respond file", "respond file", "whisper file", "respond file"},
		"form":                 {"respond", "respond", "whisper", "respond"},
		"mention":              {"POST in 5.1", "whisper alone", "POST in 4.1", ""},
		"mention file":         {"POST in 5.1 file", "whisper alone file", "POST in 4.1 file", ""},
		"message":              {"", "", "", "post"},
		"private button":       {"replace", "replace", "replace", "replace"},
		"public button":        {"respond", "respond", "whisper", "update 6.1"},
		"file button":          {"respond file", "respond file", "whisper file", "direct file"},
		"private refresh":      {"replace", "replace", "replace", "replace"},
		"public refresh":       {"UPDATE 6.1 by U2, notes respond", "respond alone", "UPDATE 6.1 by U2, notes whisper", "update 6.1"},
		"public keep current":  {"UPDATE 6.1, notes respond", "respond alone", "UPDATE 6.1 in 4.1, notes whisper", "update 6.1"},
		"private keep current": {"replace", "replace", "replace", "replace"},
		"share":                {"POST by U1 once, notes respond", "respond alone", "POST by U1 once, notes whisper", "respond alone"},
		"details":              {"modal", "modal", "modal", "modal"},
		"modal button":         {"respond", "respond", "whisper", "respond"},
	} {
		for place, c := range map[string]struct {
			channel, thread string
			closed          formatting.Alone
			want            string
		}{
			"inside":  {"C1", "", "", want.inside},
			"outside": {"C1", "", formatting.AloneOutsiders, want.outside},
			"thread":  {"C1", "4.1", "", want.thread},
			"dm":      {"D1", "", formatting.AloneNoChannel, want.dm},
		} {
			if c.want == "" {
				continue // Slack sends no such thing from there
			}
			req := waysToAsk[name]()
			req.Channel, req.Thread = c.channel, c.thread
			a := asked(req)
			f := facts{}
			if a.forOthers() {
				f.closed = c.closed
			}
			before := deliveryOf(a, f)
			f.answer = &Answer{Query: a.query, Result: &query.Result{Query: a.query, Services: make([]whmcs.Service, 1)}, Outcome: outcomeAnswered}
			after := deliveryOf(a, f)
			if got := described(after); got != c.want && got != c.want+", notes respond" && got != c.want+", notes whisper" {
				t.Errorf("%s %s: %s, want %s", name, place, got, c.want)
			}
			if after.to.public() && !before.to.public() {
				t.Errorf("%s %s: the result widened who reads", name, place)
			}
			holdsNarrowing(t, name+" "+place, a, f)
		}
	}
}

// holdsNarrowing holds that nothing that is found out during a search lets more people read.
func holdsNarrowing(t *testing.T, name string, a *ask, f facts) {
	t.Helper()
	for what, ans := range map[string]*Answer{
		"denied":      {Outcome: outcomeDenied, Err: &Denial{}},
		"failed":      {Query: a.query, Outcome: outcomeFailed, Err: context.DeadlineExceeded},
		"nothing":     {Query: a.query, Result: &query.Result{}, Outcome: outcomeNothing},
		"closed then": {Query: a.query, Result: &query.Result{Query: a.query, Services: make([]whmcs.Service, 1)}, Outcome: outcomeAnswered},
	} {
		f.answer = ans
		if what == "closed then" && a.forOthers() {
			f.closed = formatting.AloneOutsiders
		}
		d := deliveryOf(a, f)
		public := d.to.public()
		switch {
		case public && (what == "denied" || what == "closed then"):
			t.Errorf("%s, %s: others read it", name, what)
		case public && what == "failed" && a.Door == DoorButton:
			t.Errorf("%s, %s: a post that others read changes", name, what)
		case public && ans.Result == nil && a.deed == deedShare:
			t.Errorf("%s, %s: no answer is posted as one", name, what)
		case d.file && what != "closed then":
			t.Errorf("%s, %s: a file without rows", name, what)
		}
	}
}

// described is a delivery in a word or two; what others read is in capitals.
func described(d delivery) string {
	says := map[way]string{respond: "respond", replace: "replace", post: "post", update: "update", whisper: "whisper", direct: "direct", modal: "modal"}[d.to.way]
	switch {
	case d.to.public() && d.to.way == post:
		says = "POST"
	case d.to.public():
		says = "UPDATE"
	}
	if d.to.way == update {
		says += " " + d.to.ts
	}
	if d.to.public() && d.to.thread != "" && d.sharedBy == "" {
		says += " in " + d.to.thread
	}
	if d.sharedBy != "" {
		says += " by " + d.sharedBy
	}
	if d.once != "" {
		says += " once"
	}
	if d.alone != "" {
		says += " alone"
	}
	if d.file {
		says += " file"
	}
	if d.notes.way != d.to.way {
		says += fmt.Sprintf(", notes %s", map[way]string{respond: "respond", whisper: "whisper"}[d.notes.way])
	}
	return says
}

// TestEditedAnswerIsCorrectedInPlace: the answer to a new version takes the place of the one
// that is there. Where it may not be posted that one goes, as it answers what nobody asks any more;
// whoever may not ask any more changes nothing.
func TestEditedAnswerIsCorrectedInPlace(t *testing.T) {
	t.Parallel()
	a := asked(&Request{Door: DoorMention, Line: "client:1", Channel: "C1", Message: "5.1", Edited: "6"})
	at := posted{address: address{way: update, channel: "C1", thread: "5.1", ts: "7.1"}}
	found := &Answer{Query: a.query, Reading: a.reading, Result: &query.Result{}, Outcome: outcomeNothing}
	if d := deliveryOf(a, facts{at: at, answer: found}); d.to != at.address || d.withdraw {
		t.Errorf("among insiders: %+v", d)
	}
	if d := deliveryOf(a, facts{at: at, answer: found, closed: formatting.AloneOutsiders}); d.to.public() || !d.withdraw {
		t.Errorf("with outsiders: %+v", d)
	}
	if d := deliveryOf(a, facts{at: at, answer: found, closed: formatting.AloneNotKnown}); d.to.public() || !d.withdraw {
		t.Errorf("where Slack does not say who reads: %+v", d)
	}
	a.access = verdict{}
	if d := deliveryOf(a, facts{at: at, answer: &Answer{Outcome: outcomeDenied}}); d.to.public() || d.withdraw {
		t.Errorf("denied meanwhile: %+v", d)
	}
}
