package bot

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// A socketless is a way to a server in this process, so that time can be fake.
type socketless struct{ to http.Handler }

func (d socketless) RoundTrip(req *http.Request) (*http.Response, error) {
	in := req.Clone(req.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.to.ServeHTTP(w, in)
	return w.Result(), nil
}

// A slowInstallation is a bot in fake time, beside a WHMCS that takes long, whose rows are kept
// warm.
type slowInstallation struct {
	*Bot
	t     *testing.T
	slack *slackfake.Workspace
	whmcs *whmcsfake.Server
}

func newSlowInstallation(t *testing.T, services int) *slowInstallation {
	t.Helper()
	in := &slowInstallation{t: t, whmcs: whmcsfake.New(whmcsfake.Config{Services: services, Latency: 3 * time.Second})}
	api, err := whmcs.New(whmcs.Config{URL: "http://127.0.0.1/", Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, Transport: in.whmcs.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	if in.slack, err = slackfake.New(slackfake.Config{}); err != nil {
		t.Fatal(err)
	}
	finder := query.NewFinder(api, query.FinderConfig{Warm: 15 * time.Minute})
	in.Bot, err = New(Config{
		AppToken: Secret(in.slack.AppToken()), BotToken: Secret(in.slack.BotToken()), SlackURL: "http://slack.test/api/", Allow: Allow{Everyone: true},
		Answers: &Answers{Finder: finder, Style: formatting.Style{Command: "/services"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	in.web.http.Transport, in.web.http.Timeout = socketless{in.slack.Handler()}, 0
	if err := in.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	kept := whmcs.Go(func() error { finder.KeepWarm(ctx); return nil })
	t.Cleanup(func() {
		in.corrections.end()
		stop()
		<-kept
		finder.Close()
		in.slack.Close()
	})
	return in
}

// mentions asks in the channel of an incident and returns the ts of the question.
func (in *slowInstallation) mentions(line string) string {
	in.t.Helper()
	sent, err := in.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot "+line)
	if err != nil {
		in.t.Fatal(err)
	}
	in.handle(in.t.Context(), &Request{
		Door: DoorMention, Ref: newRef(), Received: time.Now(), Sent: time.Now(), Line: line,
		Team: in.me.team, User: slackfake.Bob, Channel: slackfake.Incident, Message: sent.TS,
	})
	return sent.TS
}

// answer is what a colleague reads below a question.
func (in *slowInstallation) answer(ts string) slackfake.Message {
	in.t.Helper()
	thread := in.slack.Thread(slackfake.Carl, slackfake.Incident, ts)
	if len(thread) != 2 {
		in.t.Fatalf("%d messages in the thread, want the question and its answer", len(thread))
	}
	return thread[1]
}

// shows holds that the answer to a question shows texts.
func (in *slowInstallation) shows(ts string, texts ...string) {
	in.t.Helper()
	m := in.answer(ts)
	for _, text := range texts {
		if !m.Shows(text) {
			in.t.Errorf("the answer does not show %q:\n%s", text, m.PlainText())
		}
	}
}

const saturnInService = "server:saturn status:active as:summary"

// TestAnswerAtOnce: of 20,000 services at 3 s a page, those on a server are in the channel within a
// second, with their age, and corrected when a reading is through.
func TestAnswerAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newSlowInstallation(t, 20_000)
		<-time.After(14 * time.Minute)
		in.whmcs.Suspend("saturn", 4)
		<-time.After(2 * time.Minute) // readings take ten: the second one has begun
		asked := time.Now()
		ts := in.mentions(saturnInService)
		if took := time.Since(asked); took > time.Second {
			t.Errorf("the answer took %v", took)
		}
		atOnce := "15 minutes ago. Newer rows are being read; then this answer is corrected."
		in.shows(ts, "As of ", atOnce)
		<-time.After(8 * time.Minute)
		in.shows(ts, atOnce)
		<-time.After(2 * time.Minute)
		in.shows(ts, "Corrected: Active 2,267 → 2,263, Suspended +4 since", "As of ", "9 minutes ago.")
		if m := in.answer(ts); m.Shows("being read") {
			t.Errorf("the answer is corrected, and says that it will be:\n%s", m.PlainText())
		}
	})
}

// TestCorrectionWaitsForFifteenMinutes: a reading that takes longer corrects nothing.
func TestCorrectionWaitsForFifteenMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newSlowInstallation(t, 2000)
		<-time.After(10 * time.Minute)
		if err := in.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
			t.Fatal(err)
		}
		ts := in.mentions(saturnInService)
		<-time.After(14*time.Minute + 50*time.Second)
		in.shows(ts, "then this answer is corrected")
		<-time.After(20 * time.Second)
		in.shows(ts, "Newer rows could not be read or shown.")
	})
}

// TestClickBeforeTheWait: an answer that was clicked as soon as it was seen, before it waits for
// its correction, is not corrected; the answer to that click may be.
func TestClickBeforeTheWait(t *testing.T) {
	t.Parallel()
	c, asked := newCorrections(), time.Now()
	answered := func(after time.Duration) *outgoing {
		return &outgoing{ask: &ask{Request: &Request{Received: asked.Add(after)}}, answer: &Answer{Result: &query.Result{}}}
	}
	corrected := make(chan time.Duration, 2)
	begin := func(place string, after time.Duration) bool {
		return c.begin(place, answered(after), func(context.Context) { corrected <- after })
	}
	c.drop("C1/1", asked.Add(time.Second))
	if begin("C1/1", 0) {
		t.Error("the answer that was clicked waits for its correction")
	}
	if !begin("C1/2", 0) || !begin("C1/1", time.Second) {
		t.Error("another answer, or the one to the click, does not wait")
	}
	c.end()
	if len(corrected) != 2 {
		t.Errorf("%d corrections, want 2", len(corrected))
	}
}
