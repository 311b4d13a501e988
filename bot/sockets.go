package bot

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
)

const (
	sockets = 2 // one is up while the other is between two connections

	helloWithin  = 30 * time.Second // of the handshake
	endsWithin   = 15 * time.Second // a connection that Slack said it will end; it warns 10 s before
	closesWithin = 5 * time.Second  // a connection whose direction to Slack we have ended
)

// A socket is one of the two ways to Slack, over all its connections: where Slack wants
// one to end, the next is opened first. A connection goes through these states:
//
//	opening   being made, or made and without Slack's hello (opening; then among others)
//	in use    greeted (now); events come by it, acknowledgements go by it
//	ending    Slack said that it will end it (ending): the next one is opened, it stays in use
//	retired   another is in use (among others, closeBy set): read on until Slack ends it, or
//	          until we have ended our direction and closeBy has passed
type socket struct {
	n       int
	slack   *slack.Client
	opener  *opener
	acks    *acks
	status  *Status
	log     *slog.Logger
	silence time.Duration // a connection that brings nothing for so long is dead
	other   *socket       // whose end this one keeps away from; nil: none
	shared  bool          // with replicas, which are known: see socketWatch
	wanted  func() bool   // whether this process is to hold it
	theirs  func() int    // sockets that other replicas are known to hold

	leaving chan struct{} // closed: the process is about to end
	left    sync.Once
	reports chan report // of the connections' goroutines, to the loop
	wg      sync.WaitGroup

	isUp  atomic.Bool
	until atomic.Int64 // unix nano: when Slack means to end the connection; 0: not up, or not said

	// Of the loop alone.
	now     *connection   // the one in use; nil: the socket is down
	opening bool          // the next one
	others  []*connection // not greeted yet, or not in use any more
	done    bool          // no more connections
	asleep  bool          // until it is wanted
	giveUp  func()        // the connection that is being made
}

// A report is news of a connection: that it was made, what it brought, or that it ended.
type report struct {
	conn  *connection // nil: it was not made
	frame *frame      // what it brought; nil: other news
	err   error       // why it ended or was not made
}

func newSocket(n int, b *Bot) *socket {
	return &socket{
		n: n, slack: b.slack, opener: b.opener, acks: b.acks, status: b.status, log: b.log, silence: b.deadAfter,
		shared: b.store != nil, wanted: func() bool { return int(b.wantSockets.Load()) > n }, theirs: b.socketsOfOthers,
		leaving: make(chan struct{}), reports: make(chan report),
	}
}

// run keeps the socket connected until ctx ends or Slack refuses for good, which it
// returns. Frames go to receive, which must not wait: not for a worker, an acknowledgement,
// Slack or WHMCS.
func (s *socket) run(ctx context.Context, receive func(frame, *connection)) error {
	ctx, end := context.WithCancel(ctx)
	defer s.wg.Wait()
	defer end() // closes the connections
	defer s.down()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	leaving := s.leaving
	s.open(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-leaving:
			leaving = nil
			s.stop()
		case at := <-tick.C:
			s.look(ctx, at)
		case r := <-s.reports:
			if err := s.hear(ctx, r, receive); err != nil {
				return err
			}
		}
	}
}

// leave has the socket end its direction of the connection and open no more. What Slack
// still sends is read.
func (s *socket) leave() { s.left.Do(func() { close(s.leaving) }) }

// open makes the next connection, reads it and reports what it brings.
func (s *socket) open(ctx context.Context) {
	if s.opening || s.done {
		return
	}
	if s.asleep = !s.wanted(); s.asleep {
		return
	}
	s.opening = true
	connecting, giveUp := context.WithCancel(ctx)
	s.giveUp = giveUp
	s.spawn(func() {
		defer giveUp()
		if s.opener.wait(connecting) != nil {
			return
		}
		c, err := connect(connecting, s.slack, s.silence)
		if err != nil {
			s.report(ctx, report{err: err})
			return
		}
		s.status.held.Add(1)
		defer s.status.held.Add(-1)
		defer c.ws.Close()
		defer context.AfterFunc(ctx, func() { whmcs.Recovered(c.ws.Close) })()
		s.report(ctx, report{conn: c})
		s.spawn(func() { c.write(s.acks) })
		err = c.read(s.silence, func(f frame) { s.report(ctx, report{conn: c, frame: &f}) })
		s.acks.ended(c)
		s.report(ctx, report{conn: c, err: err})
	})
}

// spawn runs do in a goroutine that run waits for.
func (s *socket) spawn(do func()) {
	s.wg.Add(1)
	whmcs.Go(func() error {
		defer s.wg.Done()
		do()
		return nil
	})
}

func (s *socket) report(ctx context.Context, r report) {
	select {
	case s.reports <- r:
	case <-ctx.Done():
	}
}

// hear does what a report asks for. An error ends the run.
func (s *socket) hear(ctx context.Context, r report, receive func(frame, *connection)) error {
	switch {
	case r.err != nil && r.conn == nil:
		s.opening = false
		if err := refused("app", r.err); err != nil {
			return err
		}
		if s.done {
			return nil
		}
		s.log.Warn("socket: cannot connect", "socket", s.n, "error", r.err)
		s.opener.ended(0)
		s.open(ctx)
	case r.err != nil:
		s.ended(ctx, r.conn)
	case r.frame == nil:
		s.status.connects.Inc()
		s.others = append(s.others, r.conn)
		if s.done { // Slack would send by it what can no longer be acknowledged
			s.acks.finish(r.conn)
		}
	case r.frame.Type == "hello":
		s.greeted(r.conn, *r.frame)
	case r.frame.Type == "disconnect":
		s.toldToEnd(ctx, r.conn, r.frame.Reason)
	case r.frame.Envelope != "":
		// A panic costs this frame, not the connection; it is reported where it happens.
		_ = whmcs.Recovered(func() error { receive(*r.frame, r.conn); return nil })
	}
	return nil
}

