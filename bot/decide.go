package bot

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// A deed is what a request wants done.
type deed int

const (
	deedAsk     deed = iota // find, and answer
	deedShare               // find, and post the answer for all who read there
	deedDetails             // find one service, and fill the modal that is open
	deedConfirm             // ask whether an old question shall still be answered
	deedLookUp              // offer what can be looked up in a message
	deedForm                // open the search form, or the window of choices
	deedHome                // fill the Home tab
	deedStop                // end the asker's wait
	deedRemove              // take a shared post away
	deedEndLive             // end the updates of an answer that is kept current
	deedAccess              // ask the contact for access
	deedPin                 // pin a question to the Home tab
	deedUnpin               // take it from there
	deedUnknown             // a button of another version
)

// deedOf returns what req wants done, before its line is read, which may still make a share of an
// ask.
func deedOf(req *Request) deed {
	switch {
	case req.Door == DoorHome:
		return deedHome
	case req.Door == DoorShortcut, req.Door == DoorSlash && req.Line == "":
		return deedForm
	case req.Door == DoorLookUp:
		return deedLookUp
	case req.Door == DoorMention && !req.Sent.IsZero() && req.Received.Sub(req.Sent) > staleAfter:
		return deedConfirm
	case req.Door != DoorButton:
		return deedAsk
	}
	switch req.Action {
	case formatting.ActionAsk, formatting.ActionRefresh, formatting.ActionLive:
		return deedAsk
	case formatting.ActionShare:
		return deedShare
	case formatting.ActionDetails:
		return deedDetails
	case formatting.ActionForm, formatting.ActionMore, formatting.ActionFields:
		return deedForm
	case formatting.ActionEndLive:
		return deedEndLive
	case formatting.ActionAccess:
		return deedAccess
	case formatting.ActionPin:
		return deedPin
	case formatting.ActionUnpin:
		return deedUnpin
	case formatting.ActionStop:
		return deedStop
	case formatting.ActionRemove:
		return deedRemove
	}
	return deedUnknown
}

// A verdict is whether somebody may ask. Its zero value denies.
type verdict struct {
	granted bool
	denial  error // why not; a *Denial where access could be checked
}

func verdictOf(err error) verdict { return verdict{granted: err == nil, denial: err} }

// errUnchecked is the denial of a verdict that nobody gave.
var errUnchecked = errors.New("access was not checked")

// An ask is a request whose line is read and whose asker's access is checked, each once.
// read and decide make it; form makes one by itself for a check that broke. Only decide, the
// renewal of a live answer and the shell give it access.
type ask struct {
	*Request
	version  *sharedVersion // of a question that can be edited, where replicas share those; nil: they do not
	deed     deed
	reading  query.Reading
	query    query.Query // the reading's
	parseErr error       // why the line cannot be read; nil: it can
	access   verdict
	live     *liveAnswer   // the updates of the post that it refreshes; nil: it refreshes none that is kept current
	since    query.Matches // what to say the changes of; nil: none
}

// read reads what req asks for. It calls nobody, and gives no access.
func read(req *Request) *ask {
	a := &ask{Request: req, deed: deedOf(req)}
	switch a.deed {
	case deedHome, deedLookUp, deedStop, deedRemove, deedAccess, deedUnknown:
		return a // whose line, where there is one, is no question
	}
	a.reading = readingOf(req)
	a.query = a.reading.Query
	if a.reading.Err != nil {
		a.parseErr = a.reading.Err
	}
	if a.deed == deedAsk && a.query.InChannel && req.Door != DoorMention && req.Door != DoorMessage {
		a.deed = deedShare
	}
	return a
}

// readingOf reads the line of req: what people type may be anything, and what a button
// holds was written by the bot.
func readingOf(req *Request) query.Reading {
	if req.Door == DoorButton || req.Door == DoorLive {
		return query.Written(req.Line)
	}
	return query.Read(req.Line)
}

// decide reads what req asks for and checks whether its asker may. What somebody began
// they may end, also where they may not ask any more.
func (b *Bot) decide(ctx context.Context, req *Request) *ask {
	a := read(req)
	if a.deed != deedStop && a.deed != deedRemove {
		a.access = verdictOf(b.access.Allow(ctx, req))
	}
	return a
}

// line is what was asked, as its buttons hold it.
func (a *ask) line() string {
	if a.parseErr != nil {
		return a.Line
	}
	return a.query.Again().String()
}

// editable reports whether the asker can edit the message that asks.
func (a *ask) editable() bool { return a.Door == DoorMention || a.Door == DoorMessage }

// onAnswer reports whether a was asked by a button on a message, not in a modal.
func (a *ask) onAnswer() bool { return a.Door == DoorButton && a.View == "" }

// forOthers reports whether the answer is meant for others too.
func (a *ask) forOthers() bool {
	switch {
	case !a.access.granted:
		return false
	case a.deed == deedShare, a.Door == DoorMention, a.Door == DoorMessage && a.query.InChannel:
		return true
	}
	return a.changesPost() && a.query.As != query.ViewCSV
}

