package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// allowChecked is how many entries of BOT_ALLOW of each kind are looked up: Slack
// permits about 50 such calls a minute.
const allowChecked = 40

// What the report says a Slack check is about.
const (
	aboutAppToken = "app token"
	aboutBotToken = "bot token"
	aboutSameApp  = "both tokens"
	aboutScopes   = "scopes"
	aboutAllow    = "BOT_ALLOW"
	aboutApp      = "command, events, shortcuts"
)

// How to mend what is often wrong.
const (
	mendAppToken = "Make a new one under Basic Information, App-Level Tokens, with the scope connections:write."
	mendBotToken = "Install the app in the workspace and copy the Bot User OAuth Token from OAuth & Permissions."
	mendScope    = "Add it under OAuth & Permissions, Bot Token Scopes, and install the app again."
)

// slack checks the tokens, the scopes and who may ask.
func (d *doctor) slack(ctx context.Context) {
	d.area = "Slack"
	if d.cfg.slackURL == "" {
		d.skip("SLACK_API_URL is not right", aboutAppToken, aboutBotToken, aboutScopes, aboutAllow)
		return
	}
	app := d.appToken(ctx)
	bot := d.botToken(ctx)
	if bot == nil {
		d.skip("the bot token does not work", aboutScopes, aboutAllow)
		return
	}
	d.scopes(bot.scopes)
	d.sameApp(ctx, app, bot)
	d.allow(ctx, bot)
	d.skip("Slack does not tell; compare them under App Manifest with what servicesbot manifest prints", aboutApp)
}

// appToken asks for the address of a socket and does not open it: Slack would give
// that socket some of what a running bot waits for. It returns the app's id, ""
// where it is not known.
func (d *doctor) appToken(ctx context.Context) (appID string) {
	token := d.cfg.slackAppToken
	if !strings.HasPrefix(token.Reveal(), appTokenBegin) {
		d.skip("SLACK_APP_TOKEN is not right", aboutAppToken)
		return ""
	}
	var socket slackSocket
	if _, err := d.slackCaller(token).call(ctx, "apps.connections.open", nil, &socket); err != nil {
		says, mend := slackTrouble(err, mendAppToken)
		d.problem(aboutAppToken, says, mend)
		return ""
	}
	d.ok(aboutAppToken, "Slack offers a socket; it was not opened")
	if link, err := url.Parse(socket.URL); err == nil {
		appID = link.Query().Get("app_id")
	}
	return appID
}

// botToken returns what auth.test tells, nil where it refuses.
func (d *doctor) botToken(ctx context.Context) *slackSelf {
	token := d.cfg.slackBotToken
	if !strings.HasPrefix(token.Reveal(), botTokenBegin) {
		d.skip("SLACK_BOT_TOKEN is not right", aboutBotToken)
		return nil
	}
	var self slackSelf
	var err error
	if self.scopes, err = d.slackCaller(token).call(ctx, "auth.test", nil, &self); err != nil {
		says, mend := slackTrouble(err, mendBotToken)
		d.problem(aboutBotToken, says, mend)
		return nil
	}
	d.ok(aboutBotToken, "signs in to %s (%s) as %s", self.Team, self.TeamID, self.UserID)
	return &self
}

