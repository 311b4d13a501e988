package slackfake

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// A Message is a message as a person sees it. It is a copy: it does not change when the
// workspace does.
type Message struct {
	TS, ThreadTS string // ThreadTS is "" outside threads; in a thread's first message its own TS
	Channel      string
	User         string          // id of the author
	BotID        string          // of an author that is a bot
	Text         string          // in Slack's form, escaped
	Blocks       json.RawMessage // as sent, with the ids that Slack adds; nil without blocks
	Attachments  json.RawMessage
	Metadata     json.RawMessage
	Files        []File
	Ephemeral    bool
	To           string // who alone sees an ephemeral message
	Command      string // the typed command that a public answer reveals
	Revision     int    // how often it was changed
	Edited       bool   // carries Slack's "(edited)": changed, and without blocks
	Via          string // how it came: "human", "ack", "response_url", "slackbot" or the API method
	Envelope     string // of a message by ack or response_url: the envelope that it answers

	UnfurlLinks, UnfurlMedia *bool // as sent; nil: not sent, so Slack unfurls
	Parse                    string
	LinkNames                bool
	NoText                   bool // sent with blocks but without top-level text: mute for notifications and screen readers

	At, ChangedAt time.Time // when the workspace took it, real time
}

func (m *Message) inThread() bool { return m.ThreadTS != "" && m.ThreadTS != m.TS }

// A File is an uploaded file that was shared.
type File struct {
	ID, Name, Title string
	Content         []byte
}

// PlainText is what the message shows, as plain text: its blocks, or without blocks its
// text, then the names of its files.
func (m *Message) PlainText() string {
	var parts []string
	if len(m.Blocks) > 0 {
		parts = blockTexts(m.Blocks)
	} else if m.Text != "" {
		parts = []string{plainMrkdwn(m.Text)}
	}
	for _, f := range m.Files {
		parts = append(parts, f.Name)
	}
	return strings.Join(parts, "\n")
}

// Shows reports whether the message shows every one of the texts.
func (m *Message) Shows(texts ...string) bool { return showsAll(m.PlainText(), texts) }

func showsAll(shown string, texts []string) bool {
	for _, t := range texts {
		if !strings.Contains(shown, t) {
			return false
		}
	}
	return true
}

// conversation holds the messages of one channel in the order of their timestamps.
type conversation struct {
	messages []*Message
	byTS     map[string]*Message
}

func newConversation() *conversation { return &conversation{byTS: map[string]*Message{}} }

// add puts a message in its place and drops the oldest one beyond limit.
func (c *conversation) add(m *Message, limit int) {
	at, _ := slices.BinarySearchFunc(c.messages, m.TS, func(x *Message, ts string) int { return compareTS(x.TS, ts) })
	c.messages = slices.Insert(c.messages, at, m)
	c.byTS[m.TS] = m
	if len(c.messages) > limit {
		delete(c.byTS, c.messages[0].TS)
		c.messages = c.messages[1:]
	}
}

func (c *conversation) remove(m *Message) {
	delete(c.byTS, m.TS)
	c.messages = slices.DeleteFunc(c.messages, func(x *Message) bool { return x == m })
}

// compareTS compares two timestamps of any age.
func compareTS(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// find returns a message, or nil.
func (w *Workspace) find(channel, ts string) *Message {
	if c := w.talk[channel]; c != nil {
		return c.byTS[ts]
	}
	return nil
}

// store adds m to its channel and gives it a timestamp if it has none.
func (w *Workspace) store(m *Message) {
	if m.TS == "" {
		m.TS = w.timestamp()
	}
	m.At = time.Now()
	m.ChangedAt = m.At
	w.talk[m.Channel].add(m, w.cfg.History)
	if m.inThread() && !m.Ephemeral {
		if root := w.find(m.Channel, m.ThreadTS); root != nil {
			root.ThreadTS = root.TS
		}
	}
	w.changed()
}

// touch notes that m was changed.
func (w *Workspace) touch(m *Message) {
	m.Revision++
	m.ChangedAt = time.Now()
	w.changed()
}

// Messages are the messages of a channel that user sees outside threads, oldest first.
// channel may be an id, a name or "dm". Nobody sees a channel without being in it.
func (w *Workspace) Messages(user, channel string) []Message {
	return w.seen(user, channel, func(m *Message) bool { return !m.inThread() })
}

// Thread is a thread as user sees it, its first message included.
func (w *Workspace) Thread(user, channel, ts string) []Message {
	return w.seen(user, channel, func(m *Message) bool { return m.TS == ts || m.ThreadTS == ts })
}

// Everything is all that user sees in a channel, threads included.
func (w *Workspace) Everything(user, channel string) []Message {
	return w.seen(user, channel, func(*Message) bool { return true })
}

// Message finds one message that user sees.
func (w *Workspace) Message(user, channel, ts string) (Message, bool) {
	found := w.seen(user, channel, func(m *Message) bool { return m.TS == ts })
	if len(found) == 0 {
		return Message{}, false
	}
	return found[0], true
}

func (w *Workspace) seen(user, channel string, want func(*Message) bool) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, c, err := w.place(user, channel)
	if err != nil {
		return nil
	}
	var list []Message
	for _, m := range w.talk[c.ID].messages {
		if (!m.Ephemeral || m.To == u.ID) && want(m) {
			list = append(list, *m)
		}
	}
	return list
}

// A Notice is what Slack shows to one person outside all messages, for example that an
// app did not answer a click.
type Notice struct {
	User, Text string
	Envelope   string
	At         time.Time
}

// Notices are the notices that user got, oldest first; of everybody if user is "".
func (w *Workspace) Notices(user string) []Notice {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Notice
	for _, n := range w.notices {
		if user == "" || n.User == user || w.users[n.User] != nil && w.users[n.User].Name == user {
			list = append(list, n)
		}
	}
	return list
}

const maxNotices = 1000

func (w *Workspace) notice(user, text, envelope string) {
	if len(w.notices) >= maxNotices {
		w.notices = w.notices[1:]
	}
	w.notices = append(w.notices, Notice{User: user, Text: text, Envelope: envelope, At: time.Now()})
	w.changed()
}

// slackbotSays says to one person in a channel that something failed, as Slack does for a
// slash command.
func (w *Workspace) slackbotSays(user, channel, text, envelope string) {
	w.store(&Message{
		Channel: channel, User: Slackbot, Text: text, Ephemeral: true, To: user, Via: "slackbot", Envelope: envelope,
	})
}
