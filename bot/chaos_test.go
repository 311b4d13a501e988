package bot_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

var chaosFor = flag.Duration("chaos", 10*time.Second, "how long the chaos test makes trouble")

// A trouble is one thing that goes wrong, and what ends it.
type trouble struct {
	name  string
	begin func(*road)
}

// troubles are all that can go wrong on both sides and between.
func troubles() []trouble {
	var all []trouble
	add := func(name string, begin func(*road)) { all = append(all, trouble{name, begin}) }
	add("polite hang-up", func(r *road) { r.slack.HangUp(true) })
	add("rude hang-up", func(r *road) { r.slack.HangUp(false) })
	add("refresh of one", func(r *road) { r.slack.RefreshOne() })
	add("refresh of all", func(r *road) { r.slack.Disconnect("refresh_requested") })
	add("warning", func(r *road) { r.slack.Disconnect("warning") })
	add("too many sockets", func(r *road) { r.slack.Disconnect("too_many_websockets") })
	add("junk", func(r *road) { r.slack.Junk("}{ no JSON") })
	add("junk of JSON", func(r *road) { r.slack.Junk(`{"type":"surprise"}`) })
	add("undecodable event", func(r *road) { r.slack.Garble() })
	add("duplicates", func(r *road) { r.slack.Duplicate(true) })
	for method, failure := range map[string]slackfake.Failure{
		"response_url: 429":       {Status: 429, RetryAfter: time.Second, Times: 3},
		"response_url: 500":       {Status: 500, Times: 3},
		"response_url: slow":      {Delay: 300 * time.Millisecond, Times: 20},
		"chat.postMessage: 429":   {Status: 429, RetryAfter: time.Second, Times: 3},
		"chat.postMessage: 503":   {Status: 503, Times: 3},
		"chat.postMessage: drop":  {Drop: true, Times: 3},
		"chat.postMessage: done":  {Done: true, Drop: true, Times: 2},
		"chat.postMessage: cut":   {Done: true, Cut: true, Times: 2},
		"chat.postMessage: no":    {Refuse: "invalid_blocks", Times: 2},
		"users.info: 500":         {Status: 500, Times: 2},
		"conversations.info: 429": {Status: 429, RetryAfter: time.Second, Times: 2},
	} {
		name, _, _ := strings.Cut(method, ":")
		add(method, func(r *road) { r.slack.Fail(name, failure) })
	}
	for _, fault := range []whmcsfake.Fault{
		{Name: "slow", Latency: 400 * time.Millisecond}, {Name: "reset", Times: 4}, {Name: "cut", Times: 4},
		{Name: "server-error", Times: 6}, {Name: "rate-limited", Times: 4}, {Name: "truncated", Times: 4},
		{Name: "blank", Times: 3}, {Name: "hang", Times: 2}, {Name: "stall", Times: 2}, {Name: "maintenance", Times: 3},
	} {
		add("WHMCS: "+fault.Name, func(r *road) {
			if err := r.whmcs.Set(fault); err != nil {
				r.t.Error(err)
			}
		})
	}
	return all
}

// An asked is a question of the chaos test; its service number is its own.
type asked struct {
	number int
	slash  bool
	sent   slackfake.Sent
}

// TestChaos makes trouble of all kinds while people ask, then counts: every question
// that reached the bot has exactly one answer, but where Slack left open whether it
// took it, and the log says so.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := newRoad(t, func(s *setup) {
		s.whmcs.Services = 20_000
		s.api.Timeout = 2 * time.Second
		s.bot.Allow, s.unpaced = bot.Allow{Everyone: true}, true
	})
	questions := r.makeTrouble(rand.New(rand.NewPCG(seed, 1)))
	r.slack.Heal()
	r.slack.Duplicate(false)
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	r.waits("sockets", func() bool { return r.slack.Counts().Sockets >= 1 })
	for range 3 { // what was not acknowledged comes again, after up to 5 minutes
		r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
		r.slack.Advance(5 * time.Minute)
	}
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	if err := r.stop(); err != nil { // lets everything in progress end
		t.Error(err)
	}
	r.count(questions)
}

