package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// What the lanes hold, written down once more: 64 questions in progress and 512 waiting,
// 4 notes in progress and 256 waiting.
const (
	questionsHeld = 64 + 512
	notesHeld     = 4 + 256
)

// fill asks as much as the lane for questions holds, of a WHMCS that hangs.
func (r *road) fill() []slackfake.Sent {
	r.t.Helper()
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		r.t.Fatal(err)
	}
	var all []slackfake.Sent
	for n := range questionsHeld {
		all = append(all, r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", n+1))))
		if n == 64 { // a worker less than busy would leave room in the queue
			r.waits("all workers to be busy", func() bool { return strings.Contains(r.metrics(), `servicesbot_workers_busy{lane="questions"} 64`) })
		}
	}
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	return all
}

// TestOverloadIsAnswered: whoever comes when the queue is full is told so at once by
// every door, those in the queue get their answers, and what was refused may come again.
func TestOverloadIsAnswered(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.unpaced = true })
	r.do(r.slack.Slash(slackfake.Bob, slackfake.Support, "/services client:1"))
	list := r.sees(slackfake.Bob, slackfake.Support, "1 active, 1 terminated")
	r.do(r.slack.Slash(slackfake.Bob, slackfake.Incident, "/services client:1 in:channel"))
	shared := r.sees(slackfake.Bob, slackfake.Incident, "Shared by")
	waiting := r.fill()

	r.do(r.slack.Slash(slackfake.Bob, slackfake.Support, "/services service:600"))
	if m := r.sees(slackfake.Bob, slackfake.Support, "The bot is busy. Try again in a few seconds."); m.Via != "ack" {
		t.Errorf("a command is told via %s, want the acknowledgement", m.Via)
	}
	r.click(slackfake.Bob, list, "Table")
	r.waits("the click to be told", func() bool {
		said := r.answers(slackfake.Bob, slackfake.Support)
		last := said[len(said)-1]
		return last.Via == "response_url" && last.Ephemeral && last.Shows("The bot is busy")
	})
	if now, _ := r.slack.Message(slackfake.Bob, slackfake.Support, list.TS); now.Revision != list.Revision {
		t.Error("the click's note took the place of the answer that was clicked")
	}
	r.click(slackfake.Bob, list, "Details") // a window opens all the same, and says so
	r.modal(slackfake.Bob, "The bot is busy")
	r.do(r.slack.Slash(slackfake.Bob, slackfake.Support, "/services"))
	r.modal(slackfake.Bob, "Domain, e-mail")
	r.click(slackfake.Carl, shared, "Refresh")
	r.sees(slackfake.Carl, slackfake.Incident, "The bot is busy")
	mention := map[string]any{"type": "events_api", "payload": map[string]any{
		"type": "event_callback", "team_id": slackfake.TeamID, "event_id": "Ev0AGAIN", "event": map[string]any{
			"type": "app_mention", "user": slackfake.Bob, "channel": slackfake.Incident, "ts": fmt.Sprintf("%d.000100", time.Now().Unix()),
			"text": "<@" + slackfake.BotUser + "> service:2",
		}}}
	r.slack.Deliver(mention)
	if m := r.sees(slackfake.Bob, slackfake.Incident, "The bot is busy"); !m.Ephemeral {
		t.Error("a mention is told for all to read")
	}

	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	for _, sent := range waiting {
		r.waits("an answer", func() bool { return r.slack.Answers(sent.Envelope) > 0 })
	}
	delete(mention, "envelope_id")
	r.slack.Deliver(mention) // the same event: the refused one is forgotten
	r.sees(slackfake.Bob, slackfake.Incident, marker)
}

// TestWhatCannotBeToldIsNotAcknowledged: where not even a note can be queued, Slack
// keeps the event and sends it again.
func TestWhatCannotBeToldIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.unpaced = true })
	r.fill()
	r.slack.Fail("chat.postEphemeral", slackfake.Failure{Hang: true})
	const more = 20
	var asked []slackfake.Sent
	for n := range notesHeld + more {
		asked = append(asked, r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", fmt.Sprintf("@servicesbot service:%d", n+1))))
	}
	r.waits("all that can be told to be acknowledged", func() bool { return r.slack.Counts().Acked == questionsHeld+notesHeld })
	if waiting := r.slack.Counts().Waiting; waiting != more {
		t.Errorf("%d of %d mentions are without acknowledgement, want %d", waiting, len(asked), more)
	}
	r.slack.Heal()
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	r.waits("room", func() bool { return strings.Contains(r.metrics(), `servicesbot_queue_length{lane="questions"} 0`) })
	r.slack.Advance(2 * time.Minute) // Slack sends again what was not acknowledged
	// Each is told once, but for the four notes that were under way when Slack hung.
	told := func() (answers, busy int) {
		for _, m := range r.answers(slackfake.Bob, slackfake.Incident) {
			if m.Ephemeral {
				busy++
			} else {
				answers++
			}
		}
		return answers, busy
	}
	r.waits("all to be told", func() bool { answers, busy := told(); return answers+busy >= len(asked)-4 })
	if answers, busy := told(); answers+busy > len(asked) || answers == 0 {
		t.Errorf("%d answered and %d told to try again, of %d", answers, busy, len(asked))
	}
}

// TestOneAskerAtATime: one person has so many questions in progress and no more; others are
// answered meanwhile, and what ends a question is never too much.
func TestOneAskerAtATime(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.bot.UserRate = 17 }) // used up by the first 17
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2 in:channel"))
	shared := r.sees(slackfake.Alice, slackfake.Support, "Shared by")
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	for n := range 16 {
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", n+10)))
	}
	r.do(r.slack.Slash(slackfake.Bob, slackfake.Support, "/services")) // a window opens for others meanwhile
	r.modal(slackfake.Bob, "Domain, e-mail")
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:30"))
	r.sees(slackfake.Alice, slackfake.Support, "You have 16 questions in progress.")
	r.click(slackfake.Alice, shared, "Remove")
	r.waits("the post to go", func() bool { return len(r.answers(slackfake.Bob, slackfake.Support)) == 0 })
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Slash(slackfake.Bob, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Bob, slackfake.Support, marker)
}
