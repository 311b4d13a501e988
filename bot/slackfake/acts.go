package slackfake

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Slash types a slash command: "/services client:1". Without a slash in front the text
// belongs to the app's own command. Members of other workspaces have no commands here.
func (w *Workspace) Slash(user, channel, text string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, c, err := w.place(user, channel)
	if err != nil {
		return Sent{}, err
	}
	command := w.cfg.Command
	if strings.HasPrefix(text, "/") {
		command, text, _ = strings.Cut(text, " ")
	}
	switch {
	case command != w.cfg.Command:
		return Sent{}, fmt.Errorf("%s is not a valid command", command)
	case u.external():
		return Sent{}, fmt.Errorf("%s is of another workspace and cannot use %s", u.Name, command)
	}
	text = strings.TrimSpace(text)
	if w.cfg.ShouldEscape {
		text = w.typed(text).text
	}
	sent := w.newSent(u, "")
	name := c.Name
	if c.Private {
		name = "privategroup"
	}
	d := w.newDelivery("slash_commands", object{
		"token": "legacy-ignore", "team_id": TeamID, "team_domain": teamName, "channel_id": c.ID, "channel_name": name,
		"user_id": u.ID, "user_name": u.Name, "command": command, "text": text, "api_app_id": AppID,
		"is_enterprise_install": "false", "trigger_id": sent.TriggerID,
	})
	d.accepts = true
	line := strings.TrimSpace(command + " " + text)
	h := w.newHook("commands", d.id, u, c, nil)
	h.command = line
	sent.Envelope, sent.ResponseURL = d.id, h.url
	d.payload["response_url"] = h.url
	d.onAck = func(payload json.RawMessage) { w.answerInAck(h, payload) }
	d.onMiss = func(reason string) {
		w.slackbotSays(u.ID, c.ID, fmt.Sprintf("%s failed with the error \"%s\"", command, reason), d.id)
	}
	w.deliver(d)
	return sent, nil
}

// newSent begins what an act reports, with a fresh trigger.
func (w *Workspace) newSent(u *User, view string) Sent {
	return Sent{TriggerID: w.newTrigger(u.ID, view), At: time.Now()}
}

// answerInAck shows a message that came in the ack of a slash command.
func (w *Workspace) answerInAck(h *hook, payload json.RawMessage) {
	o, ok := decodeObject(payload)
	if !ok || len(o) == 0 {
		return
	}
	m := &Message{Via: "ack"}
	if problem := w.compose(args(o), m, false); problem != nil {
		w.slackbotSays(h.user, h.channel, fmt.Sprintf("%s failed with the error \"%s\"", w.cfg.Command, problem.name), h.envelope)
		return
	}
	if m.Text != "" || m.Blocks != nil {
		w.respond(h, m, str(o["response_type"]) == "in_channel")
	}
}

// Post types a message, into the thread threadTS if that is not "". What is typed is turned
// into Slack's form: links and e-mail addresses are wrapped, @name and #name become ids,
// &, < and > become entities. The bot gets app_mention if it is mentioned and in the channel,
// message.im in a direct message, nothing otherwise.
func (w *Workspace) Post(user, channel, threadTS, text string) (Sent, error) {
	return w.PostAt(user, channel, threadTS, text, time.Time{})
}

// PostAt is Post of a message that was written at a time, such as one that Slack could
// not deliver for a while. The zero time is now.
func (w *Workspace) PostAt(user, channel, threadTS, text string, at time.Time) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, c, err := w.place(user, channel)
	if err != nil {
		return Sent{}, err
	}
	if problem := w.thread(c, threadTS); problem != nil {
		return Sent{}, fmt.Errorf("thread %s: %s", threadTS, problem.name)
	}
	typed := w.typed(text)
	m := &Message{
		Channel: c.ID, ThreadTS: threadTS, User: u.ID, BotID: u.BotID, Text: typed.text, Blocks: typed.blocks(w), Via: "human",
	}
	if !at.IsZero() {
		m.TS = formatTS(at.UnixMicro())
	}
	w.store(m)
	sent := w.tellBot(m, c, nil)
	sent.TS = m.TS
	return sent, nil
}

// Edit changes a message that user wrote. If it mentions the bot then, the bot gets
// app_mention with "edited"; in a direct message, message_changed.
func (w *Workspace) Edit(user, channel, ts, text string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, c, m, err := w.ownMessage(user, channel, ts)
	if err != nil {
		return Sent{}, err
	}
	before := w.messageJSON(m)
	typed := w.typed(text)
	m.Text, m.Blocks, m.Edited = typed.text, typed.blocks(w), true
	w.touch(m)
	edited := object{"user": u.ID, "ts": w.timestamp()}
	if c.IM == "" {
		sent := w.tellBot(m, c, edited)
		sent.TS = m.TS
		return sent, nil
	}
	after := w.messageJSON(m)
	after["edited"] = edited
	sent := w.event("message.im", object{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": c.ID, "channel_type": "im",
		"ts": w.timestamp(), "message": after, "previous_message": before,
	}, c)
	sent.TS = m.TS
	return sent, nil
}

