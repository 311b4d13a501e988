package bot

import (
	"cmp"
	"context"
	"strings"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// A way is how a message reaches its place.
type way int

const (
	respond way = iota // a new private message, by the request's response_url
	replace            // in place of the private message clicked, by the click's response_url
	post               // a message that everybody there reads
	update             // in place of one of our posts
	whisper            // a private line in a channel or thread
	direct             // a direct message
)

// method is the call to Slack that a way is, as Slack limits it.
func (w way) method() string {
	switch w {
	case respond, replace:
		return "response_url"
	case update:
		return "chat.update"
	case whisper:
		return "chat.postEphemeral"
	}
	return "chat.postMessage"
}

// A place is where a message goes.
type place struct {
	way     way
	user    string
	channel string
	thread  string
	begins  bool   // whether a post would begin the thread
	ts      string // of the post to be updated, or, of what was sent, of the post
	file    string // id of the file that belongs to the post
	url     Secret
	why     formatting.Alone // why only the asker reads there what others would; "" elsewhere
}

// at is where what was sent to the place stands: a post can be updated from then on.
func (to place) at(ts string) place {
	to.ts = ts
	if to.way == post && ts != "" {
		to.way = update
	}
	return to
}

// public reports whether others than the asker read what is sent to the place.
func (to place) public() bool {
	return (to.way == post || to.way == update) && to.channel != "" && to.channel[0] != 'D'
}

// place is where the answer to req belongs: in the thread of a mention where only
// insiders read, in place of a message whose button was clicked, else privately.
func (b *Bot) place(ctx context.Context, req *Request) place {
	to := alone(req)
	switch {
	case req.Door == DoorMention:
		if to.why = b.access.closed(ctx, req.Channel); to.why == "" {
			to.way, to.thread, to.begins = post, cmp.Or(req.Thread, req.Message), req.Thread == ""
		}
	case req.Door == DoorButton && req.View == "":
		b.clicked(ctx, req, &to)
	}
	return to
}

// alone is where who acts reads a new message alone. It needs no look-up.
//
// A mention outside of threads is answered in the channel: Slack shows a private
// line in a thread only where that has a reply already.
func alone(req *Request) place {
	to := place{user: req.User, channel: req.Channel, thread: req.Thread, url: req.ResponseURL}
	switch {
	case to.url != "" && to.thread == "": // a response_url cannot whisper into a thread
		to.way = respond
	case req.Door == DoorMessage:
		to.way = post
	case to.channel != "" && !req.direct():
		to.way = whisper
	default:
		to.way = direct
	}
	return to
}

// clicked is the place of a button's answer: a private message is replaced; on a
// public one only Refresh changes it, and who navigates is answered alone. In a
// direct message the post itself changes. A file takes no message's place.
func (b *Bot) clicked(ctx context.Context, req *Request, to *place) {
	switch {
	case asksFile(req.Line) && !req.direct():
	case asksFile(req.Line):
		to.way = direct
	case req.Ephemeral:
		to.way = replace
	case req.direct():
		to.way, to.ts = update, req.Message
	case req.Action == formatting.ActionRefresh:
		if to.why = b.access.closed(ctx, req.Channel); to.why == "" {
			to.way, to.ts = update, req.Message
		}
	}
}

// asksFile reports whether a line says as:csv.
func asksFile(line string) bool {
	if !mentionsWord(line, "csv") {
		return false
	}
	q, err := query.Parse(line)
	return err == nil && q.As == query.ViewCSV
}

// asksInChannel reports whether a line says in:channel.
func asksInChannel(line string) bool {
	if !mentionsWord(line, "channel") {
		return false
	}
	q, err := query.Parse(line)
	return err == nil && q.InChannel
}

// mentionsWord reports whether a line holds a word, in any case: most do not, and need
// not be parsed to know that.
func mentionsWord(line, word string) bool { return strings.Contains(strings.ToLower(line), word) }

// fallback is the next place to try for somebody whom the message did not reach.
func (to place) fallback() (place, bool) {
	switch {
	case to.user == "":
		return to, false
	case (to.way == respond || to.way == replace) && to.channel != "" && to.channel[0] != 'D':
		to.way = whisper
	case to.way == direct:
		return to, false
	case to.way == update && to.public() && to.url != "":
		to.way = whisper // the post that was clicked is gone; what somebody removed does not come back
	case to.way == update && to.public():
		to.way, to.ts = post, "" // our answer to a mention is gone, or too old to be edited
	case to.way == post && to.public():
		to.way = whisper // another method, with limits of its own
		if to.begins {
			to.thread = "" // where nobody posted, a private line is not shown
		}
	default:
		to.way = direct
	}
	return to, true
}
