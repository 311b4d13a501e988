package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// waits waits for cond, or fails the test with what it waited for.
func (r *road) waits(what string, cond func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.slack.Wait(ctx, cond); err != nil {
		r.t.Fatalf("%s: %v", what, err)
	}
}

// answers are the bot's messages that user can see in channel, threads too.
func (r *road) answers(user, channel string) []slackfake.Message {
	var own []slackfake.Message
	for _, m := range r.slack.Everything(user, channel) {
		if m.User == slackfake.BotUser {
			own = append(own, m)
		}
	}
	return own
}

// modal waits for the modal that user looks at.
func (r *road) modal(user string, texts ...string) slackfake.View {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	v, err := r.slack.WaitView(ctx, user, texts...)
	if err != nil {
		r.t.Fatalf("%s sees no modal with %q: %v", user, texts, err)
	}
	return v
}

// audited waits for an audit line with all of texts.
func (r *road) audited(texts ...string) {
	r.t.Helper()
	if !r.audit.waits(func(text string) bool { return hasLine(text, texts...) }) {
		r.t.Fatalf("no audit line with %q in:\n%s", texts, r.audit)
	}
}

// hasLine reports whether one line of text holds all of parts.
func hasLine(text string, parts ...string) bool {
	for line := range strings.Lines(text) {
		found := true
		for _, p := range parts {
			found = found && strings.Contains(line, p)
		}
		if found {
			return true
		}
	}
	return false
}

func TestPagingReplacesThePrivateAnswer(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services status:active sort:id rows:2"))
	first := r.sees(slackfake.Alice, slackfake.Support, "Next")
	r.click(slackfake.Alice, first, "Next")
	r.waits("page 2", func() bool {
		m, ok := r.slack.Message(slackfake.Alice, slackfake.Support, first.TS)
		return ok && m.Revision > 0 && m.Shows("page:2")
	})
	if n := len(r.slack.Messages(slackfake.Alice, slackfake.Support)); n != 1 {
		t.Errorf("%d messages after paging, want the one that was replaced", n)
	}
}

func TestShareOnceAndRemove(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 status:active"))
	private := r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	r.click(slackfake.Alice, private, "Share")
	shared := r.sees(slackfake.Bob, slackfake.Support, "demodomain2.net", "Shared by")
	r.click(slackfake.Alice, private, "Share")
	r.audited(`"outcome":"shared_already"`)
	if n := len(r.slack.Messages(slackfake.Bob, slackfake.Support)); n != 1 {
		t.Errorf("shared %d times", n)
	}
	r.audited(`"audit":"share"`, `"user":"U0ALICE"`, `"shared":true`)

	r.click(slackfake.Bob, shared, "Remove")
	r.sees(slackfake.Bob, slackfake.Support, "Only the person who shared this")
	r.click(slackfake.Alice, shared, "Remove")
	r.waits("the shared post to go", func() bool {
		_, there := r.slack.Message(slackfake.Bob, slackfake.Support, shared.TS)
		return !there
	})
}

func TestShareWhereTheBotIsNot(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.General, "/services service:2"))
	r.click(slackfake.Alice, r.sees(slackfake.Alice, slackfake.General, "demodomain2.net"), "Share")
	r.sees(slackfake.Alice, slackfake.General, "Type /invite")
}

func TestShareWhereSlackRefuses(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	card := r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	r.slack.Fail("chat.postMessage", slackfake.Failure{Refuse: "restricted_action", Times: 1})
	r.click(slackfake.Alice, card, "Share")
	r.sees(slackfake.Alice, slackfake.Support, "Nothing was posted", "restricted_action")
	r.lines(2)
	r.click(slackfake.Alice, card, "Share") // it counts as not shared
	r.sees(slackfake.Bob, slackfake.Support, "Shared by")
}

func TestSharedChannelGetsNothing(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Alice, slackfake.Partner, "", "@servicesbot client:1 status:active"))
	m := r.sees(slackfake.Alice, slackfake.Partner, "demodomain2.net")
	if !m.Ephemeral || m.To != slackfake.Alice {
		t.Error("the answer in a channel shared with another company is public")
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Partner, "/services service:2"))
	r.waits("the answer to the command", func() bool { return len(r.answers(slackfake.Alice, slackfake.Partner)) == 2 })
	if _, offered := m.Button("Share"); offered {
		t.Error("Share is offered where nothing may be shared")
	}
	r.click(slackfake.Alice, r.answers(slackfake.Alice, slackfake.Partner)[1], "Share")
	r.sees(slackfake.Alice, slackfake.Partner, "Nothing was posted", "Another company reads here")
	for _, m := range r.answers(slackfake.Pat, slackfake.Partner) {
		t.Errorf("the partner sees %q", m.PlainText())
	}
}