// changesPost reports whether a was asked by a button that changes the post that it is on.
func (a *ask) changesPost() bool {
	changes := a.Action == formatting.ActionRefresh || a.Action == formatting.ActionLive
	return changes && a.onAnswer() && !a.Ephemeral && !a.direct()
}

// facts are what a delivery depends on, beside the ask.
type facts struct {
	closed formatting.Alone // why nothing may be posted in the channel; "": all who read there are insiders, or the answer is not for them
	at     posted           // where a note of progress, or the answer to an earlier version, is; zero: nowhere
	answer *Answer          // what was found; nil: nothing yet
}

// A posted is where a message is, and the file that belongs to it. It can be changed where way is
// update.
type posted struct {
	address
	file string // its id; "": none
}

// A delivery is who reads an answer, and how it gets there.
type delivery struct {
	to       address
	notes    address          // where notes of progress go
	alone    formatting.Alone // why the asker alone reads what others would; "": another matter
	sharedBy string           // who shares it; "": nobody
	file     bool             // the rows go as a file
	withdraw bool             // what is at facts.at goes, as the answer may not take its place
	once     string           // what makes it happen once; "": it may happen again
}

// deliveryOf decides who reads the answer to a. It is asked before the search and, with
// what was found, right before sending: then it may only narrow who reads.
func deliveryOf(a *ask, f facts) delivery {
	d := delivery{to: askersAddress(a.Request), alone: f.closed}
	switch {
	case a.deed == deedDetails:
		d.to = address{way: modal, user: a.User, view: a.opened}
	case f.closed != "":
	case a.deed == deedShare:
		d.to = address{way: post, user: a.User, channel: a.Channel, thread: a.Thread}
		d.sharedBy = a.User
		if a.Door == DoorButton {
			d.once = strings.Join([]string{a.User, a.Channel, a.Message, a.View, a.Line}, "/")
		}
	case a.Door == DoorMention && a.access.granted:
		d.to.way, d.to.thread, d.to.begins = post, cmp.Or(a.Thread, a.Message), a.Thread == ""
	case a.onAnswer():
		d.to = clickAddress(a)
	}
	d.narrow(a, f)
	// A note, or the answer to the version before an edit, gives its place to the answer if the same
	// people read it.
	if f.at.ts != "" && f.at.public() == d.to.public() && (d.to.way == post || d.to.way == direct) {
		d.to = f.at.address
	}
	if d.to.public() && d.sharedBy == "" {
		d.sharedBy = a.SharedBy
	}
	d.notes = d.to
	if d.to.public() && (a.Door != DoorMention || !a.reading.Strict) {
		// A post that one of its readers clicked stays as it is until the answer, and what
		// may be a guess is for the asker alone.
		d.notes = askersAddress(a.Request)
	}
	return d
}

// narrow takes the delivery to the asker alone where what was found is not for others. What
// a mention was answered before its edit goes then, as it answers nothing any more.
func (d *delivery) narrow(a *ask, f facts) {
	ans := f.answer
	if ans == nil || d.to.way == modal {
		return
	}
	emails := ans.Result != nil && ans.Result.Query.As == query.ViewEmails // whatever was asked for
	noPost := ans.Err != nil && a.Door == DoorButton || a.deed == deedShare && ans.Result == nil || ans.forAskerAlone()
	guess := ans.forAskerAlone() && d.to.public() && a.Door != DoorButton
	if ans.Outcome == outcomeDenied || emails && d.to.public() || noPost && d.to.public() {
		d.to, d.sharedBy, d.once = askersAddress(a.Request), "", ""
	}
	switch {
	case emails && f.closed == "" && d.sharedBy == "" && a.forOthers():
		d.alone = formatting.AloneEmails
	case guess && ans.Result != nil && ans.Result.Guess():
		d.alone = formatting.AloneGuess
	}
	d.file = ans.isFile()
	d.withdraw = (f.closed != "" || guess) && f.at.public() && a.Door == DoorMention
}

// clickAddress is where the answer to a button goes: a private message is replaced; on a post
// only Refresh and Keep current change it, and whoever navigates is answered alone. In a direct
// message the post itself changes. A file takes no message's place.
func clickAddress(a *ask) address {
	to := askersAddress(a.Request)
	switch {
	case a.query.As == query.ViewCSV && a.parseErr == nil:
		if a.direct() {
			to.way = direct
		}
	case a.Ephemeral:
		to.way = replace
	case a.direct(), a.changesPost():
		to.way, to.ts = update, a.Message
	}
	return to
}

// sharingRefused reports whether Share was clicked and nothing may be posted.
func (d delivery) sharingRefused(a *ask) bool {
	return a.Action == formatting.ActionShare && d.alone != ""
}

// facts looks up what the delivery of a depends on. What was closed stays closed.
func (b *Bot) facts(ctx context.Context, a *ask, f facts) facts {
	switch {
	case !a.forOthers():
	case a.query.As == query.ViewEmails:
		f.closed = formatting.AloneEmails
	default:
		f.closed = cmp.Or(f.closed, b.access.whyClosed(ctx, a.Channel))
	}
	return f
}
