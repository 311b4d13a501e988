package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

const (
	// allowChecked is how many entries of BOT_ALLOW of each kind are looked up: Slack
	// permits about 50 such calls per minute.
	allowChecked = 40
	// slackTimeout is for one call, its reply included.
	slackTimeout = 15 * time.Second
)

// What the report says a Slack check is about.
const (
	aboutAppToken  = "app token"
	aboutBotToken  = "bot token"
	aboutSameApp   = "both tokens"
	aboutInstalled = "installation"
	aboutScopes    = "scopes"
	aboutAllow     = "BOT_ALLOW"
	aboutApp       = "command, events, shortcuts"
)

// How to fix what is often wrong.
const (
	fixAppToken = "Make a new one under Basic Information, App-Level Tokens, with the scope connections:write."
	fixBotToken = "Install the app in the workspace and copy the Bot User OAuth Token from OAuth & Permissions."
	fixScope    = "Add it under OAuth & Permissions, Bot Token Scopes, and install the app again."
)

// slack checks the tokens, the scopes and who may ask. It returns what Slack says of the bot
// token, nil if nothing.
func (d *doctor) slack(ctx context.Context) *slack.AuthTestResponse {
	d.area = "Slack"
	if d.cfg.slackURL == "" {
		d.skip("SLACK_API_URL is not right", aboutAppToken, aboutBotToken, aboutScopes, aboutAllow)
		return nil
	}
	calls := &installation{http: &http.Client{
		Timeout:       slackTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a token does not follow
	}}
	d.slackAPI = slack.New(d.cfg.slackBotToken.Reveal(),
		slack.OptionAppLevelToken(d.cfg.slackAppToken.Reveal()),
		slack.OptionAPIURL(d.cfg.slackURL),
		slack.OptionHTTPClient(calls))
	app := d.appToken(ctx)
	bot := d.botToken(ctx)
	if bot == nil {
		d.skip("they need a bot token that works", aboutScopes, aboutAllow)
		return nil
	}
	if calls.orgWide {
		d.problem(aboutInstalled, "the app is installed for a whole organisation (Enterprise Grid), and the bot answers the members of one workspace, so it does not start",
			"Remove the app from the organisation, install it in that workspace, and take the bot token from there.")
	}
	d.scopes(scopesOf(bot))
	d.sameApp(ctx, app, bot)
	d.allow(ctx, bot)
	d.skip("Slack does not say; compare them under App Manifest with what servicesbot manifest prints", aboutApp)
	return bot
}

// An installation carries the calls to Slack and notes what the library leaves out of the
// reply to auth.test: whether the app is installed for a whole organisation.
type installation struct {
	http    *http.Client
	orgWide bool
}

