package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// Fill fills inputs of an open modal in without submitting it. Keys are labels, block_ids
// or action_ids; values are strings, or lists of strings where several can be chosen.
func (w *Workspace) Fill(user string, in View, values map[string]any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, v, err := w.openView(user, in.ID)
	if err != nil {
		return err
	}
	defer w.changed()
	return w.fill(v, values)
}

// Submit fills an open modal in and submits it. What Slack's own client would not send (a
// required input that is empty) is an error, and is shown in the view's Errors. The app's
// answer is in the view later: Errors, another content, or it is gone.
func (w *Workspace) Submit(user string, in View, values map[string]any) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, v, err := w.openView(user, in.ID)
	if err != nil {
		return Sent{}, err
	}
	defer w.changed()
	if err := w.fill(v, values); err != nil {
		return Sent{}, err
	}
	v.Trouble = ""
	if v.Errors = w.complain(v); len(v.Errors) > 0 {
		v.ChangedAt = time.Now()
		return Sent{}, fmt.Errorf("the form is not complete: %v", v.Errors)
	}
	sent := w.newSent(u, v.ID)
	payload := w.interaction("view_submission", u, sent.TriggerID)
	payload["view"], payload["response_urls"] = w.viewJSON(v), []any{}
	d := w.interactive(u, payload, v)
	d.accepts = true
	d.onAck = func(answer json.RawMessage) { w.submitted(v, answer) }
	sent.Envelope = d.id
	w.deliver(d)
	return sent, nil
}

func (w *Workspace) openView(user, id string) (*User, *View, error) {
	u, err := w.user(user)
	if err != nil {
		return nil, nil, err
	}
	v := w.top(u.ID)
	if v == nil || v.ID != id {
		return nil, nil, fmt.Errorf("%s does not look at the modal %s", u.Name, id)
	}
	return u, v, nil
}

// submitted does what the ack of a submission says; an empty ack closes the view.
func (w *Workspace) submitted(v *View, raw json.RawMessage) {
	answer, ok := decodeObject(raw)
	if !ok || len(answer) == 0 {
		w.pop(v)
		return
	}
	switch str(answer["response_action"]) {
	case "clear":
		delete(w.modals, v.User)
		w.changed()
	case "errors":
		w.showErrors(v, obj(answer["errors"]))
	case "update", "push":
		w.answerView(v, obj(answer["view"]), str(answer["response_action"]))
	default:
		v.trouble()
	}
}

// trouble shows Slack's own complaint in a view.
func (v *View) trouble() {
	v.Trouble, v.ChangedAt = troubleConnecting, time.Now()
}

// showErrors marks inputs as wrong. An error at something that is no input block shows
// as trouble: the person never sees its text.
func (w *Workspace) showErrors(v *View, errors object) {
	inputs := map[string]bool{}
	for _, e := range elements(v.Blocks) {
		inputs[str(e.block["block_id"])] = str(e.block["type"]) == "input"
	}
	v.ChangedAt = time.Now()
	v.Errors = map[string]string{}
	for block, text := range errors {
		if !inputs[block] {
			v.trouble()
			continue
		}
		v.Errors[block] = str(text)
	}
	if len(errors) == 0 {
		v.trouble()
	}
}

func (w *Workspace) answerView(v *View, o object, action string) {
	next, problem := w.makeView(o, len(encode(o)), "modal")
	if problem != nil || action == "push" && len(w.modals[v.User]) >= maxViewStack {
		v.trouble()
		return
	}
	if action == "push" {
		w.push(v.User, next)
		return
	}
	w.replace(v, next)
}

// pop closes a view and shows the one below.
func (w *Workspace) pop(v *View) {
	stack := w.modals[v.User]
	for i, open := range stack {
		if open == v {
			w.modals[v.User] = stack[:i:i]
		}
	}
	w.changed()
}

// CloseView closes the modal that user looks at, or with all the whole stack. The bot hears of it
// if the view asks for that.
func (w *Workspace) CloseView(user string, in View, all bool) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, v, err := w.openView(user, in.ID)
	if err != nil {
		return Sent{}, err
	}
	all = all || v.ClearOnClose
	w.pop(v)
	if all {
		delete(w.modals, u.ID)
	}
	w.changed()
	if !v.NotifyOnClose {
		return Sent{}, nil
	}
	sent := w.newSent(u, "")
	payload := w.interaction("view_closed", u, sent.TriggerID)
	maps.Copy(payload, object{"view": w.viewJSON(v), "is_cleared": all})
	delete(payload, "trigger_id")
	d := w.interactive(u, payload, nil)
	sent.Envelope = d.id
	w.deliver(d)
	return sent, nil
}
