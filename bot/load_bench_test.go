package bot_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

var loadFor = flag.Duration("load", 10*time.Second, "how long each phase of the load program lasts")

const (
	loadUsers   = 2000
	loadLatency = 20 * time.Millisecond // of WHMCS
	loadBurst   = 3000
)

// A load is a bot in a process of its own and both fakes, in this one.
type load struct {
	slack *slackfake.Workspace
	whmcs *whmcsfake.Server
	child *child
	open  time.Duration // from the start of the process to its first socket

	asked int // questions so far: no two are the same

	mu   sync.Mutex
	took []time.Duration // by WHMCS, call by call
}

// newLoad starts both fakes and a bot of a kind.
func newLoad(b *testing.B, kind string, latency time.Duration, actions ...string) *load {
	b.Helper()
	l := &load{}
	l.whmcs = whmcsfake.New(whmcsfake.Config{Services: 60_000, Latency: latency, Actions: actions, OnCall: func(c whmcsfake.Call) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.took = append(l.took, c.Took)
	}})
	if err := l.whmcs.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.whmcs.Close() })
	var err error
	if l.slack, err = slackfake.New(slackfake.Config{}); err != nil {
		b.Fatal(err)
	}
	support, _ := l.slack.Channel(slackfake.Support)
	for n := range loadUsers {
		l.slack.SetUser(slackfake.User{ID: loadUser(n), Name: fmt.Sprintf("user%d", n)})
		support.Members = append(support.Members, loadUser(n))
	}
	l.slack.SetChannel(support)
	if err := l.slack.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.slack.Close() })
	started := time.Now()
	if l.child, err = startChild(kind, "WARN", l.slack, l.whmcs); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(l.child.kill)
	l.waits(b, func() bool { return l.slack.Counts().Sockets > 0 })
	l.open = time.Since(started)
	if kind == "bot" {
		l.waits(b, func() bool { return l.slack.Counts().Sockets == 2 })
	}
	return l
}

func loadUser(n int) string { return fmt.Sprintf("U0LOAD%04d", n) }

// waits waits for cond.
func (l *load) waits(b *testing.B, cond func() bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := l.slack.Wait(ctx, cond); err != nil {
		b.Fatalf("%v\nrefused by Slack: %v\n%s", err, l.slack.Counts().Refused, l.child.log)
	}
}

// asks has n questions asked, one every pause, and returns what was sent.
func (l *load) asks(b *testing.B, n int, pause time.Duration) []slackfake.Sent {
	b.Helper()
	all := make([]slackfake.Sent, 0, n)
	next := time.Now()
	for range n {
		if pause > 0 {
			next = next.Add(pause)
			<-time.After(time.Until(next))
		}
		l.asked++
		sent, err := l.slack.Slash(loadUser(l.asked%loadUsers), slackfake.Support, fmt.Sprintf("/services client:%d status:active", 10+l.asked))
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, sent)
	}
	return all
}

// answered waits until every one of the questions has an answer.
func (l *load) answered(b *testing.B, all []slackfake.Sent) {
	b.Helper()
	for _, sent := range all {
		l.waits(b, func() bool { return l.slack.Answers(sent.Envelope) > 0 })
	}
}

// Figures are what one phase of a load came to.
type figures struct {
	name             string
	questions        int
	ackHalf, ackMost time.Duration // p50 and p99
	half, most       time.Duration // of answers, p50 and p99
	whmcsHalf        time.Duration // WHMCS's own time, p50
	cpu              time.Duration // a question
	rss, peak        float64       // MiB
	whmcs, slack     float64       // calls a question
	unacked          int
	busy             int // told to try again
	silent, twice    int // not answered in any way; answered more than once
}

// measures runs a phase and says what it came to.
func (l *load) measures(b *testing.B, name string, phase func() []slackfake.Sent) figures {
	b.Helper()
	f := figures{name: name}
	_, _, err := l.child.rss()
	if err != nil {
		b.Fatal(err)
	}
	cpu, err := l.child.cpu()
	if err != nil {
		b.Fatal(err)
	}
	acks, before, calls := len(l.slack.AckTimes()), l.slack.Counts(), l.whmcs.Count("")
	l.mu.Lock()
	l.took = nil
	l.mu.Unlock()

	all := phase()
	l.answered(b, all)

	after := l.slack.Counts()
	used, err := l.child.cpu()
	if err != nil {
		b.Fatal(err)
	}
	if f.rss, f.peak, err = l.child.rss(); err != nil {
		b.Fatal(err)
	}
	f.questions = len(all)
	n := time.Duration(len(all))
	f.cpu = (used - cpu) / n
	f.whmcs = float64(l.whmcs.Count("")-calls) / float64(n)
	for method, times := range after.Calls {
		f.slack += float64(times-before.Calls[method]) / float64(n)
	}
	f.unacked = after.Unacked - before.Unacked
	f.ackHalf, f.ackMost = halfAndMost(l.slack.AckTimes()[acks:])
	l.mu.Lock()
	f.whmcsHalf, _ = halfAndMost(l.took)
	l.mu.Unlock()
	l.looksAtAnswers(&f, all)
	return f
}

// looksAtAnswers fills in how long answers took, and who was told to try again.
func (l *load) looksAtAnswers(f *figures, all []slackfake.Sent) {
	when := map[string]time.Time{}
	for _, sent := range all {
		when[sent.Envelope] = sent.At
	}
	var took []time.Duration
	answers := map[string]int{}
	for n := range loadUsers {
		for _, m := range l.slack.Everything(loadUser(n), slackfake.Support) {
			asked, ours := when[m.Envelope]
			switch {
			case !ours:
			case m.Via == "ack":
				f.busy++
				answers[m.Envelope]++
			case !m.Shows("Still looking"):
				took = append(took, m.At.Sub(asked))
				answers[m.Envelope]++
			}
		}
	}
	for _, sent := range all {
		switch n := answers[sent.Envelope]; {
		case n == 0:
			f.silent++
		case n > 1:
			f.twice++
		}
	}
	f.half, f.most = halfAndMost(took)
}