// Do makes a call.
func (i *installation) Do(req *http.Request) (*http.Response, error) {
	resp, err := i.http.Do(req)
	if err != nil || !strings.HasSuffix(req.URL.Path, "/auth.test") {
		return resp, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	var says struct {
		OrgWide bool `json:"is_enterprise_install"`
	}
	i.orgWide = json.Unmarshal(body, &says) == nil && says.OrgWide
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// appToken asks for the address of a socket and does not open it: Slack would send
// that socket some of the events that a running bot waits for. It returns the app's
// id, "" where it is not known.
func (d *doctor) appToken(ctx context.Context) (appID string) {
	if d.noToken("SLACK_APP_TOKEN", d.cfg.slackAppToken.Reveal(), appTokenBegin, aboutAppToken) {
		return ""
	}
	_, address, err := d.slackAPI.StartSocketModeContext(ctx)
	if err == nil && address == "" {
		err = errNotSlack
	}
	if err != nil {
		says, fix := slackTrouble(err, fixAppToken)
		d.problem(aboutAppToken, says, fix)
		return ""
	}
	d.ok(aboutAppToken, "Slack offers a socket; it was not opened")
	if link, err := url.Parse(address); err == nil {
		appID = link.Query().Get("app_id")
	}
	return appID
}

// noToken reports whether a token cannot be tried, and says why.
func (d *doctor) noToken(setting, token, begin, about string) bool {
	switch {
	case token == "":
		d.skip(d.absent(setting), about)
	case !strings.HasPrefix(token, begin):
		d.skip(setting+" does not begin with "+begin, about)
	default:
		return false
	}
	return true
}

// botToken returns what auth.test says, nil where it refuses.
func (d *doctor) botToken(ctx context.Context) *slack.AuthTestResponse {
	if d.noToken("SLACK_BOT_TOKEN", d.cfg.slackBotToken.Reveal(), botTokenBegin, aboutBotToken) {
		return nil
	}
	self, err := d.slackAPI.AuthTestContext(ctx)
	if err == nil && self.UserID == "" {
		err = errNotSlack
	}
	if err != nil {
		says, fix := slackTrouble(err, fixBotToken)
		d.problem(aboutBotToken, says, fix)
		return nil
	}
	d.ok(aboutBotToken, "signs in to %s (%s) as %s", self.Team, self.TeamID, self.UserID)
	return self
}

// scopesOf are the scopes of the token: Slack names them in a header of each reply.
func scopesOf(self *slack.AuthTestResponse) []string {
	return strings.FieldsFunc(self.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
}

// scopes compares what the token has with what the manifest asks for.
func (d *doctor) scopes(has []string) {
	if len(has) == 0 {
		d.skip("Slack did not name the token's scopes", aboutScopes)
		return
	}
	missing := 0
	for _, s := range botScopes {
		if !slices.Contains(has, s.name) {
			missing++
			d.problem("scope "+s.name, "is missing; it is for "+s.why, fixScope)
		}
		has = slices.DeleteFunc(slices.Clone(has), func(name string) bool { return name == s.name })
	}
	if missing == 0 {
		d.ok(aboutScopes, "all %d are there", len(botScopes))
	}
	if len(has) > 0 {
		d.note(aboutScopes, "the token has some that the bot never uses: "+strings.Join(has, ", "), "Remove them from the app: what is not there cannot be misused.")
	}
}

// sameApp finds tokens of two apps: the bot would hear one and answer as the other.
func (d *doctor) sameApp(ctx context.Context, appID string, bot *slack.AuthTestResponse) {
	me, err := d.slackAPI.GetUserInfoContext(ctx, bot.UserID)
	switch {
	case err != nil || appID == "" || me.Profile.ApiAppID == "":
		d.skip("Slack does not say which app each token belongs to", aboutSameApp)
	case appID != me.Profile.ApiAppID:
		d.problem(aboutSameApp, fmt.Sprintf("belong to two apps: the app token to %s, the bot token to %s", appID, me.Profile.ApiAppID),
			"Copy both from the same app at https://api.slack.com/apps.")
	default:
		d.ok(aboutSameApp, "belong to the app %s", appID)
	}
}

// allow looks every entry of BOT_ALLOW up.
func (d *doctor) allow(ctx context.Context, bot *slack.AuthTestResponse) {
	a := d.cfg.allow
	if a.Everyone {
		d.ok(aboutAllow, "everyone: all full members of %s may ask", bot.Team)
	}
	for _, kind := range []struct {
		name string
		ids  []string
		look func(ctx context.Context, id string, bot *slack.AuthTestResponse) (says, fix string, err error)
	}{
		{"user", a.Users, d.allowedUser}, {"user group", a.Groups, d.allowedGroup}, {"channel", a.Channels, d.allowedChannel},
	} {
		for n, id := range kind.ids {
			about := aboutAllow + ", " + kind.name + " " + id
			if n == allowChecked {
				d.skip(fmt.Sprintf("only the first %d are looked up", allowChecked), aboutAllow+", more of the same kind")
				break
			}
			says, fix, err := kind.look(ctx, id, bot)
			switch {
			case err != nil:
				d.allowTrouble(about, kind.name, err)
			case fix != "":
				d.problem(about, says, fix)
			default:
				d.ok(about, "%s", says)
			}
		}
	}
}

// allowTrouble says why an entry could not be looked up.
func (d *doctor) allowTrouble(about, kind string, err error) {
	refusal, _ := errors.AsType[slack.SlackErrorResponse](err)
	switch refusal.Err {
	case "missing_scope":
		d.skip("the scope "+refusal.Needed+" is missing", about)
	case "user_not_found", "user_not_visible", "no_such_subteam", "subteam_not_found":
		d.problem(about, "there is no such "+kind+" in this workspace", "Copy the id again, or take the entry out of BOT_ALLOW.")
	case "channel_not_found":
		d.problem(about, "there is no such channel, or it is private and the bot is not in it", "Invite the bot to the channel, or copy the id again from the channel's details.")
	default:
		says, _ := slackTrouble(err, "")
		d.skip(says, about)
	}
}

func (d *doctor) allowedUser(ctx context.Context, id string, bot *slack.AuthTestResponse) (says, fix string, err error) {
	u, err := d.slackAPI.GetUserInfoContext(ctx, id)
	if err != nil {
		return "", "", err
	}
	const remove = "Take the entry out of BOT_ALLOW: the bot refuses such an account in any case."
	switch {
	case u.Deleted:
		return "is deactivated", remove, nil
	case u.IsBot:
		return "is a bot", remove, nil
	case u.IsStranger || u.TeamID != bot.TeamID:
		return "belongs to another workspace", remove, nil
	case u.IsRestricted || u.IsUltraRestricted:
		return "is a guest, who may ask because the entry names them", "", nil
	}
	return "is an active member", "", nil
}

func (d *doctor) allowedGroup(ctx context.Context, id string, _ *slack.AuthTestResponse) (says, fix string, err error) {
	members, err := d.slackAPI.GetUserGroupMembersContext(ctx, id)
	switch {
	case err != nil:
		return "", "", err
	case len(members) == 0:
		return "has no members", "Add members to the group, or take the entry out of BOT_ALLOW.", nil
	case len(members) == 1:
		return "has 1 member", "", nil
	}
	return fmt.Sprintf("has %d members", len(members)), "", nil
}

func (d *doctor) allowedChannel(ctx context.Context, id string, _ *slack.AuthTestResponse) (says, fix string, err error) {
	c, err := d.slackAPI.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
	if err != nil {
		return "", "", err
	}
	switch {
	case c.IsIM:
		return "is a direct message; a channel's entry permits nothing there", "List the user's id instead.", nil
	case c.IsArchived:
		return "is archived", "Take the entry out of BOT_ALLOW, or unarchive the channel.", nil
	case c.IsExtShared || c.IsPendingExtShared:
		return "is shared with another company: members of this workspace may ask there, and only they see the answers", "", nil
	case !c.IsMember:
		return "exists; the bot is not in it, so the command works there and mentions do not", "", nil
	}
	return "exists, and the bot is in it", "", nil
}

// errNotSlack is a reply that is not one of Slack's API.
var errNotSlack = errors.New("the reply is not from Slack's API")

// slackTrouble says what a failed call means, and how to fix it.
func slackTrouble(err error, copyAgain string) (says, fix string) {
	refusal, _ := errors.AsType[slack.SlackErrorResponse](err)
	_, limited := errors.AsType[*slack.RateLimitedError](err)
	status, _ := errors.AsType[slack.StatusCodeError](err)
	_, network := errors.AsType[net.Error](err) // a *url.Error is one
	switch {
	case refusal.Err != "":
		return refusalInWords(refusal.Err, refusal.Needed, copyAgain)
	case limited || status.Code == http.StatusTooManyRequests:
		return refusalInWords("ratelimited", "", copyAgain)
	case network:
		return "Slack cannot be reached: " + withoutURL(err).Error(), "Let this machine reach the address by https, and wss-primary.slack.com and wss-backup.slack.com for the sockets; check DNS and HTTPS_PROXY."
	}
	return errNotSlack.Error(), "Check SLACK_API_URL (https://slack.com/api/, unless you use another Slack), and the proxy that HTTPS_PROXY names, if there is one."
}

// refusalInWords says what Slack's own word for why not means, and how to fix it.
func refusalInWords(name, needed, copyAgain string) (says, fix string) {
	switch name {
	case "invalid_auth", "not_authed", "token_expired", "token_revoked":
		return "Slack does not accept it (" + name + ")", copyAgain
	case "account_inactive", "user_removed_from_team", "team_disabled":
		return "the app is no longer installed (" + name + ")", "Install the app in the workspace again and copy both tokens."
	case "not_allowed_token_type":
		return "it is a token of another kind (not_allowed_token_type)", copyAgain
	case "missing_scope":
		return "it lacks the scope " + needed, copyAgain
	case "ratelimited":
		return "Slack asks for a pause (ratelimited)", "Try again in a minute."
	}
	return "Slack refuses: " + name, "Look the word up at https://docs.slack.dev, and check the app at https://api.slack.com/apps."
}
