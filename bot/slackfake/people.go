package slackfake

import (
	"fmt"
	"slices"
	"strings"
)

// A User is somebody in the workspace: a member, a guest, somebody of another
// workspace who is seen through a shared channel, or a bot.
type User struct {
	ID, Name, RealName string
	Title              string   // what the page says about the person
	TeamID             string   // "": this workspace
	Teams              []string // of a member of an organisation (Enterprise Grid): all their workspaces
	TZ                 string   // "": Europe/Berlin
	Restricted         bool     // multi-channel guest
	UltraRestricted    bool     // single-channel guest
	Stranger           bool     // of another workspace, without a shared channel
	Deleted            bool     // deactivated; the fake lets them act nevertheless, since an event may arrive late
	Bot                bool
	BotID, AppID       string // of a bot
}

// A Channel is a public or private channel, a direct message or a group message.
type Channel struct {
	ID, Name         string
	Private          bool
	IM               string // the user whose direct message with the bot this is
	MPIM             bool
	Archived         bool
	ExtShared        bool // with another company
	PendingExtShared bool // invited, not yet accepted
	OrgShared        bool
	Members          []string // user ids; the bot's own id if it is in
}

// A Group is a user group (@support-team).
type Group struct {
	ID, Handle string
	Members    []string
}

// The people and places of the default workspace.
const (
	Alice     = "U0ALICE"     // support agent, member of the group Support
	Bob       = "U0BOB"       // incident commander, member of the group Support
	Carl      = "U0CARL"      // full member, in no group
	Gina      = "U0GINA"      // guest
	Pat       = "U0PAT"       // employee of the partner
	Dora      = "U0DORA"      // deactivated
	DeployBot = "U0DEPLOYBOT" // bot of another app
	Slackbot  = "USLACKBOT"   // says to people what went wrong

	PartnerTeam = "T0PARTNER"
	Support     = "C0SUPPORT"  // #support
	Incident    = "C0INCIDENT" // #incident-42
	Partner     = "C0PARTNER"  // #partner-acme, shared with PartnerTeam
	General     = "C0GENERAL"  // #general, the bot is not in it
	Billing     = "C0BILLING"  // #billing, private, the bot is in it
	SupportTeam = "S0SUPPORT"  // the user group @support-team
)

// furnish fills the default workspace.
func (w *Workspace) furnish() {
	for _, c := range []Channel{
		{ID: Support, Name: "support", Members: []string{BotUser, Alice, Bob, Carl, Gina, Dora, DeployBot}},
		{ID: Incident, Name: "incident-42", Members: []string{BotUser, Alice, Bob, Carl, Gina, DeployBot}},
		{ID: Partner, Name: "partner-acme", ExtShared: true, Members: []string{BotUser, Alice, Bob, Pat}},
		{ID: Billing, Name: "billing", Private: true, Members: []string{BotUser, Alice, Bob}},
		{ID: General, Name: "general", Members: []string{Alice, Bob, Carl, DeployBot}},
	} {
		w.addChannel(c)
	}
	for _, u := range []User{
		{ID: BotUser, Name: BotName, RealName: "Services Bot", Bot: true, BotID: BotID, AppID: AppID},
		{ID: Alice, Name: "alice", RealName: "Alice Archer", Title: "Support agent"},
		{ID: Bob, Name: "bob", RealName: "Bob Baker", Title: "Incident commander"},
		{ID: Carl, Name: "carl", RealName: "Carl Carter", Title: "Member, in no group"},
		{ID: Gina, Name: "gina", RealName: "Gina Glover", Title: "Guest", Restricted: true},
		{ID: Pat, Name: "pat", RealName: "Pat Porter", Title: "Partner's employee", TeamID: PartnerTeam},
		{ID: Dora, Name: "dora", RealName: "Dora Dean", Title: "Deactivated", Deleted: true},
		{ID: DeployBot, Name: "deploybot", RealName: "Deploy Bot", Bot: true, BotID: "B0DEPLOY", AppID: "A0DEPLOY"},
		{ID: Slackbot, Name: "slackbot", RealName: "Slackbot"},
	} {
		w.addUser(u)
	}
	w.groups[SupportTeam] = &Group{ID: SupportTeam, Handle: "support-team", Members: []string{Alice, Bob}}
}