func TestDenialsArePrivateAndCostNoCall(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.bot.Allow = bot.Allow{Groups: []string{slackfake.SupportTeam}} })
	for _, user := range []string{slackfake.Carl, slackfake.Gina, slackfake.Dora} {
		if err := r.slack.Invite(user, slackfake.Incident); err != nil {
			t.Fatal(err)
		}
		r.do(r.slack.Post(user, slackfake.Incident, "", "@servicesbot client:1"))
		r.audited(`"audit":"denial"`, `"user":"`+user+`"`)
		if user == slackfake.Dora {
			continue // Slack shows nothing to a deactivated user
		}
		if m := r.sees(user, slackfake.Incident, "No access"); !m.Ephemeral || m.To != user {
			t.Errorf("%s is denied in public", user)
		}
	}
	r.do(r.slack.Post(slackfake.Pat, slackfake.Partner, "", "@servicesbot client:1"))
	r.audited(`"why":"outsider"`)
	if n := r.whmcs.Count("GetClientsProducts"); n != 0 {
		t.Errorf("WHMCS was asked %d times for people without access", n)
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Incident, "/services client:1"))
	r.sees(slackfake.Alice, slackfake.Incident, "demodomain2.net")
}

func TestEditCorrectsTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 statsu:active"))
	r.sees(slackfake.Bob, slackfake.Incident, "statsu")
	if n := len(r.answers(slackfake.Carl, slackfake.Incident)); n != 0 {
		t.Errorf("others see %d answers to a line that cannot be read", n)
	}
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot client:1"))
	first := r.sees(slackfake.Carl, slackfake.Incident, "demodomain.com")
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot client:1 status:active"))
	r.waits("the answer to be corrected", func() bool {
		all := r.answers(slackfake.Carl, slackfake.Incident)
		return len(all) == 1 && all[0].TS == first.TS && !strings.Contains(all[0].Text, "demodomain.com")
	})
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot  client:1  status:active"))
	r.audited(`"outcome":"unchanged"`)
}

// TestEqualEditOfAPrivateAnswer: an answer that cannot be changed is not repeated
// for an edit that asks the same.
func TestEqualEditOfAPrivateAnswer(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.Post(slackfake.Alice, slackfake.Partner, "", "@servicesbot client:1 status:active"))
	r.sees(slackfake.Alice, slackfake.Partner, "demodomain2.net")
	r.do(r.slack.Edit(slackfake.Alice, slackfake.Partner, asked.TS, "@servicesbot client:1  status:active"))
	r.audited(`"outcome":"unchanged"`)
	if n := len(r.answers(slackfake.Alice, slackfake.Partner)); n != 1 {
		t.Errorf("%d answers", n)
	}
	r.do(r.slack.Edit(slackfake.Alice, slackfake.Partner, asked.TS, "@servicesbot service:10"))
	r.sees(slackfake.Alice, slackfake.Partner, "today.example")
}

// TestEditAfterAPanic: a version of a question whose answer broke is not taken for answered,
// though the version before it was.
func TestEditAfterAPanic(t *testing.T) { // not parallel: panics are reported to the bot that started last
	broken := make(chan bool, 1)
	r := newRoad(t, func(s *setup) { s.now = breakableClock(broken) })
	asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:10"))
	r.sees(slackfake.Bob, slackfake.Incident, "today.example")
	broken <- true
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot service:2"))
	r.sees(slackfake.Bob, slackfake.Incident, "Something went wrong")
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot  service:2"))
	r.sees(slackfake.Bob, slackfake.Incident, marker)
}

// TestContinue: a search that ended at its budget goes on by a click: in the private
// message that was clicked, and of a public answer for whoever clicked alone.
func TestContinue(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.find.ScanRows = 200 })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services domain:*.nowhere.example"))
	part := r.sees(slackfake.Alice, slackfake.Support, "Nothing found so far")
	r.click(slackfake.Alice, part, "Continue the search")
	r.waits("the search to go on", func() bool {
		m, ok := r.slack.Message(slackfake.Alice, slackfake.Support, part.TS)
		return ok && m.Revision > 0 && !m.Shows("Still looking")
	})
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot domain:*.nothing.example"))
	public := r.sees(slackfake.Bob, slackfake.Incident, "Nothing found so far")
	r.click(slackfake.Alice, public, "Continue the search")
	r.waits("the private answer", func() bool {
		all := r.slack.Thread(slackfake.Alice, slackfake.Incident, public.ThreadTS)
		return all[len(all)-1].Ephemeral
	})
	if now, _ := r.slack.Message(slackfake.Bob, slackfake.Incident, public.TS); now.Revision != public.Revision {
		t.Error("Continue changed the public answer")
	}
}

