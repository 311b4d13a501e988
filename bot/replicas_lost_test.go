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

// redelivered are direct messages that Slack delivers as often as a test wants, each time under
// another envelope.
type redelivered struct {
	r    *road
	sent []map[string]any
}

const firstLost = 10 // service that is asked for; all have two digits

// ask delivers n new questions for the first time.
func (d *redelivered) ask(n int) {
	d.r.t.Helper()
	for range n {
		number := firstLost + len(d.sent)
		payload := map[string]any{
			"type": "event_callback", "team_id": slackfake.TeamID, "event_id": fmt.Sprintf("Ev0LOST%d", number),
			"event": map[string]any{
				"type": "message", "channel_type": "im", "channel": slackfake.DM(slackfake.Bob), "user": slackfake.Bob, "team": slackfake.TeamID,
				"text": fmt.Sprintf("service:%d", number), "ts": fmt.Sprintf("1795000000.%06d", number),
			},
		}
		d.sent = append(d.sent, payload)
		d.deliver(payload)
	}
	d.r.waits("acknowledgements", func() bool { return d.r.slack.Counts().Waiting == 0 })
}

// again delivers each question so often that it comes by every socket of two replicas.
func (d *redelivered) again() {
	d.r.t.Helper()
	for range 4 {
		for _, payload := range d.sent {
			d.deliver(payload)
		}
		d.r.slack.Deliver(nothing()) // or each would come by one socket alone
	}
	d.r.waits("acknowledgements", func() bool { return d.r.slack.Counts().Waiting == 0 })
}

// claimed waits until the server has the claims of all, within 5 s: two of each.
func (d *redelivered) claimed(redis *bot.RedisServer) {
	d.r.t.Helper()
	begun := time.Now()
	d.r.until("the server does not have all claims", func() bool {
		return strings.Count(redis.Do("KEYS *:claim:*"), ":claim:") >= 2*len(d.sent)
	})
	if took := time.Since(begun); took > 5*time.Second {
		d.r.t.Errorf("the replicas are one after %v", took)
	}
}

// nothing is an event that no bot answers.
func nothing() map[string]any {
	return map[string]any{"type": "events_api", "payload": map[string]any{"type": "event_callback", "team_id": slackfake.TeamID, "event": map[string]any{"type": "none"}}}
}

func (d *redelivered) deliver(payload map[string]any) {
	d.r.slack.Deliver(map[string]any{"type": "events_api", "payload": payload})
}

// answeredOnce waits until each question is answered, and holds that none is answered twice when
// nothing is in progress any more.
func (d *redelivered) answeredOnce(when string, all []*road) {
	d.r.t.Helper()
	answers := func(n int) (found int) {
		for _, m := range d.r.answers(slackfake.Bob, slackfake.DM(slackfake.Bob)) {
			if m.Shows(fmt.Sprintf("service:%d", firstLost+n)) {
				found++
			}
		}
		return found
	}
	d.r.waits("answers "+when, func() bool {
		for n := range d.sent {
			if answers(n) == 0 {
				return false
			}
		}
		return true
	})
	d.r.until("questions are in progress "+when, func() bool { return sum(all, `servicesbot_workers_busy{lane="questions"}`) == 0 })
	for n := range d.sent {
		if got := answers(n); got != 1 {
			d.r.t.Errorf("%s: service:%d has %d answers", when, firstLost+n, got)
		}
	}
}

// TestServerLosesAll: a server that has lost everything gets back from the replicas what they have
// in progress and what they have answered: an event that comes again is not answered again, and
// what a replica leaves is still taken over.
func TestServerLosesAll(t *testing.T) {
	t.Parallel()
	redis, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	d := &redelivered{r: r}
	loses := map[string]func(){
		"FLUSHALL": func() { redis.Do("FLUSHALL") },
		"started again": func() {
			redis.Kill()
			r.until("the store is not away", func() bool { return sum(all, "servicesbot_store_up") == 0 })
			redis.Start()
		},
	}
	for name, lose := range loses {
		if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
			t.Fatal(err)
		}
		d.ask(8)
		lose()
		d.claimed(redis)
		d.again()
		if err := r.whmcs.Clear(); err != nil {
			t.Fatal(err)
		}
		d.answeredOnce(name+" while they are in progress", all)
		lose()
		d.claimed(redis)
		d.again()
		d.answeredOnce(name+" after that", all)
	}
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	d.ask(8)
	redis.Do("FLUSHALL")
	r.until("the journals are not there", func() bool { return strings.Count(redis.Do("KEYS *:journal:*"), ":journal:") == 2 })
	if err := all[1].stop(); err != nil {
		t.Error(err)
	}
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	d.answeredOnce("after one replica has left", all[:1])
	if sum(all[:1], "servicesbot_store_taken_over_total") == 0 {
		t.Error("nothing was taken over: the test shows nothing")
	}
}

