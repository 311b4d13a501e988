package bot_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// exactly holds that each question has one answer, but for those that may have two.
func (k *processes) exactly(what string, all []asked, twice int) {
	k.t.Helper()
	more := 0
	for _, q := range all {
		switch n := k.shown(q); {
		case n == 1:
		case n == 2:
			more++
		default:
			k.t.Errorf("service:%d (slash: %v), %s, has %d answers", q.number, q.slash, what, n)
		}
	}
	if more > twice {
		k.t.Errorf("%s: %d were answered twice, want %d at most", what, more, twice)
	}
	k.t.Logf("%s: %d questions, %d answered twice", what, len(all), more)
}

// shown counts the answers to q, those that say that it is in progress left out.
func (k *processes) shown(q asked) (n int) {
	if !q.slash {
		return k.answers(q)
	}
	for _, m := range k.slack.Messages(slackfake.Alice, slackfake.Support) {
		if m.Envelope == q.sent.Envelope && m.Via != "slackbot" && !m.Shows("Still looking") {
			n++
		}
	}
	return n
}

// TestReplicaKilled kills one of three replicas while 20 questions a second come. None goes
// unanswered, and none is answered twice, as it dies before anything is posted.
func TestReplicaKilled(t *testing.T) {
	t.Parallel()
	k, redis := newProcesses(t, 2000, 30*time.Millisecond), bot.StartRedis(t)
	all := k.replicas(3, redis)
	if err := k.whmcs.Set(whmcsfake.Fault{Name: "slow", Latency: 1500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	var asked []asked
	ask := func(n int) {
		for range n {
			asked = append(asked, k.asks(1)...)
			<-time.After(50 * time.Millisecond)
		}
	}
	ask(40)
	all[1].kill() // whose unacknowledged events Slack sends again, and whose commands it gives up
	killed := time.Now()
	ask(40)
	k.slack.Advance(time.Minute)
	k.waits("all answers", func() bool {
		for _, q := range asked {
			if k.shown(q) == 0 && !k.told(q) {
				return false
			}
		}
		return true
	})
	if took := time.Since(killed); took > 20*time.Second {
		t.Errorf("the last answer came %v after the kill", took)
	}
	k.withoutMissed(&asked)
	k.exactly("killed before it posted", asked, 0)
	if len(asked) < 70 {
		t.Errorf("only %d questions reached a replica", len(asked))
	}
}

// TestReplicaKilledAsItPosts kills a replica between Slack's acceptance of its answers and its
// note of that: those may come twice, and then say so.
func TestReplicaKilledAsItPosts(t *testing.T) {
	t.Parallel()
	k, redis := newProcesses(t, 2000, 30*time.Millisecond), bot.StartRedis(t)
	first := k.replicas(1, redis)[0]
	k.slack.Fail(slackfake.ResponseURL, slackfake.Failure{Done: true, Hang: true})
	k.slack.Fail("chat.postMessage", slackfake.Failure{Done: true, Hang: true})
	inWindow := k.asks(10)
	k.waits("Slack to take all answers", func() bool { return k.answered(inWindow) })
	first.kill()
	k.slack.Heal()
	k.waits("its sockets to close", func() bool { return k.slack.Counts().Sockets == 0 })
	k.replicas(1, redis)
	k.waits("the repeats", func() bool {
		for _, q := range inWindow {
			if k.shown(q) != 2 {
				return false
			}
		}
		return true
	})
	repeats := 0
	for _, q := range inWindow {
		where, who := slackfake.Support, slackfake.Alice
		if !q.slash {
			where, who = slackfake.DM(killUser(q.number)), killUser(q.number)
		}
		for _, m := range k.slack.Messages(who, where) {
			if (!q.slash || m.Envelope == q.sent.Envelope) && m.Shows("This may be a repeat") {
				repeats++
			}
		}
	}
	if repeats != len(inWindow) {
		t.Errorf("%d of %d repeats say so", repeats, len(inWindow))
	}
}

// TestRollingRestart replaces all replicas one after the other while questions come: each question
// is answered once, and nobody is told to ask again. Three hold two sockets each, and one while a
// fourth starts; four hold one each.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	for _, n := range []int{3, 4} {
		t.Run(fmt.Sprintf("of %d", n), func(t *testing.T) {
			t.Parallel()
			rollingRestart(t, n)
		})
	}
}

func rollingRestart(t *testing.T, n int) {
	k, redis := newProcesses(t, 2000, 30*time.Millisecond), bot.StartRedis(t)
	all := k.replicas(n, redis)
	var mu sync.Mutex
	var asked []asked
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				mu.Lock()
				asked = append(asked, k.asks(1)...)
				mu.Unlock()
			}
		}
	}()
	for _, old := range all {
		k.replicas(1, redis)
		if err := old.end(); err != nil {
			t.Errorf("%v\n%s", err, old.log)
		}
	}
	close(stop)
	<-stopped
	k.waits("acknowledgements", func() bool { return k.slack.Counts().Waiting == 0 })
	for range 3 {
		k.slack.Advance(5 * time.Minute)
	}
	k.waits("all answers", func() bool {
		for _, q := range asked {
			if k.answers(q) == 0 && !k.told(q) {
				return false
			}
		}
		return true
	})
	k.waits("acknowledgements", func() bool { return k.slack.Counts().Waiting == 0 })
	missed := k.withoutMissed(&asked)
	if missed > n { // on their way as a replica ended its last connection: Slack says so
		t.Errorf("%d commands did not arrive", missed)
	}
	k.exactly("rolling restart", asked, 0)
	for _, q := range asked {
		if k.restarting(q) {
			t.Errorf("service:%d (slash: %v): its asker is told that the bot is restarting", q.number, q.slash)
		}
	}
	if c := k.slack.Counts(); c.Unacked > 2*n {
		t.Errorf("%d were not acknowledged", c.Unacked)
	}
}

// withoutMissed takes the commands out that Slack gave up: they were never acknowledged, and it
// said so to the asker.
func (k *processes) withoutMissed(all *[]asked) (missed int) {
	before := len(*all)
	*all = slices.DeleteFunc(*all, func(q asked) bool { return k.shown(q) == 0 && k.told(q) })
	return before - len(*all)
}

// restarting reports whether the asker of q is told that the bot is restarting.
func (k *processes) restarting(q asked) bool {
	where, who := slackfake.Support, slackfake.Alice
	if !q.slash {
		where, who = slackfake.DM(killUser(q.number)), killUser(q.number)
	}
	return slices.ContainsFunc(k.slack.Messages(who, where), func(m slackfake.Message) bool {
		return (!q.slash || m.Envelope == q.sent.Envelope) && m.Shows("restarting")
	})
}
