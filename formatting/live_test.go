package formatting

import (
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// kept is the view of a post that is kept current.
func kept(c *query.Changes) View {
	v := shared()
	v.Live = &Live{Begun: now.Add(-time.Hour), Until: now.Add(time.Hour), Changes: c}
	return v
}

// suspensions are changes of which an attacker named a service.
func suspensions() *query.Changes {
	return &query.Changes{
		Statuses: []query.StatusChange{{Status: whmcs.StatusActive, Before: 75, Now: 71}, {Status: whmcs.StatusSuspended, Now: 4}},
		Left:     2,
		Services: []query.ServiceChange{
			{Service: whmcs.Service{ID: 2, ClientID: 1, Domain: "demodomain2.net", Status: whmcs.StatusSuspended}, Was: whmcs.StatusActive, Left: true},
			{Service: whmcs.Service{ID: 7, ClientID: 3, Name: "*VPS* <!channel>", Status: whmcs.StatusActive}, New: true},
			{Service: whmcs.Service{ID: 9}, Was: whmcs.StatusActive, Left: true},
			{Service: whmcs.Service{ID: 11, ClientID: 3, Domain: "moved.example", Status: whmcs.StatusActive}, Was: whmcs.StatusActive, Left: true},
		},
	}
}

// TestLive: a post that is kept current says until when, what changed since it began, and, where
// it shows rows, of which services.
func TestLive(t *testing.T) {
	t.Parallel()
	list := result(t, "server:saturn status:active", mixed(2)...)
	figures := result(t, "server:saturn as:summary", mixed(2)...)
	figures.Summary, figures.Services = &query.Summary{}, nil
	ended := kept(suspensions())
	ended.Live.Ended = LiveRestarted
	byBob := kept(nil)
	byBob.Live.EndedBy = "U0BOB"
	private := here()
	private.NotLive = SaysLivePublicOnly
	for name, c := range map[string]struct {
		res          *query.Result
		view         View
		shows, lacks []string
	}{
		"just begun": {list, kept(nil), []string{"Kept current until 15:04 UTC", "End updates"}, []string{"since", "Keep current"}},
		"changes": {list, kept(suspensions()), []string{
			"Kept current until 15:04 UTC · Active 75 → 71, Suspended +4, 2 no longer match since 13:04 UTC",
			"demodomain2.net: 🟢 Active → 🟠 Suspended", "*VPS* <!channel>: new, 🟢 Active", "service:9: gone", "moved.example: no longer matches",
		}, nil},
		"figures name nobody": {figures, kept(suspensions()), []string{"Suspended +4"}, []string{"demodomain2.net: "}},
		"no change":           {list, kept(&query.Changes{}), []string{"no change since 13:04 UTC"}, nil},
		"others, as many": {list, kept(&query.Changes{Services: suspensions().Services[1:2]}), []string{
			"the same counts, of other services since 13:04 UTC",
		}, nil},
		"ended":   {list, ended, []string{"No longer kept current: the bot restarted · Active 75 → 71", "Keep current for 2 hours"}, []string{"End updates"}},
		"by Bob":  {list, byBob, []string{"No longer kept current: @U0BOB ended it"}, []string{"End updates"}},
		"private": {list, private, []string{string(SaysLivePublicOnly)}, []string{"Keep current for 2 hours", "End updates"}},
	} {
		msg := house.Answer(c.res, c.view)
		if err := Check(msg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		shown := Plain(msg) + "\n"
		for label := range labelled(msg.Blocks) {
			shown += label + "\n"
		}
		for o := range options(msg.Blocks) {
			shown += o + "\n"
		}
		for _, text := range c.shows {
			if !strings.Contains(shown, text) {
				t.Errorf("%s does not show %q:\n%s", name, text, shown)
			}
		}
		for _, text := range c.lacks {
			if strings.Contains(shown, text) {
				t.Errorf("%s shows %q:\n%s", name, text, shown)
			}
		}
	}
}