// TestRefusedDetails: a modal never keeps on loading.
func TestRefusedDetails(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	list := r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	r.slack.Fail("views.update", slackfake.Failure{Refuse: "invalid_arguments", Times: 1})
	r.click(slackfake.Alice, list, "Details")
	r.modal(slackfake.Alice, "Something went wrong here", "Reference")
}

// TestHomeTabFollowsAccess: the tab is written again whenever it is opened, for what
// its owner may do then.
func TestHomeTabFollowsAccess(t *testing.T) {
	t.Parallel()
	s := setup{bot: bot.Config{Allow: bot.Allow{Users: []string{slackfake.Carl}}}}
	r := newRoad(t, func(first *setup) { first.bot.Allow = s.bot.Allow })
	r.do(r.slack.OpenHome(slackfake.Carl))
	r.waits("the Home tab", func() bool { home, ok := r.slack.Home(slackfake.Carl); return ok && home.Shows("Search") })
	s.bot.Allow = bot.Allow{Groups: []string{slackfake.SupportTeam}}
	r.restart(s)
	r.do(r.slack.OpenHome(slackfake.Carl))
	r.waits("the refusal", func() bool {
		home, ok := r.slack.Home(slackfake.Carl)
		return ok && home.Shows("No access") && !home.Shows("Search")
	})
}

// TestClicksAreCheckedAnew: what was made for somebody who may ask is of no use to
// them when they no longer may.
func TestClicksAreCheckedAnew(t *testing.T) {
	t.Parallel()
	s := setup{bot: bot.Config{Allow: bot.Allow{Everyone: true}}}
	r := newRoad(t, func(first *setup) { first.bot.Allow = s.bot.Allow })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	list := r.sees(slackfake.Alice, slackfake.Support, "1 active, 1 terminated")
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services"))
	form := r.modal(slackfake.Alice, "Domain, e-mail")
	s.bot.Allow = bot.Allow{Users: []string{slackfake.Bob}}
	r.restart(s)
	calls := len(r.whmcs.Calls())
	denials := 0
	denied := func() {
		t.Helper()
		denials++
		if !r.audit.waits(func(text string) bool { return strings.Count(text, `"audit":"denial"`) == denials }) {
			t.Errorf("%d denials, want %d:\n%s", strings.Count(r.audit.String(), `"audit":"denial"`), denials, r.audit)
		}
	}
	r.do(r.slack.Submit(slackfake.Alice, form, map[string]any{"question": "client:1"}))
	denied()
	for _, label := range []string{"🟢 Active 1", "Table", "Summary", "CSV file", "Share", "Refresh", "Change the question …", "Details"} {
		r.click(slackfake.Alice, list, label)
		denied()
	}
	r.modal(slackfake.Alice, "No access")
	if n := len(r.whmcs.Calls()); n != calls {
		t.Errorf("WHMCS was asked %d times for somebody without access", n-calls)
	}
}

func TestCorrectedLineIsAButton(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 stauts:active"))
	m := r.sees(slackfake.Alice, slackfake.Support, "stauts")
	r.click(slackfake.Alice, m, "client:1 status:active")
	r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
}

func TestSearchForm(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services"))
	form := r.modal(slackfake.Alice, "Domain, e-mail")
	r.do(r.slack.Submit(slackfake.Alice, form, map[string]any{"due": "soon"}))
	r.waits("the wrong field to be marked", func() bool {
		v, ok := r.slack.Modal(slackfake.Alice)
		return ok && v.Errors["due"] != ""
	})
	form, _ = r.slack.Modal(slackfake.Alice)
	r.do(r.slack.Submit(slackfake.Alice, form, map[string]any{"question": "client 1", "due": "", "status": "active"}))
	m := r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	if !m.Ephemeral {
		t.Error("the answer to a form is public")
	}
	r.waits("the form to close", func() bool { // its acknowledgement may come after the answer
		_, open := r.slack.Modal(slackfake.Alice)
		return !open
	})
}