// scopes compares what the token has with what the manifest asks for. Slack tells
// it in a header.
func (d *doctor) scopes(has []string) {
	if len(has) == 0 {
		d.skip("Slack did not tell the token's scopes", aboutScopes)
		return
	}
	missing := 0
	for _, s := range botScopes {
		if !slices.Contains(has, s.name) {
			missing++
			d.problem("scope "+s.name, "is missing; it is for "+s.why, mendScope)
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

// sameApp finds tokens of two apps: the bot would hear of one and answer as the
// other.
func (d *doctor) sameApp(ctx context.Context, appID string, bot *slackSelf) {
	var me slackUser
	_, err := d.slackCaller(d.cfg.slackBotToken).call(ctx, "users.info", url.Values{"user": {bot.UserID}}, &me)
	switch id := me.User.Profile.AppID; {
	case err != nil || appID == "" || id == "":
		d.skip("it is not known of which app each token is", aboutSameApp)
	case appID != id:
		d.problem(aboutSameApp, fmt.Sprintf("are of two apps: the app token of %s, the bot token of %s", appID, id),
			"Copy both from the same app at https://api.slack.com/apps.")
	default:
		d.ok(aboutSameApp, "are of the app %s", appID)
	}
}

// allow looks every entry of BOT_ALLOW up.
func (d *doctor) allow(ctx context.Context, bot *slackSelf) {
	a := d.cfg.allow
	if a.Everyone {
		d.ok(aboutAllow, "everyone: all full members of %s may ask", bot.Team)
	}
	for _, kind := range []struct {
		name string
		ids  []string
		look func(ctx context.Context, id string, bot *slackSelf) (says, mend string, err error)
	}{
		{"user", a.Users, d.allowedUser}, {"user group", a.Groups, d.allowedGroup}, {"channel", a.Channels, d.allowedChannel},
	} {
		for n, id := range kind.ids {
			about := aboutAllow + ", " + kind.name + " " + id
			if n == allowChecked {
				d.skip(fmt.Sprintf("only the first %d are looked up", allowChecked), aboutAllow+", more of the same kind")
				break
			}
			says, mend, err := kind.look(ctx, id, bot)
			switch {
			case err != nil:
				d.allowTrouble(about, kind.name, err)
			case mend != "":
				d.problem(about, says, mend)
			default:
				d.ok(about, "%s", says)
			}
		}
	}
}

// allowTrouble tells of an entry that could not be looked up.
func (d *doctor) allowTrouble(about, kind string, err error) {
	refusal, _ := errors.AsType[*slackRefusal](err)
	switch {
	case refusal == nil:
		says, _ := slackTrouble(err, "")
		d.skip(says, about)
	case refusal.Name == "missing_scope":
		d.skip("the scope "+refusal.Needed+" is missing", about)
	case slices.Contains([]string{"user_not_found", "user_not_visible", "no_such_subteam", "subteam_not_found"}, refusal.Name):
		d.problem(about, "there is no such "+kind+" in this workspace", "Copy the id again, or take the entry out of BOT_ALLOW.")
	case refusal.Name == "channel_not_found":
		d.problem(about, "there is no such channel, or it is private and the bot is not in it", "Invite the bot to the channel, or copy the id again from the channel's details.")
	default:
		says, _ := slackTrouble(err, "")
		d.skip(says, about)
	}
}

func (d *doctor) allowedUser(ctx context.Context, id string, bot *slackSelf) (says, mend string, err error) {
	var reply slackUser
	if _, err := d.slackCaller(d.cfg.slackBotToken).call(ctx, "users.info", url.Values{"user": {id}}, &reply); err != nil {
		return "", "", err
	}
	const remove = "Take the entry out of BOT_ALLOW: such an account is refused whatever the list says."
	switch u := reply.User; {
	case u.Deleted:
		return "is deactivated", remove, nil
	case u.IsBot:
		return "is a bot", remove, nil
	case u.IsStranger || u.TeamID != bot.TeamID:
		return "is of another workspace", remove, nil
	case u.IsRestricted || u.IsUltraRestricted:
		return "is a guest, who may ask because the entry names them", "", nil
	}
	return "is an active member", "", nil
}

func (d *doctor) allowedGroup(ctx context.Context, id string, _ *slackSelf) (says, mend string, err error) {
	var reply slackGroup
	_, err = d.slackCaller(d.cfg.slackBotToken).call(ctx, "usergroups.users.list", url.Values{"usergroup": {id}}, &reply)
	switch {
	case err != nil:
		return "", "", err
	case len(reply.Users) == 0:
		return "has no members", "Add members to the group, or take the entry out of BOT_ALLOW.", nil
	case len(reply.Users) == 1:
		return "has 1 member", "", nil
	}
	return fmt.Sprintf("has %d members", len(reply.Users)), "", nil
}

func (d *doctor) allowedChannel(ctx context.Context, id string, _ *slackSelf) (says, mend string, err error) {
	var reply slackChannel
	if _, err := d.slackCaller(d.cfg.slackBotToken).call(ctx, "conversations.info", url.Values{"channel": {id}}, &reply); err != nil {
		return "", "", err
	}
	switch c := reply.Channel; {
	case c.IsIM:
		return "is a direct message, where a channel's entry permits nothing", "List the user's id in its place.", nil
	case c.IsArchived:
		return "is archived", "Take the entry out of BOT_ALLOW, or unarchive the channel.", nil
	case c.IsExtShared || c.IsPendingExtShared:
		return "is shared with another company: members of this workspace may ask there, and only they see the answers", "", nil
	case !c.IsMember:
		return "exists; the bot is not in it, so the command works there and mentions do not", "", nil
	}
	return "exists, and the bot is in it", "", nil
}

// slackTrouble tells what a failed call means, and how to mend it.
func slackTrouble(err error, copyAgain string) (says, mend string) {
	refusal, ok := errors.AsType[*slackRefusal](err)
	if errors.Is(err, errNotSlack) {
		return err.Error(), "Check SLACK_API_URL (https://slack.com/api/, unless yours is another Slack), and the proxy that HTTPS_PROXY names, if there is one."
	}
	if !ok {
		return "Slack cannot be reached: " + err.Error(), "Let this machine reach the address by https, and wss-primary.slack.com and wss-backup.slack.com for the sockets; check DNS and HTTPS_PROXY."
	}
	switch refusal.Name {
	case "invalid_auth", "not_authed", "token_expired", "token_revoked":
		return "Slack does not take it (" + refusal.Name + ")", copyAgain
	case "account_inactive", "user_removed_from_team", "team_disabled":
		return "the app is not installed any more (" + refusal.Name + ")", "Install the app in the workspace again and copy both tokens."
	case "not_allowed_token_type":
		return "it is a token of another kind (not_allowed_token_type)", copyAgain
	case "missing_scope":
		return "it lacks the scope " + refusal.Needed, copyAgain
	case "ratelimited":
		return "Slack asks for a pause (ratelimited)", "Try again in a minute."
	}
	return "Slack refuses: " + refusal.Name, "Look the word up at https://docs.slack.dev, and check the app at https://api.slack.com/apps."
}

func (d *doctor) slackCaller(token whmcs.Secret) *slackCaller {
	return &slackCaller{base: d.cfg.slackURL, token: token}
}
