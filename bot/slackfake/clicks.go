package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// A Surface is where something can be clicked: a Message or a View.
type Surface interface {
	surface() (message *Message, view *View)
}

func (m Message) surface() (*Message, *View) { return &m, nil }
func (v View) surface() (*Message, *View)    { return nil, &v }

// Click clicks a button. It must be there now: in the message as it is now, in an open
// view. A message gives the bot a response_url of its own for each click. A link button
// sends its click as every other.
func (w *Workspace) Click(user string, in Surface, actionID string) (Sent, error) {
	return w.act(user, in, actionID, nil)
}

// Choose picks an option of a select or an overflow menu by its value or text, or a date.
// In an input block it sends nothing unless the block says dispatch_action, as with Slack.
func (w *Workspace) Choose(user string, in Surface, actionID, value string) (Sent, error) {
	return w.act(user, in, actionID, &value)
}

func (w *Workspace) act(user string, in Surface, actionID string, value *string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	if err != nil {
		return Sent{}, err
	}
	if m, v := in.surface(); m != nil {
		return w.actInMessage(u, m, actionID, value)
	} else {
		return w.actInView(u, v, actionID, value)
	}
}

// action builds the entry of "actions" for an element that is clicked.
func (w *Workspace) action(raw json.RawMessage, actionID string, value *string) (object, error) {
	for _, e := range elements(raw) {
		if str(e.element["action_id"]) != actionID {
			continue
		}
		kind := str(e.element["type"])
		a := object{
			"type": kind, "action_id": actionID, "block_id": str(e.block["block_id"]), "action_ts": w.timestamp(),
		}
		switch {
		case kind == "button" && value == nil:
			a["text"], a["value"] = e.element["text"], e.element["value"]
			if e.element["value"] == nil {
				delete(a, "value")
			}
			if s := e.element["style"]; s != nil {
				a["style"] = s
			}
			return a, nil
		case kind == "overflow" && value != nil:
			if a["selected_option"] = option(e.element, *value); obj(a["selected_option"]) == nil {
				return nil, fmt.Errorf("no option %q in %s", *value, actionID)
			}
			return a, nil
		case value != nil:
			state, err := fillValue(e.element, *value)
			for k, v := range state {
				a[k] = v
			}
			return a, err
		}
		return nil, fmt.Errorf("%s is a %s", actionID, kind)
	}
	return nil, fmt.Errorf("nothing with the action_id %q is there", actionID)
}

// interaction is what all interactive payloads have.
func (w *Workspace) interaction(kind string, u *User, triggerID string) object {
	return object{
		"type": kind, "api_app_id": AppID, "token": "legacy-ignore", "trigger_id": triggerID,
		"team": object{"id": TeamID, "domain": teamName}, "enterprise": nil, "is_enterprise_install": false,
		"user": object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
	}
}

func channelRef(c *Channel) object {
	name := c.Name
	if c.Private {
		name = "privategroup"
	}
	return object{"id": c.ID, "name": name}
}

// actInMessage sends block_actions for a message. Of an ephemeral message the payload
// carries no content.
func (w *Workspace) actInMessage(u *User, seen *Message, actionID string, value *string) (Sent, error) {
	m := w.find(seen.Channel, seen.TS)
	c := w.channels[seen.Channel]
	switch {
	case m == nil || m.Ephemeral && m.To != u.ID:
		return Sent{}, fmt.Errorf("%s sees no message %s", u.Name, seen.TS)
	case !c.has(u.ID):
		return Sent{}, fmt.Errorf("%s is not in %s", u.Name, c.label())
	case m.BotID != BotID:
		return Sent{}, fmt.Errorf("message %s is not the app's", seen.TS)
	}
	action, err := w.action(m.Blocks, actionID, value)
	if err != nil {
		return Sent{}, err
	}
	sent := w.newSent(u, "")
	payload := w.interaction("block_actions", u, sent.TriggerID)
	container := object{"type": "message", "message_ts": m.TS, "channel_id": c.ID, "is_ephemeral": m.Ephemeral}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload["container"], payload["channel"] = container, channelRef(c)
	values := stateOf(m.Blocks, nil)
	if block, filled := values[str(action["block_id"])].(object); filled && value != nil {
		state := maps.Clone(action)
		for _, name := range []string{"action_id", "block_id", "action_ts"} {
			delete(state, name)
		}
		block[actionID] = state
	}
	payload["state"], payload["actions"] = object{"values": values}, []object{action}
	if !m.Ephemeral {
		payload["message"] = w.messageJSON(m)
	}
	d := w.interactive(u, payload, nil)
	h := w.newHook("actions", d.id, u, c, m)
	payload["response_url"] = h.url
	sent.Envelope, sent.ResponseURL, sent.TS = d.id, h.url, m.TS
	w.deliver(d)
	return sent, nil
}