// greeted puts a connection into use, in place of the one before.
func (s *socket) greeted(c *connection, hello frame) {
	s.opening = false
	c.greeted, c.life = time.Now(), time.Duration(hello.Debug.Life*float64(time.Second))
	elsewhere := max(0, hello.Sockets-max(sockets, int(s.status.held.Load()))-s.theirs())
	s.status.foreignSocks.Set(float64(elsewhere))
	s.status.noteSocketCount(hello.Sockets, time.Now())
	if elsewhere > 0 && !s.shared {
		s.log.Warn("slack counts more sockets of this app than this process holds: another copy runs, or dead ones linger; events go to all of them in turn",
			"socket", s.n, "slack_counts", hello.Sockets, "elsewhere", elsewhere)
	}
	s.log.Info("socket: up", "socket", s.n)
	s.acks.greeted(c)
	if s.done {
		s.acks.finish(c)
		return
	}
	s.others = slices.DeleteFunc(s.others, func(o *connection) bool { return o == c })
	before := s.now
	s.now = c
	if before == nil {
		s.isUp.Store(true)
		s.status.socketsUp(1)
	} else {
		s.retire(before)
	}
	s.until.Store(0)
	if c.life > 0 {
		s.until.Store(c.greeted.Add(c.life).UnixNano())
	}
}

// retire takes a connection out of use. One that Slack will end is read and acknowledged
// on until it does; of another we end our direction.
func (s *socket) retire(c *connection) {
	s.others = append(s.others, c)
	c.closeBy = time.Now().Add(endsWithin)
	if !c.ending {
		s.acks.finish(c)
		c.closeBy = time.Now().Add(closesWithin)
	}
}

// toldToEnd is Slack's word that a connection will end.
func (s *socket) toldToEnd(ctx context.Context, c *connection, reason string) {
	if !c.ending && !c.greeted.IsZero() {
		s.opener.ended(time.Since(c.greeted))
	}
	c.ending = true
	switch reason {
	case "link_disabled":
		s.log.Error("slack: Socket Mode is switched off for this app; switch it on in the app's settings", "socket", s.n)
	case "too_many_websockets":
		s.log.Warn("slack: this app has more connections than Slack allows (10): run fewer copies of the bot", "socket", s.n)
		if s.now != nil && s.now != c && s.status.greeted.Load() > 1 { // makes room; the other socket is up
			s.retire(s.now)
			s.down()
		}
	default:
		s.log.Info("socket: slack asks for another connection", "socket", s.n, "reason", reason)
	}
	if c == s.now {
		s.open(ctx)
	}
}

// ended opens the next connection where the one in use is gone.
func (s *socket) ended(ctx context.Context, c *connection) {
	s.others = slices.DeleteFunc(s.others, func(o *connection) bool { return o == c })
	switch {
	case c == s.now:
		if !c.ending {
			s.opener.ended(time.Since(c.greeted))
		}
		s.down()
	case c.greeted.IsZero():
		s.opening = false
		s.opener.ended(0)
	default: // retired
		return
	}
	if s.now == nil || s.now.ending {
		s.open(ctx)
	}
}

// down notes that no connection is in use.
func (s *socket) down() {
	if s.now == nil {
		return
	}
	s.now = nil
	s.until.Store(0)
	s.isUp.Store(false)
	s.status.socketsUp(-1)
}

// look is what the loop does every second.
func (s *socket) look(ctx context.Context, at time.Time) {
	s.status.turn(s.n, at)
	switch {
	case s.asleep && s.now == nil, s.clashes(at):
		s.open(ctx)
	case s.now != nil && !s.wanted():
		s.asleep = true
		c := s.now
		c.ending = false
		s.retire(c)
		s.down()
	}
	for _, c := range s.others {
		switch {
		case c.greeted.IsZero() && at.Sub(c.opened) > helloWithin:
			c.ws.Close()
		case c.closeBy.IsZero() || at.Before(c.closeBy):
		case c.ending:
			c.ending = false
			s.acks.finish(c)
			c.closeBy = at.Add(closesWithin)
		default:
			c.ws.Close()
		}
	}
}

// clashes reports whether Slack means to end this socket's connection and the other
// one's at about the same time. Half a life in, this one is then replaced early; from
// then on their ends lie half a life apart.
func (s *socket) clashes(at time.Time) bool {
	if s.other == nil || s.now == nil || s.now.life == 0 || at.Sub(s.now.greeted) < s.now.life/2 {
		return false
	}
	others := s.other.until.Load()
	return others != 0 && time.Duration(s.until.Load()-others).Abs() < s.now.life/4
}

// stop ends our direction of the connection for good.
func (s *socket) stop() {
	s.done = true
	if s.giveUp != nil {
		s.giveUp()
	}
	for _, c := range s.others {
		s.acks.finish(c)
	}
	if s.now != nil {
		c := s.now
		c.ending = false
		s.retire(c)
		s.down()
	}
}