// makeTrouble asks 40 times per second and begins another trouble four times per second.
func (r *road) makeTrouble(random *rand.Rand) []asked {
	all := troubles()
	end, ask, next := time.After(*chaosFor), time.NewTicker(25*time.Millisecond), time.NewTicker(250*time.Millisecond)
	defer ask.Stop()
	defer next.Stop()
	var questions []asked
	for {
		select {
		case <-end:
			return questions
		case <-next.C:
			if random.IntN(4) == 0 {
				r.slack.Duplicate(false)
				if err := r.whmcs.Clear(); err != nil {
					r.t.Error(err)
				}
			}
			all[random.IntN(len(all))].begin(r)
		case <-ask.C:
			q := asked{number: 1 + len(questions)%20_000, slash: random.IntN(2) == 0}
			if q.slash {
				q.sent = r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", q.number)))
			} else {
				q.sent = r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", fmt.Sprintf("@servicesbot service:%d", q.number)))
			}
			questions = append(questions, q)
		}
	}
}

var (
	queryIn = regexp.MustCompile(`"query":"service:(\d+)"`)
	refIn   = regexp.MustCompile(`"ref":"([^"]+)"`)
)

// count compares questions and answers.
func (r *road) count(questions []asked) {
	r.t.Helper()
	answers := map[string]int{}
	failed := map[string]bool{}
	for _, user := range []string{slackfake.Alice, slackfake.Bob} {
		for _, m := range r.slack.Everything(user, map[string]string{slackfake.Alice: slackfake.Support, slackfake.Bob: slackfake.Incident}[user]) {
			key := m.ThreadTS
			if user == slackfake.Alice {
				key = m.Envelope
			}
			switch {
			case m.Via == "slackbot":
				failed[m.Envelope] = true
			case m.User == slackfake.BotUser && !m.Shows("Still looking"):
				answers[key]++
			}
		}
	}
	unknown := r.unknownOutcomes()
	answered, missed, left := 0, 0, 0
	for _, q := range questions {
		key := q.sent.TS
		if q.slash {
			key = q.sent.Envelope
		}
		switch n := answers[key]; {
		case n == 1:
			answered++
		case n > 1:
			r.t.Errorf("service:%d (slash: %v) has %d answers", q.number, q.slash, n)
		case r.toldDirectly(q):
			answered++
		case unknown[fmt.Sprint(q.number)]:
			left++
		case q.slash && failed[q.sent.Envelope]:
			missed++ // Slack told the user to try again
		default:
			r.t.Errorf("service:%d (slash: %v) has no answer; audit:\n%s", q.number, q.slash, r.auditOf(q.number))
		}
	}
	r.t.Logf("%d questions: %d answered, %d never reached the bot and Slack said so, %d left open by Slack", len(questions), answered, missed, left)
	if answered < len(questions)/2 {
		r.t.Errorf("only %d of %d questions answered: the test shows little", answered, len(questions))
	}
}

// toldDirectly reports whether the answer went elsewhere, as happens where Slack keeps
// refusing the post: to a private line outside of the thread, or a direct message. It
// names the question, or, where it is a failure, the reference.
func (r *road) toldDirectly(q asked) bool {
	user, channel := slackfake.Bob, slackfake.Incident
	if q.slash {
		user, channel = slackfake.Alice, slackfake.Support
	}
	ref := refIn.FindStringSubmatch(r.auditOf(q.number))
	line := regexp.MustCompile(fmt.Sprintf(`service:%d\b`, q.number))
	for _, m := range append(r.answers(user, slackfake.DM(user)), r.answers(user, channel)...) {
		alone := m.Channel == slackfake.DM(user) || m.Via == "chat.postEphemeral"
		if alone && (line.MatchString(m.PlainText()) || ref != nil && m.Shows(ref[1])) {
			return true
		}
	}
	return false
}

// auditOf returns the audit lines of a question.
func (r *road) auditOf(number int) string {
	var lines strings.Builder
	for line := range strings.Lines(r.audit.String()) {
		if strings.Contains(line, fmt.Sprintf(`"query":"service:%d"`, number)) {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// unknownOutcomes are the questions whose answer Slack may have taken or not, as the
// log says.
func (r *road) unknownOutcomes() map[string]bool {
	refs := map[string]bool{}
	for line := range strings.Lines(r.log.String()) {
		if _, rest, ok := strings.Cut(line, " ref="); ok && strings.Contains(line, "outcome_unknown=true") {
			ref, _, _ := strings.Cut(rest, " ")
			refs[ref] = true
		}
	}
	unknown := map[string]bool{}
	for line := range strings.Lines(r.audit.String()) {
		ref, query := refIn.FindStringSubmatch(line), queryIn.FindStringSubmatch(line)
		if ref != nil && query != nil && refs[ref[1]] {
			unknown[query[1]] = true
		}
	}
	return unknown
}
