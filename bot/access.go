package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/slack-go/slack"

	"servicesbot/formatting"
)

const (
	userFor    = 5 * time.Minute // how long what Slack said of a user counts
	channelFor = 5 * time.Minute
	groupFor   = 5 * time.Minute
	groupStale = time.Hour // how long a group's members count while Slack fails
	cachedMost = 20_000    // users, and channels
)

// An Allow says who may ask: the parsed BOT_ALLOW.
type Allow struct {
	Everyone bool     // full members of the workspace
	Users    []string // U… and W…: wherever they ask, guests too
	Groups   []string // S…: their members
	Channels []string // C… and G…: full members, in that channel only
}

var (
	slackID = regexp.MustCompile(`^[UWSCG][A-Z0-9]{2,}$`)
	// quotable is a wrong item of a list of ids that cannot be a secret: tokens begin with
	// x, and are longer.
	quotable = regexp.MustCompile(`^[A-WYZa-wyz0-9_-][A-Za-z0-9_-]{0,20}$`)
)

// ParseAllow reads a comma list of ids, or the word everyone. An empty list is an
// error: nobody could ask. The error quotes no item that might be a token.
func ParseAllow(list string) (Allow, error) {
	var a Allow
	var wrong []string
	for n, item := range strings.Split(list, ",") {
		item = strings.TrimSpace(item)
		switch {
		case item == "":
			continue
		case strings.EqualFold(item, "everyone"):
			a.Everyone = true
		case !slackID.MatchString(item) && quotable.MatchString(item):
			wrong = append(wrong, strconv.Quote(item))
		case !slackID.MatchString(item):
			wrong = append(wrong, fmt.Sprintf("the item at place %d", n+1))
		case item[0] == 'U' || item[0] == 'W':
			a.Users = append(a.Users, item)
		case item[0] == 'S':
			a.Groups = append(a.Groups, item)
		default:
			a.Channels = append(a.Channels, item)
		}
	}
	if len(wrong) > 0 {
		is := "is not a Slack id"
		if len(wrong) > 1 {
			is = "are not Slack ids"
		}
		return Allow{}, fmt.Errorf("%s %s: list user ids (U…), user group ids (S…), channel ids (C…), with commas between, or everyone", strings.Join(wrong, ", "), is)
	}
	if !a.Everyone && len(a.Users)+len(a.Groups)+len(a.Channels) == 0 {
		return Allow{}, errors.New("nobody may ask: list user ids (U…), user group ids (S…), channel ids (C…), or everyone")
	}
	return a, nil
}

// A Denial says why somebody gets no answer. It reveals nothing about the data.
type Denial struct {
	formatting.Denial
	cause error
}

// Error returns the reason.
func (d *Denial) Error() string { return "denied: " + string(d.Why) }

// Unwrap returns the failed call to Slack behind it, if any.
func (d *Denial) Unwrap() error { return d.cause }

// access decides who may ask and where answers may be seen. What Slack says is
// kept for minutes: a warm cache costs no call, a cold one at most one users.info, one
// conversations.info, and one usergroups.users.list for each group that may ask.
type access struct {
	allow   Allow
	contact string // user id of whom to ask for access; "": nobody
	slack   *slack.Client
	me      func() identity
	log     *slog.Logger

	// outsideAt reports whether another replica knows that outsiders read in a channel; nil:
	// there is none.
	outsideAt func(ctx context.Context, channel string) bool

	users    *otter.Cache[string, person]
	channels *otter.Cache[string, bool] // whether all are insiders there

	groups *otter.Cache[string, []string]

	mu   sync.Mutex
	last map[string]group // what Slack last said, for as long as it then fails
}

// A person is what access needs of users.info.
type person struct {
	team  string   // T…; of a member of an organisation perhaps E…, or nothing
	teams []string // all workspaces of a member of an organisation (Enterprise Grid)

	bot, deleted, stranger, guest, found bool
}

// A group is a user group's members as of a time.
type group struct {
	members []string
	asOf    time.Time
}

