package bot_test

import (
	"fmt"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
)

// TestManyMentionsInOneChannel holds that more mentions than a channel may get posts
// for are all answered: those whose turn would come too late, to the asker alone.
func TestManyMentionsInOneChannel(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	const many = 30 // 10 at once, 10 within the wait, the rest alone
	for n := range many {
		r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", fmt.Sprintf("@servicesbot service:%d", n+1)))
	}
	r.waits("all answers", func() bool { return len(r.answers(slackfake.Bob, slackfake.Incident)) == many })
	alone := 0
	for _, m := range r.answers(slackfake.Bob, slackfake.Incident) {
		if m.Ephemeral {
			alone++
		}
	}
	if alone == 0 || alone == many {
		t.Errorf("%d of %d answered alone: want some", alone, many)
	}
}

// TestLongPauseOfSlack holds that an answer whose method Slack wants paused for long
// reaches the asker another way.
func TestLongPauseOfSlack(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Fail("chat.postMessage", slackfake.Failure{Status: 429, RetryAfter: 50 * time.Second, Times: 1})
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	if m := r.sees(slackfake.Bob, slackfake.Incident, marker); !m.Ephemeral {
		t.Error("the answer was posted although Slack asked for a pause of 50 s")
	}
}

// TestManyDirectMessages holds that somebody who asks more at once than a channel may get
// posts for has every answer: there is no other place for them.
func TestManyDirectMessages(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	const many = 30
	dm := slackfake.DM(slackfake.Bob)
	for n := range many {
		r.do(r.slack.Post(slackfake.Bob, dm, "", fmt.Sprintf("service:%d", n+1)))
	}
	r.waits("all answers", func() bool { return len(r.answers(slackfake.Bob, dm)) == many })
}
