package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// newReplicas starts n bots in one workspace that share a real server. The first one is the
// road that is returned, with the others behind it.
func newReplicas(t *testing.T, n int, change func(*setup)) (*bot.RedisServer, []*road) {
	t.Helper()
	redis := bot.StartRedis(t)
	set := func(s *setup) {
		s.store, s.bot.UserRate = redis.URL(), 0
		if change != nil {
			change(s)
		}
	}
	all := []*road{newRoad(t, set)}
	all[0].redis = redis.URL()
	for range n - 1 {
		all = append(all, all[0].joined(set))
	}
	all[0].waits("all sockets", func() bool { return all[0].slack.Counts().Sockets == 2*n })
	return redis, all
}

// joined starts a further bot between the same fakes.
func (r *road) joined(change func(*setup)) *road {
	r.t.Helper()
	s := setupOf(change)
	another := &road{t: r.t, slack: r.slack, whmcs: r.whmcs, log: &lockedBuffer{}, audit: &lockedBuffer{}, held: map[string]bool{}}
	another.makeBot(s)
	another.run()
	return another
}

// until looks again and again whether cond holds of what is no message.
func (r *road) until(what string, cond func() bool) {
	r.t.Helper()
	for begun := time.Now(); !cond(); <-time.After(5 * time.Millisecond) {
		if time.Since(begun) > patience {
			r.t.Fatal(what)
		}
	}
}

// sum adds up what a metric is at all replicas.
func sum(all []*road, metric string) (n int) {
	for _, r := range all {
		for line := range strings.Lines(r.metrics()) {
			if value, ok := strings.CutPrefix(line, metric+" "); ok {
				var v float64
				fmt.Sscan(value, &v)
				n += int(v)
			}
		}
	}
	return n
}

// TestDuplicatesAtTwoReplicas: an event that comes twice at the same moment, under two
// envelopes and at two replicas, is answered once.
func TestDuplicatesAtTwoReplicas(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	r.slack.Duplicate(true)
	const questions = 40
	for n := range questions {
		user := slackfake.Bob
		if n%2 == 0 {
			user = slackfake.Alice
		}
		r.do(r.slack.Post(user, slackfake.DM(user), "", fmt.Sprintf("service:%d", n+1)))
		if n%2 == 0 {
			r.slack.Deliver(nothing()) // or one replica would get each question first
		}
	}
	r.waits("the answers", func() bool { return dms(r) >= questions })
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	r.until("not both copies of each came", func() bool { return sum(all, "servicesbot_duplicates_total") >= questions })
	if n := dms(r); n != questions {
		t.Errorf("%d answers to %d questions", n, questions)
	}
	for i, r := range all {
		if n := sum(all[i:i+1], `servicesbot_requests_total{door="message",outcome="answered"}`); n == 0 || n == questions {
			t.Errorf("replica %d answered %d: the test shows nothing\n%s", i, n, r.log)
		}
	}
}

// dms counts the bot's answers in the direct messages of Alice and Bob.
func dms(r *road) int {
	return len(r.answers(slackfake.Alice, slackfake.DM(slackfake.Alice))) + len(r.answers(slackfake.Bob, slackfake.DM(slackfake.Bob)))
}

// TestShareOnceOverReplicas: two clicks on Share at two replicas share once.
func TestShareOnceOverReplicas(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, nil)
	r := all[0]
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 status:active"))
	private := r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	for range 4 {
		r.click(slackfake.Alice, private, "Share")
	}
	r.sees(slackfake.Alice, slackfake.Support, "You shared this answer before")
	r.until("not all four clicks came to an end", func() bool {
		return sum(all, `servicesbot_requests_total{door="button",outcome="shared_already"}`) == 3
	})
	if n := len(r.slack.Messages(slackfake.Bob, slackfake.Support)); n != 1 {
		t.Errorf("shared %d times", n)
	}
}

