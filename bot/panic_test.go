package bot_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
)

// panicsEnv says in the environment of a child what it panics at: "clock", the first look at
// the clock, or a part of the form of a call to WHMCS.
const panicsEnv = "SERVICESBOT_TEST_PANICS"

// panicking is a transport to WHMCS, and a clock, that panic as panicsEnv says.
type panicking struct{ looked atomic.Bool }

func (p *panicking) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var form strings.Builder
	if _, err := io.Copy(&form, body); err != nil {
		return nil, err
	}
	if strings.Contains(form.String(), os.Getenv(panicsEnv)) {
		panic("the transport broke on the data of ann@example.com")
	}
	return http.DefaultTransport.RoundTrip(req)
}

func (p *panicking) now() time.Time {
	if os.Getenv(panicsEnv) == "clock" && p.looked.CompareAndSwap(false, true) {
		panic("the clock broke")
	}
	return time.Now()
}

// TestPanicsEndNothing: wherever the bot panics, the process lives on, the asker gets an
// answer, and the next question has its own. Each bot is a process of its own, which a panic
// that nobody recovers would end.
func TestPanicsEndNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		panics  string
		slow    time.Duration // of WHMCS
		ask     string
		details bool   // what panics are the details of the answer
		want    string // that the asker is shown
	}{
		"a cache load":       {panics: "serviceid=2", ask: "service:2", want: "Something went wrong"},
		"a page ahead":       {panics: "limitstart=100", ask: "product:3 as:summary", want: "not complete"},
		"a shared scan":      {panics: "limitstart=300", ask: "status:active as:summary", want: "not complete"},
		"the details":        {panics: "serviceid=2", ask: "client:1", details: true, want: "Something went wrong"},
		"a note of progress": {panics: "clock", slow: 2500 * time.Millisecond, ask: "service:2", want: "Pluto"},
		"the handler":        {panics: "clock", ask: "service:2", want: "Something went wrong"},
		"the client's name":  {panics: "GetClientsDetails", ask: "client:1", want: "1 active, 1 terminated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newProcesses(t, 2000, c.slow)
			slack, ctx := k.slack, k.ctx
			bot := k.start(panicsEnv + "=" + c.panics)
			sees := func(text string) slackfake.Message {
				t.Helper()
				m, err := slack.WaitMessage(ctx, slackfake.Alice, slackfake.Support, text)
				if err != nil {
					t.Fatalf("%v\n%s", err, bot.log)
				}
				return m
			}
			if _, err := slack.Slash(slackfake.Alice, slackfake.Support, "/services "+c.ask); err != nil {
				t.Fatal(err)
			}
			if c.details {
				m := sees("demodomain2.net")
				id, _ := m.Button("Details")
				if _, err := slack.Click(slackfake.Alice, &m, id); err != nil {
					t.Fatal(err)
				}
				if _, err := slack.WaitView(ctx, slackfake.Alice, c.want); err != nil {
					t.Fatalf("%v\n%s", err, bot.log)
				}
			} else {
				sees(c.want)
			}
			if _, err := slack.Slash(slackfake.Alice, slackfake.Support, "/services service:3"); err != nil {
				t.Fatal(err)
			}
			sees("service:3")
			log := bot.log.String()
			if !strings.Contains(log, "recovered from a panic") {
				t.Errorf("nothing panicked:\n%s", log)
			}
			if strings.Contains(log, "ann@example.com") {
				t.Errorf("the log holds what was passed to panic:\n%s", log)
			}
			if err := bot.end(); err != nil {
				t.Errorf("the end: %v\n%s", err, bot.log)
			}
		})
	}
}

// TestPanicIsAnswered: a fault of the bot's own is told like any failure, with the
// reference that the log has, and the next question has its answer.
func TestPanicIsAnswered(t *testing.T) { // not parallel: panics are reported to the bot that started last
	r := newRoad(t, func(s *setup) { s.bot.Answers = &bot.Answers{} }) // without a Finder
	for range 2 {
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	}
	r.waits("two answers", func() bool { return len(r.answers(slackfake.Alice, slackfake.Support)) == 2 })
	m := r.sees(slackfake.Alice, slackfake.Support, "Something went wrong here", "Reference")
	r.audited(`"outcome":"failed"`) // it is written behind the answer
	ref := refIn.FindStringSubmatch(r.audit.String())
	if ref == nil || !hasLine(r.log.String(), "a question failed", "panic: ") || !hasLine(r.log.String(), "recovered from a panic", "Answers") {
		t.Fatalf("the panic is not logged:\n%s\n%s", r.log, r.audit)
	}
	if !strings.Contains(r.metrics(), "servicesbot_panics_total 2") {
		t.Errorf("two panics are not counted:\n%s", r.metrics())
	}
	if !strings.Contains(r.log.String(), "ref="+ref[1]) {
		t.Errorf("the log does not have the reference %s of:\n%s", ref[1], m.PlainText())
	}
}
