package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// changes waits until a post shows texts, and returns it.
func (r *road) changes(m slackfake.Message, texts ...string) (now slackfake.Message) {
	r.t.Helper()
	r.waits(fmt.Sprintf("a post to show %q", texts), func() bool {
		now, _ = r.slack.Message(slackfake.Alice, m.Channel, m.TS)
		for _, text := range texts {
			if !now.Shows(text) {
				return false
			}
		}
		return true
	})
	return now
}

// live asks for an answer that is kept current and returns its post.
func (r *road) live(line string) slackfake.Message {
	r.t.Helper()
	r.do(r.slack.Post(slackfake.Alice, slackfake.Incident, "", "@servicesbot "+line))
	asked := strings.TrimSuffix(line, " live:yes")
	m := r.sees(slackfake.Bob, slackfake.Incident, "Kept current until", "/services "+asked)
	r.audited(`"query":"`+asked+`"`, `"live":"began"`) // once Slack said where the post is
	return m
}

// TestLiveAnswerSaysWhatChanged: an answer that is kept current is read again every five
// minutes, says what changed since it began, and notes its start and its end alone.
func TestLiveAnswerSaysWhatChanged(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	m := r.live("server:saturn status:active live:yes")
	if _, ok := m.Button("End updates"); !ok {
		t.Errorf("the updates cannot be ended:\n%s", m.PlainText())
	}
	r.audited(`"live":"began"`)
	began := time.Now()
	calls := len(r.whmcs.Calls())
	r.bot.Renew(began.Add(4 * time.Minute))
	if len(r.whmcs.Calls()) != calls {
		t.Error("WHMCS was asked again within five minutes")
	}
	r.bot.Renew(began.Add(6 * time.Minute))
	r.changes(m, "no change since")
	r.whmcs.Suspend("saturn", 4)
	r.bot.Renew(began.Add(12 * time.Minute))
	now := r.changes(m, "Suspended +4 since", "Active "+count(t, m)+" → ")
	if n := strings.Count(now.PlainText(), "Active → "); n != 4 {
		t.Errorf("%d services are named, want the 4 that changed:\n%s", n, now.PlainText())
	}
	r.whmcs.Suspend("saturn", 9)
	r.bot.Renew(began.Add(18 * time.Minute))
	now = r.changes(m, "Suspended +9 since")
	if n := strings.Count(now.PlainText(), "Active → "); n != 5 {
		t.Errorf("%d services are named, want 5 of the 9 that changed:\n%s", n, now.PlainText())
	}
	if n := len(r.slack.Thread(slackfake.Bob, slackfake.Incident, m.ThreadTS)); n != 2 {
		t.Errorf("%d messages in the thread, want the question and its answer", n)
	}
	r.bot.Renew(began.Add(3 * time.Hour))
	now = r.changes(m, "No longer kept current: the time is over", "Suspended +9 since")
	if _, ok := now.Button("End updates"); ok {
		t.Error("updates that have ended can be ended")
	}
	r.audited(`"outcome":"live_ended"`, `"live":"ended"`, "the time is over")
	if n := strings.Count(r.audit.String(), `"live":`); n != 2 {
		t.Errorf("%d audit lines about updates, want one at the start and one at the end:\n%s", n, r.audit)
	}
	r.holdsOfAllMessages()
}

// count is how many services a post's head counts.
func count(t *testing.T, m slackfake.Message) string {
	t.Helper()
	for _, line := range strings.Split(m.PlainText(), "\n") {
		if n, _, ok := strings.Cut(line, " services"); ok {
			return n
		}
	}
	t.Fatalf("no count in:\n%s", m.PlainText())
	return ""
}

// TestKeepCurrentAndEndUpdates: anybody who may ask keeps a public answer current from its
// menu, and anybody who may ask ends that.
func TestKeepCurrentAndEndUpdates(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Alice, slackfake.Incident, "", "@servicesbot server:saturn as:summary"))
	m := r.sees(slackfake.Bob, slackfake.Incident, "services of")
	r.click(slackfake.Bob, m, "Keep current for 2 hours")
	m = r.changes(m, "Kept current until")
	if m.Shows("since") {
		t.Errorf("changes are shown before there are any:\n%s", m.PlainText())
	}
	r.click(slackfake.Carl, m, "End updates")
	now := r.changes(m, "No longer kept current")
	r.audited(`"action":"endlive"`, `"outcome":"live_ended"`, `"live":"ended"`)
	calls := len(r.whmcs.Calls())
	r.bot.Renew(time.Now().Add(10 * time.Minute))
	if len(r.whmcs.Calls()) != calls {
		t.Error("WHMCS is asked for an answer whose updates have ended")
	}
	r.click(slackfake.Bob, now, "Keep current for 2 hours") // again
	r.changes(m, "Kept current until")
}