func TestGlobalShortcutAnswersByDirectMessage(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.GlobalShortcut(slackfake.Alice, "find_services"))
	r.do(r.slack.Submit(slackfake.Alice, r.modal(slackfake.Alice, "Domain, e-mail"), map[string]any{"question": "service 2"}))
	r.sees(slackfake.Alice, slackfake.DM(slackfake.Alice), "demodomain2.net")
}

func TestFilesGoWhereTheAnswerWould(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 as:csv"))
	r.sees(slackfake.Alice, slackfake.Support, "direct messages")
	r.waits("the file", func() bool { return len(r.slack.Files(slackfake.Alice)) == 1 })
	if file := string(r.slack.Files(slackfake.Alice)[0].Content); !strings.Contains(file, "demodomain2.net") {
		t.Errorf("the file holds %q", file)
	}
	if files := r.slack.Files(slackfake.Bob); len(files) != 0 {
		t.Errorf("somebody else sees the file %s", files[0].Name)
	}
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:csv"))
	r.waits("the public file", func() bool { return len(r.slack.Files(slackfake.Carl)) == 1 })
}

func TestMessageShortcutOffersQuestions(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Bob, slackfake.Support, "", "customer ann@example.com says demodomain2.net is down, service #2"))
	m := r.sees(slackfake.Bob, slackfake.Support, "demodomain2.net")
	r.do(r.slack.MessageShortcut(slackfake.Alice, m, "find_services_here"))
	offer := r.sees(slackfake.Alice, slackfake.Support, "domain:demodomain2.net", "email:ann@example.com", "service:2")
	r.click(slackfake.Alice, offer, "service:2")
	r.sees(slackfake.Alice, slackfake.Support, "Pluto")
}

func TestHomeTab(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 status:active"))
	r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	r.do(r.slack.OpenHome(slackfake.Alice))
	r.waits("the Home tab", func() bool {
		home, ok := r.slack.Home(slackfake.Alice)
		return ok && home.Shows("Your last questions", "client:1 status:active")
	})
	r.do(r.slack.OpenHome(slackfake.Gina))
	r.waits("the guest's Home tab", func() bool {
		home, ok := r.slack.Home(slackfake.Gina)
		return ok && home.Shows("No access")
	})
}

func TestSlowAnswerIsAnnouncedAndCanBeStopped(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	note := r.sees(slackfake.Alice, slackfake.Support, "Still looking")
	r.click(slackfake.Alice, note, "Stop")
	r.sees(slackfake.Alice, slackfake.Support, "Stopped")
}

// TestStopWhileTheAnswerIsFinished: who stops a question once its rows are read, while the
// client's name is waited for, gets no answer either.
func TestStopWhileTheAnswerIsFinished(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	for _, f := range []whmcsfake.Fault{
		{Name: "slow", Action: "GetClientsProducts", Latency: 1800 * time.Millisecond},
		{Name: "hang", Action: "GetClientsDetails"},
	} {
		if err := r.whmcs.Set(f); err != nil {
			t.Fatal(err)
		}
	}
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1"))
	r.click(slackfake.Bob, r.sees(slackfake.Bob, slackfake.Incident, "Still looking"), "Stop")
	r.lacks(r.sees(slackfake.Carl, slackfake.Incident, "Stopped, as you asked."), marker)
	for _, line := range r.lines(2) {
		if line["outcome"] != "stopped" {
			t.Errorf("the audit says %v", line)
		}
	}
}

// TestStopAfterAnEdit: an answer that all saw was there before it, so that nothing else is
// said of who saw what.
func TestStopAfterAnEdit(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:10"))
	first := r.sees(slackfake.Carl, slackfake.Incident, "today.example")
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot service:2"))
	r.click(slackfake.Bob, r.sees(slackfake.Bob, slackfake.Incident, "Still looking"), "Stop")
	m := r.sees(slackfake.Carl, slackfake.Incident, "Stopped, as you asked.")
	if r.lacks(m, "Nothing was shown"); m.TS != first.TS {
		t.Error("the answer before it stays")
	}
}

