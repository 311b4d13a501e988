package local

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os/exec"
	"sync"
	"time"

	"servicesbot/whmcs"
)

const (
	// endsWithin is how long a worker may take to end by itself, once its input has.
	endsWithin = 2 * time.Second
	// overtime is what PHP's time limit has beyond that of a call: it ends a worker that
	// cannot be killed from here, behind ssh.
	overtime = 5 * time.Second
)

// A worker is one process. Only who took it from its Workers uses it.
type worker struct {
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *output
	stderr   *stderr
	greeting Greeting
	waited   bool // it was idle before this call
	last     bool // it cannot be asked again

	retirement *time.Timer // of one that is idle

	mu   sync.Mutex
	pipe io.Closer // its output
	gone bool      // the process is over, and its number may be another's
}

// start starts a worker and waits until it greets.
func (p *Workers) start(ctx context.Context) (*worker, error) {
	begun := time.Now()
	w, err := p.launch()
	if err != nil {
		return nil, err
	}
	stop := w.killAfter(ctx)
	said, err := w.out.greeting()
	if err == nil && said.Failed == "" && stop() {
		w.greeting = Greeting{PHP: said.PHP, WHMCS: said.WHMCS, Same: said.Worker == digest, Took: time.Since(begun)}
		p.note(said)
		p.log.Debug("a worker of the Local API is ready", "php", said.PHP, "whmcs", said.WHMCS, "took", w.greeting.Took)
		return w, nil
	}
	stop()
	if err == nil {
		p.end(w)
		return nil, said.failure(true)
	}
	w.kill()
	exit := p.end(w)
	if ctx.Err() != nil {
		return nil, w.out.lateGreeting()
	}
	return nil, w.out.noGreeting(exit)
}

// launch starts the process.
func (p *Workers) launch() (*worker, error) {
	w := &worker{cmd: exec.Command(p.cfg.Command[0], p.cfg.Command[1:]...), stderr: &stderr{log: p.log}}
	w.cmd.Env = append([]string{}, p.cfg.Env...) // nil would mean all of ours
	w.cmd.Stderr = w.stderr
	w.cmd.WaitDelay = endsWithin
	ownGroup(w.cmd)
	in, inErr := w.cmd.StdinPipe()
	out, outErr := w.cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return nil, notStarted(err)
	}
	w.in, w.pipe, w.out = in, out, &output{from: bufio.NewReaderSize(out, 64<<10)}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, &whmcs.Error{Kind: whmcs.ErrUnreachable, Message: "the program ends"}
	}
	if err := w.cmd.Start(); err != nil {
		return nil, notStarted(err)
	}
	p.all[w] = true
	p.ended.Add(1)
	p.counts.Started++
	return w, nil
}

// A request is a line that a worker reads.
type request struct {
	Action  string            `json:"action"`
	Seconds int               `json:"seconds"` // for which it may run
	Values  map[string]string `json:"values"`
}

// ask has a worker make one call.
func (p *Workers) ask(ctx context.Context, w *worker, action string, params url.Values) (*whmcs.Reply, error) {
	req := request{Action: action, Values: map[string]string{}, Seconds: int((p.cfg.Timeout + overtime).Seconds())}
	for name := range params {
		req.Values[name] = params.Get(name)
	}
	line, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	stop := w.killAfter(ctx)
	var said said
	if _, err = w.in.Write(append(line, '\n')); err == nil {
		said, err = w.out.next()
	}
	w.last = !stop() || err != nil || said.Last
	p.note(said)
	switch {
	case err == nil && said.Failed != "":
		return nil, said.failure(false)
	case err == nil:
		return said.reply(w)
	case errors.Is(err, errTooLong):
		return nil, &whmcs.Error{Kind: whmcs.ErrTooLarge}
	case w.waited && ctx.Err() == nil:
		return nil, errStale
	}
	return nil, endedInACall()
}

// killAfter kills the process when ctx ends, unless stop is called before.
func (w *worker) killAfter(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { whmcs.Recovered(w.kill) })
}

// kill ends the process, all that it started, and the reading of its output.
func (w *worker) kill() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.gone {
		killGroup(w.cmd)
		w.pipe.Close()
	}
	return nil
}

// end ends a worker that nobody uses: its input ends, and where that is not enough, it
// is killed. The error says how the process exited.
func (p *Workers) end(w *worker) error {
	w.in.Close()
	timer := time.AfterFunc(endsWithin, func() { whmcs.Recovered(w.kill) })
	err := w.cmd.Wait()
	timer.Stop()
	w.kill() // what it started and left behind
	w.mu.Lock()
	w.gone = true
	w.mu.Unlock()

	unread := w.stderr.bytes()
	p.mu.Lock()
	delete(p.all, w)
	p.counts.Errors += unread
	p.counts.Printed += w.out.noise
	p.mu.Unlock()
	if unread > 0 {
		p.log.Warn("a worker of the Local API wrote to its standard error", "bytes", unread)
	}
	p.ended.Done()
	return err
}

// note counts, and logs, what should not be.
func (p *Workers) note(s said) {
	p.mu.Lock()
	p.counts.Printed += s.Printed
	p.counts.Replaced += s.Replaced
	p.mu.Unlock()
	if s.Printed > 0 {
		p.log.Warn("a hook or PHP prints text around WHMCS's replies", "bytes", s.Printed)
	}
	if s.Replaced > 0 {
		p.log.Warn("rows hold text that is not UTF-8, in which those bytes were replaced", "rows", s.Replaced)
	}
}
