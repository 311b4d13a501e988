// Package local reaches WHMCS by its Local API: a worker, a PHP process beside WHMCS,
// loads WHMCS once and then answers call after call. It is a whmcs.Way.
//
//	local.go      the workers: taken, started when needed, ended when idle
//	worker.go     one of them: a process, its greeting, a call
//	output.go     what it prints: lines of its own among whatever else is printed
//	failures.go   why there is no answer, and what to do about it
//	stderr.go     of what PHP writes to standard error: class, file and line of fatals
//	group_*.go    how a process ends with all that it started
//	worker.php    the worker, which runs where WHMCS is
//
// The Local API knows no credential, no role and no list of addresses: worker.php is
// the only check of what may be asked. Customers' data goes to a worker only after it
// has greeted: what answers in its place, a login shell say, would run it.
//
// The way was tried against real PHP with a stand-in for WHMCS, not yet against a
// licensed installation.
package local

import (
	"cmp"
	"context"
	"crypto/md5"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"time"

	"servicesbot/whmcs"
)

// Script is worker.php. It is written for PHP 7.4 to 8.3.
//
//go:embed worker.php
var Script string

// digest is what a worker says of its own file where it is Script.
var digest = fmt.Sprintf("%x", md5.Sum([]byte(Script)))

// idleFor is how long a worker is kept that nobody needs.
const idleFor = 5 * time.Minute

// Config says how workers are started.
type Config struct {
	Command []string      // the program and its arguments, run without a shell
	Env     []string      // NAME=value: all that a worker gets of an environment
	Timeout time.Duration // that of whmcs.Config, after which PHP ends a call by itself; 0: 30 s
	Log     *slog.Logger  // nil: none
}

// Workers start, keep and end workers. There are as many as there are calls at once,
// which whmcs.Config.MaxConcurrent limits.
type Workers struct {
	cfg     Config
	log     *slog.Logger
	idleFor time.Duration

	mu     sync.Mutex
	idle   []*worker // the one used last is at the end
	all    map[*worker]bool
	ended  sync.WaitGroup // of all
	closed bool
	counts Counts
}

// Counts are what workers did, since the start.
type Counts struct {
	Started  int // workers
	Printed  int // bytes that WHMCS, a hook or a login shell printed, which are no answers
	Errors   int // bytes of standard error
	Replaced int // rows with text that is not UTF-8, which was replaced
}

// New returns workers of which none runs yet.
func New(cfg Config) (*Workers, error) {
	if len(cfg.Command) == 0 {
		return nil, errors.New("no Command")
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, 30*time.Second)
	p := &Workers{cfg: cfg, log: cfg.Log, idleFor: idleFor, all: map[*worker]bool{}}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	return p, nil
}

var _ whmcs.Way = (*Workers)(nil)

// String names the way; the command may hold what is nobody's business.
func (p *Workers) String() string { return "the Local API" }

// Call has one call made by a worker. One that was idle may be dead, or may have lost
// its connection to the database: another is asked then, a new one in the end.
func (p *Workers) Call(ctx context.Context, action string, params url.Values) (*whmcs.Reply, error) {
	for {
		w := p.take()
		if w == nil {
			var err error
			if w, err = p.start(ctx); err != nil {
				return nil, err
			}
		}
		reply, err := p.ask(ctx, w, action, params)
		p.giveBack(w)
		if !errors.Is(err, errStale) {
			return reply, err
		}
	}
}

// A Greeting is what a worker says of itself when it is ready.
type Greeting struct {
	PHP   string        // its version
	WHMCS string        // its version; "": not known
	Same  bool          // the worker's file is the one of this program
	Took  time.Duration // until it was ready
}

// Start starts a worker, keeps it for the next call, and returns its greeting.
func (p *Workers) Start(ctx context.Context) (Greeting, error) {
	w, err := p.start(ctx)
	if err != nil {
		return Greeting{}, err
	}
	p.giveBack(w)
	return w.greeting, nil
}

// Rest ends the workers that are idle.
func (p *Workers) Rest() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, w := range idle {
		whmcs.Go(func() error { p.end(w); return nil })
	}
}

// Close ends all workers, those in the middle of a call at once, and waits for it.
// Calls after it fail.
func (p *Workers) Close() {
	p.mu.Lock()
	p.closed = true
	for w := range p.all {
		if !slices.Contains(p.idle, w) {
			w.kill()
		}
	}
	p.mu.Unlock()
	p.Rest()
	p.ended.Wait()
}

// Counts returns what was counted so far.
func (p *Workers) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// take returns the worker that was used last, nil where none is idle.
func (p *Workers) take() *worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	w := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	w.retirement.Stop()
	return w
}

// giveBack keeps a worker for the next call, or ends it where it cannot be used again.
func (p *Workers) giveBack(w *worker) {
	p.mu.Lock()
	keep := !w.last && !p.closed
	if keep {
		w.waited = true
		p.idle = append(p.idle, w)
		w.retirement = time.AfterFunc(p.idleFor, func() { whmcs.Recovered(func() error { p.retire(w); return nil }) })
	}
	p.mu.Unlock()
	if !keep {
		p.end(w)
	}
}

// retire ends a worker that was idle for too long.
func (p *Workers) retire(w *worker) {
	p.mu.Lock()
	at := slices.Index(p.idle, w)
	if at >= 0 {
		p.idle = slices.Delete(p.idle, at, at+1)
	}
	p.mu.Unlock()
	if at >= 0 {
		p.end(w)
	}
}
