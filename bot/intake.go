package bot

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"servicesbot/formatting"
)

// A frame is what Slack sends over a socket, as far as the bot uses it: an envelope, a
// hello or a disconnect. Payloads are read from JSON rather than into the library's
// types: those reject a whole event for one unknown block in it, and leave out the
// workspace of the user.
type frame struct {
	Type     string          `json:"type"`
	Envelope string          `json:"envelope_id"`
	Payload  json.RawMessage `json:"payload"`

	Reason  string `json:"reason"`          // of disconnect
	Sockets int    `json:"num_connections"` // of hello: of this app, this one included
	Debug   struct {
		Life float64 `json:"approximate_connection_time"` // seconds
	} `json:"debug_info"` // of hello
}

type slashPayload struct {
	TeamID      string `json:"team_id"`
	ChannelID   string `json:"channel_id"`
	UserID      string `json:"user_id"`
	Text        string `json:"text"`
	ResponseURL Secret `json:"response_url"`
	TriggerID   Secret `json:"trigger_id"`
}

type eventPayload struct {
	TeamID  string `json:"team_id"`
	EventID string `json:"event_id"`
	Shared  bool   `json:"is_ext_shared_channel"`
	Event   struct {
		eventMessage
		Type        string        `json:"type"`
		ChannelType string        `json:"channel_type"`
		Channel     string        `json:"channel"`
		Tab         string        `json:"tab"`
		Changed     *eventMessage `json:"message"` // of message_changed
		Previous    *eventMessage `json:"previous_message"`
		OldChannel  string        `json:"old_channel_id"`
		NewChannel  string        `json:"new_channel_id"`
	} `json:"event"`
}

// An eventMessage is the message of an event.
type eventMessage struct {
	Subtype    string          `json:"subtype"`
	User       string          `json:"user"`
	BotID      string          `json:"bot_id"`
	Text       string          `json:"text"`
	Blocks     json.RawMessage `json:"blocks"`
	TS         string          `json:"ts"`
	ThreadTS   string          `json:"thread_ts"`
	UserTeam   string          `json:"user_team"`
	SourceTeam string          `json:"source_team"`
	Team       string          `json:"team"`
	Edited     *struct {
		TS string `json:"ts"`
	} `json:"edited"`
}

// words is what was typed: the text, or where that is empty, what the blocks say.
func (m *eventMessage) words() string {
	if strings.TrimSpace(m.Text) != "" {
		return m.Text
	}
	return textOfBlocks(m.Blocks)
}

// slackbot is Slack's own voice; it repeats what others had it say.
const slackbot = "USLACKBOT"

// byPerson reports whether a person wrote the message: not a bot, a workflow, an app or
// Slack itself. Those are never answered: nobody could be held to what they ask, and two
// bots could answer each other for ever. A message with a file, or one that was also sent
// to the channel from a thread, is still a person's.
func (m *eventMessage) byPerson(botUser string) bool {
	if m.User == "" || m.User == botUser || m.User == slackbot || m.BotID != "" {
		return false
	}
	return m.Subtype == "" || m.Subtype == "file_share" || m.Subtype == "thread_broadcast"
}

type interactionPayload struct {
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	TriggerID   Secret `json:"trigger_id"`
	ResponseURL Secret `json:"response_url"`
	Team        struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Type        string `json:"type"`
		MessageTS   string `json:"message_ts"`
		ThreadTS    string `json:"thread_ts"`
		ChannelID   string `json:"channel_id"`
		IsEphemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		TS          string          `json:"ts"`
		ThreadTS    string          `json:"thread_ts"`
		Text        string          `json:"text"`
		Blocks      json.RawMessage `json:"blocks"` // anybody's, of any shape
		Attachments json.RawMessage `json:"attachments"`
	} `json:"message"`
	View struct {
		ID         string `json:"id"`
		CallbackID string `json:"callback_id"`
		Metadata   string `json:"private_metadata"`
		State      struct {
			Values formatting.FormValues `json:"values"`
		} `json:"state"`
	} `json:"view"`
	Actions []clickedElement `json:"actions"`
}

