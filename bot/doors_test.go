package bot_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
)

// marker is in the answer to "service:2" and in nothing that anybody types.
const marker = "Pluto"

var (
	everybody  = []string{slackfake.Alice, slackfake.Bob, slackfake.Carl, slackfake.Gina, slackfake.Pat, slackfake.Dora, slackfake.DeployBot}
	places     = []string{slackfake.Support, slackfake.Incident, slackfake.Partner, slackfake.General, "direct"}
	morePlaces = append(slices.Clone(places[:4]), slackfake.Billing, pending, group, "direct")
)

// Places that the default workspace does not have: a channel whose sharing another company
// has not accepted yet, and a conversation of several.
const (
	pending = "C0PENDING"
	group   = "G0GROUP"
)

// A way in is one door, as somebody uses it. It reports false where Slack itself
// does not let that person.
type wayIn struct {
	name   string
	placed bool // whether it happens in a channel
	public bool // whether the answer is for all who read there
	use    func(r *road, user, channel string) bool
}

// waysIn are all doors. The messages with buttons are made by Alice, who may.
func waysIn(shared, lists, foreign map[string]slackfake.Message) []wayIn {
	act := func(sent slackfake.Sent, err error) bool { return err == nil && sent.Envelope != "" }
	clicksOn := func(posts map[string]slackfake.Message, label string) func(r *road, user, channel string) bool {
		return func(r *road, user, channel string) bool {
			m, ok := posts[channel]
			if !ok {
				return false
			}
			if menu, ok := m.Menu(label); ok {
				return act(r.slack.Choose(user, &m, menu, label))
			}
			id, ok := m.Button(label)
			return ok && act(r.slack.Click(user, &m, id))
		}
	}
	clicks := func(label string) func(r *road, user, channel string) bool { return clicksOn(shared, label) }
	return []wayIn{
		{"slash", true, false, func(r *road, user, channel string) bool {
			return act(r.slack.Slash(user, channel, "/services service:2"))
		}},
		{"slash, shared at once", true, true, func(r *road, user, channel string) bool {
			return act(r.slack.Slash(user, channel, "/services service:2 in:channel"))
		}},
		{"mention or direct message", true, true, func(r *road, user, channel string) bool {
			return act(r.slack.Post(user, channel, "", "@servicesbot service:2"))
		}},
		{"refresh", true, true, clicks("Refresh")},
		{"question on a button", true, false, clicks("All services of this client")},
		{"details", true, false, clicksOn(lists, "Details")},
		{"a view on a button", true, false, clicksOn(lists, "Table")},
		{"a file on a button", true, false, clicksOn(lists, "CSV file")},
		{"slash, then Share", true, true, func(r *road, user, channel string) bool {
			lines := strings.Count(r.audit.String(), "\n")
			if !act(r.slack.Slash(user, channel, "/services service:2")) {
				return false
			}
			r.audit.waits(func(text string) bool { return strings.Count(text, "\n") > lines })
			all := r.answers(user, channel)
			m := all[len(all)-1]
			id, ok := m.Button("Share")
			if !ok {
				return true // a refusal, or a place without readers
			}
			ok = act(r.slack.Click(user, &m, id))
			r.audit.waits(func(text string) bool { return strings.Count(text, "\n") > lines+1 })
			return ok
		}},
		{"message shortcut", true, false, func(r *road, user, channel string) bool {
			m, ok := foreign[channel]
			return ok && act(r.slack.MessageShortcut(user, m, "find_services_here"))
		}},
		{"Home tab", false, false, func(r *road, user, _ string) bool {
			return act(r.slack.OpenHome(user))
		}},
		{"shortcut and form", false, false, func(r *road, user, _ string) bool {
			opened := strings.Count(r.audit.String(), `"door":"shortcut"`)
			if !act(r.slack.GlobalShortcut(user, "find_services")) {
				return false
			}
			r.audit.waits(func(text string) bool { return strings.Count(text, `"door":"shortcut"`) > opened })
			form, ok := r.slack.Modal(user)
			if !ok {
				return true // refused already
			}
			lines := strings.Count(r.audit.String(), `"door":"form"`)
			if !act(r.slack.Submit(user, form, map[string]any{"question": "service 2"})) {
				return true // a window that says why not
			}
			r.audit.waits(func(text string) bool { return strings.Count(text, `"door":"form"`) > lines })
			return true
		}},
	}
}