// Delete takes away a message that user wrote.
func (w *Workspace) Delete(user, channel, ts string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, c, m, err := w.ownMessage(user, channel, ts)
	if err != nil {
		return Sent{}, err
	}
	w.talk[c.ID].remove(m)
	w.changed()
	if c.IM == "" {
		return Sent{At: time.Now()}, nil
	}
	return w.tellDeleted(m, c), nil
}

func (w *Workspace) ownMessage(user, channel, ts string) (*User, *Channel, *Message, error) {
	u, c, err := w.place(user, channel)
	if err != nil {
		return nil, nil, nil, err
	}
	m := w.find(c.ID, ts)
	if m == nil || m.User != u.ID || m.Ephemeral {
		return nil, nil, nil, fmt.Errorf("%s has no message %s in %s", u.Name, ts, c.label())
	}
	return u, c, m, nil
}

// tellBot sends the event that a person's message means for the bot, if any.
func (w *Workspace) tellBot(m *Message, c *Channel, edited object) Sent {
	event := w.messageJSON(m)
	delete(event, "edited")
	event["channel"], event["event_ts"] = c.ID, m.TS
	if edited != nil {
		event["edited"], event["event_ts"] = edited, edited["ts"]
	}
	event["client_msg_id"] = newUUID()
	if u := w.users[m.User]; u.external() {
		event["user_team"], event["source_team"] = u.TeamID, u.TeamID
		event["user_profile"] = object{"team": u.TeamID, "name": u.Name}
	}
	switch {
	case c.IM != "":
		event["channel_type"] = "im"
		return w.event("message.im", event, c)
	case c.has(BotUser) && strings.Contains(m.Text, "<@"+BotUser+">"):
		event["type"] = "app_mention"
		return w.event("app_mention", event, c)
	}
	return Sent{At: time.Now()}
}

// OpenHome opens the app's Home tab.
func (w *Workspace) OpenHome(user string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	if err != nil {
		return Sent{}, err
	}
	event := object{"type": "app_home_opened", "user": u.ID, "channel": DM(u.ID), "tab": "home"}
	if v := w.homes[u.ID]; v != nil {
		event["view"] = w.viewJSON(v)
	}
	return w.event("app_home_opened", event, nil), nil
}

// ShareChannel begins or ends the sharing of a channel with another company, and tells
// the bot.
func (w *Workspace) ShareChannel(channel string, ext bool) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channelNamed(channel)
	if c == nil {
		return Sent{}, fmt.Errorf("no channel %q", channel)
	}
	c.ExtShared = ext
	w.changed()
	if ext {
		return w.event("channel_shared", object{
			"type": "channel_shared", "connected_team_id": PartnerTeam, "channel": c.ID,
		}, c), nil
	}
	return w.event("channel_unshared", object{
		"type": "channel_unshared", "previously_connected_team_id": PartnerTeam, "channel": c.ID, "is_ext_shared": false,
	}, c), nil
}

// ChangeChannelID gives a channel another id, as happens when sharing begins, and tells
// the bot.
func (w *Workspace) ChangeChannelID(channel, id string) (Sent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channelNamed(channel)
	if c == nil || w.channels[id] != nil {
		return Sent{}, fmt.Errorf("no channel %q, or %q is taken", channel, id)
	}
	old := c.ID
	c.ID = id
	w.channels[id], w.talk[id] = c, w.talk[old]
	delete(w.channels, old)
	delete(w.talk, old)
	for i := range w.order {
		if w.order[i] == old {
			w.order[i] = id
		}
	}
	for _, m := range w.talk[id].messages {
		m.Channel = id
	}
	return w.event("channel_id_changed", object{
		"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": id,
	}, c), nil
}

// Invite lets a user, or the bot (BotUser), into a channel; Kick puts them out.
func (w *Workspace) Invite(user, channel string) error { return w.membership(user, channel, true) }

// Kick puts a user or the bot out of a channel.
func (w *Workspace) Kick(user, channel string) error { return w.membership(user, channel, false) }

func (w *Workspace) membership(user, channel string, in bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	c := w.channelNamed(channel)
	if err != nil || c == nil {
		return fmt.Errorf("no user %q or no channel %q", user, channel)
	}
	members := []string{}
	for _, id := range c.Members {
		if id != u.ID {
			members = append(members, id)
		}
	}
	if in {
		members = append(members, u.ID)
	}
	c.Members = members
	w.changed()
	return nil
}
