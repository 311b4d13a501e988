package slackfake

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// Slack's limits of a response_url.
const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// maxHooks is how many response_urls are remembered, the newest; older ones are unknown.
const maxHooks = 50_000

// hook is a response_url: of a slash command, of a click, or of a message shortcut.
type hook struct {
	kind     string // commands, actions, app
	url      string
	envelope string
	user     string
	channel  string
	message  *Message // that was clicked; else nil
	command  string   // as typed, of a slash command
	uses     int
	answers  int // what it posted, changed or deleted, and an answer in the ack
	expires  time.Time
}

// newHook makes the response_url of an envelope.
func (w *Workspace) newHook(kind, envelope string, u *User, c *Channel, m *Message) *hook {
	key := secret()
	h := &hook{
		kind: kind, envelope: envelope, user: u.ID, channel: c.ID, message: m, expires: w.clock.now().Add(hookLife),
		url: fmt.Sprintf("%s/%s/%s/%s/%s", w.base(), kind, TeamID, w.id("1"), key),
	}
	w.hooks[key], w.answered[envelope] = h, h
	w.hookKeys = append(w.hookKeys, key)
	if len(w.hookKeys) > maxHooks {
		oldest := w.hookKeys[0]
		w.hookKeys = w.hookKeys[1:]
		delete(w.answered, w.hooks[oldest].envelope)
		delete(w.hooks, oldest)
	}
	return h
}

// Answers is how many answers an envelope got through its response_url or its ack:
// messages posted, changed or deleted. The newest 50,000 envelopes are remembered.
func (w *Workspace) Answers(envelope string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h := w.answered[envelope]; h != nil {
		return h.answers
	}
	return 0
}

// serveHook takes a post to a response_url.
func (w *Workspace) serveHook(rw http.ResponseWriter, r *http.Request) {
	started := time.Now()
	c := &call{method: ResponseURL, args: args{}}
	raw, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxRequest))
	if err != nil {
		return
	}
	body, isJSON := decodeObject(raw)
	c.args = args(body)
	f := w.meet(ResponseURL, r)
	if name := f.name(); name != "" && !f.Done {
		w.record(c, nil, name, started)
		w.fail(rw, r, f)
		return
	}
	w.mu.Lock()
	h := w.hooks[r.PathValue("secret")]
	status, problem := w.useHook(h)
	if problem == nil && !isJSON {
		problem = refuse("invalid_payload")
	}
	if problem == nil {
		problem = w.takeResponse(h, c.args)
	}
	w.mu.Unlock()
	outcome := "ok"
	if problem != nil {
		outcome = problem.name
	}
	w.record(c, answer(nil, problem), firstOf(f.name(), outcome), started)
	if !w.fail(rw, r, f) {
		sayHook(rw, h, status, problem)
	}
}

// useHook counts a use of a response_url. The status is that of a refusal.
func (w *Workspace) useHook(h *hook) (status int, problem *apiError) {
	switch {
	case h == nil:
		return http.StatusNotFound, refuse("invalid_url")
	case !w.clock.now().Before(h.expires):
		return http.StatusNotFound, refuse("expired_url")
	case h.uses >= hookUses:
		return http.StatusNotFound, refuse("used_url")
	}
	h.uses++
	return http.StatusOK, nil
}

// sayHook answers a post: Slack says a bare "ok" or JSON, so both are used.
func sayHook(rw http.ResponseWriter, h *hook, status int, problem *apiError) {
	if problem == nil && h.kind == "commands" {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(rw, "ok")
		return
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(answer(nil, problem))
}

// takeResponse does what a post to a response_url asks for.
func (w *Workspace) takeResponse(h *hook, a args) *apiError {
	if a.bool("delete_original") {
		if len(a) > 1 {
			return refuse("invalid_payload") // it is to be sent alone
		}
		return w.deleteOriginal(h)
	}
	m := &Message{Via: ResponseURL}
	if problem := w.compose(a, m, true); problem != nil {
		return problem
	}
	m.Text = cutUnits(m.Text, maxText)
	if a.bool("replace_original") && h.message != nil {
		return w.replaceOriginal(h, m)
	}
	public := a.str("response_type") == "in_channel"
	if ts := a.str("thread_ts"); public && ts != "" { // a private answer cannot go into a thread
		if problem := w.thread(w.channels[h.channel], ts); problem != nil {
			return problem
		}
		m.ThreadTS = ts
	}
	w.respond(h, m, public)
	return nil
}

// respond posts an answer by response_url or ack. It needs no membership of the bot. A
// public answer to a slash command reveals what was typed.
func (w *Workspace) respond(h *hook, m *Message, public bool) {
	m.Channel, m.User, m.BotID, m.Envelope = h.channel, BotUser, BotID, h.envelope
	if public {
		m.Command = h.command
	} else {
		m.Ephemeral, m.To = true, h.user
	}
	h.answers++
	w.post(m)
	w.echo(m, w.channels[h.channel])
}

// replaceOriginal changes the message that was clicked; a private one stays private, a
// public one public. If it is gone, nothing is shown.
func (w *Workspace) replaceOriginal(h *hook, by *Message) *apiError {
	m := h.message
	if w.find(m.Channel, m.TS) != m {
		return nil
	}
	m.Envelope = h.envelope
	h.answers++
	w.rewrite(m, by)
	if !m.Ephemeral {
		w.echoChange(m, w.channels[m.Channel])
	}
	return nil
}

// deleteOriginal takes the message away that was clicked. A slash command has none.
func (w *Workspace) deleteOriginal(h *hook) *apiError {
	if m := h.message; m != nil && w.find(m.Channel, m.TS) == m {
		h.answers++
		w.erase(m)
	}
	return nil
}