// TestOneRateOverReplicas: all replicas together let somebody ask so often per minute.
func TestOneRateOverReplicas(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, func(s *setup) { s.bot.UserRate, s.unpaced = 10, true })
	r := all[0]
	for range 14 {
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services help"))
	}
	r.waits("all answers", func() bool { return len(r.answers(slackfake.Alice, slackfake.Support)) == 14 })
	told := 0
	for _, m := range r.answers(slackfake.Alice, slackfake.Support) {
		if m.Shows("That is more than 10 questions per minute") {
			told++
		}
	}
	if told != 4 {
		t.Errorf("%d of 14 were too many, want 4", told)
	}

	for range 24 { // more than each replica lets pass by itself
		r.do(r.slack.Post(slackfake.Bob, slackfake.DM(slackfake.Bob), "", "help"))
	}
	r.waits("all direct messages to be answered", func() bool { return len(r.answers(slackfake.Bob, slackfake.DM(slackfake.Bob))) == 24 })
}

// TestLeavingReplicaHandsOver: what a replica cannot finish before it ends is answered by the
// other one, once, and nobody is told to ask again. What comes while it ends is answered too.
func TestLeavingReplicaHandsOver(t *testing.T) {
	t.Parallel()
	for n, which := range []string{"the first", "the one that joined"} {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			leavingReplica(t, n)
		})
	}
}

func leavingReplica(t *testing.T, n int) {
	_, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r, leaves, stays := all[0], all[n], all[1-n]
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	const questions = 12
	for n := range questions / 2 {
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", n+1)))
		r.do(r.slack.Post(slackfake.Bob, slackfake.DM(slackfake.Bob), "", fmt.Sprintf("service:%d", n+1)))
	}
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	r.until("not all are in progress", func() bool {
		return sum(all, `servicesbot_workers_busy{lane="questions"}`) == questions
	})
	leaving := sum([]*road{leaves}, `servicesbot_workers_busy{lane="questions"}`)
	ended := make(chan error, 1)
	go func() { ended <- leaves.stop() }()
	late := 0
	r.waits("the sockets of the one that ends to close", func() bool {
		if late < 6 {
			late++
			r.do(r.slack.Slash(slackfake.Carl, slackfake.Support, "/services help"))
		}
		return r.slack.Counts().Sockets == 2
	})
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	answers := func() (n int) {
		for _, m := range append(r.answers(slackfake.Alice, slackfake.Support), r.answers(slackfake.Bob, slackfake.DM(slackfake.Bob))...) {
			if m.Shows(" · 1 service") {
				n++
			}
		}
		return n
	}
	r.waits("the answers", func() bool { return answers() >= questions })
	r.waits("the late answers", func() bool { return len(r.answers(slackfake.Carl, slackfake.Support)) == late })
	for _, m := range append(append(r.answers(slackfake.Alice, slackfake.Support), r.answers(slackfake.Bob, slackfake.DM(slackfake.Bob))...), r.answers(slackfake.Carl, slackfake.Support)...) {
		if m.Shows("restarting") || m.Shows("may be a repeat") {
			t.Errorf("somebody is told:\n%s", m.PlainText())
		}
	}
	if n := answers(); n != questions {
		t.Errorf("%d answers to %d questions", n, questions)
	}
	if n := sum([]*road{stays}, "servicesbot_store_taken_over_total"); n < leaving || leaving == 0 {
		t.Errorf("%d were taken over of %d", n, leaving)
	}
}