// A clickedElement is a button that was clicked, or a menu that an option was chosen of.
type clickedElement struct {
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
	Type     string `json:"type"`
	Selected struct {
		Value string `json:"value"`
	} `json:"selected_option"` // of a menu
}

// An arrival is what intake made of an envelope: a request to be answered, a
// channel whose sharing changed, the errors of a form, or nothing but an
// acknowledgement and the reason why.
type arrival struct {
	req     *Request
	errs    map[string]string // of a form: by block, to be sent in the ack
	changed []string          // channels whose sharing may have changed
	outside string            // a channel that Slack says is shared with another company
	dropped string            // why there is nothing to do
}

// intake makes a request of a raw envelope. It is local: it calls nobody.
func intake(raw frame, botUser string, now time.Time) arrival {
	t := arrival{}
	switch raw.Type {
	case "slash_commands":
		t.slash(raw.Payload)
	case "events_api":
		t.event(raw.Payload, botUser)
	case "interactive":
		t.interaction(raw.Payload)
	default:
		t.dropped = "unknown envelope"
	}
	if t.req != nil {
		t.req.Received = now
		t.req.Ref = newRef()
		if len(t.req.keys) == 0 {
			t.req.keys = []string{raw.Envelope}
		}
	}
	return t
}

// newRef returns a reference that is short enough to be read out.
func newRef() string { return strings.ToLower(rand.Text()[:8]) }

func (t *arrival) slash(payload json.RawMessage) {
	var p slashPayload
	if json.Unmarshal(payload, &p) != nil || p.UserID == "" {
		t.dropped = "unreadable"
		return
	}
	t.req = &Request{
		Door: DoorSlash, Line: typed(p.Text, ""),
		Team: p.TeamID, User: p.UserID, Channel: p.ChannelID,
		ResponseURL: p.ResponseURL, Trigger: p.TriggerID,
	}
}

func (t *arrival) event(payload json.RawMessage, botUser string) {
	var p eventPayload
	if json.Unmarshal(payload, &p) != nil {
		t.dropped = "unreadable"
		return
	}
	e := p.Event
	if p.Shared {
		t.outside = e.Channel
	}
	if e.Type == "message" && e.Subtype == "message_changed" && e.Changed != nil {
		if e.Previous != nil && e.Previous.words() == e.Changed.words() {
			t.dropped = "nothing asked" // a link's preview came, or a thread grew
			return
		}
		e.eventMessage = *e.Changed
	}
	req := &Request{
		Team: p.TeamID, User: e.User, UserTeam: cmp.Or(e.UserTeam, e.SourceTeam, e.Team),
		Channel: e.Channel, Thread: threadOf(e.ThreadTS, e.TS), Message: e.TS,
		Sent: slackTime(e.TS),
	}
	switch {
	case e.Type == "channel_shared":
		t.outside = e.Channel // at once: a look-up that is under way may bring how it was before
		return
	case e.Type == "channel_unshared":
		t.changed = []string{e.Channel}
		return
	case e.Type == "channel_id_changed":
		t.changed = []string{e.OldChannel, e.NewChannel}
		return
	case !e.byPerson(botUser):
		t.dropped = "not a person's message"
		return
	case e.Type == "app_home_opened" && e.Tab == "home":
		req.Door, req.Channel = DoorHome, ""
		req.keys = []string{p.EventID}
		t.req = req
		return
	case e.Type == "app_mention" && mentions(e.words(), botUser):
		req.Door = DoorMention
	case e.Type == "message" && e.ChannelType == "im":
		req.Door = DoorMessage
	default:
		t.dropped = "nothing asked"
		return
	}
	req.Line = withoutOpening(typed(e.words(), botUser))
	if e.Edited != nil {
		req.Edited = e.Edited.TS
	}
	req.keys = []string{p.EventID, e.Channel + "/" + e.TS + "/" + req.Edited}
	t.req = req
}

// threadOf returns the thread that a message is in. Slack gives the first message of a
// thread its own ts as thread_ts, though that message is in the channel.
func threadOf(threadTS, ts string) string {
	if threadTS == ts {
		return ""
	}
	return threadTS
}