// TestDoorsPersonsPlaces goes through every door as everybody, everywhere, under
// each kind of allow list, and holds that data reaches exactly those who may.
func TestDoorsPersonsPlaces(t *testing.T) {
	t.Parallel()
	for name, allow := range map[string]bot.Allow{
		"everyone": {Everyone: true},
		"a group":  {Groups: []string{slackfake.SupportTeam}},
		"a guest":  {Users: []string{slackfake.Gina}},
		"channel":  {Channels: []string{slackfake.Support}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, func(s *setup) { s.bot.Allow, s.unpaced = allow, true })
			members := []string{slackfake.BotUser, slackfake.Alice, slackfake.Bob, slackfake.Carl, slackfake.Gina}
			r.slack.SetChannel(slackfake.Channel{ID: pending, Name: "pending", PendingExtShared: true, Members: members})
			r.slack.SetChannel(slackfake.Channel{ID: group, Name: "mpdm-alice--bob", MPIM: true, Private: true, Members: members[:4]})
			shared, foreign := r.posts(allow, "service:2")
			lists, _ := r.posts(allow, "client:1")
			for _, way := range waysIn(shared, lists, foreign) {
				for _, user := range everybody {
					for _, place := range morePlaces {
						if !way.placed && place != places[0] {
							continue
						}
						r.tries(allow, way, user, place)
					}
				}
			}
		})
	}
}

// posts makes a shared answer to a question and a person's message in every channel,
// where the allow list lets anybody.
func (r *road) posts(allow bot.Allow, question string) (shared, foreign map[string]slackfake.Message) {
	shared, foreign = map[string]slackfake.Message{}, map[string]slackfake.Message{}
	asker := slackfake.Alice
	if slices.Contains(allow.Users, slackfake.Gina) {
		asker = slackfake.Gina
	}
	before := strings.Count(r.audit.String(), "\n")
	for _, place := range morePlaces {
		channel := place
		if place == "direct" {
			continue
		}
		if sent, err := r.slack.Post(slackfake.Alice, channel, "", "what of service 2?"); err == nil {
			foreign[channel], _ = r.slack.Message(slackfake.Alice, channel, sent.TS)
		}
		if c, _ := r.slack.Channel(channel); c.ExtShared || c.PendingExtShared || !slices.Contains(c.Members, asker) || !slices.Contains(c.Members, slackfake.BotUser) || !mayAsk(allow, asker, channel) {
			continue
		}
		r.do(r.slack.Slash(asker, channel, "/services "+question+" in:channel"))
		shared[channel] = r.sees(asker, channel, "Shared by", marker, question)
	}
	r.audit.waits(func(text string) bool { return strings.Count(text, "\n") == before+len(shared) })
	return shared, foreign
}

// tries lets user use a way in at a place and compares who then sees data with who
// may.
func (r *road) tries(allow bot.Allow, way wayIn, user, place string) {
	r.t.Helper()
	channel := place
	if place == "direct" {
		channel = slackfake.DM(user)
	}
	before, lines := r.whoSees(), strings.Count(r.audit.String(), "\n")
	if !way.use(r, user, channel) {
		return
	}
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	dropped := user == slackfake.DeployBot && way.name == "mention or direct message"
	if !dropped && !r.audit.waits(func(text string) bool { return strings.Count(text, "\n") > lines }) {
		r.t.Fatalf("%s by %s in %s left no audit line", way.name, user, place)
	}
	var got []string
	for person, seen := range r.whoSees() {
		if seen != before[person] {
			got = append(got, person)
		}
	}
	slices.Sort(got)
	if want := r.shouldSee(allow, way, user, place, channel); !slices.Equal(got, want) {
		r.t.Errorf("%s by %s in %s: data reaches %v, want %v", way.name, user, place, got, want)
	}
}

// whoSees counts, for everybody, what they can see that holds data.
func (r *road) whoSees() map[string]string {
	seen := map[string]string{}
	for _, user := range everybody {
		var all []string
		for _, channel := range append(slices.Clone(morePlaces), slackfake.DM(user)) {
			for _, m := range r.slack.Everything(user, channel) {
				if key := fmt.Sprint(channel, m.TS, "/", m.Revision); r.holdsData(key, m) {
					all = append(all, key)
				}
			}
		}
		for _, v := range r.slack.Modals(user) {
			if v.Shows(marker) {
				all = append(all, v.ID)
			}
		}
		if home, ok := r.slack.Home(user); ok && home.Shows(marker) {
			all = append(all, "home")
		}
		for _, f := range r.slack.Files(user) {
			if strings.Contains(string(f.Content), marker) {
				all = append(all, f.ID)
			}
		}
		seen[user] = strings.Join(all, " ")
	}
	return seen
}

// holdsData reports whether a message holds data, looking at each version of it once.
func (r *road) holdsData(key string, m slackfake.Message) bool {
	holds, known := r.held[key]
	if !known {
		holds = strings.Contains(m.PlainText()+m.Text, marker)
		r.held[key] = holds
	}
	return holds
}