func newAccess(allow Allow, api *slack.Client, me func() identity, log *slog.Logger) *access {
	return &access{
		allow: allow, slack: api, me: me, log: log,
		users:    newCache(cachedMost, otter.ExpiryWriting[string, person](userFor)),
		channels: newCache(cachedMost, otter.ExpiryWriting[string, bool](channelFor)),
		groups:   newCache(cachedMost, otter.ExpiryWriting[string, []string](groupFor)),
		last:     make(map[string]group),
	}
}

// Allow reports whether the user of req may ask there; a *Denial says why not.
func (a *access) Allow(ctx context.Context, req *Request) error {
	if a.elsewhere(req.UserTeam) {
		return a.outsider(req.UserTeam)
	}
	if req.User == slackbot {
		return deny(formatting.DeniedNoPerson)
	}
	p, err := a.person(ctx, req.User)
	if err != nil {
		a.log.Error("access: slack cannot be asked about a user", "ref", req.Ref, "user", req.User, "error", err)
		return &Denial{formatting.Denial{Why: formatting.DeniedNotChecked}, err}
	}
	switch {
	case !p.found || p.bot || p.deleted:
		return deny(formatting.DeniedNoPerson)
	case !a.inside(p, req.UserTeam):
		return a.outsider(slices.Concat([]string{req.UserTeam, p.team}, p.teams)...)
	case slices.Contains(a.allow.Users, req.User):
		return nil
	case p.guest:
		return &Denial{Denial: formatting.Denial{Why: formatting.DeniedGuest, User: req.User, Contact: a.contact}}
	case a.allow.Everyone, slices.Contains(a.allow.Channels, req.Channel) && req.Channel != "" && !req.direct():
		return nil
	}
	var unknown error
	for _, g := range a.allow.Groups {
		members, err := a.members(ctx, g)
		if slices.Contains(members, req.User) {
			return nil
		}
		unknown = cmp.Or(unknown, err)
	}
	if unknown != nil {
		return &Denial{formatting.Denial{Why: formatting.DeniedNotChecked}, unknown}
	}
	return a.notListed(req)
}

// deny is a denial that needs no more than its reason.
func deny(why formatting.DenialReason) error { return &Denial{Denial: formatting.Denial{Why: why}} }

// elsewhere reports whether the workspace or organisation that a payload names for its user
// settles that they are an outsider, without a look-up. In an organisation (Enterprise Grid)
// it does not: it may be the organisation itself, or another workspace of a member of ours.
func (a *access) elsewhere(team string) bool {
	me := a.me()
	return team != "" && team != me.team && (me.enterprise == "" || team[0] == 'E' && team != me.enterprise)
}

// inside reports whether p is of our workspace. In an organisation the list of all their
// workspaces decides where their own one, or the payload's, is another.
func (a *access) inside(p person, payloads string) bool {
	me := a.me()
	if p.stranger {
		return false
	}
	if slices.Contains(p.teams, me.team) {
		return true
	}
	return p.team == me.team && (payloads == "" || payloads == me.team || payloads == me.enterprise)
}

// outsider is the denial of somebody who belongs to theirs, "" among them left out.
func (a *access) outsider(theirs ...string) error {
	slices.Sort(theirs)
	theirs = slices.DeleteFunc(slices.Compact(theirs), func(id string) bool { return id == "" })
	return &Denial{Denial: formatting.Denial{Why: formatting.DeniedOutsider, Theirs: theirs, Ours: a.me().team}}
}

func (a *access) notListed(req *Request) error {
	return &Denial{Denial: formatting.Denial{Why: formatting.DeniedNotListed, User: req.User, Contact: a.contact, Channels: len(a.allow.Channels) > 0}}
}

