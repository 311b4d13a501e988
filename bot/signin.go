package bot

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
)

const (
	signInFirst  = 1 * time.Second // between two tries to sign in; it doubles
	signInAtMost = 15 * time.Second
)

// identity is what auth.test says of the app.
type identity struct {
	team       string // the workspace that it is installed in
	enterprise string // the organisation (Enterprise Grid) that the workspace belongs to; "": none
	user       string
	botID      string
}

// signIn learns who the bot is. While Slack cannot be asked it tries again, since a
// restart would not help; it gives up where Slack refuses for good.
func (b *Bot) signIn(ctx context.Context) error {
	alive, done := context.WithCancel(ctx)
	turning := whmcs.Go(func() error { b.status.turnUntil(alive); return nil })
	defer func() {
		done()
		<-turning
	}()
	for pause := signInFirst; ; pause = min(2*pause, signInAtMost) {
		me, err := b.web.authTest(ctx, b.cfg.BotToken)
		if err == nil {
			b.me = me
			b.log.Info("slack: signed in", "team", me.team, "enterprise", me.enterprise, "bot_user", me.user)
			return nil
		}
		if refusal := refused("bot", err); refusal != nil {
			return refusal
		}
		b.log.Warn("slack cannot be asked who this bot is; trying again", "error", scrubbed(err), "seconds", pause.Seconds())
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// authTest asks Slack who the bot is. The library's own call leaves out whether the app is
// installed for a whole organisation.
func (w *web) authTest(ctx context.Context, token Secret) (identity, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+"auth.test", nil)
	if err != nil {
		return identity{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	resp, err := w.Do(req)
	if err != nil {
		return identity{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return identity{}, slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	var says struct {
		slack.SlackResponse
		Team       string `json:"team_id"`
		Enterprise string `json:"enterprise_id"`
		User       string `json:"user_id"`
		Bot        string `json:"bot_id"`
		OrgWide    bool   `json:"is_enterprise_install"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&says); err != nil {
		return identity{}, err
	}
	if err := says.Err(); err != nil {
		return identity{}, err
	}
	if says.OrgWide {
		return identity{}, errOrgWide
	}
	return identity{team: says.Team, enterprise: says.Enterprise, user: says.User, botID: says.Bot}, nil
}

// fatalErrors are those of auth.test and apps.connections.open that will not go away by
// themselves.
var fatalErrors = []string{
	"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
	"not_allowed_token_type", "missing_scope", "forbidden_team", "user_removed_from_team", "team_disabled",
}

// errNoAPI is a server that has no method of Slack's API.
var errNoAPI = errors.New("what answers is not Slack's API (HTTP 404): check SLACK_API_URL")

// errOrgWide is an app that is installed for a whole organisation: it would serve
// workspaces whose members nobody has permitted.
var errOrgWide = errors.New("the app is installed for a whole organisation (Enterprise Grid); it answers the members of one workspace: remove it from the organisation, install it in that workspace, and take the bot token from there")

// A Refusal is Slack's refusal of a token, for good.
type Refusal struct {
	Token string // "app" or "bot"
	Name  string // Slack's own name of the error, such as invalid_auth
	Needs string // the scope that is missing; "": another matter
}

// Error returns the refusal for a log.
func (r *Refusal) Error() string { return "slack refuses the " + r.Token + " token: " + r.Name }

// refused returns the error that err means for the whole run, nil where a later try may
// succeed.
func refused(token string, err error) error {
	if code, ok := errors.AsType[slack.StatusCodeError](err); ok && code.Code == http.StatusNotFound {
		return errNoAPI
	}
	if errors.Is(err, errOrgWide) {
		return err
	}
	e, ok := errors.AsType[slack.SlackErrorResponse](err)
	if !ok || !slices.Contains(fatalErrors, e.Err) {
		return nil
	}
	return &Refusal{Token: token, Name: e.Err, Needs: e.Needed}
}
