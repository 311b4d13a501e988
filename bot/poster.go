package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"servicesbot/formatting"
)

// A poster delivers messages to addresses.
type poster struct {
	slack    *slack.Client
	web      *web
	pacing   rate.Limit // posts per second and channel
	channels *otter.Cache[string, *rate.Limiter]
	ending   context.Context // of the process, not of a call: when it is done nobody waits for a turn any more
}

// Slack takes about one message per second and channel, and tolerates bursts.
const (
	postsPerSecond = 1
	postsBurst     = 10
	paceMost       = 10 * time.Second // that a post waits for its turn
)

func newPoster(api *slack.Client, w *web) *poster {
	return &poster{slack: api, web: w, pacing: postsPerSecond, ending: context.Background(), channels: newCache(10_000, otter.ExpiryAccessing[string, *rate.Limiter](time.Minute))}
}

// sendInTime is send with a time of its own: what failed before may have used up the
// caller's.
func (p *poster) sendInTime(ctx context.Context, to address, msg formatting.Message) (string, error) {
	ctx, cancel := background(ctx)
	defer cancel()
	return p.send(ctx, to, msg)
}

// sendElsewhere sends what failed with err to other addresses: a response_url that is spent gives
// way to a private line in the channel, and that to a direct message. Where Slack may have
// acted nothing is repeated, but for an update, which does no harm twice.
func (p *poster) sendElsewhere(ctx context.Context, to address, msg formatting.Message, err error) (address, error) {
	var ts string
	if to.way == update && unknownOutcome(err) {
		again, failed := p.sendInTime(ctx, to, msg)
		if failed != nil {
			return to, err // still nobody knows; elsewhere it would be a second answer
		}
		ts, err = again, nil
	}
	for err != nil && !unknownOutcome(err) {
		next, ok := to.fallback()
		if !ok {
			break
		}
		to = next
		ts, err = p.sendInTime(ctx, to, msg)
	}
	return to.sent(ts), err
}

// errNowhere is a message without an address that messages go to.
var errNowhere = errors.New("the message has no address")

// send sends a message and returns the ts of the post, "" where it is none.
func (p *poster) send(ctx context.Context, to address, msg formatting.Message) (string, error) {
	switch to.way {
	case respond, replace:
		return "", p.respond(ctx, to, msg)
	case post:
		return p.post(ctx, to.channel, to.thread, msg)
	case update:
		_, ts, _, err := p.slack.UpdateMessageContext(ctx, to.channel, to.ts, content(msg)...)
		return ts, err
	case whisper:
		_, err := p.slack.PostEphemeralContext(ctx, to.channel, to.user, append(content(msg), inThread(to.thread))...)
		return "", err
	case direct:
		dm, err := p.open(ctx, to.user)
		if err != nil {
			return "", err
		}
		return p.post(ctx, dm, "", msg)
	}
	return "", errNowhere
}

// open returns the direct message channel with a user.
func (p *poster) open(ctx context.Context, user string) (string, error) {
	c, _, _, err := p.slack.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

func (p *poster) post(ctx context.Context, channel, thread string, msg formatting.Message) (string, error) {
	if err := p.pace(ctx, channel); err != nil {
		return "", err
	}
	_, ts, err := p.slack.PostMessageContext(ctx, channel, append(content(msg), inThread(thread))...)
	return ts, err
}

// pace waits until the channel may get another message. If that would take long, it fails
// at once, so that the asker is answered alone instead. For a direct message there is no
// such other place: it is sent, and Slack decides.
func (p *poster) pace(ctx context.Context, channel string) error {
	l, err := p.pacer(ctx, channel)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, paceMost)
	defer cancel()
	defer context.AfterFunc(p.ending, cancel)()
	turn := func() error { return l.Wait(ctx) }
	if l.Tokens() < 1 {
		err = aside(ctx, turn)
	} else {
		err = turn()
	}
	if err != nil && channel[0] != 'D' && p.ending.Err() == nil {
		return errNotSent
	}
	return nil
}