// person returns what Slack says of a user, from the cache where it can.
func (a *access) person(ctx context.Context, id string) (person, error) {
	return a.users.Get(ctx, id, otter.LoaderFunc[string, person](func(ctx context.Context, id string) (person, error) {
		ctx, cancel := background(ctx)
		defer cancel()
		u, err := a.slack.GetUserInfoContext(ctx, id)
		switch {
		case slackError(err) == "user_not_found" || slackError(err) == "user_not_visible":
			return person{}, nil
		case err != nil:
			return person{}, err
		}
		return person{
			team: u.TeamID, teams: u.Enterprise.Teams, bot: u.IsBot, deleted: u.Deleted, stranger: u.IsStranger,
			guest: u.IsRestricted || u.IsUltraRestricted, found: true,
		}, nil
	}))
}

// members returns the members of a user group, as Slack said within the last 5 minutes.
// While Slack cannot be asked those of up to an hour ago count, and then nobody.
func (a *access) members(ctx context.Context, id string) ([]string, error) {
	members, err := a.groups.Get(ctx, id, otter.LoaderFunc[string, []string](a.loadMembers))
	if err != nil {
		a.log.Error("access: slack does not say who is in a user group", "group", id, "error", err)
	}
	return members, err
}

func (a *access) loadMembers(ctx context.Context, id string) ([]string, error) {
	ctx, cancel := background(ctx)
	defer cancel()
	members, err := a.slack.GetUserGroupMembersContext(ctx, id)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch name := slackError(err); {
	case err == nil:
		a.last[id] = group{members, time.Now()}
		return members, nil
	case name == "no_such_subteam", name == "subteam_disabled":
		a.log.Warn("access: a user group that may ask is deleted or disabled; it has no members", "group", id, "error", name)
		delete(a.last, id)
		return nil, nil
	case name != "" && !temporaryErrors[name]: // Slack was asked, and does not vouch for anybody
		delete(a.last, id)
		return nil, err
	}
	if last, ok := a.last[id]; ok && time.Since(last.asOf) < groupStale-groupFor {
		a.log.Warn("access: slack does not say who is in a user group; the members of before still count", "group", id, "error", err)
		return last.members, nil
	}
	return nil, err
}

// temporaryErrors are the errors by which Slack says that it cannot answer now.
var temporaryErrors = map[string]bool{
	"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true,
	"ratelimited": true, "rate_limited": true, "team_added_to_org": true,
}

// whyClosed says why nothing may be posted in a channel; it is "" where all who can
// read there are of this organisation. A channel that cannot be looked up is taken
// for one with outsiders.
func (a *access) whyClosed(ctx context.Context, channel string) (why formatting.Alone) {
	if channel == "" || channel[0] == 'D' {
		return formatting.AloneNoChannel
	}
	inside, err := a.channels.Get(ctx, channel, otter.LoaderFunc[string, bool](func(ctx context.Context, id string) (bool, error) {
		ctx, cancel := background(ctx)
		defer cancel()
		c, err := a.slack.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		if err != nil {
			return false, err
		}
		inside := !c.IsExtShared && !c.IsPendingExtShared
		return inside && (a.outsideAt == nil || !a.outsideAt(ctx, id)), nil
	}))
	switch {
	case slackError(err) == "channel_not_found": // a private channel that the bot is not in
		return formatting.AloneNotInvited
	case err != nil:
		a.log.Warn("access: slack does not tell about a channel; it is taken for one with outsiders", "channel", channel, "error", err)
		return formatting.AloneNotKnown
	case !inside:
		return formatting.AloneOutsiders
	}
	return ""
}

// markOutside marks a channel as one where outsiders read, whatever was known; "" is none. It
// reports whether that is new.
func (a *access) markOutside(channel string) bool {
	if channel == "" {
		return false
	}
	inside, known := a.channels.GetIfPresent(channel)
	a.channels.Set(channel, false)
	return inside || !known
}

// forgetChannels forgets channels whose sharing changed.
func (a *access) forgetChannels(channels ...string) {
	for _, c := range channels {
		a.channels.Invalidate(c)
	}
}

// forgetInside forgets which channels only insiders read.
func (a *access) forgetInside() {
	for c, inside := range a.channels.All() {
		if inside {
			a.channels.Invalidate(c)
		}
	}
}
