package bot_test

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// patience bounds every wait of these tests; nothing waits that long unless it is
// broken.
const patience = 60 * time.Second

// storePatience is how long a call to a store that works may take in tests: on a busy machine, under
// the race detector, the bot's own limit would be an outage now and then.
const storePatience = 2 * time.Second

// A road is the bot between both fakes, over real sockets.
type road struct {
	t     *testing.T
	slack *slackfake.Workspace
	whmcs *whmcsfake.Server
	api   *whmcs.API
	bot   *bot.Bot
	stop  func() error // ends the bot and returns what Run returned
	log   *lockedBuffer
	audit *lockedBuffer
	held  map[string]bool // of messages: whether they hold data
	redis bot.Secret      // URL of what its replicas share; "": none
}

// lockedBuffer collects log lines of many goroutines, and wakes whoever waits for one.
type lockedBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	written chan struct{} // closed at the next write; nil: nobody waits
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written != nil {
		close(l.written)
		l.written = nil
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// waits returns as soon as cond holds of what was written, false after patience.
func (l *lockedBuffer) waits(cond func(text string) bool) bool {
	late := time.After(patience)
	for {
		l.mu.Lock()
		if l.written == nil {
			l.written = make(chan struct{})
		}
		written, text := l.written, l.b.String()
		l.mu.Unlock()
		if cond(text) {
			return true
		}
		select {
		case <-written:
		case <-late:
			return false
		}
	}
}

// A setup changes what a road is made of.
type setup struct {
	slack slackfake.Config
	whmcs whmcsfake.Config
	api   whmcs.Config
	bot   bot.Config

	style   formatting.Style
	find    query.FinderConfig
	now     func() time.Time // nil: time.Now
	unpaced bool             // posts without the second between two in a channel

	deadAfter time.Duration // of a socket without a ping; 0: as always
	store     bot.Secret    // URL of what replicas share; "": none
	deadBeat  time.Duration // of a replica without a sign of life; 0: as always

	storeWithin   time.Duration // one call to the store; 0: storePatience
	correctWithin time.Duration // that newer rows are waited for; 0: as always
}

// setupOf is what a road is made of, with a change.
func setupOf(change func(*setup)) setup {
	s := setup{
		bot:   bot.Config{Allow: bot.Allow{Everyone: true}},
		style: formatting.Style{Command: "/services", AdminURL: "https://billing.example.com/admin/"},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func newRoad(t *testing.T, change func(*setup)) *road {
	t.Helper()
	s := setupOf(change)
	r := &road{t: t, log: &lockedBuffer{}, audit: &lockedBuffer{}, held: map[string]bool{}, whmcs: whmcsfake.New(s.whmcs)}
	if err := r.whmcs.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.whmcs.Close() })
	var err error
	if r.slack, err = slackfake.New(s.slack); err != nil {
		t.Fatal(err)
	}
	if err := r.slack.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.slack.Close() })
	r.makeBot(s)
	r.run()
	return r
}

func (r *road) makeBot(s setup) {
	log, err := slog.New(slog.NewTextHandler(r.log, nil)), error(nil)
	if s.store != "" {
		s.bot.Status = bot.NewStatus("")
		s.bot.Store, err = bot.OpenStore(r.t.Context(), bot.StoreConfig{URL: s.store, BotToken: whmcs.Secret(r.slack.BotToken()), Status: s.bot.Status, Log: log})
		if err != nil {
			r.t.Fatal(err)
		}
		r.t.Cleanup(s.bot.Store.Close)
		s.bot.Store.Patient(cmp.Or(s.storeWithin, storePatience), cmp.Or(s.deadBeat, bot.DeadBeat))
		s.api.LeftAlone = s.bot.Store.LeftAlone
	}
	s.api.URL, s.api.Identifier, s.api.Secret, s.api.Log = r.whmcs.URL(), whmcsfake.Identifier, whmcsfake.Secret, log
	api, err := whmcs.New(s.api)
	if err != nil {
		r.t.Fatal(err)
	}
	r.api, s.bot.LeaveWHMCS = api, api.LeaveAlone
	s.bot.AppToken, s.bot.BotToken, s.bot.SlackURL = whmcs.Secret(r.slack.AppToken()), whmcs.Secret(r.slack.BotToken()), r.slack.URL()
	s.bot.Log, s.bot.Audit = log, slog.New(slog.NewJSONHandler(r.audit, nil))
	if s.bot.Answers == nil {
		s.bot.Answers = &bot.Answers{
			Finder: query.NewFinder(api, s.find),
			Style:  s.style,
			Now:    s.now,
			Log:    log,
		}
		r.t.Cleanup(s.bot.Answers.Finder.Close)
	}
	if r.bot, err = bot.New(s.bot); err != nil {
		r.t.Fatal(err)
	}
	if s.unpaced {
		r.bot.Unpaced()
	}
	if s.correctWithin > 0 {
		r.bot.CorrectWithin(s.correctWithin)
	}
	if s.deadAfter > 0 {
		r.bot.DeadAfter(s.deadAfter)
	}
}