// halfAndMost returns what half of the times, and 99 of 100, do not exceed.
func halfAndMost(times []time.Duration) (half, most time.Duration) {
	if len(times) == 0 {
		return 0, 0
	}
	times = slices.Sorted(slices.Values(times))
	return times[len(times)/2], times[len(times)*99/100]
}

// BenchmarkLoad puts the bot and the plainest bot of slack-go under the same load and
// prints what it measured. It judges nothing: the figures belong to the machine and to
// what else runs on it.
//
// WHMCS permits GetClientsProducts alone, so that both make the same one call; the
// line "with names" is of a WHMCS that also tells the client's name.
func BenchmarkLoad(b *testing.B) {
	const only = "GetClientsProducts"
	var all []figures
	b.Run("bot", func(b *testing.B) {
		l := newLoad(b, "bot", loadLatency, only)
		all = append(all, l.idles(b, "bot, idle"))
		l.warmUp(b)
		all = append(all, l.rate(b, "bot", 50), l.rate(b, "bot", 400))
		l.end(b)
	})
	b.Run("plain", func(b *testing.B) {
		l := newLoad(b, "plain", loadLatency, only)
		all = append(all, l.idles(b, "plain, idle"))
		l.warmUp(b)
		all = append(all, l.rate(b, "plain", 50), l.rate(b, "plain", 400))
		l.end(b)
	})
	b.Run("names", func(b *testing.B) {
		l := newLoad(b, "bot", loadLatency)
		l.warmUp(b)
		all = append(all, l.rate(b, "bot with names", 400))
		l.end(b)
	})
	b.Run("slow", func(b *testing.B) {
		l := newLoad(b, "bot", 2*time.Second, only)
		all = append(all, l.rate(b, "bot, WHMCS takes 2 s", 50), l.rate(b, "bot, WHMCS takes 2 s", 400))
		l.end(b)
	})
	b.Run("burst", func(b *testing.B) {
		l := newLoad(b, "bot", loadLatency, only)
		all = append(all, l.measures(b, fmt.Sprintf("bot, %d at once", loadBurst), func() []slackfake.Sent {
			return l.asks(b, loadBurst, 0)
		}))
		l.end(b)
	})
	fmt.Printf("\n%s\n\n%s\n", machine(), table(all))
}

// idles says what the bot is like before the first question.
func (l *load) idles(b *testing.B, name string) figures {
	b.Helper()
	now, most, err := l.child.rss()
	if err != nil {
		b.Fatal(err)
	}
	return figures{name: fmt.Sprintf("%s, up in %.0f ms", name, ms(l.open)), rss: now, peak: most}
}

// end ends the bot.
func (l *load) end(b *testing.B) {
	b.Helper()
	if err := l.child.end(); err != nil {
		b.Fatalf("%v\n%s", err, l.child.log)
	}
}

// warmUp lets every user ask once, so that the bot knows them.
func (l *load) warmUp(b *testing.B) {
	b.Helper()
	l.answered(b, l.asks(b, loadUsers, time.Second/400))
}

// rate asks so many times per second.
func (l *load) rate(b *testing.B, kind string, rate int) figures {
	b.Helper()
	return l.measures(b, fmt.Sprintf("%s, %d/s", kind, rate), func() []slackfake.Sent {
		return l.asks(b, int(loadFor.Seconds()*float64(rate)), time.Second/time.Duration(rate))
	})
}

// machine says how busy the machine was.
func machine() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load of the machine unknown"
	}
	return "load of the machine " + strings.Join(strings.Fields(string(load))[:3], " ")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// table prints figures in columns.
func table(all []figures) string {
	var t strings.Builder
	row := "%-28s %9s %8s %8s %8s %8s %9s %8s %6s %6s %6s %6s %8s %5s %6s %5s\n"
	fmt.Fprintf(&t, row, "", "questions", "ack p50", "ack p99", "ans p50", "ans p99", "- WHMCS's", "CPU each", "RSS", "peak", "WHMCS", "Slack", "unacked", "busy", "silent", "twice")
	fmt.Fprintf(&t, row, "", "", "ms", "ms", "ms", "ms", "p50, ms", "ms", "MiB", "MiB", "calls", "calls", "", "", "", "")
	for _, f := range all {
		d := func(d time.Duration) string { return fmt.Sprintf("%.2f", ms(d)) }
		fmt.Fprintf(&t, row, f.name, fmt.Sprint(f.questions), d(f.ackHalf), d(f.ackMost), d(f.half), d(f.most), d(f.half-f.whmcsHalf), d(f.cpu),
			fmt.Sprintf("%.1f", f.rss), fmt.Sprintf("%.1f", f.peak), fmt.Sprintf("%.2f", f.whmcs), fmt.Sprintf("%.2f", f.slack), fmt.Sprint(f.unacked), fmt.Sprint(f.busy), fmt.Sprint(f.silent), fmt.Sprint(f.twice))
	}
	cpu := map[string]time.Duration{}
	for _, f := range all {
		cpu[f.name] = f.cpu
	}
	for _, rate := range []string{", 50/s", ", 400/s"} {
		if ours, plain := cpu["bot"+rate], cpu["plain"+rate]; ours*plain > 0 {
			fmt.Fprintf(&t, "\nCPU a question, times the plainest bot's%s: %.2f", rate, float64(ours)/float64(plain))
		}
	}
	return t.String()
}
