package bot_test

import (
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/formatting"
	"servicesbot/whmcs/whmcsfake"
)

// TestShareAndRefreshAskAnew: both go past what is remembered; other buttons do not.
func TestShareAndRefreshAskAnew(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.api.CacheTTL = time.Hour })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	list := r.sees(slackfake.Alice, slackfake.Support, "1 active, 1 terminated")
	for n, c := range []struct {
		label string
		calls int
	}{{"Share", 2}, {"Table", 2}, {"Refresh", 3}} {
		r.click(slackfake.Alice, list, c.label)
		if !r.audit.waits(func(text string) bool { return strings.Count(text, "\n") == n+2 }) {
			t.Fatalf("%s left no audit line", c.label)
		}
		if got := r.whmcs.Count("GetClientsProducts"); got != c.calls {
			t.Errorf("after %s WHMCS was asked %d times, want %d", c.label, got, c.calls)
		}
		list, _ = r.slack.Message(slackfake.Alice, slackfake.Support, list.TS)
	}
	r.click(slackfake.Bob, r.sees(slackfake.Bob, slackfake.Support, "Shared by"), "Refresh")
	r.audited(`"user":"U0BOB"`)
	if got := r.whmcs.Count("GetClientsProducts"); got != 4 {
		t.Errorf("after Refresh of the post WHMCS was asked %d times, want 4", got)
	}
}

// TestEveryAnswerCanBeSharedOnce: once means one answer, not one question.
func TestEveryAnswerCanBeSharedOnce(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	for n := range 2 {
		sent := r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
		r.waits("the answer", func() bool { return r.slack.Answers(sent.Envelope) == 1 })
		all := r.answers(slackfake.Alice, slackfake.Support)
		r.click(slackfake.Alice, all[len(all)-1], "Share")
		r.waits("the post", func() bool { return len(r.answers(slackfake.Bob, slackfake.Support)) == n+1 })
	}
}

// TestShareOfAContinuedSearch: what the search found where it went on is what is shared.
func TestShareOfAContinuedSearch(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.find.ScanRows = 400 })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services status:suspended as:summary"))
	part := r.sees(slackfake.Alice, slackfake.Support, "At least")
	r.click(slackfake.Alice, part, "Continue the search")
	var whole slackfake.Message
	r.waits("the rest of the answer", func() bool {
		whole, _ = r.slack.Message(slackfake.Alice, slackfake.Support, part.TS)
		return whole.Revision > part.Revision && whole.Shows("looked at rows 401 to 650 of 650") && !whole.Shows("Still looking")
	})
	r.click(slackfake.Alice, whole, "Share")
	shared := r.sees(slackfake.Bob, slackfake.Support, "Shared by")
	headline := func(m slackfake.Message) string {
		for line := range strings.Lines(m.PlainText()) {
			if strings.Contains(line, "match") {
				return line
			}
		}
		return ""
	}
	if headline(shared) != headline(whole) {
		t.Errorf("shared is %q, private was %q", headline(shared), headline(whole))
	}
}

// TestSharedFileGoesWithItsPost: where Slack takes the file and not the post, nothing
// stays in the channel, and sharing may be tried again.
func TestSharedFileGoesWithItsPost(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	for n, c := range map[string]struct{ refuse, says string }{
		"may not post": {"restricted_action", "Only you see this"},
		"fails":        {"internal_error", "Something went wrong"},
	} {
		r.slack.Fail("chat.postMessage", slackfake.Failure{Refuse: c.refuse, Times: 1})
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 as:csv in:channel"))
		r.sees(slackfake.Alice, slackfake.Support, c.says)
		if files := r.slack.Files(slackfake.Bob); len(files) != 0 {
			t.Errorf("%s: the file %s stays for all to read", n, files[0].Name)
		}
	}
	if strings.Contains(r.audit.String(), `"shared":true`) {
		t.Errorf("nothing is shared, and the audit says so:\n%s", r.audit)
	}
}

// TestAuditOfAFileThatStays: a file that Slack took into the channel, and did not delete when
// it refused the post, counts as shared though its rows then go to the asker alone.
func TestAuditOfAFileThatStays(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Fail("chat.postMessage", slackfake.Failure{Refuse: "restricted_action", Times: 1})
	r.slack.Fail("files.delete", slackfake.Failure{Refuse: "internal_error"})
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 as:csv in:channel"))
	r.sees(slackfake.Alice, slackfake.Support, "Only you see this")
	line := r.lines(1)[0]
	if n := len(r.slack.Files(slackfake.Bob)); n != 1 || line["shared"] != true || line["audit"] != "share" {
		t.Errorf("Bob sees %d files, shared is %v in %v", n, line["shared"], line)
	}
}