func (r *road) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.bot.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	r.t.Cleanup(func() {
		if err := r.stop(); err != nil {
			r.t.Errorf("the bot ended with %v", err)
		}
		if r.t.Failed() {
			r.t.Logf("log:\n%s", r.log)
		}
	})
	waiting, done := context.WithTimeout(ctx, patience)
	defer done()
	if err := r.slack.Wait(waiting, func() bool { return r.slack.Counts().Sockets >= 1 }); err != nil {
		r.t.Fatal(err)
	}
}

// restart ends the bot and runs another one, made of s, in the same workspace.
func (r *road) restart(s setup) {
	r.t.Helper()
	if err := r.stop(); err != nil {
		r.t.Fatal(err)
	}
	r.waits("the sockets to close", func() bool { return r.slack.Counts().Sockets == 0 })
	r.makeBot(s)
	r.run()
}

// sees waits for a message that user sees in channel with all of texts.
func (r *road) sees(user, channel string, texts ...string) slackfake.Message {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, err := r.slack.WaitMessage(ctx, user, channel, texts...)
	if err != nil {
		r.t.Fatalf("%s does not see %q in %s: %v", user, texts, channel, err)
	}
	return m
}

// lacks holds that a message shows none of texts.
func (r *road) lacks(m slackfake.Message, texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		if strings.Contains(m.PlainText(), text) {
			r.t.Errorf("the message shows %q:\n%s", text, m.PlainText())
		}
	}
}

// do fails the test where an act of a user failed.
func (r *road) do(sent slackfake.Sent, err error) slackfake.Sent {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	return sent
}

// click clicks the button with a label.
func (r *road) click(user string, m slackfake.Message, label string) slackfake.Sent {
	r.t.Helper()
	if menu, ok := m.Menu(label); ok {
		return r.do(r.slack.Choose(user, &m, menu, label))
	}
	id, ok := m.Button(label)
	if !ok {
		r.t.Fatalf("no button %q in:\n%s", label, m.PlainText())
	}
	return r.do(r.slack.Click(user, &m, id))
}

// breakableClock returns a clock that panics once for each value that broken gets.
func breakableClock(broken <-chan bool) func() time.Time {
	return func() time.Time {
		select {
		case <-broken:
			panic("the clock broke")
		default:
			return time.Now()
		}
	}
}

func TestSlashIsAnsweredPrivately(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 status:active"))
	m := r.sees(slackfake.Alice, slackfake.Support, "demodomain2.net")
	r.lacks(m, "demodomain.com", "Terminated")
	if !m.Ephemeral || m.To != slackfake.Alice || m.Via != "response_url" {
		t.Errorf("the answer is not private by response_url: ephemeral %v, to %s, via %s", m.Ephemeral, m.To, m.Via)
	}
	if seen := r.slack.Messages(slackfake.Bob, slackfake.Support); len(seen) != 0 {
		t.Errorf("somebody else sees %q", seen[0].PlainText())
	}
	calls := slices.DeleteFunc(r.whmcs.Calls(), func(c whmcsfake.Call) bool { return c.Action != "GetClientsProducts" })
	if len(calls) == 0 {
		t.Fatal("WHMCS was not asked")
	}
	form := calls[0].Form
	for name, want := range map[string]string{"action": "GetClientsProducts", "clientid": "1", "responsetype": "json"} {
		if form.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, form.Get(name), want)
		}
	}
	if form.Get("limitnum") == "" {
		t.Error("limitnum was not sent")
	}
}

func TestMentionIsAnsweredInItsThread(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot services domain:demodomain2.net"))
	m := r.sees(slackfake.Alice, slackfake.Incident, "demodomain2.net", "Plus")
	if m.ThreadTS != asked.TS || m.Ephemeral {
		t.Errorf("the answer is in thread %q (ephemeral: %v), want %q", m.ThreadTS, m.Ephemeral, asked.TS)
	}
	if m.UnfurlLinks == nil || *m.UnfurlLinks || m.UnfurlMedia == nil || *m.UnfurlMedia {
		t.Error("links of the answer may be unfurled")
	}
}

func TestDirectMessageIsAnsweredThere(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	dm := slackfake.DM(slackfake.Alice)
	r.do(r.slack.Post(slackfake.Alice, dm, "", "client:1 status:active"))
	m := r.sees(slackfake.Alice, dm, "Plus", "demodomain2.net")
	if m.ThreadTS != "" {
		t.Errorf("the answer is in thread %q", m.ThreadTS)
	}
}

func TestDetailsOpenAsModal(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	m := r.sees(slackfake.Alice, slackfake.Support, "demodomain.com", "demodomain2.net")
	r.click(slackfake.Alice, m, "Details")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := r.slack.WaitView(ctx, slackfake.Alice, "demodomain2.net", "Pluto"); err != nil {
		t.Fatal(err)
	}
}
