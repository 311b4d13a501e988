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

const byHand = "Run the command of WHMCS_LOCAL_COMMAND by hand, as the user of the bot: it must print a line that begins with servicesbot-worker, and nothing should ask for a password."

func unreachable(message, advice string) *whmcs.Error {
	return &whmcs.Error{Kind: whmcs.ErrUnreachable, Message: message, Advice: advice}
}

// notStarted is the failure of a command that the system does not run.
func notStarted(err error) *whmcs.Error {
	var path *exec.Error
	if errors.As(err, &path) {
		err = path.Err // without the command
	}
	return unreachable("the worker's command cannot be run: "+err.Error(),
		"Check the first word of WHMCS_LOCAL_COMMAND: it must be a program that the user of the bot may run, and no shell is around it.")
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
		return unreachable("PHP does not find the worker's file", "Put there what servicesbot local-worker prints, and check its path in WHMCS_LOCAL_COMMAND.")
	case o.noise >= maxMess:
		return unreachable(fmt.Sprintf("the worker's command printed %d bytes that are not a worker's", o.noise), byHand)
	case code == 255:
		return unreachable("ssh does not get to WHMCS's host (exit code 255)", byHand+" ssh needs a key without a passphrase or an agent, and the host in known_hosts.").MayPass(false)
	case code == 126 || code == 127:
		return unreachable(fmt.Sprintf("a shell finds no program to run (exit code %d)", code), byHand)
	}
	how := "ended"
	if code > 0 {
		how = fmt.Sprintf("ended with exit code %d", code)
	}
	return unreachable("the worker's command "+how+" before a worker was ready"+o.mess(), byHand)
}

// lateGreeting is the failure of a process that did not greet in time.
func (o *output) lateGreeting() *whmcs.Error {
	advice := "Look at the load of the WHMCS server, or raise WHMCS_TIMEOUT. " + byHand
	if o.noise > 0 {
		advice = "Something else than the worker runs: name the worker in the forced command of the ssh key. " + byHand
	}
	return &whmcs.Error{Kind: whmcs.ErrTimeout, Message: "no worker was ready in time" + o.mess(), Advice: advice}
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
		Kind: whmcs.ErrTruncated, Message: "the worker ended in the middle of a call",
		Advice: "Look whether the host of WHMCS kills processes for want of memory, and lower WHMCS_PAGE_SIZE.",
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
		return &whmcs.Error{Kind: whmcs.ErrNotJSON, Message: message, Advice: "Look into the PHP and WHMCS error logs: a hook or module breaks WHMCS there."}
	}
	switch s.Failed {
	case "root":
		return unreachable(s.File+" is not there, or is not WHMCS's", "Name in WHMCS_LOCAL_COMMAND, behind the worker, the folder of WHMCS: the one that holds init.php.")
	case "unreadable":
		return unreachable(user+" may not read "+s.File, "Let the user that the worker runs as read WHMCS's files, configuration.php too, such as by its group.")
	case "unwritable":
		return unreachable(user+" may not write to "+s.File, "Let the user that the worker runs as write to WHMCS's folder of compiled templates (templates_compiledir in configuration.php).")
	case "ioncube":
		return unreachable("PHP "+s.PHP+" cannot read WHMCS's files without the right ionCube Loader",
			"Name in WHMCS_LOCAL_COMMAND the PHP that the web server of WHMCS uses, such as /usr/bin/php8.1, or install the ionCube Loader for PHP's command line.")
	case "maintenance":
		return &whmcs.Error{Kind: whmcs.ErrMaintenance}
	case "memory":
		return &whmcs.Error{Kind: whmcs.ErrTruncated, Message: "PHP has no memory left" + s.place(),
			Advice: "Give the worker more in WHMCS_LOCAL_COMMAND, such as php -d memory_limit=512M, or lower WHMCS_PAGE_SIZE."}
	case "time":
		return &whmcs.Error{Kind: whmcs.ErrTimeout, Message: "PHP ended the call" + s.place()}
	case "refused":
		return &whmcs.Error{Kind: whmcs.ErrActionNotPermitted, Message: "the worker does not permit the call",
			Advice: "Put what servicesbot local-worker prints in the place of the worker's file: it is another version's."}
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
				return nil, &whmcs.Error{Kind: whmcs.ErrBadCredentials, Message: "WHMCS wants an administrator's name",
					Advice: "Name one in WHMCS_LOCAL_COMMAND, before the folder of WHMCS: --admin=NAME."}
			}
		}
	}
	return &whmcs.Reply{Body: s.body, At: time.Now()}, nil
}