// TestStoreAway: while the server is away everything is answered, and afterwards replicas work
// as one again within 5 s.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	redis, all := newReplicas(t, 2, func(s *setup) { s.storeWithin = time.Second }) // Slack waits 3 s for an acknowledgement
	r := all[0]
	asks := func(what string, n int) {
		t.Helper()
		before := len(r.answers(slackfake.Alice, slackfake.Support))
		for range n {
			r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
		}
		r.waits(what, func() bool { return len(r.answers(slackfake.Alice, slackfake.Support)) == before+n })
	}
	asks("answers", 4)
	redis.Freeze()
	asks("answers while the server is frozen", 10)
	redis.Thaw()
	redis.Kill()
	asks("answers while the server is gone", 10)
	begun := time.Now()
	redis.Start()
	r.until("the replicas are not one", func() bool { return sum(all, "servicesbot_store_up") == 2 })
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	asks("answers after that", 4)
	for i, r := range all {
		if log := r.log.String(); strings.Count(log, "store: away") > 2 || strings.Count(log, "store: back") < 1 {
			t.Errorf("the log of replica %d:\n%s", i, log)
		}
	}
	if n := r.slack.Counts().Unacked; n != 0 {
		t.Errorf("%d were not acknowledged", n)
	}
}

// TestEditAtAnotherReplica: an edit that comes by another replica ends the answer to the version
// before it and corrects what is there, also a note of progress.
func TestEditAtAnotherReplica(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	for _, c := range []struct {
		name  string
		takes time.Duration
		first func(ts string) // waits until the question is edited
	}{
		{"in progress", 700 * time.Millisecond, func(string) {}},
		{"with a note", 3 * time.Second, func(ts string) {
			r.waits("a note", func() bool { return len(r.thread(ts)) == 1 })
		}},
		{"answered", 0, func(ts string) {
			r.waits("an answer", func() bool {
				in := r.thread(ts)
				return len(in) == 1 && in[0].Shows("as of")
			})
		}},
	} {
		err := r.whmcs.Clear()
		if c.takes > 0 {
			err = r.whmcs.Set(whmcsfake.Fault{Name: "slow", Latency: c.takes})
		}
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", fmt.Sprintf("@servicesbot service:%d", 10+n)))
			r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
			c.first(asked.TS)
			r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, fmt.Sprintf("@servicesbot service:%d", 20+n)))
			r.waits("the answer to the edit", func() bool {
				in := r.thread(asked.TS)
				return len(in) > 0 && in[len(in)-1].Shows("as of", fmt.Sprintf("service:%d", 20+n))
			})
			if in := r.thread(asked.TS); len(in) != 1 {
				t.Errorf("%s: %d answers", c.name, len(in))
			}
		}
	}
	if n := sum(all, `servicesbot_store_calls_total{op="broadcast",outcome="ok"}`); n == 0 {
		t.Error("no edit came by another replica: the test shows nothing")
	}
}

// thread is what the bot posted in the thread of a message.
func (r *road) thread(ts string) (in []slackfake.Message) {
	for _, m := range r.answers(slackfake.Bob, slackfake.Incident) {
		if m.ThreadTS == ts {
			in = append(in, m)
		}
	}
	return in
}

