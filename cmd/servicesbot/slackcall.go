package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"servicesbot/whmcs"
)

const (
	slackCallTimeout = 15 * time.Second
	slackReplyAtMost = 4 << 20
)

// What Slack's tokens begin with.
const (
	appTokenBegin = "xapp-"
	botTokenBegin = "xoxb-"
)

// A slackCaller makes single calls to Slack's Web API for the doctor. The bot's
// own client does not show the header that tells a token's scopes.
type slackCaller struct {
	base  string // ends in a slash
	token whmcs.Secret
}

// What the doctor reads of the replies of its methods.
type (
	slackSocket struct {
		URL string `json:"url"` // a secret
	}
	slackSelf struct {
		Team   string `json:"team"`
		TeamID string `json:"team_id"`
		UserID string `json:"user_id"`
		scopes []string
	}
	slackUser struct {
		User struct {
			TeamID            string `json:"team_id"`
			Deleted           bool   `json:"deleted"`
			IsBot             bool   `json:"is_bot"`
			IsStranger        bool   `json:"is_stranger"`
			IsRestricted      bool   `json:"is_restricted"`
			IsUltraRestricted bool   `json:"is_ultra_restricted"`
			Profile           struct {
				AppID string `json:"api_app_id"` // of a bot
			} `json:"profile"`
		} `json:"user"`
	}
	slackGroup struct {
		Users []string `json:"users"`
	}
	slackChannel struct {
		Channel struct {
			IsIM               bool `json:"is_im"`
			IsArchived         bool `json:"is_archived"`
			IsMember           bool `json:"is_member"`
			IsExtShared        bool `json:"is_ext_shared"`
			IsPendingExtShared bool `json:"is_pending_ext_shared"`
		} `json:"channel"`
	}
)

// A slackRefusal is Slack's own word for why not.
type slackRefusal struct{ Name, Needed string }

// Error returns the word.
func (r *slackRefusal) Error() string { return r.Name }

// call makes one call, decodes the reply into reply and returns the scopes of the
// token. The error is a *slackRefusal where Slack answered, and never holds the
// token or the address.
func (s *slackCaller) call(ctx context.Context, method string, args url.Values, reply any) (scopes []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, slackCallTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+method, strings.NewReader(args.Encode()))
	if err != nil {
		return nil, withoutURL(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token.Reveal())
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	hc := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := hc.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusTooManyRequests {
		return nil, &slackRefusal{Name: "ratelimited"}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, slackReplyAtMost))
	if err != nil {
		return nil, err
	}
	if err := readSlack(body, reply); err != nil {
		return nil, err
	}
	return strings.FieldsFunc(resp.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' }), nil
}

var errNotSlack = errors.New("what answers there is not Slack's API")

// readSlack decodes a reply, or returns the refusal that it is.
func readSlack(body []byte, reply any) error {
	var frame struct {
		OK            bool
		Error, Needed string
	}
	if json.Unmarshal(body, &frame) != nil || !frame.OK && frame.Error == "" {
		return errNotSlack
	}
	if !frame.OK {
		return &slackRefusal{Name: frame.Error, Needed: frame.Needed}
	}
	return json.Unmarshal(body, reply)
}
