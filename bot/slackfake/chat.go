package slackfake

import (
	"encoding/json"
	"strings"
	"unicode/utf16"
)

// The sizes of texts, in UTF-16 units.
const (
	maxText       = 40_000 // of a posted message; the rest is cut off
	maxUpdateText = 4_000
	maxMarkdown   = 12_000
)

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cutUnits cuts s to at most n UTF-16 units.
func cutUnits(s string, n int) string {
	for i, r := range s {
		if n -= utf16.RuneLen(r); n < 0 {
			return s[:i]
		}
	}
	return s
}

// target finds the channel that the bot names, and whether it may post there. A user id
// stands for the direct message with that user.
func (w *Workspace) target(id string) (*Channel, *apiError) {
	if u := w.users[id]; u != nil {
		id = DM(u.ID)
	}
	c := w.channels[id]
	switch {
	case c == nil, (c.Private || c.IM != "") && !c.has(BotUser):
		return nil, refuse("channel_not_found")
	case c.Archived:
		return nil, refuse("is_archived")
	case !c.has(BotUser):
		return nil, refuse("not_in_channel")
	}
	return c, nil
}

// compose reads a message's content from arguments: text, blocks, flags. With need it must
// show something.
func (w *Workspace) compose(a args, m *Message, need bool) *apiError {
	m.Text = a.str("text")
	if raw := a.json("blocks"); raw != nil {
		blocks, ok := decodeList(raw)
		if !ok {
			return refuse("invalid_blocks_format")
		}
		if problem := w.checkBlocks(blocks, onMessage); problem != nil {
			return problem
		}
		if len(blocks) > 0 {
			w.nameBlocks(blocks)
			m.Blocks = encode(blocks)
		}
	}
	if a.has("markdown_text") {
		text := a.str("markdown_text")
		switch {
		case m.Text != "" || a.json("blocks") != nil:
			return refuse("markdown_text_conflict")
		case units(text) > maxMarkdown:
			return refuse("msg_too_long")
		}
		blocks := []object{{"type": "markdown", "text": text}}
		w.nameBlocks(blocks)
		m.Blocks, m.Text = encode(blocks), text
	}
	if raw := a.json("attachments"); raw != nil {
		all, ok := decodeList(raw)
		if !ok {
			return refuse("invalid_attachments")
		}
		if len(all) > 100 {
			return refuse("too_many_attachments")
		}
		if len(all) > 0 {
			m.Attachments = raw
		}
	}
	if need && strings.TrimSpace(m.Text) == "" && m.Blocks == nil && m.Attachments == nil {
		return refuse("no_text")
	}
	if raw := a.json("metadata"); raw != nil {
		if o, ok := decodeObject(raw); !ok || len(o) > 0 && o["event_type"] == nil {
			return refuse("invalid_metadata_format")
		}
		m.Metadata = raw
	}
	m.NoText = m.Blocks != nil && strings.TrimSpace(m.Text) == ""
	m.UnfurlLinks, m.UnfurlMedia = a.flag("unfurl_links"), a.flag("unfurl_media")
	m.Parse, m.LinkNames = a.str("parse"), a.bool("link_names")
	return nil
}

// thread checks that ts is a message that can have replies: not a reply itself, not an
// ephemeral message.
func (w *Workspace) thread(c *Channel, ts string) *apiError {
	if ts == "" {
		return nil
	}
	root := w.find(c.ID, ts)
	if root == nil || root.inThread() || root.Ephemeral {
		return refuse("cannot_reply_to_message")
	}
	return nil
}

func (w *Workspace) postMessage(c *call) (object, *apiError) {
	ch, problem := w.target(c.args.str("channel"))
	if problem != nil {
		return nil, problem
	}
	ts := c.args.str("thread_ts")
	if problem := w.thread(ch, ts); problem != nil {
		return nil, problem
	}
	m := &Message{Channel: ch.ID, ThreadTS: ts, User: BotUser, BotID: BotID, Via: c.method}
	if problem := w.compose(c.args, m, true); problem != nil {
		return nil, problem
	}
	m.Text = cutUnits(m.Text, maxText)
	w.post(m)
	w.echo(m, ch)
	return object{"channel": ch.ID, "ts": m.TS, "message": w.messageJSON(m)}, nil
}

// post stores a message of the bot and counts it.
func (w *Workspace) post(m *Message) {
	w.counts.Messages++
	if m.NoText {
		w.counts.NoText++
	}
	w.store(m)
}

// echo sends the bot its own direct message as an event, as Slack does to apps that
// subscribe to message.im.
func (w *Workspace) echo(m *Message, c *Channel) {
	if c.IM == "" || m.Ephemeral {
		return
	}
	event := w.messageJSON(m)
	event["channel"], event["channel_type"], event["event_ts"] = c.ID, "im", m.TS
	w.event("message.im", event, c)
}