func (p *poster) pacer(ctx context.Context, channel string) (*rate.Limiter, error) {
	return p.channels.Get(ctx, channel, otter.LoaderFunc[string, *rate.Limiter](func(context.Context, string) (*rate.Limiter, error) {
		return rate.NewLimiter(p.pacing, postsBurst), nil
	}))
}

// hasRoom reports whether a message that may as well not be sent takes nothing from
// others: Slack asks for no pause, and the channel may get several at once.
func (p *poster) hasRoom(to address) bool {
	if p.web.pauses.left(slackLimitAt(to)) > 0 {
		return false
	}
	if to.way != post {
		return true
	}
	l, err := p.pacer(context.Background(), to.channel)
	return err == nil && l.Tokens() > postsBurst/2
}

// content is a message for the Web API. parse=none and both unfurl flags keep text
// from coming alive and links from being previewed; every path that posts comes
// through here or through respond.
func content(msg formatting.Message) []slack.MsgOption {
	blocks := msg.Blocks
	if blocks == nil {
		blocks = []slack.Block{}
	}
	return []slack.MsgOption{
		slack.MsgOptionText(msg.Text, false),
		slack.MsgOptionBlocks(blocks...),
		slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
}

func inThread(thread string) slack.MsgOption {
	if thread == "" {
		return slack.MsgOptionCompose()
	}
	return slack.MsgOptionTS(thread)
}

// A response is what a response_url takes.
type response struct {
	Type            string        `json:"response_type"`
	ReplaceOriginal bool          `json:"replace_original"`
	Text            string        `json:"text"`
	Blocks          []slack.Block `json:"blocks,omitempty"`
	Thread          string        `json:"thread_ts,omitempty"`
	UnfurlLinks     bool          `json:"unfurl_links"`
	UnfurlMedia     bool          `json:"unfurl_media"`
	Parse           string        `json:"parse"`
}

// errSpent is a response_url that takes no more: it was used five times or is
// older than 30 minutes.
var errSpent = errors.New("the response_url takes no more messages")

// respond posts to a response_url. slack-go's two ways of doing so drop the unfurl
// flags or ignore an error that comes with status 200.
func (p *poster) respond(ctx context.Context, to address, msg formatting.Message) error {
	return p.hook(ctx, to, response{
		Type: "ephemeral", ReplaceOriginal: to.way == replace,
		Text: msg.Text, Blocks: msg.Blocks, Parse: "none",
	})
}

// erase takes the private message away that was clicked.
func (p *poster) erase(ctx context.Context, to address) error {
	return p.hook(ctx, to, map[string]bool{"delete_original": true}) // alone, as Slack wants it
}

// hook posts to the response_url of an address.
func (p *poster) hook(ctx context.Context, to address, r any) error {
	if to.url == "" {
		return errSpent
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url.Reveal(), bytes.NewReader(body))
	if err != nil {
		return errSpent // its text would hold the URL
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := p.web.try(req, to.way.method())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return err
	}
	return respondError(resp.StatusCode, string(reply))
}

// respondError reads Slack's reply to a response_url: "ok", {"ok":true} or the
// name of an error, by itself or in JSON.
func respondError(status int, reply string) error {
	var r struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal([]byte(reply), &r) != nil {
		r.Error = strings.TrimSpace(reply)
	}
	switch {
	case status == http.StatusOK && (r.Error == "ok" || r.OK == nil && r.Error == "" || r.OK != nil && *r.OK):
		return nil
	case status == http.StatusNotFound || r.Error == "expired_url" || r.Error == "used_url":
		return errSpent
	case status >= 500:
		return slack.StatusCodeError{Code: status, Status: fmt.Sprintf("%d from a response_url", status)}
	case strings.Contains(r.Error, "invalid_blocks"):
		return slack.SlackErrorResponse{Err: "invalid_blocks"}
	case r.Error == "" || len(r.Error) > 100:
		return slack.SlackErrorResponse{Err: fmt.Sprintf("status %d", status)}
	}
	return slack.SlackErrorResponse{Err: r.Error}
}
