package slackfake

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// broadcast wakes everybody who waits for a change. It has a lock of its own, so that
// waiting does not need the workspace's.
type broadcast struct {
	mu      sync.Mutex
	ch      chan struct{}
	version uint64
	waiters bool
}

func (b *broadcast) init() { b.ch = make(chan struct{}) }

// announce announces a change.
func (b *broadcast) announce() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version++
	if b.waiters { // a channel for each change would be waste under load
		close(b.ch)
		b.ch = make(chan struct{})
		b.waiters = false
	}
}

// next returns a channel that is closed at the next change, and the number of changes so far.
func (b *broadcast) next() (<-chan struct{}, uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiters = true
	return b.ch, b.version
}

func (w *Workspace) changed() { w.change.announce() }

// Wait returns as soon as cond is true. It asks again after every change of the
// workspace; cond may call all of its methods. When ctx ends first the error says what
// the last messages were.
func (w *Workspace) Wait(ctx context.Context, cond func() bool) error {
	for {
		change, _ := w.change.next()
		if cond() {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return fmt.Errorf("%w; last seen:\n%s", context.Cause(ctx), w.lately())
		case <-w.closed:
			return fmt.Errorf("the workspace was closed")
		}
	}
}

// WaitMessage waits for a message that user can see in channel, in a thread or not,
// and that shows every one of the texts. The newest such message is returned.
func (w *Workspace) WaitMessage(ctx context.Context, user, channel string, texts ...string) (Message, error) {
	var found Message
	err := w.Wait(ctx, func() bool {
		all := w.Everything(user, channel)
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Shows(texts...) {
				found = all[i]
				return true
			}
		}
		return false
	})
	if err != nil {
		return Message{}, fmt.Errorf("no message for %s in %s with %q: %w", user, channel, texts, err)
	}
	return found, nil
}

// WaitView waits until the modal that user looks at shows every one of the texts.
func (w *Workspace) WaitView(ctx context.Context, user string, texts ...string) (View, error) {
	var found View
	err := w.Wait(ctx, func() bool {
		v, ok := w.Modal(user)
		found = v
		return ok && v.Shows(texts...)
	})
	if err != nil {
		return View{}, fmt.Errorf("no modal for %s with %q: %w", user, texts, err)
	}
	return found, nil
}

// WaitSockets waits until n sockets are open and greeted.
func (w *Workspace) WaitSockets(ctx context.Context, n int) error {
	return w.Wait(ctx, func() bool { return w.Counts().Sockets == n })
}

// lately describes the newest messages of all conversations, for a failed wait.
func (w *Workspace) lately() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b strings.Builder
	for _, id := range w.order {
		all := w.talk[id].messages
		for _, m := range all[max(0, len(all)-3):] {
			fmt.Fprintf(&b, "  %s\n", clip(w.describe(m), 400))
		}
	}
	if b.Len() == 0 {
		return "  nothing\n"
	}
	return b.String()
}

// describe is a message in one line, for people.
func (w *Workspace) describe(m *Message) string {
	who := m.User
	if u := w.users[m.User]; u != nil {
		who = u.Name
	}
	to := ""
	if m.Ephemeral {
		to = " to " + m.To + " only"
	}
	where := m.Channel
	if c := w.channels[m.Channel]; c != nil && c.IM == "" {
		where = "#" + c.Name
	}
	if m.inThread() {
		where += " thread " + m.ThreadTS
	}
	return fmt.Sprintf("%s in %s%s: %s", who, where, to, strings.ReplaceAll(m.PlainText(), "\n", " / "))
}

// clip shortens s to n bytes, at a rune's edge.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