// TestRepliesAreSwallowed: a replica whose claims arrive while their replies get lost answers what
// it has claimed, once, and leaves nothing behind for another one to answer again.
//
// One that is cut off for longer than a dead one's beat is taken for dead; here nobody is, however
// slow the machine.
func TestRepliesAreSwallowed(t *testing.T) {
	t.Parallel()
	redis := bot.StartRedis(t)
	url, swallow := bot.Swallowing(t, redis.Addr())
	set := func(url bot.Secret) func(*setup) {
		return func(s *setup) {
			s.store, s.bot.UserRate, s.unpaced, s.deadBeat, s.storeWithin = url, 0, true, time.Hour, time.Second
		}
	}
	r := newRoad(t, set(url))
	all := []*road{r, r.joined(set(redis.URL()))}
	r.waits("all sockets", func() bool { return r.slack.Counts().Sockets == 4 })
	d := &redelivered{r: r}
	d.ask(4) // so that the server knows the scripts
	d.answeredOnce("before", all)
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	swallow(true)
	d.ask(12)
	if sum(all[:1], "servicesbot_store_unjournalled_total") == 0 {
		t.Error("no reply was lost: the test shows nothing")
	}
	swallow(false)
	isOne := func() {
		r.until("the replicas are not one", func() bool { return sum(all, "servicesbot_store_up") == 2 })
		d.claimed(redis)
	}
	isOne()
	d.again()
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	d.answeredOnce("after the replies were lost", all)
	swallow(true) // so that nobody hears of what is done meanwhile
	r.until("the store is not away", func() bool { return sum(all[:1], "servicesbot_store_up") == 0 })
	d.ask(8)
	d.answeredOnce("while replies are lost", all)
	swallow(false)
	isOne()
	d.again()
	d.answeredOnce("after that", all)
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	r.until("the replica is not known to have left", func() bool { return sum(all[1:], "servicesbot_store_replicas") == 1 })
	d.answeredOnce("after the replica has left", all[1:])
	if n := sum(all[1:], "servicesbot_store_taken_over_total"); n != 0 {
		t.Errorf("%d were left behind", n)
	}
}

// TestCutOffAlone: of a replica that alone does not reach the store another one takes over what it
// has not answered. It keeps its own answers back until it can ask whether it may post them.
func TestCutOffAlone(t *testing.T) {
	t.Parallel()
	redis := bot.StartRedis(t)
	url, swallow := bot.Swallowing(t, redis.Addr())
	set := func(url bot.Secret) func(*setup) {
		return func(s *setup) {
			s.store, s.bot.UserRate, s.unpaced = url, 0, true
		}
	}
	r := newRoad(t, set(url))
	other := r.joined(set(redis.URL()))
	all := []*road{r, other}
	busy := func(of ...*road) int { return sum(of, `servicesbot_workers_busy{lane="questions"}`) }
	r.waits("all sockets", func() bool { return r.slack.Counts().Sockets == 4 })
	r.until("the replicas do not know each other", func() bool { return sum(all, "servicesbot_store_replicas") == 4 })
	d := &redelivered{r: r}
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	d.ask(12)
	r.until("the journals are not there", func() bool { return strings.Count(redis.Do("KEYS *:journal:*"), ":journal:") == 2 })
	swallow(true)
	r.until("the store is not away", func() bool { return sum(all[:1], "servicesbot_store_up") == 0 })
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	r.until("nothing was taken over", func() bool {
		return sum(all[1:], "servicesbot_store_taken_over_total") > 0 && busy(other) == 0
	})
	if busy(r) == 0 {
		t.Error("the replica that is cut off keeps nothing back")
	}
	swallow(false)
	d.answeredOnce("after one was cut off", all)
}

// TestCutOffForLong: where the store is away from everybody a replica posts in the end what it has
// kept back, and says that it may be a repeat.
func TestCutOffForLong(t *testing.T) {
	t.Parallel()
	redis, all := newReplicas(t, 2, func(s *setup) { s.unpaced, s.deadBeat = true, 4*time.Second })
	r := all[0]
	d := &redelivered{r: r}
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	d.ask(1)
	r.until("the journal is not there", func() bool { return strings.Contains(redis.Do("KEYS *:journal:*"), ":journal:") })
	redis.Kill()
	r.until("the store is not away", func() bool { return sum(all, "servicesbot_store_up") == 0 })
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	d.answeredOnce("without a store", all)
	if m := r.answers(slackfake.Bob, slackfake.DM(slackfake.Bob)); len(m) != 1 || !m[0].Shows("This may be a repeat") {
		t.Errorf("%d answers, the first without a word about a repeat", len(m))
	}
}
