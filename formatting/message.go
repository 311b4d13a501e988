// Package formatting turns results and errors into Slack messages and views. It
// does not know the asker, and calls nobody.
//
// Answer shows a result in the view that its query names: as a list, a table, a
// summary, or a card where one service matched. Failure, Help, Notice and the
// others stand for everything that is no answer. Each gives a Message whose text
// says the same as its blocks; Details, SearchForm and Home give views.
//
// Text of WHMCS or of a user is never trusted. text.go makes it safe for the place
// it goes to: mrkdwn is built only from the type markup, which third-party text
// becomes only by being escaped, and everything else is carried literally. Check
// and CheckView hold what was built to Slack's limits; no test of this project
// sends a message that they refuse.
package formatting

import (
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// A Message is what one reply shows. Text says the same as Blocks, for
// notifications, screen readers and terminals; it is escaped as Slack wants it.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// A Style is how the whole process writes. Its methods make the messages.
type Style struct {
	Command  string   // the slash command: /services
	AdminURL string   // full admin base URL for links; "": no links
	Fields   []string // BOT_FIELDS: notes, subscriptionid, email, custom:Name
	Currency string   // WHMCS_CURRENCY
	Pins     bool     // questions can be pinned to the Home tab
}

// Emails reports whether clients' e-mail addresses are shown, to one person alone.
func (s Style) Emails() bool {
	return slices.ContainsFunc(s.Fields, func(f string) bool { return strings.EqualFold(strings.TrimSpace(f), "email") })
}

// A View is what one message must know of who reads it, and where.
type View struct {
	Public        bool      // others read it too: no Fields, no private buttons
	Lists         bool      // Slack refuses the newer blocks: lists and texts instead
	Direct        bool      // there is no channel to share it in
	Modal         bool      // it is in a modal
	Whole         bool      // a card shows all that is known, as there is no window for the rest
	Hint          bool      // says how the question is typed in short
	Shared        bool      // of details: they have just been shared
	Repeat        bool      // it may have been posted before, by a process that ended then
	Alone         Alone     // why the asker alone reads what others would; "": another matter
	SharedBy      string    // user id, in a shared answer
	SharedFile    string    // id of the file that belongs to a shared answer
	FileElsewhere bool      // the CSV file goes to the direct messages, not where the message goes
	Live          *Live     // how it is kept current; nil: it is not
	NotLive       Sentence  // why it is not, where that was wanted; "": it was not
	Now           time.Time // for "in 3 days"; its location is the process's
	Ref           string    // reference of the request, shown in failures
	Follows       bool      // of warm rows: the answer is corrected when newer ones are there
	NotCorrected  bool      // of warm rows: it was to be, and was not
	Corrects      time.Time // of when the rows were of the answer whose place this one takes, as newer ones are there; zero: of none
}

// The actions of buttons: what Action gives for a clicked button's action_id. The
// button's value is the line that the action is about, unless said otherwise.
const (
	ActionAsk     = "ask"     // the line's answer takes the place of a private message; of a post, whoever clicked gets it alone
	ActionDetails = "details" // opens the details of "service:2" as a modal
	ActionShare   = "share"   // posts the line's answer publicly
	ActionRefresh = "refresh" // asks the line again, past cache and snapshot
	ActionLive    = "live"    // keeps the answer to the line current
	ActionEndLive = "endlive" // ends that
	ActionStop    = "stop"    // ends the asker's wait; the value is the reference
	ActionRemove  = "remove"  // takes a shared post away; the value is the sharer's user id, then the file's, if any
	ActionForm    = "form"    // opens the search form, filled from the line
	ActionLink    = "link"    // a URL button: acknowledged and ignored
	ActionAccess  = "access"  // asks the contact for access, for whoever clicks
	ActionSearch  = "search"  // the search field of the Home tab; its value is what was typed
	ActionFields  = "fields"  // shows the other fields of the search form
	ActionPin     = "pin"     // pins the line to the Home tab, for whoever clicks
	ActionUnpin   = "unpin"   // takes the line from the Home tab of whoever clicks
	ActionMore    = "more"    // opens the window of Choices for the line
	ActionChoose  = "choose"  // an option of the menu More, or a button of Choices: see Chosen
)

// Action returns the action of an action_id: ids are numbered ("ask.3"), because
// they must be unique within a message.
func Action(id string) string {
	action, _, _ := strings.Cut(id, ".")
	return action
}

// Answer shows a result as its query's view, or, for one match, as a card.
func (s Style) Answer(res *query.Result, v View) Message {
	d := s.draft(v)
	switch as := res.Query.As; {
	case as == query.ViewTable:
		return d.table(res)
	case as == query.ViewSummary && res.Summary != nil:
		return d.summary(res)
	case IsFile(res):
		return d.announcement(res)
	case len(res.ByClient) > 0 && as == query.ViewClients:
		return d.clients(res)
	case !res.Empty() && (as == query.ViewDomains || as == query.ViewEmails):
		return d.toBeCopied(res)
	case isCard(res):
		return d.card(res)
	}
	return d.list(res)
}

// isCard reports whether an answer is one service that is shown as a card.
func isCard(res *query.Result) bool {
	return res.IsCard()
}