func TestOldMentionIsNotAnsweredUnasked(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.PostAt(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 status:active", time.Now().Add(-time.Hour)))
	m := r.sees(slackfake.Bob, slackfake.Incident, "I was away")
	if !m.Ephemeral {
		t.Error("the question back is public")
	}
	r.click(slackfake.Bob, m, "Ask again")
	r.sees(slackfake.Bob, slackfake.Incident, "demodomain2.net")
}

// TestOldMentionWithoutAQuestion: there is nothing to ask back about.
func TestOldMentionWithoutAQuestion(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.PostAt(slackfake.Bob, slackfake.Incident, "", "@servicesbot", time.Now().Add(-time.Hour)))
	m := r.sees(slackfake.Bob, slackfake.Incident, "What shall I look for?")
	if r.lacks(m, "Shall I answer it now"); !m.Ephemeral {
		t.Error("it is said in public, an hour late")
	}
}

// TestOldEditIsNotAnsweredUnasked: whoever corrects an old question may not want it answered
// in front of everybody any more.
func TestOldEditIsNotAnsweredUnasked(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.PostAt(slackfake.Bob, slackfake.Incident, "", "what of client 1?", time.Now().Add(-time.Hour)))
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot client:1 status:active"))
	if m := r.sees(slackfake.Bob, slackfake.Incident, "You edited an old question", "Ask again"); !m.Ephemeral {
		t.Error("the question back is public")
	}
}

// TestLastQuestions: the Home tab shows the last five, the newest first.
func TestLastQuestions(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	for n := range 7 {
		sent := r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", n+1)))
		r.waits("the answer", func() bool { return r.slack.Answers(sent.Envelope) == 1 })
	}
	r.do(r.slack.OpenHome(slackfake.Alice))
	r.waits("the Home tab", func() bool {
		home, ok := r.slack.Home(slackfake.Alice)
		return ok && home.Shows("Your last questions\nservice:7\nservice:6\nservice:5\nservice:4\nservice:3\n") && !home.Shows("service:2\n")
	})
}

func TestDuplicatesAreAnsweredOnce(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Duplicate(true)
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	r.sees(slackfake.Bob, slackfake.Incident, "demodomain2.net")
	r.waits("all envelopes to be acknowledged", func() bool { return r.slack.Counts().Waiting == 0 })
	if n := len(r.answers(slackfake.Bob, slackfake.Incident)); n != 1 {
		t.Errorf("%d answers to one mention delivered twice", n)
	}
}

func TestNoFilterSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot"))
	r.sees(slackfake.Bob, slackfake.Incident, "What shall I look for?")
}

func TestUserRate(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.bot.UserRate = 2 })
	for range 3 {
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	}
	m := r.sees(slackfake.Alice, slackfake.Support, "more than 2 questions per minute")
	if m.Via != "ack" {
		t.Errorf("the refusal came via %s, want the acknowledgement", m.Via)
	}
	r.do(r.slack.Slash(slackfake.Bob, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Bob, slackfake.Support, "demodomain2.net")
}

func TestNewBlocksRefused(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.RefuseNewBlocks(true)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 as:table"))
	r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	if !strings.Contains(r.log.String(), "refuses newer blocks") {
		t.Error("the refusal was not logged")
	}
}

func TestShutdownFinishesWhatIsInWork(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.api = whmcs.Config{} })
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "slow", Latency: time.Second}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 status:active"))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.whmcs.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 9*time.Second {
		t.Errorf("the end took %s", took)
	}
	r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
}

func TestRefusedTokenEndsTheRun(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	b, err := bot.New(bot.Config{
		AppToken: "xapp-wrong", BotToken: whmcs.Secret(r.slack.BotToken()), SlackURL: r.slack.URL(),
		Allow: bot.Allow{Everyone: true}, Answers: &bot.Answers{},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := b.Run(ctx); err == nil || !strings.Contains(err.Error(), "slack refuses the app token: invalid_auth") {
		t.Errorf("Run with a wrong app token: %v", err)
	}
}

// TestFailedDetailsAreTriedAgainThere: Try again in the modal fills the modal.
func TestFailedDetailsAreTriedAgainThere(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	list := r.sees(slackfake.Alice, slackfake.Support, "1 active, 1 terminated")
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "maintenance"}); err != nil {
		t.Fatal(err)
	}
	r.click(slackfake.Alice, list, "Details")
	failed := r.modal(slackfake.Alice, "down for maintenance", "Try again")
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	id, _ := failed.Button("Try again")
	r.do(r.slack.Click(slackfake.Alice, &failed, id))
	r.modal(slackfake.Alice, marker)
	if n := len(r.slack.Modals(slackfake.Alice)); n != 1 {
		t.Errorf("%d modals are open", n)
	}
	if n := len(r.answers(slackfake.Alice, slackfake.Support)); n != 1 {
		t.Errorf("%d messages behind the modal, want the list alone", n)
	}
}
