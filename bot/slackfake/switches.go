package slackfake

import (
	"fmt"
	"net/http"
	"time"
)

// A Switch is something that can be played with while the workspace runs: on the page,
// in a script, or by Flip.
type Switch struct {
	Name   string // for scripts: "slack-slow"
	Label  string // for people: "Slack answers after 2 s"
	Group  string // what it belongs to: "Slack", "WHMCS"
	Button bool   // happens once when it is flipped on, and is never on
	On     bool
	Set    func(on bool) `json:"-"` // called without the workspace's lock
}

// AddSwitch registers a switch of the caller's; a name that is there already is replaced.
func (w *Workspace) AddSwitch(s Switch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.switches {
		if w.switches[i].Name == s.Name {
			w.switches[i] = s
			return
		}
	}
	w.switches = append(w.switches, s)
}

// Switches are all switches with their state.
func (w *Workspace) Switches() []Switch {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Switch(nil), w.switches...)
}

// Flip turns a switch on or off.
func (w *Workspace) Flip(name string, on bool) error {
	w.mu.Lock()
	var set func(bool)
	for i := range w.switches {
		if s := &w.switches[i]; s.Name == name {
			set = s.Set
			s.On = on && !s.Button
			w.trace.add(TraceLine{Kind: "switch", What: s.Group + ": " + s.Label, Outcome: onOrOff(s, on)})
		}
	}
	w.mu.Unlock()
	if set == nil {
		return fmt.Errorf("no switch %q", name)
	}
	set(on)
	w.changed()
	return nil
}

// onOrOff is what the trace says of a switch that was flipped.
func onOrOff(s *Switch, on bool) string {
	switch {
	case s.Button:
		return ""
	case on:
		return "on"
	}
	return "off"
}

// builtinSwitches are the faults of Slack that one can play with.
func (w *Workspace) builtinSwitches() {
	failing := func(method string, f Failure) func(bool) {
		return func(on bool) {
			if on {
				w.Fail(method, f)
			} else {
				w.Heal(method)
			}
		}
	}
	once := func(f func()) func(bool) {
		return func(on bool) {
			if on {
				f()
			}
		}
	}
	for _, s := range []Switch{
		{Name: "slack-slow", Label: "Slack's API answers after 2 s", Set: failing(AnyMethod, Failure{Delay: 2 * time.Second})},
		{Name: "slack-429", Label: "Slack limits posts: mentions, shares (429, retry after 3 s)",
			Set: failing("chat.postMessage", Failure{Status: http.StatusTooManyRequests, RetryAfter: 3 * time.Second})},
		{Name: "slack-500", Label: "Slack fails to post: mentions, shares (500)",
			Set: failing("chat.postMessage", Failure{Status: http.StatusInternalServerError})},
		{Name: "old-blocks", Label: "Refuses tables and charts", Set: w.RefuseNewBlocks},
		{Name: "no-connection", Label: "Slack gives no new sockets",
			Set: failing("apps.connections.open", Failure{Status: http.StatusServiceUnavailable})},
		{Name: "duplicates", Label: "Slack delivers everything twice", Set: w.Duplicate},
		{Name: "mute", Label: "Slack stops pinging", Set: w.Mute},
		{Name: "refresh", Label: "Refresh the oldest socket", Button: true, Set: once(w.RefreshOne)},
		{Name: "hang-up", Label: "Hang up all sockets", Button: true, Set: once(func() { w.HangUp(false) })},
		{Name: "junk", Label: "Send a junk frame", Button: true, Set: once(func() { w.Junk("}{ not JSON") })},
		{Name: "garble", Label: "Send an event that cannot be decoded", Button: true, Set: once(func() { w.Garble() })},
	} {
		s.Group = "Slack"
		w.AddSwitch(s)
	}
}
