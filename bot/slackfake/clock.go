package slackfake

import (
	"container/heap"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"
)

// clock is the workspace's time: the real one, plus what Advance has added. Whatever
// happens later (a missed ack, a retry, a socket's end) is an alarm on it, so that a
// test can move on instead of waiting.
type clock struct {
	shift  time.Duration
	alarms alarms
	wake   chan struct{} // buffered, 1
}

// alarm is something to do at a time. A stopped alarm does nothing when it is due.
type alarm struct {
	due     time.Time
	run     func() // with the workspace locked
	stopped bool
}

func (c *clock) init() { c.wake = make(chan struct{}, 1) }

func (c *clock) now() time.Time { return time.Now().Add(c.shift) }

// Advance moves the workspace's time on: what is due by then happens at once, triggers
// and response_urls age, later messages carry later timestamps.
func (w *Workspace) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock.shift += d
	w.ring()
	w.changed()
}

// after runs f in d of the workspace's time, with the workspace locked.
func (w *Workspace) after(d time.Duration, f func()) *alarm {
	a := &alarm{due: w.clock.now().Add(d), run: f}
	heap.Push(&w.clock.alarms, a)
	if w.clock.alarms[0] == a {
		select {
		case w.clock.wake <- struct{}{}:
		default:
		}
	}
	return a
}

// ring runs the alarms that are due.
func (w *Workspace) ring() {
	now := w.clock.now()
	for len(w.clock.alarms) > 0 && !w.clock.alarms[0].due.After(now) {
		a := heap.Pop(&w.clock.alarms).(*alarm)
		if !a.stopped {
			a.run()
		}
	}
}

// untilNext is the time to the next alarm, at most a minute.
func (w *Workspace) untilNext() time.Duration {
	if len(w.clock.alarms) == 0 {
		return time.Minute
	}
	return min(time.Minute, max(0, w.clock.alarms[0].due.Sub(w.clock.now())))
}

func (w *Workspace) runClock() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-w.closed:
			return
		case <-w.clock.wake:
		case <-timer.C:
		}
		w.mu.Lock()
		w.ring()
		timer.Reset(w.untilNext())
		w.mu.Unlock()
	}
}

type alarms []*alarm

func (a alarms) Len() int           { return len(a) }
func (a alarms) Less(i, j int) bool { return a[i].due.Before(a[j].due) }
func (a alarms) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *alarms) Push(x any)        { *a = append(*a, x.(*alarm)) }
func (a *alarms) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

// timestamp makes a message id: seconds and microseconds, each later than all before.
func (w *Workspace) timestamp() string {
	micros := max(w.clock.now().UnixMicro()/100*100, w.lastTS+100)
	w.lastTS = micros
	return formatTS(micros)
}

func formatTS(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1_000_000, micros%1_000_000)
}

// id makes the next id with a prefix: V0000007.
func (w *Workspace) id(prefix string) string {
	w.ids++
	return fmt.Sprintf("%s%07X", prefix, w.ids)
}

// secret is a string that nobody can guess.
func secret() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
