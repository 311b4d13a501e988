package bot

// A way is how a message gets to its address.
type way int

const (
	nowhere way = iota
	respond     // a new private message, by the request's response_url
	replace     // in place of the private message clicked, by the click's response_url
	post        // a message that everybody there reads
	update      // in place of one of our posts
	whisper     // a private line in a channel or thread
	direct      // a direct message, whose channel is yet to be opened
	modal       // a window that is open
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
	case modal:
		return "views.update"
	}
	return "chat.postMessage"
}

// An address is where a message goes.
type address struct {
	way     way
	user    string
	channel string
	thread  string
	begins  bool   // whether a post would begin the thread
	ts      string // of the post to be updated
	url     Secret // response_url
	view    string // id of the modal
}

// public reports whether others than the asker read what is sent to the address.
func (to address) public() bool {
	return (to.way == post || to.way == update) && to.channel != "" && to.channel[0] != 'D'
}

// sent is the address of what was sent to another one: a post can be updated from then on.
func (to address) sent(ts string) address {
	if to.way == post && ts != "" {
		to.way, to.ts = update, ts
	}
	return to
}

// askersAddress is where the asker alone reads a new message. It needs no look-up.
//
// A mention outside of threads is answered in the channel: Slack shows a private line in a
// thread only where that has a reply already.
func askersAddress(req *Request) address {
	to := address{user: req.User, channel: req.Channel, thread: req.Thread, url: req.ResponseURL}
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

// fallback is the next address to try where a message did not reach somebody.
func (to address) fallback() (address, bool) {
	switch {
	case to.user == "", to.way == direct:
		return to, false
	case (to.way == respond || to.way == replace) && to.channel != "" && to.channel[0] != 'D':
		to.way = whisper
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