// mentions reports whether text names the bot: the event also comes for thread
// replies that do not.
func mentions(text, botUser string) bool {
	return strings.Contains(text, "<@"+botUser+">") || strings.Contains(text, "<@"+botUser+"|")
}

// withoutOpening drops what a mention may begin with before the question: a colon or a
// comma behind the name, and the word "services".
func withoutOpening(line string) string {
	line = strings.TrimLeft(line, ":, ")
	first, rest, _ := strings.Cut(line, " ")
	if strings.EqualFold(first, "services") {
		return rest
	}
	return line
}

func (t *arrival) interaction(payload json.RawMessage) {
	var p interactionPayload
	if json.Unmarshal(payload, &p) != nil || p.User.ID == "" {
		t.dropped = "unreadable"
		return
	}
	req := &Request{
		Team: p.Team.ID, User: p.User.ID, UserTeam: p.User.TeamID,
		Channel:     cmp.Or(p.Channel.ID, p.Container.ChannelID),
		Message:     cmp.Or(p.Container.MessageTS, p.Message.TS),
		Ephemeral:   p.Container.IsEphemeral,
		ResponseURL: p.ResponseURL, Trigger: p.TriggerID,
		View: p.View.ID, Callback: p.View.CallbackID,
	}
	req.Thread = threadOf(cmp.Or(p.Container.ThreadTS, p.Message.ThreadTS), req.Message)
	if req.View != "" {
		req.openedFrom(p.View.Metadata)
	}
	switch p.Type {
	case "block_actions":
		t.click(req, p)
	case "view_submission":
		if p.View.CallbackID != formatting.CallbackForm {
			t.dropped = "nothing asked"
			return
		}
		req.Door = DoorForm
		if req.Line, t.errs = formatting.ParseForm(p.View.State.Values); len(t.errs) == 0 {
			t.req = req
		}
	case "shortcut":
		req.Door, t.req = DoorShortcut, req
	case "message_action":
		req.Door, t.req = DoorLookUp, req
		req.Text = p.Message.Text + "\n" + textIn(p.Message.Blocks) + "\n" + textIn(p.Message.Attachments)
	default:
		t.dropped = "nothing asked"
	}
}

// click makes a request of a button, or of an option of the menu. Links open in the browser
// by themselves.
func (t *arrival) click(req *Request, p interactionPayload) {
	if len(p.Actions) != 1 {
		t.dropped = "nothing asked"
		return
	}
	clicked := p.Actions[0]
	req.Door = DoorButton
	req.Action = formatting.Action(clicked.ActionID)
	switch {
	case clicked.Type == "button" && req.Action == formatting.ActionLink:
		t.dropped = "a link"
		return
	case clicked.Type == "button":
		req.Line = clicked.Value
	case clicked.Type == "static_select" && req.Action == formatting.ActionChoose:
		clicked.Value = clicked.Selected.Value
	case clicked.Type == "plain_text_input" && req.Action == formatting.ActionSearch:
		req.Door, req.Action, req.Line = DoorForm, "", clicked.Value // people type anything there
	default:
		t.dropped = "nothing asked"
		return
	}
	if req.Action == formatting.ActionChoose {
		req.Action, req.Line = formatting.Chosen(clicked.Value, lineIn(p.View.Metadata))
	}
	if req.Action == formatting.ActionFields {
		req.Form = p.View.State.Values
	}
	req.SharedBy = sharedBy(p.Message.Blocks)
	t.req = req
}

// sharedBy returns who shared the post that consists of blocks, as its Remove
// button says; "" where it was not shared.
func sharedBy(blocks json.RawMessage) string {
	var all []struct {
		Elements []struct {
			ActionID string `json:"action_id"`
			Value    string `json:"value"`
		} `json:"elements"`
	}
	_ = json.Unmarshal(blocks, &all) // what has another shape is no button of ours
	for _, block := range all {
		for _, e := range block.Elements {
			if formatting.Action(e.ActionID) == formatting.ActionRemove {
				sharer, _, _ := strings.Cut(e.Value, " ")
				return sharer
			}
		}
	}
	return ""
}

// slackTime returns the time of a message's ts; zero where it is not one.
func slackTime(ts string) time.Time {
	sec, err := strconv.ParseFloat(ts, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(sec * 1000))
}