func (w *Workspace) actInView(u *User, seen *View, actionID string, value *string) (Sent, error) {
	v := w.lookUp(seen.ID, "")
	if v == nil || v.User != u.ID {
		return Sent{}, fmt.Errorf("%s sees no view %s", u.Name, seen.ID)
	}
	action, err := w.action(v.Blocks, actionID, value)
	if err != nil {
		return Sent{}, err
	}
	if value != nil && str(action["type"]) != "overflow" {
		if err := w.fill(v, map[string]any{actionID: *value}); err != nil {
			return Sent{}, err
		}
		if quiet(v.Blocks, actionID) {
			w.changed()
			return Sent{At: time.Now()}, nil
		}
	}
	sent := w.newSent(u, v.ID)
	payload := w.interaction("block_actions", u, sent.TriggerID)
	payload["container"] = object{"type": "view", "view_id": v.ID}
	payload["view"], payload["actions"] = w.viewJSON(v), []object{action}
	payload["state"] = object{"values": w.stateOf(v)}
	d := w.interactive(u, payload, v)
	sent.Envelope = d.id
	w.deliver(d)
	return sent, nil
}

// quiet reports whether an element is in an input block that dispatches no actions.
func quiet(raw json.RawMessage, actionID string) bool {
	for _, e := range elements(raw) {
		if str(e.element["action_id"]) == actionID {
			dispatch, _ := e.block["dispatch_action"].(bool)
			return str(e.block["type"]) == "input" && !dispatch
		}
	}
	return false
}

// interactive is an envelope whose miss the person notices.
func (w *Workspace) interactive(u *User, payload object, v *View) *delivery {
	d := w.newDelivery("interactive", payload)
	d.onMiss = func(reason string) {
		if v != nil {
			v.trouble()
		}
		w.notice(u.ID, "The app did not respond ("+reason+").", d.id)
	}
	return d
}

const troubleConnecting = "We had some trouble connecting. Try again?"

// GlobalShortcut runs a shortcut from the global menu.
func (w *Workspace) GlobalShortcut(user, callbackID string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	if err != nil {
		return Sent{}, err
	}
	if err := w.hasShortcut(callbackID, false, u); err != nil {
		return Sent{}, err
	}
	sent := w.newSent(u, "")
	payload := w.interaction("shortcut", u, sent.TriggerID)
	payload["user"] = object{"id": u.ID, "username": u.Name, "team_id": u.TeamID} // no name, unlike elsewhere
	payload["callback_id"], payload["action_ts"] = callbackID, w.timestamp()
	d := w.interactive(u, payload, nil)
	sent.Envelope = d.id
	w.deliver(d)
	return sent, nil
}

// MessageShortcut runs a shortcut from the menu of a message.
func (w *Workspace) MessageShortcut(user string, on Message, callbackID string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, c, err := w.place(user, on.Channel)
	if err != nil {
		return Sent{}, err
	}
	if err := w.hasShortcut(callbackID, true, u); err != nil {
		return Sent{}, err
	}
	m := w.find(c.ID, on.TS)
	if m == nil || m.Ephemeral {
		return Sent{}, fmt.Errorf("no message %s that has a menu", on.TS)
	}
	sent := w.newSent(u, "")
	payload := w.interaction("message_action", u, sent.TriggerID)
	payload["callback_id"], payload["action_ts"] = callbackID, w.timestamp()
	payload["message_ts"], payload["channel"], payload["message"] = m.TS, channelRef(c), w.messageJSON(m)
	d := w.interactive(u, payload, nil)
	h := w.newHook("app", d.id, u, c, nil)
	payload["response_url"] = h.url
	sent.Envelope, sent.ResponseURL, sent.TS = d.id, h.url, m.TS
	w.deliver(d)
	return sent, nil
}

func (w *Workspace) hasShortcut(callbackID string, message bool, u *User) error {
	if u.external() {
		return fmt.Errorf("%s is of another workspace and has no shortcuts here", u.Name)
	}
	for _, s := range w.cfg.Shortcuts {
		if s.CallbackID == callbackID && s.Message == message {
			return nil
		}
	}
	return fmt.Errorf("the app has no such shortcut: %s", callbackID)
}
