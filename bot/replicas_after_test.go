package bot_test

import (
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// TestFormAfterATakeOver: a form needs a trigger, which is spent when another replica takes the
// request over: the person hears that they have to ask for it again. A share that nobody can have
// posted is posted.
func TestFormAfterATakeOver(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	private := r.sees(slackfake.Alice, slackfake.Support, "as of")
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	for n := range 4 { // keeps the one that ends from ending at once
		r.do(r.slack.Post(slackfake.Bob, slackfake.DM(slackfake.Bob), "", []string{"service:10", "service:11", "service:12", "service:13"}[n]))
	}
	r.until("not all are in progress", func() bool { return sum(all, `servicesbot_workers_busy{lane="questions"}`) == 4 })
	ended := make(chan error, 1)
	go func() { ended <- all[1].stop() }()
	r.waits("one socket to close", func() bool { return r.slack.Counts().Sockets < 4 })
	const forms = 6
	for range forms { // by turns to the one that ends
		r.do(r.slack.Slash(slackfake.Carl, slackfake.Support, "/services"))
	}
	r.click(slackfake.Alice, private, "Share")
	r.click(slackfake.Alice, private, "Share")
	r.click(slackfake.Alice, private, "Share")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	late := func() (n int) {
		for _, m := range r.answers(slackfake.Carl, slackfake.Support) {
			if m.Shows("Slack took too long to open the search form") {
				n++
			}
		}
		return n
	}
	opened := func() int { return sum(all, `servicesbot_requests_total{door="slash",outcome="form"}`) }
	r.until("a form is neither open nor missed", func() bool { return late()+opened() >= forms })
	if n := late(); n == 0 || n == forms {
		t.Errorf("%d of %d forms were taken over: the test shows nothing", n, forms)
	}
	shared := func() (n int) {
		for _, m := range r.slack.Messages(slackfake.Bob, slackfake.Support) {
			if m.Shows("Shared by") {
				n++
			}
		}
		return n
	}
	r.waits("the shared answer", func() bool { return shared() > 0 })
	r.until("the clicks do not end", func() bool {
		return sum(all, `servicesbot_requests_total{door="button",outcome="shared_already"}`) == 2
	})
	if n := shared(); n != 1 {
		t.Errorf("shared %d times", n)
	}
}

// TestShareThatMayBePosted: a share whose replica died after Slack took it is not posted a second
// time: the person is told to look.
func TestShareThatMayBePosted(t *testing.T) {
	t.Parallel()
	k, redis := newProcesses(t, 2000, 30*time.Millisecond), bot.StartRedis(t)
	first := k.replicas(1, redis)[0]
	if _, err := k.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"); err != nil {
		t.Fatal(err)
	}
	m, err := k.slack.WaitMessage(k.ctx, slackfake.Alice, slackfake.Support, "as of")
	if err != nil {
		t.Fatal(err)
	}
	k.slack.Fail("chat.postMessage", slackfake.Failure{Done: true, Hang: true})
	id, ok := m.Button("Share")
	if !ok {
		t.Fatal("the answer cannot be shared")
	}
	if _, err := k.slack.Click(slackfake.Alice, &m, id); err != nil {
		t.Fatal(err)
	}
	if _, err := k.slack.WaitMessage(k.ctx, slackfake.Bob, slackfake.Support, "Shared by"); err != nil {
		t.Fatal(err)
	}
	first.kill()
	k.slack.Heal()
	k.waits("its sockets to close", func() bool { return k.slack.Counts().Sockets == 0 })
	k.replicas(1, redis)
	if _, err := k.slack.WaitMessage(k.ctx, slackfake.Alice, slackfake.Support, "Slack did not confirm that your answer was posted"); err != nil {
		t.Fatal(err)
	}
	shared := 0
	for _, m := range k.slack.Messages(slackfake.Bob, slackfake.Support) {
		if m.Shows("Shared by") {
			shared++
		}
	}
	if shared != 1 {
		t.Errorf("shared %d times", shared)
	}
}

// TestChannelClosesDuringALookUp: an event that closes a channel counts also for an answer whose
// look-up of the channel began before it and says otherwise, at each replica.
func TestChannelClosesDuringALookUp(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	r.slack.Fail("conversations.info", slackfake.Failure{Delay: 2 * time.Second})
	const questions = 4
	for range questions { // by turns to both
		r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	}
	r.until("not all are in progress", func() bool { return sum(all, `servicesbot_workers_busy{lane="questions"}`) == questions })
	r.slack.Deliver(map[string]any{"type": "events_api", "payload": map[string]any{
		"type": "event_callback", "team_id": slackfake.TeamID, "event_id": "Ev0CLOSES",
		"event": map[string]any{"type": "channel_shared", "channel": slackfake.Incident},
	}})
	r.waits("answers", func() bool { return len(r.answers(slackfake.Bob, slackfake.Incident)) == questions })
	for _, m := range r.answers(slackfake.Bob, slackfake.Incident) {
		if !m.Ephemeral {
			t.Errorf("posted after the channel was shared:\n%s", m.PlainText())
		}
	}
}

// TestLostSubscriptionEmptiesChannels: a replica that may have missed news looks each channel up
// again.
func TestLostSubscriptionEmptiesChannels(t *testing.T) {
	t.Parallel()
	redis, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	asks := func(n int) (lookUps int) {
		t.Helper()
		before, calls := len(r.answers(slackfake.Bob, slackfake.Incident)), r.slack.Counts().Calls["conversations.info"]
		for range n {
			r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
		}
		r.waits("answers", func() bool { return len(r.answers(slackfake.Bob, slackfake.Incident)) == before+n })
		return r.slack.Counts().Calls["conversations.info"] - calls
	}
	if n := asks(6); n != 2 {
		t.Errorf("%d look-ups of a new channel, want one at each replica", n)
	}
	if n := asks(6); n != 0 {
		t.Errorf("%d look-ups of a known channel", n)
	}
	redis.Do("CLIENT KILL TYPE pubsub")
	r.until("the subscriptions are not back", func() bool { return asks(2) > 0 })
	r.until("one replica has not looked it up again", func() bool { return r.slack.Counts().Calls["conversations.info"] == 4 || asks(2) < 0 })
}
