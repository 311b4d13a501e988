package bot

import (
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

const (
	retryAfterMost = time.Minute // of a Retry-After that can be believed
	pausesMost     = 1000        // that are remembered before those that are over are dropped
)

// A slackLimit is what Slack counts calls by, and pauses with a 429: the posts in a channel, a
// response_url, or else a method.
type slackLimit struct {
	method string
	part   string // a channel, or a response_url; "": the whole method
}

// slackLimitOf returns the limit that a call falls under.
func slackLimitOf(req *http.Request, method string) slackLimit {
	switch method {
	case "response_url":
		return slackLimit{method, req.URL.String()}
	case "chat.postMessage":
		return slackLimit{method, channelIn(req)}
	}
	return slackLimit{method: method}
}

// slackLimitAt returns the limit that a message to an address falls under.
func slackLimitAt(to address) slackLimit {
	switch l := (slackLimit{method: to.way.method()}); l.method {
	case "response_url":
		return slackLimit{l.method, to.url.Reveal()}
	case "chat.postMessage":
		return slackLimit{l.method, to.channel}
	default:
		return l
	}
}

// channelIn returns the channel that a post goes to, "" where it cannot be read.
func channelIn(req *http.Request) string {
	if req.GetBody == nil {
		return ""
	}
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	defer body.Close()
	copied := http.Request{Method: http.MethodPost, URL: &url.URL{}, Header: req.Header, Body: body}
	return copied.PostFormValue("channel")
}

// pauses are until when Slack wants no call under each limit.
type pauses struct {
	mu    sync.Mutex
	until map[slackLimit]time.Time
}

func newPauses() *pauses { return &pauses{until: make(map[slackLimit]time.Time)} }

// left is how long a call under l has to wait; 0 or less: not at all.
func (p *pauses) left(l slackLimit) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(time.Until(p.until[l]), time.Until(p.until[slackLimit{method: l.method}]))
}

// add notes a 429 with its Retry-After and returns how long the pause is. Where Slack wants
// a pause of a second channel while that of a first lasts, it is the method that it limits.
func (p *pauses) add(l slackLimit, h http.Header) time.Duration {
	after := time.Second
	if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil && s >= 0 {
		after = min(time.Duration(s)*time.Second, retryAfterMost)
	}
	now := time.Now()
	until := now.Add(after)
	p.mu.Lock()
	defer p.mu.Unlock()
	wholeMethod := slackLimit{method: l.method}
	for other, ends := range p.until {
		switch {
		case !ends.After(now) && len(p.until) > pausesMost:
			delete(p.until, other)
		case l.method == "chat.postMessage" && other.method == l.method && other != l && other != wholeMethod && ends.After(now):
			p.until[wholeMethod] = later(p.until[wholeMethod], later(ends, until))
		}
	}
	p.until[l] = later(p.until[l], until)
	return after
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
