package bot_test

import (
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// TestShutdownTellsTheRest: whoever waits longer than the process may go on is told to ask
// again, and so is whoever asks while it ends; the end comes in time.
func TestShutdownTellsTheRest(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:10"))
	r.waits("both questions to be in progress", func() bool { return r.whmcs.Count("GetClientsProducts") >= 2 })

	begun := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()
	r.waits("the end to begin", func() bool {
		sent := r.do(r.slack.Slash(slackfake.Carl, slackfake.Support, "/services help"))
		r.waits("an answer", func() bool { return r.slack.Answers(sent.Envelope) > 0 })
		all := r.answers(slackfake.Carl, slackfake.Support)
		last := all[len(all)-1]
		return last.Via == "ack" && last.Shows("The bot is restarting. Ask again in a few seconds.")
	})
	late := r.do(r.slack.Post(slackfake.Carl, slackfake.Incident, "", "@servicesbot service:2"))
	if m := r.sees(slackfake.Carl, slackfake.Incident, "The bot is restarting"); !m.Ephemeral {
		t.Errorf("the mention %s is told for all to read", late.TS)
	}
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
	if took := time.Since(begun); took > 9*time.Second {
		t.Errorf("the end took %v", took)
	}
	for user, channel := range map[string]string{slackfake.Alice: slackfake.Support, slackfake.Bob: slackfake.Incident} {
		m := r.sees(user, channel, "The bot is restarting. Ask again in a few seconds.")
		if len(buttonsOf(t, m.Blocks)) != 1 {
			t.Errorf("%s has no button to ask again with:\n%s", user, m.PlainText())
		}
	}
	if c := r.slack.Counts(); c.Unacked+c.Waiting > 0 {
		t.Errorf("not acknowledged: %+v", c)
	}
}

// TestDetailsWhileTheBotEnds: a window that is opened as the bot ends says so.
func TestDetailsWhileTheBotEnds(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	list := r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	r.slack.Fail("views.open", slackfake.Failure{Delay: time.Second})
	r.click(slackfake.Alice, list, "Details")
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r.modal(slackfake.Alice, "The bot is restarting. Ask again in a few seconds.")
	if line := r.lines(2)[1]; line["outcome"] != "turned_away" || line["why"] != "restarting" {
		t.Errorf("the audit says %v", line)
	}
}

// TestTheEndLeavesSlackSoon: a bot that ends lets Slack go within 2 s, though a question
// keeps it longer; what comes until then is acknowledged, and nothing goes lost.
func TestTheEndLeavesSlackSoon(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.waits("both sockets", func() bool { return r.slack.Counts().Sockets == 2 })
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.waits("the question to be in progress", func() bool { return r.whmcs.Count("GetClientsProducts") >= 1 })
	begun := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()
	one, none := time.Duration(0), time.Duration(0)
	for n := 0; none == 0; n++ {
		switch up := r.slack.Counts().Sockets; {
		case up == 0:
			none = time.Since(begun)
			continue
		case up == 1 && one == 0:
			one = time.Since(begun)
		}
		if time.Since(begun) < time.Second { // what is asked all the time keeps the second socket
			r.do(r.slack.Slash(slackfake.Carl, slackfake.Support, "/services help"))
		}
		<-time.After(20 * time.Millisecond)
		if time.Since(begun) > patience {
			t.Fatal("the sockets stay open")
		}
	}
	if one == 0 || one > time.Second || none < 1400*time.Millisecond || none > 4*time.Second {
		t.Errorf("one socket was ended after %v, the other after %v", one, none)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took < 5*time.Second {
		t.Errorf("the question was given up after %v", took)
	}
	if c := r.slack.Counts(); c.Unacked+c.Waiting+c.Undelivered > 0 {
		t.Errorf("not acknowledged: %+v", c)
	}
}