func (w *Workspace) postEphemeral(c *call) (object, *apiError) {
	ch, problem := w.target(c.args.str("channel"))
	if problem != nil {
		return nil, problem
	}
	user := c.args.str("user")
	if u := w.users[user]; u == nil || u.Deleted || !ch.has(user) {
		return nil, refuse("user_not_in_channel")
	}
	ts := c.args.str("thread_ts")
	if problem := w.thread(ch, ts); problem != nil {
		return nil, problem
	}
	m := &Message{
		Channel: ch.ID, ThreadTS: ts, User: BotUser, BotID: BotID, Via: c.method, Ephemeral: true, To: user,
	}
	if problem := w.compose(c.args, m, true); problem != nil {
		return nil, problem
	}
	m.Text = cutUnits(m.Text, maxText)
	if ts != "" && w.find(ch.ID, ts).ThreadTS == "" {
		// Slack takes it, and shows it to nobody: a thread shows private lines only once
		// it has a reply (its documentation of thread_ts).
		w.counts.Messages++
		return object{"message_ts": w.timestamp()}, nil
	}
	w.post(m)
	return object{"message_ts": m.TS}, nil
}

// own finds a message that the bot may change. An ephemeral one cannot be changed by its ts.
func (w *Workspace) own(a args, cannot string) (*Message, *Channel, *apiError) {
	ch := w.channels[a.str("channel")]
	if ch == nil {
		return nil, nil, refuse("channel_not_found")
	}
	m := w.find(ch.ID, a.str("ts"))
	switch {
	case m == nil:
		return nil, nil, refuse("message_not_found")
	case m.Ephemeral, m.BotID != BotID:
		return nil, nil, refuse(cannot)
	case ch.Archived:
		return nil, nil, refuse("is_archived")
	}
	return m, ch, nil
}

// updateMessage changes a message. Text without blocks takes the blocks away, an empty
// list of blocks does so too; metadata stays unless it is given.
func (w *Workspace) updateMessage(c *call) (object, *apiError) {
	m, ch, problem := w.own(c.args, "cant_update_message")
	if problem != nil {
		return nil, problem
	}
	if units(c.args.str("text")) > maxUpdateText {
		return nil, refuse("msg_too_long")
	}
	changed := Message{Metadata: m.Metadata}
	if problem := w.compose(c.args, &changed, true); problem != nil {
		return nil, problem
	}
	if string(changed.Metadata) == "{}" {
		changed.Metadata = nil
	}
	w.rewrite(m, &changed)
	w.echoChange(m, ch)
	return object{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": w.messageJSON(m)}, nil
}

// rewrite gives m the content of another message.
func (w *Workspace) rewrite(m, by *Message) {
	m.Text, m.Blocks, m.Attachments, m.Metadata = by.Text, by.Blocks, by.Attachments, by.Metadata
	m.NoText, m.Edited = by.NoText, by.Blocks == nil
	m.Parse, m.LinkNames = by.Parse, by.LinkNames
	if by.UnfurlLinks != nil {
		m.UnfurlLinks = by.UnfurlLinks
	}
	if by.UnfurlMedia != nil {
		m.UnfurlMedia = by.UnfurlMedia
	}
	w.counts.Updates++
	if m.NoText {
		w.counts.NoText++
	}
	w.touch(m)
}

// echoChange sends the event of a changed direct message.
func (w *Workspace) echoChange(m *Message, c *Channel) {
	if c.IM == "" {
		return
	}
	w.event("message.im", object{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": c.ID, "channel_type": "im",
		"ts": w.timestamp(), "message": w.messageJSON(m), "previous_message": object{"type": "message", "ts": m.TS},
	}, c)
}

func (w *Workspace) deleteMessage(c *call) (object, *apiError) {
	m, ch, problem := w.own(c.args, "cant_delete_message")
	if problem != nil {
		return nil, problem
	}
	w.erase(m)
	if ch.IM != "" {
		w.tellDeleted(m, ch)
	}
	return object{"channel": ch.ID, "ts": m.TS}, nil
}

// tellDeleted sends the event of a direct message that is gone.
func (w *Workspace) tellDeleted(m *Message, c *Channel) Sent {
	return w.event("message.im", object{
		"type": "message", "subtype": "message_deleted", "hidden": true, "channel": c.ID, "channel_type": "im",
		"ts": w.timestamp(), "deleted_ts": m.TS, "previous_message": w.messageJSON(m),
	}, c)
}

// erase takes a message away.
func (w *Workspace) erase(m *Message) {
	w.counts.Updates++
	w.talk[m.Channel].remove(m)
	w.changed()
}

func (w *Workspace) getPermalink(c *call) (object, *apiError) {
	ch := w.channels[c.args.str("channel")]
	if ch == nil {
		return nil, refuse("channel_not_found")
	}
	ts := c.args.str("message_ts")
	if w.find(ch.ID, ts) == nil {
		return nil, refuse("message_not_found")
	}
	link := "https://" + teamName + ".slack.com/archives/" + ch.ID + "/p" + strings.ReplaceAll(ts, ".", "")
	return object{"channel": ch.ID, "permalink": link}, nil
}

// messageJSON is a message as Slack's payloads carry it.
func (w *Workspace) messageJSON(m *Message) object {
	o := object{"type": "message", "ts": m.TS, "user": m.User, "text": m.Text, "team": TeamID}
	if u := w.users[m.User]; u != nil {
		o["team"] = u.TeamID
		if u.Bot {
			o["bot_id"], o["app_id"] = u.BotID, u.AppID
		}
	}
	if m.Blocks != nil {
		o["blocks"] = json.RawMessage(m.Blocks)
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	if m.Edited {
		o["edited"] = object{"user": m.User, "ts": m.TS}
	}
	return o
}