// mayAsk is the rule of who may ask, written down once more.
func mayAsk(allow bot.Allow, user, channel string) bool {
	listed := slices.Contains(allow.Users, user)
	switch user {
	case slackfake.Pat, slackfake.Dora, slackfake.DeployBot:
		return false
	case slackfake.Gina:
		return listed
	}
	inGroup := len(allow.Groups) > 0 && (user == slackfake.Alice || user == slackfake.Bob)
	return listed || allow.Everyone || inGroup || slices.Contains(allow.Channels, channel)
}

// shouldSee is who may see what comes of user's act.
func (r *road) shouldSee(allow bot.Allow, way wayIn, user, place, channel string) []string {
	if way.name == "shortcut and form" {
		channel = "" // in no channel
	}
	asksNothing := way.name == "Home tab"
	if asksNothing || !mayAsk(allow, user, channel) {
		return nil
	}
	c, _ := r.slack.Channel(channel)
	atOnce := way.name == "slash, shared at once" || way.name == "slash, then Share"
	switch {
	case atOnce && place == slackfake.General:
		return []string{user} // the bot is not there to post
	case !way.public || c.ExtShared || c.PendingExtShared || place == "direct":
		return []string{user}
	}
	readers := map[string]bool{}
	for _, member := range c.Members {
		if slices.Contains(everybody, member) {
			readers[member] = true
		}
	}
	return slices.Sorted(maps.Keys(readers))
}

// TestSharingThatBeginsLater holds that a channel shared with another company after
// an answer gets no further one: Slack's event clears what was known of it.
func TestSharingThatBeginsLater(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.unpaced = true })
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	if m := r.sees(slackfake.Bob, slackfake.Incident, marker); m.Ephemeral {
		t.Fatal("the answer among insiders is private")
	}
	r.do(r.slack.ShareChannel(slackfake.Incident, true))
	r.waits("the event", func() bool { return r.slack.Counts().Waiting == 0 })
	before := len(r.answers(slackfake.Carl, slackfake.Incident))
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:1"))
	if m := r.sees(slackfake.Bob, slackfake.Incident, "Saturn"); !m.Ephemeral || !m.Shows("Another company reads here") {
		t.Errorf("after sharing began (private: %v):\n%s", m.Ephemeral, m.PlainText())
	}
	if n := len(r.answers(slackfake.Carl, slackfake.Incident)); n != before {
		t.Error("others see the answer in a shared channel")
	}
}

// TestEventsTellOfSharing: an event that says beside itself that outsiders read along
// counts, whatever was known of the channel.
func TestEventsTellOfSharing(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	r.sees(slackfake.Bob, slackfake.Incident, marker)
	c, _ := r.slack.Channel(slackfake.Incident)
	c.ExtShared = true
	r.slack.SetChannel(c) // and Slack's event about it is lost
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:1"))
	if m := r.sees(slackfake.Bob, slackfake.Incident, "Saturn"); !m.Ephemeral {
		t.Error("the answer is public though the event says that the channel is shared")
	}
}

// TestLookUpsOfAMention: a first mention costs one look-up of the person and one of the
// channel, after the acknowledgement and before WHMCS is asked; further ones cost none.
func TestLookUpsOfAMention(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	for n := range 3 {
		r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", fmt.Sprintf("@servicesbot service:%d", n+1)))
		r.lines(n + 1)
	}
	var order []string
	for _, line := range r.slack.Trace(0) {
		switch {
		case line.What == "users.info", line.What == "conversations.info", line.What == "chat.postMessage":
			order = append(order, line.What)
		}
	}
	want := []string{"conversations.info", "users.info", "chat.postMessage", "chat.postMessage", "chat.postMessage"}
	if slices.Sort(order[:min(2, len(order))]); !slices.Equal(order, want) {
		t.Errorf("calls: %v, want %v", order, want)
	}
	r.slack.Fail("users.info", slackfake.Failure{Status: 500})
	before := r.whmcs.Count("")
	r.do(r.slack.Slash(slackfake.Carl, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Carl, slackfake.Support, "No access", "Try again in a minute")
	if line := r.lines(4)[3]; line["why"] != "unknown" || !hasLine(r.log.String(), "level=ERROR", "slack cannot be asked about a user") {
		t.Errorf("the audit says %v", line["why"])
	}
	if r.whmcs.Count("") != before {
		t.Error("WHMCS was asked for somebody who is not known")
	}
}

// TestUnreadableChannelIsClosed holds that a channel that Slack does not tell about
// is taken for one with outsiders.
func TestUnreadableChannelIsClosed(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Fail("conversations.info", slackfake.Failure{Refuse: "missing_scope"})
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	if m := r.sees(slackfake.Bob, slackfake.Incident, marker); !m.Ephemeral {
		t.Error("the answer in a channel that cannot be looked up is public")
	}
}
