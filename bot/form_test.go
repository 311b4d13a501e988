package bot_test

import (
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
)

// TestSearchOnTheHomeTab: while Slack is slow to say who somebody is, Search opens a window
// as a command does; the Home tab that was clicked in is none.
func TestSearchOnTheHomeTab(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.OpenHome(slackfake.Alice))
	r.waits("the Home tab", func() bool { home, ok := r.slack.Home(slackfake.Alice); return ok && home.Shows("Search") })
	r.restart(setup{bot: bot.Config{Allow: bot.Allow{Everyone: true}}}) // which knows nobody yet
	r.slack.Fail("users.info", slackfake.Failure{Delay: 2 * time.Second})
	home, _ := r.slack.Home(slackfake.Alice)
	id, ok := home.Button("Search with more fields …")
	if !ok {
		t.Fatal("the Home tab has no Search")
	}
	r.do(r.slack.Click(slackfake.Alice, &home, id))
	r.modal(slackfake.Alice, "Checking")
	r.modal(slackfake.Alice, "Domain, e-mail")
	if line := r.lines(2)[1]; line["outcome"] != "form" || line["answered"] != true {
		t.Errorf("the audit says %v", line)
	}
}

// TestFormWaitsForTheVerdict: while Slack is slow to say who somebody is, a window without
// fields or data opens in time for the trigger; then it is the form, or says why not.
func TestFormWaitsForTheVerdict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ user, want, not string }{
		"who may ask":     {slackfake.Alice, "Domain, e-mail", "No access"},
		"who may not ask": {slackfake.Carl, "No access", "Domain, e-mail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, func(s *setup) { s.bot.Allow = bot.Allow{Groups: []string{slackfake.SupportTeam}} })
			r.slack.Fail("users.info", slackfake.Failure{Delay: 4 * time.Second})
			r.do(r.slack.Slash(c.user, slackfake.Support, "/services"))
			if v := r.modal(c.user, "Checking"); v.Shows(c.want) || v.Shows("Domain, e-mail") {
				t.Errorf("the window shows more before the verdict: %+v", v)
			}
			if v := r.modal(c.user, c.want); v.Shows(c.not) || v.Shows("Checking") {
				t.Errorf("after the verdict: %+v", v)
			}
			r.lines(1)
			if n := len(r.slack.Modals(c.user)); n != 1 {
				t.Errorf("%d windows are open", n)
			}
		})
	}
}