// TestStopAtAnotherReplica: Stop ends a question that another replica has, for its asker alone.
func TestStopAtAnotherReplica(t *testing.T) {
	t.Parallel()
	redis, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for n := range 3 {
		asked = append(asked, r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", fmt.Sprintf("@servicesbot service:%d", 10+n))).TS)
	}
	for _, ts := range asked {
		r.waits("a note", func() bool { return len(r.thread(ts)) == 1 })
	}
	stops := func(user, ts string) { r.click(user, r.thread(ts)[0], "Stop") }
	for range 2 {
		stops(slackfake.Alice, asked[0])
	}
	r.waits("Alice to be told", func() bool {
		said := 0
		for _, m := range r.answers(slackfake.Alice, slackfake.Incident) {
			if m.Shows("There is nothing to stop") {
				said++
			}
		}
		return said == 2
	})
	for _, ts := range asked[:2] {
		if !r.thread(ts)[0].Shows("Still looking") {
			t.Errorf("somebody else stopped it: %s", r.thread(ts)[0].PlainText())
		}
		stops(slackfake.Bob, ts)
		r.waits("its end", func() bool { return r.thread(ts)[0].Shows("Stopped, as you asked") })
	}
	if n := sum(all, `servicesbot_store_calls_total{op="broadcast",outcome="ok"}`); n == 0 {
		t.Error("no click came by another replica: the test shows nothing")
	}
	redis.Kill()
	r.until("the store is not away", func() bool { return sum(all, "servicesbot_store_up") == 0 })
	stops(slackfake.Bob, asked[2])
	stops(slackfake.Bob, asked[2])
	r.waits("its end, and that it is not known", func() bool {
		known := r.thread(asked[2])[0].Shows("Stopped, as you asked")
		for _, m := range r.answers(slackfake.Bob, slackfake.Incident) {
			if known && m.Shows("may run on another replica") {
				return true
			}
		}
		return false
	})
}

// TestChannelClosesEverywhere: as soon as the event that a channel is shared is acknowledged no
// replica posts there, whatever conversations.info says, nor does one that comes later.
func TestChannelClosesEverywhere(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, func(s *setup) { s.unpaced = true })
	r := all[0]
	asks := func(n int) []slackfake.Message {
		t.Helper()
		before := len(r.answers(slackfake.Bob, slackfake.Incident))
		for range n {
			r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
		}
		r.waits("answers", func() bool { return len(r.answers(slackfake.Bob, slackfake.Incident)) == before+n })
		return r.answers(slackfake.Bob, slackfake.Incident)[before:]
	}
	for _, m := range asks(4) {
		if m.Ephemeral {
			t.Fatal("an answer is private before the channel is shared")
		}
	}
	event := func(kind string) {
		r.slack.Deliver(map[string]any{"type": "events_api", "payload": map[string]any{
			"type": "event_callback", "team_id": slackfake.TeamID, "event_id": "Ev0" + kind,
			"event": map[string]any{"type": kind, "channel": slackfake.Incident},
		}})
		r.waits("the acknowledgement", func() bool { return r.slack.Counts().Waiting == 0 })
	}
	event("channel_shared")
	for _, m := range asks(6) {
		if !m.Ephemeral {
			t.Errorf("posted after the channel was shared:\n%s", m.PlainText())
		}
	}
	late := r.joined(func(s *setup) {
		s.store, s.bot.UserRate, s.unpaced = all[0].redis, 0, true
	})
	r.waits("its sockets", func() bool { return r.slack.Counts().Sockets == 6 })
	for _, m := range asks(6) {
		if !m.Ephemeral {
			t.Errorf("posted by a replica that came later:\n%s", m.PlainText())
		}
	}
	r.until("the replica that came later answered nothing: the test shows nothing", func() bool {
		return sum([]*road{late}, `servicesbot_requests_total{door="mention",outcome="answered"}`) > 0
	})
	event("channel_unshared")
	for _, m := range asks(6) {
		if m.Ephemeral {
			t.Error("the channel stays closed")
		}
	}
}

// TestListsEverywhere: where Slack refuses the newer blocks to one replica, the other sends lists.
func TestListsEverywhere(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, nil)
	r := all[0]
	r.slack.RefuseNewBlocks(true)
	for n := range 6 {
		before := len(r.answers(slackfake.Alice, slackfake.Support))
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services client:%d as:table", n+1)))
		r.waits("an answer", func() bool { return len(r.answers(slackfake.Alice, slackfake.Support)) == before+1 })
	}
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	refused := 0
	for _, r := range all {
		refused += strings.Count(r.log.String(), "slack refuses newer blocks")
	}
	if refused == 0 || refused > 3 { // one message is no proof: the second one at either replica is
		t.Errorf("Slack refused %d messages", refused)
	}
}

