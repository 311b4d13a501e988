package local

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"servicesbot/whmcs"
)

// errStale is the error of a worker that was idle and then could not answer: it was
// dead, or had lost the database. Another one may.
var errStale = errors.New("a worker that was idle is no use any more")

func unreachable(message string, detail whmcs.Detail) *whmcs.Error {
	return &whmcs.Error{Kind: whmcs.ErrUnreachable, Detail: detail, Message: message}
}

// notStarted is the failure of a command that the system does not run.
func notStarted(err error) *whmcs.Error {
	var path *exec.Error
	if errors.As(err, &path) {
		err = path.Err // without the command
	}
	return unreachable("the worker's command cannot be run: "+err.Error(), whmcs.DetailWorkerCommand)
}

// noGreeting is the failure of a process that is over, or was ended, before it greeted.
func (o *output) noGreeting(exit error) *whmcs.Error {
	var status *exec.ExitError
	code := -1
	if errors.As(exit, &status) {
		code = status.ExitCode()
	}
	switch {
	case bytes.Contains(o.first, []byte("Could not open input file")):
		return unreachable("PHP does not find the worker's file", whmcs.DetailWorkerFile)
	case o.noise >= maxMess:
		return unreachable(fmt.Sprintf("the worker's command printed %d bytes that are not a worker's", o.noise), whmcs.DetailWorkerStart)
	case code == 255:
		return unreachable("ssh does not get to WHMCS's host (exit code 255)", whmcs.DetailWorkerSSH).MayPass(false)
	case code == 126 || code == 127:
		return unreachable(fmt.Sprintf("a shell finds no program to run (exit code %d)", code), whmcs.DetailWorkerStart)
	}
	how := "ended"
	if code > 0 {
		how = fmt.Sprintf("ended with exit code %d", code)
	}
	return unreachable("the worker's command "+how+" before a worker was ready"+o.mess(), whmcs.DetailWorkerStart)
}

// lateGreeting is the failure of a process that did not greet in time.
func (o *output) lateGreeting() *whmcs.Error {
	detail := whmcs.DetailWorkerLate
	if o.noise > 0 {
		detail = whmcs.DetailWorkerOther
	}
	return &whmcs.Error{Kind: whmcs.ErrTimeout, Detail: detail, Message: "no worker was ready in time" + o.mess()}
}

// mess says how much was printed that is not a worker's.
func (o *output) mess() string {
	if o.noise == 0 {
		return ""
	}
	return fmt.Sprintf("; it printed %d bytes that are not a worker's", o.noise)
}

// endedInACall is the failure of a process that was over without a word.
func endedInACall() *whmcs.Error {
	return (&whmcs.Error{
		Kind: whmcs.ErrTruncated, Detail: whmcs.DetailWorkerEnded, Message: "the worker ended in the middle of a call",
	}).MayPass(true)
}

// failure says why a worker has no reply. At the start it is nothing that passes.
func (s said) failure(starting bool) *whmcs.Error {
	e := s.explained()
	if starting {
		if e.Kind == whmcs.ErrNotJSON || e.Kind == whmcs.ErrTruncated {
			e.Kind = whmcs.ErrUnreachable
			e.Message = "while WHMCS starts: " + e.Message
		}
		return e
	}
	switch s.Failed {
	case "memory", "time":
		return e.MayPass(true)
	case "exit", "fatal", "exception":
		return e.MayPass(false)
	}
	return e
}

func (s said) explained() *whmcs.Error {
	user := cmp.Or(s.User, "the worker's user")
	broke := func(message string) *whmcs.Error {
		return &whmcs.Error{Kind: whmcs.ErrNotJSON, Detail: whmcs.DetailWorkerHook, Message: message}
	}
	switch s.Failed {
	case "root":
		return unreachable(s.File+" is not there, or is not WHMCS's", whmcs.DetailWorkerFolder)
	case "unreadable":
		return unreachable(user+" may not read "+s.File, whmcs.DetailWorkerReads)
	case "unwritable":
		return unreachable(user+" may not write to "+s.File, whmcs.DetailWorkerWrites)
	case "ioncube":
		return unreachable("PHP "+s.PHP+" cannot read WHMCS's files without the right ionCube Loader", whmcs.DetailWorkerIonCube)
	case "maintenance":
		return &whmcs.Error{Kind: whmcs.ErrMaintenance}
	case "memory":
		return &whmcs.Error{Kind: whmcs.ErrTruncated, Detail: whmcs.DetailWorkerMemory, Message: "PHP has no memory left" + s.place()}
	case "time":
		return &whmcs.Error{Kind: whmcs.ErrTimeout, Message: "PHP ended the call" + s.place()}
	case "refused":
		return &whmcs.Error{Kind: whmcs.ErrActionNotPermitted, Detail: whmcs.DetailWorkerVersion, Message: "the worker does not permit the call"}
	case "nothing":
		return broke("WHMCS's Local API returned nothing")
	case "exit":
		return broke("WHMCS or a hook ended PHP")
	}
	return broke("PHP's " + cmp.Or(s.Class, "failure") + s.place())
}

func (s said) place() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf(", in %s on line %d", s.File, s.Line)
}

// maxRefusal is how many bytes a reply may have that is looked at here.
const maxRefusal = 4 << 10

// reply returns WHMCS's reply, but for two errors of WHMCS's that are the worker's.
func (s said) reply(w *worker) (*whmcs.Reply, error) {
	if len(s.body) == 0 {
		return nil, endedInACall()
	}
	if len(s.body) <= maxRefusal {
		var refusal struct{ Result, Message string }
		if json.Unmarshal(s.body, &refusal) == nil && refusal.Result == "error" {
			switch said := strings.ToLower(refusal.Message); {
			case w.waited && (strings.Contains(said, "gone away") || strings.Contains(said, "lost connection")):
				w.last = true
				return nil, errStale
			case strings.Contains(said, "admin user"), strings.Contains(said, "adminuser"):
				return nil, &whmcs.Error{Kind: whmcs.ErrBadCredentials, Detail: whmcs.DetailWorkerAdmin, Message: "WHMCS wants an administrator's name"}
			}
		}
	}
	return &whmcs.Reply{Body: s.body, At: time.Now()}, nil
}