// SetUser adds a user, or changes the one with the same id. A person gets a direct
// message with the bot, whose id is the user's with a D in front of it.
func (w *Workspace) SetUser(u User) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.addUser(u)
	w.changed()
}

func (w *Workspace) addUser(u User) {
	if u.TeamID == "" {
		u.TeamID = TeamID
	}
	if u.TZ == "" {
		u.TZ = "Europe/Berlin"
	}
	if u.RealName == "" {
		u.RealName = u.Name
	}
	if w.users[u.ID] == nil {
		w.people = append(w.people, u.ID)
	}
	w.users[u.ID] = &u
	if im := DM(u.ID); !u.Bot && u.ID != Slackbot && w.channels[im] == nil {
		w.addChannel(Channel{ID: im, IM: u.ID, Name: "directmessage", Members: []string{u.ID, BotUser}})
	}
}

// DM is the id of a user's direct message with the bot.
func DM(user string) string { return "D" + strings.TrimPrefix(user, "U") }

// SetChannel adds a channel, or changes the one with the same id; no event says it to the
// bot about it (see ShareChannel).
func (w *Workspace) SetChannel(c Channel) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.addChannel(c)
	w.changed()
}

func (w *Workspace) addChannel(c Channel) {
	if w.channels[c.ID] == nil {
		w.order = append(w.order, c.ID)
		w.talk[c.ID] = newConversation()
	}
	c.Members = slices.Clone(c.Members)
	w.channels[c.ID] = &c
}

// SetGroup adds a user group, or changes the one with the same id.
func (w *Workspace) SetGroup(g Group) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g.Members = slices.Clone(g.Members)
	w.groups[g.ID] = &g
}

// Channel finds a channel by id or name, with or without #.
func (w *Workspace) Channel(name string) (Channel, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channelNamed(name)
	if c == nil {
		return Channel{}, false
	}
	found := *c
	found.Members = slices.Clone(c.Members)
	return found, true
}

func (w *Workspace) user(name string) (*User, error) {
	if u := w.users[name]; u != nil {
		return u, nil
	}
	name = strings.TrimPrefix(name, "@")
	for _, id := range w.people {
		if u := w.users[id]; u.Name == name {
			return u, nil
		}
	}
	return nil, fmt.Errorf("no user %q", name)
}

func (w *Workspace) channelNamed(name string) *Channel {
	if c := w.channels[name]; c != nil {
		return c
	}
	name = strings.TrimPrefix(name, "#")
	for _, id := range w.order {
		if c := w.channels[id]; c.Name == name && c.IM == "" {
			return c
		}
	}
	return nil
}

// place finds the person who acts, and where. "dm" is the person's direct message with the bot. Only
// members of a channel can act in it.
func (w *Workspace) place(user, channel string) (*User, *Channel, error) {
	u, err := w.user(user)
	if err != nil {
		return nil, nil, err
	}
	if channel == "dm" {
		channel = DM(u.ID)
	}
	c := w.channelNamed(channel)
	if c == nil {
		return nil, nil, fmt.Errorf("no channel %q", channel)
	}
	if !c.has(u.ID) {
		return nil, nil, fmt.Errorf("%s is not in %s", u.Name, c.label())
	}
	return u, c, nil
}

func (c *Channel) has(user string) bool { return slices.Contains(c.Members, user) }

func (c *Channel) label() string {
	if c.IM != "" {
		return "the direct message " + c.ID
	}
	return "#" + c.Name
}

// external reports whether the user belongs to another workspace.
func (u *User) external() bool { return u.TeamID != TeamID && !slices.Contains(u.Teams, TeamID) }