// TestPinsAreLimited: a person has ten pins; while the store is away nothing is pinned, and
// the Home tab says that they cannot be read.
func TestPinsAreLimited(t *testing.T) {
	t.Parallel()
	redis, all := newReplicas(t, 2, nil)
	r := all[0]
	pin := func(n int, says string) {
		t.Helper()
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", n)))
		m := r.sees(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", n))
		before := strings.Count(r.spoken(slackfake.Alice, slackfake.Support), says)
		r.click(slackfake.Alice, m, "Pin to the Home tab")
		r.waits(says, func() bool { return strings.Count(r.spoken(slackfake.Alice, slackfake.Support), says) > before })
	}
	for n := range 10 {
		pin(n+1, "Pinned.")
	}
	pin(11, "You have 10 pinned questions")
	redis.Kill()
	pin(12, "The question was not pinned")
	r.do(r.slack.OpenHome(slackfake.Alice))
	r.waits("the Home tab", func() bool {
		home, ok := r.slack.Home(slackfake.Alice)
		return ok && home.Shows("Your pinned questions", "They cannot be read now")
	})
}

// TestWishesOfAllReplicas: whichever replica hears it, the contact is asked once a day for one person.
func TestWishesOfAllReplicas(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, likeTheDemo)
	r := all[0]
	r.do(r.slack.Slash(slackfake.Carl, slackfake.Support, "/services client:1"))
	denial := r.sees(slackfake.Carl, slackfake.Support, "No access")
	for n := range 6 {
		r.click(slackfake.Carl, denial, "Ask for access")
		r.waits("an answer", func() bool { return len(r.answers(slackfake.Carl, slackfake.Support)) == n+2 })
	}
	if wishes := len(r.answers(slackfake.Bob, slackfake.DM(slackfake.Bob))); wishes != 1 {
		t.Errorf("the contact was asked %d times", wishes)
	}
}

// spoken is all that the bot said to somebody in a place.
func (r *road) spoken(user, channel string) string {
	var all strings.Builder
	for _, m := range r.answers(user, channel) {
		all.WriteString(m.PlainText() + "\n")
	}
	return all.String()
}

// TestHistoryOfAllReplicas: what somebody asked one replica is on the Home tab that another fills.
func TestHistoryOfAllReplicas(t *testing.T) {
	t.Parallel()
	_, all := newReplicas(t, 2, nil)
	r := all[0]
	for n := range 4 {
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", n+1)))
		r.waits("an answer", func() bool { return len(r.answers(slackfake.Alice, slackfake.Support)) == n+1 })
	}
	r.do(r.slack.OpenHome(slackfake.Alice))
	r.waits("the Home tab", func() bool {
		home, ok := r.slack.Home(slackfake.Alice)
		return ok && home.Shows("service:1", "service:2", "service:3", "service:4")
	})
}

// TestTroubleIsShared: where one replica leaves WHMCS alone after failures the other one does too,
// and so does one that comes then.
func TestTroubleIsShared(t *testing.T) {
	t.Parallel()
	redis, all := newReplicas(t, 2, nil)
	r := all[0]
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "maintenance"}); err != nil {
		t.Fatal(err)
	}
	for !all[1].api.State().BreakerOpen {
		if _, err := all[1].api.GetClientsProducts(t.Context(), whmcs.GetClientsProductsRequest{}); err == nil {
			t.Fatal("WHMCS answers")
		}
	}
	r.until("the other replica does not leave WHMCS alone", func() bool { return r.api.State().BreakerOpen })
	late := r.joined(func(s *setup) { s.store = redis.URL() })
	r.until("a replica that comes then does not leave WHMCS alone", func() bool { return late.api.State().BreakerOpen })
	calls := r.whmcs.Count("GetClientsProducts")
	for n := range 6 {
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
		r.waits("an answer", func() bool { return len(r.answers(slackfake.Alice, slackfake.Support)) == n+1 })
	}
	if n := r.whmcs.Count("GetClientsProducts"); n != calls || calls != 5 {
		t.Errorf("%d calls were made, and %d after that", calls, n-calls)
	}
}
