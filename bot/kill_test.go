package bot_test

import (
	"fmt"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// TestKilled kills a bot in the middle of its work, as kill -9 does, and starts another.
// What was in progress may be lost or, where it was not acknowledged, be answered twice; all
// else has exactly one answer, what was asked meanwhile too.
func TestKilled(t *testing.T) {
	t.Parallel()
	k := newProcesses(t, 2000, 30*time.Millisecond)
	slack, whmcs := k.slack, k.whmcs

	first := k.start()
	answered := k.asks(20)
	k.waits("the first answers", func() bool { return k.answered(answered) })
	inWork := k.asks(100)
	k.waits("some to be in progress", func() bool { return whmcs.Count("GetClientsProducts") > 40 })
	first.kill()
	for i := 0; i < len(inWork); i++ { // those that made it are no longer in progress
		if k.answers(inWork[i]) == 1 {
			answered = append(answered, inWork[i])
			inWork = append(inWork[:i], inWork[i+1:]...)
			i--
		}
	}
	k.waits("the sockets to close", func() bool { return slack.Counts().Sockets == 0 })
	meanwhile := k.asks(20)

	second := k.start()
	after := k.asks(20)
	for range 3 {
		slack.Advance(5 * time.Minute) // what was not acknowledged comes again
		k.waits("acknowledgements", func() bool { return slack.Counts().Waiting == 0 })
	}
	k.waits("the last answers", func() bool { return k.answered(after) })
	if err := second.end(); err != nil { // lets everything in progress end
		t.Errorf("the end: %v\n%s", err, second.log)
	}

	lost, twice := 0, 0
	for _, q := range inWork {
		switch n := k.answers(q); {
		case n == 0 && !k.told(q):
			lost++
		case n == 2:
			twice++
		case n > 2:
			t.Errorf("%v has %d answers", q, n)
		}
	}
	t.Logf("%d were in progress at the kill: %d of them lost, %d answered twice", len(inWork), lost, twice)
	if len(inWork) == 0 {
		t.Error("nothing was in progress: the test shows nothing")
	}
	for name, all := range map[string][]asked{"answered before the kill": answered, "asked without a bot": meanwhile, "asked of the second bot": after} {
		for _, q := range all {
			if n := k.answers(q); n != 1 && !(n == 0 && k.told(q)) {
				t.Errorf("service:%d (slash: %v), %s, has %d answers", q.number, q.slash, name, n)
			}
		}
	}
}

// asks asks n questions, every other one by a command, the others by direct messages.
func (k *processes) asks(n int) []asked {
	k.t.Helper()
	var all []asked
	for range n {
		k.n++
		q := asked{number: 1000 + k.n, slash: k.n%2 == 0}
		var err error
		if q.slash {
			q.sent, err = k.slack.Slash(slackfake.Alice, slackfake.Support, fmt.Sprintf("/services service:%d", q.number))
		} else {
			q.sent, err = k.slack.Post(killUser(q.number), slackfake.DM(killUser(q.number)), "", fmt.Sprintf("service:%d", q.number))
		}
		if err != nil {
			k.t.Fatal(err)
		}
		all = append(all, q)
	}
	return all
}

func (k *processes) waits(what string, cond func() bool) {
	k.t.Helper()
	if err := k.slack.Wait(k.ctx, cond); err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
}

// answers counts the answers to q: to a command by its envelope, to a direct message by
// its number.
func (k *processes) answers(q asked) int {
	if q.slash {
		return k.slack.Answers(q.sent.Envelope)
	}
	n := 0
	for _, m := range k.slack.Messages(killUser(q.number), slackfake.DM(killUser(q.number))) {
		if m.User == slackfake.BotUser && m.Shows(fmt.Sprintf("/services service:%d", q.number)) {
			n++
		}
	}
	return n
}

// told reports whether Slack itself told the asker that a command failed.
func (k *processes) told(q asked) bool {
	if !q.slash {
		return false
	}
	for _, m := range k.slack.Messages(slackfake.Alice, slackfake.Support) {
		if m.Via == "slackbot" && m.Envelope == q.sent.Envelope {
			return true
		}
	}
	return false
}

func (k *processes) answered(all []asked) bool {
	for _, q := range all {
		if k.answers(q) == 0 {
			return false
		}
	}
	return true
}

// TestSharingAfterAKill: what was to be shared when the process was killed was not shared
// before: the next process posts it.
func TestSharingAfterAKill(t *testing.T) {
	t.Parallel()
	k := newProcesses(t, 0, 0)
	slack, whmcs, ctx := k.slack, k.whmcs, k.ctx
	first := k.start()
	if _, err := slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"); err != nil {
		t.Fatal(err)
	}
	m, err := slack.WaitMessage(ctx, slackfake.Alice, slackfake.Support, marker)
	if err != nil {
		t.Fatal(err)
	}
	share := func() {
		t.Helper()
		id, ok := m.Button("Share")
		if !ok {
			t.Fatal("the answer cannot be shared")
		}
		if _, err := slack.Click(slackfake.Alice, &m, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	whmcs.ResetCalls()
	share()
	if err := whmcs.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	first.kill()
	if err := whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	k.waits("the sockets to close", func() bool { return slack.Counts().Sockets == 0 })
	k.start()
	share()
	if _, err := slack.WaitMessage(ctx, slackfake.Bob, slackfake.Support, "Shared by"); err != nil {
		t.Error(err)
	}
}
