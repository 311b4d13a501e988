package bot_test

import (
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// TestShutdownTellsTheRest: who waits longer than the process may go on is told to ask
// again, and so is who asks while it ends; the end comes in time.
func TestShutdownTellsTheRest(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:10"))
	r.waits("both questions to be in work", func() bool { return r.whmcs.Count("GetClientsProducts") >= 2 })

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