// TestSharedInAModal: Share in the details says in them that it was done.
func TestSharedInAModal(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	r.click(slackfake.Alice, r.sees(slackfake.Alice, slackfake.Support, "1 active, 1 terminated"), "Details")
	details := r.modal(slackfake.Alice, marker)
	id, ok := details.Button("Share")
	if !ok {
		t.Fatal("the details cannot be shared")
	}
	r.do(r.slack.Click(slackfake.Alice, &details, id))
	r.sees(slackfake.Bob, slackfake.Support, "Shared by", marker)
	after := r.modal(slackfake.Alice, "Shared where this window was opened", marker)
	if _, again := after.Button("Share"); again {
		t.Error("the details offer to be shared again")
	}
}

// TestNothingIsSharedWithoutAFilter: everybody's services are no answer for a channel.
func TestNothingIsSharedWithoutAFilter(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services in:channel"))
	if m := r.sees(slackfake.Alice, slackfake.Support, "What shall I look for?"); !m.Ephemeral {
		t.Error("it is said in public")
	}
	if n := r.whmcs.Count(""); n != 0 {
		t.Errorf("WHMCS was asked %d times", n)
	}
}

// TestInChannelInADirectMessage says why only the asker sees the answer.
func TestInChannelInADirectMessage(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Alice, slackfake.DM(slackfake.Alice), "", "service:2 in:channel"))
	r.sees(slackfake.Alice, slackfake.DM(slackfake.Alice), "Only you see this. There is no channel", marker)
}

// TestWordsOfWHMCSAreForTheAsker: what WHMCS says in an error may hold anything.
func TestWordsOfWHMCSAreForTheAsker(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "error", Text: "Client ann@example.com is odd"}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Alice, slackfake.Support, "WHMCS answered with an error", "is odd")
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	r.lacks(r.sees(slackfake.Bob, slackfake.Incident, "WHMCS answered with an error"), "ann@example.com", "odd")
}

// TestPlainSharedPostCanBeRemoved: a post that Slack takes in its simplest form only has
// Remove all the same.
func TestPlainSharedPostCanBeRemoved(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Fail("chat.postMessage", slackfake.Failure{Refuse: "invalid_blocks", Times: 1})
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2 in:channel"))
	m := r.sees(slackfake.Bob, slackfake.Support, marker, "Remove")
	for _, b := range buttonsOf(t, m.Blocks) {
		if formatting.Action(b.ActionID) == formatting.ActionRemove && b.Value != slackfake.Alice {
			t.Errorf("Remove is for %q", b.Value)
		}
	}
	r.click(slackfake.Alice, m, "Remove")
	r.waits("the post to go", func() bool { return len(r.answers(slackfake.Bob, slackfake.Support)) == 0 })
}

// TestFreshInChannelAsksAnew: who types fresh:yes gets no rows of before, in a channel neither.
func TestFreshInChannelAsksAnew(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services status:suspended as:summary"))
	r.sees(slackfake.Alice, slackfake.Support, "clients, suspended")
	before := r.whmcs.Count("GetClientsProducts")
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services status:suspended as:summary fresh:yes in:channel"))
	r.sees(slackfake.Bob, slackfake.Support, "Shared by")
	if got := r.whmcs.Count("GetClientsProducts"); got <= before {
		t.Errorf("WHMCS was asked %d times, and %d times before", got, before)
	}
}

// TestSharingAfterAPanic: what a panic kept from being posted was not shared before.
func TestSharingAfterAPanic(t *testing.T) { // not parallel: panics are reported to the bot that started last
	broken := make(chan bool, 1)
	r := newRoad(t, func(s *setup) { s.now = breakableClock(broken) })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	m := r.sees(slackfake.Alice, slackfake.Support, marker)
	broken <- true
	r.click(slackfake.Alice, m, "Share")
	r.sees(slackfake.Alice, slackfake.Support, "Something went wrong")
	r.click(slackfake.Alice, m, "Share")
	r.sees(slackfake.Bob, slackfake.Support, "Shared by", marker)
}
