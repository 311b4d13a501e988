package slackfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// demoAct is what the page asks for; each act uses some of it.
type demoAct struct {
	User       string         `json:"user"`
	Channel    string         `json:"channel"`
	Thread     string         `json:"thread"`
	TS         string         `json:"ts"`
	Text       string         `json:"text"`
	View       string         `json:"view"`
	ActionID   string         `json:"action_id"`
	Value      *string        `json:"value"`
	Values     map[string]any `json:"values"`
	All        bool           `json:"all"`
	CallbackID string         `json:"callback_id"`
	Name       string         `json:"name"`
	On         bool           `json:"on"`
}

// demoActs are the acts of the page: POST /demo/{name}.
var demoActs = map[string]func(*Workspace, demoAct) (Sent, error){
	"post":     (*Workspace).demoPost,
	"edit":     func(w *Workspace, a demoAct) (Sent, error) { return w.Edit(a.User, a.Channel, a.TS, a.Text) },
	"delete":   func(w *Workspace, a demoAct) (Sent, error) { return w.Delete(a.User, a.Channel, a.TS) },
	"click":    (*Workspace).demoClick,
	"submit":   func(w *Workspace, a demoAct) (Sent, error) { return w.Submit(a.User, View{ID: a.View}, a.Values) },
	"close":    func(w *Workspace, a demoAct) (Sent, error) { return w.CloseView(a.User, View{ID: a.View}, a.All) },
	"shortcut": (*Workspace).demoShortcut,
	"home":     func(w *Workspace, a demoAct) (Sent, error) { return w.OpenHome(a.User) },
	"member":   (*Workspace).demoMember,
	"share":    func(w *Workspace, a demoAct) (Sent, error) { return w.ShareChannel(a.Channel, a.On) },
	"switch":   func(w *Workspace, a demoAct) (Sent, error) { return Sent{}, w.Flip(a.Name, a.On) },
}

func (w *Workspace) serveAct(rw http.ResponseWriter, r *http.Request) {
	act := demoActs[r.PathValue("act")]
	if act == nil {
		http.NotFound(rw, r)
		return
	}
	var a demoAct
	if err := json.NewDecoder(http.MaxBytesReader(rw, r.Body, maxRequest)).Decode(&a); err != nil {
		sayJSON(rw, http.StatusBadRequest, object{"ok": false, "error": "This is not the JSON that was expected."})
		return
	}
	sent, err := act(w, a)
	if err != nil {
		sayJSON(rw, http.StatusOK, object{"ok": false, "error": err.Error()})
		return
	}
	sayJSON(rw, http.StatusOK, object{"ok": true, "ts": sent.TS, "envelope": sent.Envelope})
}

func (w *Workspace) demoPost(a demoAct) (Sent, error) {
	a.Text = strings.TrimSpace(a.Text)
	switch {
	case a.Text == "":
		return Sent{}, fmt.Errorf("there is nothing to send")
	case strings.HasPrefix(a.Text, "/") && a.Thread != "":
		return Sent{}, fmt.Errorf("%s cannot be used in a thread; mention @%s there", w.cfg.Command, BotName)
	case strings.HasPrefix(a.Text, "/invite "):
		return Sent{}, w.Invite(strings.TrimSpace(strings.TrimPrefix(a.Text, "/invite ")), a.Channel)
	case strings.HasPrefix(a.Text, "/"):
		return w.Slash(a.User, a.Channel, a.Text)
	}
	return w.Post(a.User, a.Channel, a.Thread, a.Text)
}

func (w *Workspace) demoClick(a demoAct) (Sent, error) {
	var in Surface = Message{Channel: a.Channel, TS: a.TS}
	if a.View != "" {
		in = View{ID: a.View}
	}
	if len(a.Values) > 0 {
		if err := w.Fill(a.User, View{ID: a.View}, a.Values); err != nil {
			return Sent{}, err
		}
	}
	if a.Value != nil {
		return w.Choose(a.User, in, a.ActionID, *a.Value)
	}
	return w.Click(a.User, in, a.ActionID)
}

// demoMember lets the bot into a channel, or takes it out.
func (w *Workspace) demoMember(a demoAct) (Sent, error) {
	if a.On {
		return Sent{}, w.Invite(BotUser, a.Channel)
	}
	return Sent{}, w.Kick(BotUser, a.Channel)
}

func (w *Workspace) demoShortcut(a demoAct) (Sent, error) {
	if a.TS == "" {
		return w.GlobalShortcut(a.User, a.CallbackID)
	}
	return w.MessageShortcut(a.User, Message{Channel: a.Channel, TS: a.TS}, a.CallbackID)
}