// TestOnlyPublicAnswersAreKeptCurrent: elsewhere the answer says so.
func TestOnlyPublicAnswersAreKeptCurrent(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	const says = "Only a public answer can be kept current"
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 live:yes"))
	r.sees(slackfake.Alice, slackfake.Support, says, "demodomain2.net")
	r.do(r.slack.Post(slackfake.Alice, slackfake.DM(slackfake.Alice), "", "client:1 live:yes"))
	m := r.sees(slackfake.Alice, slackfake.DM(slackfake.Alice), says, "demodomain2.net")
	if _, ok := m.Menu("Keep current for 2 hours"); ok {
		t.Error("a direct message offers to be kept current")
	}
	r.do(r.slack.Post(slackfake.Alice, slackfake.Incident, "", "@servicesbot demodomain2.net is down live:yes"))
	r.sees(slackfake.Alice, slackfake.Incident, says, "demodomain2.net")
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:csv live:yes"))
	r.sees(slackfake.Bob, slackfake.Incident, "A file is not kept current")
}

// TestLiveLimits: one person has three answers kept current at a time.
func TestLiveLimits(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.unpaced = true })
	var posts []slackfake.Message
	for n := range 3 {
		posts = append(posts, r.live(fmt.Sprintf("service:%d live:yes", n+2)))
	}
	r.do(r.slack.Post(slackfake.Alice, slackfake.Incident, "", "@servicesbot service:10 live:yes"))
	r.sees(slackfake.Alice, slackfake.Incident, "service:10", "3 answers at a time for one person")
	r.click(slackfake.Bob, posts[0], "End updates")
	r.changes(posts[0], "No longer kept current")
	r.live("service:11 live:yes")
}

// TestLiveEnds: what ends the updates by itself, and what the post shows then.
func TestLiveEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(r *road)
		rounds  int
		shows   string // of the post; "": it is gone, or stays
		why     string // in the audit line
	}{
		"outsiders come": {func(r *road) {
			r.do(r.slack.ShareChannel(slackfake.Incident, true))
			r.waits("the news", func() bool { return r.slack.Counts().Waiting == 0 })
		}, 1,
			"people of another company can read here now", "another company"},
		"WHMCS is down three times": {func(r *road) {
			if err := r.whmcs.Set(whmcsfake.Fault{Name: "error", Text: "broken"}); err != nil {
				r.t.Error(err)
			}
		}, 3, "WHMCS could not be read three times in a row", "three times"},
		"the post is deleted": {func(r *road) {
			r.slack.Fail("chat.update", slackfake.Failure{Refuse: "message_not_found"})
		}, 1, "", "message_not_found"},
		"Slack refuses the edit": {func(r *road) {
			r.slack.Fail("chat.update", slackfake.Failure{Refuse: "edit_window_closed"})
		}, 1, "", "edit_window_closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, nil)
			m := r.live("server:saturn live:yes")
			c.happens(r)
			now := time.Now()
			for n := range c.rounds {
				r.bot.Renew(now.Add(time.Duration(n+1) * 6 * time.Minute))
			}
			if c.shows != "" {
				r.changes(m, "No longer kept current", c.shows)
			}
			r.audited(`"live":"ended"`, c.why)
			calls := len(r.whmcs.Calls())
			r.bot.Renew(now.Add(time.Hour))
			if len(r.whmcs.Calls()) != calls {
				t.Error("WHMCS is asked for an answer whose updates have ended")
			}
		})
	}
}

// TestLiveAskerLosesAccess: an answer is renewed for the access of whoever began it.
func TestLiveAskerLosesAccess(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	m := r.live("server:saturn live:yes")
	r.slack.SetUser(slackfake.User{ID: slackfake.Alice, Name: "alice", Deleted: true})
	r.bot.ForgetPeople()
	r.bot.Renew(time.Now().Add(6 * time.Minute))
	r.changes(m, "No longer kept current", "may not ask here any more")
}

// TestLiveEndsWithTheProcess: without a store the post says that the bot restarted.
func TestLiveEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	m := r.live("server:saturn live:yes")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r.changes(m, "No longer kept current: the bot restarted", "services")
}

// TestLiveAnswerOfAnEditedQuestion: a new version of the question ends the updates of the old
// one, whose answer never comes back.
func TestLiveAnswerOfAnEditedQuestion(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.Post(slackfake.Alice, slackfake.Incident, "", "@servicesbot server:saturn live:yes"))
	m := r.sees(slackfake.Bob, slackfake.Incident, "Kept current until")
	r.do(r.slack.Edit(slackfake.Alice, slackfake.Incident, asked.TS, "@servicesbot service:2"))
	r.changes(m, "/services service:2")
	r.bot.Renew(time.Now().Add(6 * time.Minute))
	now := r.changes(m, "/services service:2")
	if now.Shows("Kept current") || now.Shows("server:saturn") {
		t.Errorf("the old answer came back:\n%s", now.PlainText())
	}
}

// TestLiveAnswersSurviveARestart: with a store the next process goes on with them.
func TestLiveAnswersSurviveARestart(t *testing.T) {
	t.Parallel()
	redis := bot.StartRedis(t)
	s := setupOf(func(s *setup) { s.store = redis.URL() })
	r := newRoad(t, func(old *setup) { *old = s })
	m := r.live("server:saturn status:active live:yes")
	r.restart(s)
	now := r.changes(m, "Kept current until")
	if now.Shows("restarted") {
		t.Errorf("the post says that the bot restarted:\n%s", now.PlainText())
	}
	r.whmcs.Suspend("saturn", 3)
	r.bot.Renew(time.Now().Add(6 * time.Minute))
	r.changes(m, "Suspended +3 since")
	r.click(slackfake.Bob, m, "End updates")
	r.changes(m, "No longer kept current", "Suspended +3 since")
}
