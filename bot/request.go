package bot

import (
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
)

// A Secret prints as "[redacted]" wherever it goes.
type Secret = whmcs.Secret

// A Door is a way into the bot.
type Door string

// The doors.
const (
	DoorSlash    Door = "slash"
	DoorMention  Door = "mention"
	DoorMessage  Door = "message" // a direct message
	DoorButton   Door = "button"
	DoorForm     Door = "form"             // the search form, submitted
	DoorShortcut Door = "shortcut"         // the global shortcut
	DoorLookUp   Door = "message_shortcut" // "Find services here"
	DoorHome     Door = "home"             // the Home tab, opened
	DoorLive     Door = "live"             // an answer that is kept current asks again
	DoorShell    Door = "shell"
)

// A Request is one thing that somebody wants, through whichever door it came. Intake, the
// journal of a replica that ended, live answers and the shell make them. From then on it stays as
// it is, but for accepted, which the journal fills; where a window was opened for it, a copy says so.
type Request struct {
	Door     Door
	Ref      string    // a short reference, shown in failures and logged
	Received time.Time // when this process read it

	Line   string // the question in the language; for a button, the line it stands for
	Action string // of a button: formatting's Action...

	Team      string    // the workspace that the app is installed in
	User      string    // who acts
	UserTeam  string    // their workspace, if the payload says it
	Channel   string    // where; empty for the Home tab and the global shortcut
	Thread    string    // ts of the thread that it is in; "": none
	Message   string    // ts of the mention or message that asks, or of the message clicked
	Edited    string    // of an edited mention: when
	Sent      time.Time // of a mention or message: when Slack took it; zero: not known
	Ephemeral bool      // of a button: whether the message clicked is private
	SharedBy  string    // of a button on a shared answer: who shared it
	Text      string    // of a message shortcut: the message's text

	Form formatting.FormValues // of a button in the search form: what its fields hold

	ResponseURL Secret // a door back, five times in 30 minutes
	Trigger     Secret // opens one modal within 3 s

	View     string // id of the modal or Home tab that it was done in; "": none
	Callback string // the modal's callback_id; "" for the Home tab

	opened string   // id of the modal that was opened to be filled; "": none
	keys   []string // what it is known by where it comes again

	accepted *acceptance // by the journal; nil: there is none
}

// asker names the person who acts, over all workspaces.
func (r *Request) asker() string { return r.Team + "/" + r.User }

// inModal reports whether r was done in a modal.
func (r *Request) inModal() bool { return r.View != "" && r.Callback != "" }

// direct reports whether r was asked in a direct message with the bot.
func (r *Request) direct() bool { return len(r.Channel) > 0 && r.Channel[0] == 'D' }

// question names the message that asks, whatever its version.
func (r *Request) question() string { return r.Channel + "/" + r.Message }
