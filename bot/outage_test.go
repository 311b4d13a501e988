package bot_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// metrics is what /metrics says.
func (r *road) metrics() string {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.bot.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text, err := io.ReadAll(w.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

// TestRefusalsEndTheRun: what no retry helps against ends the run and says of which token; all
// else is tried again.
func TestRefusalsEndTheRun(t *testing.T) {
	t.Parallel()
	forGood := []string{
		"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
		"not_allowed_token_type", "missing_scope", "forbidden_team", "user_removed_from_team", "team_disabled",
	}
	for method, token := range map[string]string{"auth.test": "bot", "apps.connections.open": "app"} {
		for _, name := range forGood {
			t.Run(token+" "+name, func(t *testing.T) {
				t.Parallel()
				err := runAgainst(t, method, slackfake.Failure{Refuse: name}, nil)
				refusal, ok := errors.AsType[*bot.Refusal](err)
				if !ok || refusal.Token != token || refusal.Name != name {
					t.Errorf("Run returns %v", err)
				}
			})
		}
		for name, failure := range map[string]slackfake.Failure{
			"HTTP 503": {Status: 503, Times: 1}, "HTTP 429": {Status: 429, RetryAfter: time.Second, Times: 1},
			"internal_error": {Refuse: "internal_error", Times: 1}, "a dropped connection": {Drop: true, Times: 1},
		} {
			t.Run(token+" "+name, func(t *testing.T) {
				t.Parallel()
				up := func(w *slackfake.Workspace) bool { return w.Counts().Sockets == 2 }
				if err := runAgainst(t, method, failure, up); err != nil {
					t.Errorf("Run returns %v", err)
				}
			})
		}
	}
}

// runAgainst runs a bot against a Slack of which a method fails: until until holds, or,
// where that is nil, to its own end.
func runAgainst(t *testing.T, method string, failure slackfake.Failure, until func(*slackfake.Workspace) bool) error {
	t.Helper()
	w, err := slackfake.New(slackfake.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w.Fail(method, failure)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	b, err := bot.New(bot.Config{
		AppToken: bot.Secret(w.AppToken()), BotToken: bot.Secret(w.BotToken()), SlackURL: w.URL(),
		Allow: bot.Allow{Everyone: true}, Answers: &bot.Answers{Log: slog.New(slog.DiscardHandler)},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ended := make(chan error, 1)
	running, stop := context.WithCancel(ctx)
	defer stop()
	go func() { ended <- b.Run(running) }()
	if until != nil {
		if err := w.Wait(ctx, func() bool { return until(w) }); err != nil {
			t.Errorf("still waiting: %v", err)
		}
		stop()
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		t.Error("Run goes on")
		stop()
		return <-ended
	}
}

// TestEndWhileSlackIsAway: a bot that cannot sign in yet ends when it is told to.
func TestEndWhileSlackIsAway(t *testing.T) {
	t.Parallel()
	tries := func(w *slackfake.Workspace) bool { return w.Counts().Calls["auth.test"] >= 1 }
	if err := runAgainst(t, "auth.test", slackfake.Failure{Status: 500}, tries); err != nil {
		t.Errorf("Run returns %v", err)
	}
}

// TestConnectionsAreNotAskedForInALoop: a Slack that hangs up at once is asked for a
// connection once per second at most, by both sockets together.
func TestConnectionsAreNotAskedForInALoop(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"too_many_websockets", "link_disabled", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, nil)
			var asked []time.Time
			begun := time.Now()
			r.waits("some connections", func() bool {
				for len(asked) < r.slack.Counts().Calls["apps.connections.open"] {
					asked = append(asked, time.Now())
				}
				if r.slack.Counts().Sockets > 0 {
					r.slack.Disconnect(reason)
					r.slack.HangUp(true)
				}
				return len(asked) >= 4
			})
			// The waits after each: 1 s, 1 s, 2 s, each with up to half as jitter.
			if took := time.Since(begun); took < 3500*time.Millisecond {
				t.Errorf("4 connections asked for within %v", took)
			}
		})
	}
}

// TestSilentSlackIsNoticed: a connection without pings counts as dead, and what is asked
// then has its answer over another.
func TestSilentSlackIsNoticed(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.deadAfter = time.Second; s.slack.Ping = 200 * time.Millisecond })
	r.waits("both sockets", func() bool { return r.slack.Counts().Sockets == 2 })
	r.slack.Mute(true)
	r.waits("new connections", func() bool { return r.slack.Counts().SocketsOpened >= 3 })
	r.slack.Mute(false)
	r.waits("a socket", func() bool { return r.slack.Counts().Sockets >= 1 })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Alice, slackfake.Support, marker)
}

// TestForeignSocketsAreTold: sockets of the app that this process does not hold are
// logged and counted.
func TestForeignSocketsAreTold(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.log.waits(func(text string) bool { return strings.Count(text, "socket: up") == 2 })
	r.slack.Ghosts(3)
	r.slack.RefreshOne()
	if !r.log.waits(func(text string) bool { return hasLine(text, "slack counts more sockets", "elsewhere=3") }) {
		t.Fatalf("nothing is logged:\n%s", r.log)
	}
	if !strings.Contains(r.metrics(), "servicesbot_sockets_elsewhere 3") {
		t.Error("they are not counted")
	}
	r.slack.Ghosts(0)
	r.slack.RefreshOne()
	r.log.waits(func(text string) bool { return strings.Count(text, "socket: up") == 4 })
	if !strings.Contains(r.metrics(), "servicesbot_sockets_elsewhere 0") {
		t.Error("they are still counted when they are gone")
	}
}

// TestUndecodableEventIsAcknowledged: what no decoder can read is acknowledged, or Slack
// sends it three times.
func TestUndecodableEventIsAcknowledged(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Garble()
	r.slack.Deliver(map[string]any{"type": "events_api", "payload": map[string]any{"type": "event_callback", "event": map[string]any{"type": "no_such_event"}}})
	r.slack.Deliver(map[string]any{"type": "news_of_tomorrow", "payload": 7})
	r.slack.Junk("}{ no JSON")
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Acked == 3 })
	if c := r.slack.Counts(); c.Unacked+c.Waiting+c.Retries > 0 {
		t.Errorf("not acknowledged: %+v", c)
	}
}

// TestUnknownOutcomeIsNotRepeated: a post that Slack may have taken is not sent again,
// and the log says so; one that Slack surely did not take is, once.
func TestUnknownOutcomeIsNotRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failure slackfake.Failure
		posts   int
		unknown bool
	}{
		"taken, and the connection drops":     {slackfake.Failure{Done: true, Drop: true, Times: 1}, 1, true},
		"taken, and the answer is cut":        {slackfake.Failure{Done: true, Cut: true, Times: 1}, 1, true},
		"not taken, and the connection drops": {slackfake.Failure{Drop: true, Times: 1}, 0, true},
		"429":                                 {slackfake.Failure{Status: 429, RetryAfter: time.Second, Times: 1}, 1, false},
		"refused blocks":                      {slackfake.Failure{Refuse: "invalid_blocks", Times: 1}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, nil)
			r.slack.Fail("chat.postMessage", c.failure)
			r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
			r.audited(`"query":"service:2"`, fmt.Sprintf(`"answered":%v`, !c.unknown))
			posts, told := 0, false
			for _, m := range r.answers(slackfake.Bob, slackfake.Incident) {
				if m.Ephemeral {
					told = told || m.Shows("Slack did not confirm that your answer was posted") && m.Shows("Ask again")
				} else {
					posts++
				}
			}
			if posts != c.posts || told != c.unknown {
				t.Errorf("%d posts, want %d; told that it is unknown: %v, want %v", posts, c.posts, told, c.unknown)
			}
			if got := hasLine(r.log.String(), "did not reach slack", "outcome_unknown=true", "ref="); got != c.unknown {
				t.Errorf("an unknown outcome in the log: %v, want %v\n%s", got, c.unknown, r.log)
			}
		})
	}
}

// TestMetrics holds that everything promised can be seen after a question.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) {
		s.bot.Status = bot.NewStatus("v1.2.3")
		s.api.Observe, s.api.CacheTTL = s.bot.Status.ObserveWHMCS, time.Minute
	})
	r.slack.Duplicate(true)
	r.slack.Fail("chat.postMessage", slackfake.Failure{Status: 429, RetryAfter: time.Second, Times: 1})
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1"))
	r.sees(slackfake.Bob, slackfake.Incident, "demodomain2.net")
	r.slack.Duplicate(false)
	r.do(r.slack.Slash(slackfake.Bob, slackfake.Support, "/services client:1"))
	r.sees(slackfake.Bob, slackfake.Support, "demodomain2.net")
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	r.audited(`"door":"slash"`)
	r.audited(`"door":"mention"`)
	text := r.metrics()
	for _, want := range []string{
		`servicesbot_requests_total{door="mention",outcome="answered"} 1`,
		`servicesbot_requests_total{door="slash",outcome="answered"} 1`,
		`servicesbot_ack_seconds_count 3`,
		`servicesbot_answer_seconds_count{door="mention"} 1`,
		`servicesbot_whmcs_calls_total{action="GetClientsProducts",error=""} 1`,
		`servicesbot_whmcs_cached_total{action="GetClientsProducts"} 1`,
		`servicesbot_whmcs_seconds_count{action="GetClientsProducts"} 1`,
		`servicesbot_queue_length{lane="questions"} 0`,
		`servicesbot_workers_busy{lane="modals"} 0`,
		`servicesbot_sockets `,
		`servicesbot_socket_connects_total `,
		`servicesbot_slack_calls_total{method="chat.postMessage",outcome="200"} 1`,
		`servicesbot_slack_calls_total{method="chat.postMessage",outcome="429"} 1`,
		`servicesbot_slack_429_total{method="chat.postMessage"} 1`,
		`servicesbot_duplicates_total 1`,
		`,version="v1.2.3"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// TestUpdateOfUnknownOutcome: where nobody knows whether an answer took the place of its
// progress, it is not posted a second time elsewhere.
func TestUpdateOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "slow", Latency: 2500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
	r.sees(slackfake.Bob, slackfake.Incident, "Still looking")
	r.slack.Fail("chat.update", slackfake.Failure{Done: true, Drop: true})
	line := r.lines(1)[0]
	posts, told := 0, false
	for _, m := range r.answers(slackfake.Bob, slackfake.Incident) {
		if !m.Ephemeral {
			posts++
		}
		told = told || m.Shows("Slack did not confirm")
	}
	if posts != 1 || !told || line["answered"] != false || line["shared"] != true {
		t.Errorf("%d posts, told %v, audit %v", posts, told, line)
	}
}

// TestUnconfirmedShare: whoever shared is told, and nothing says that it was done.
func TestUnconfirmedShare(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	r.click(slackfake.Alice, r.sees(slackfake.Alice, slackfake.Support, "1 active, 1 terminated"), "Details")
	details := r.modal(slackfake.Alice, marker)
	r.slack.Fail("chat.postMessage", slackfake.Failure{Status: 500})
	id, _ := details.Button("Share")
	r.do(r.slack.Click(slackfake.Alice, &details, id))
	r.sees(slackfake.Alice, slackfake.Support, "Slack did not confirm", "Ask again")
	if v, _ := r.slack.Modal(slackfake.Alice); v.Shows("Shared where") {
		t.Error("the modal says that it was shared")
	}
}

// TestAnOrganisationsInstallationEndsTheRun: an app that is installed for a whole
// organisation is refused at the start, with what to do; one in a workspace of it serves
// that workspace's members, wherever Slack says that they are at home.
func TestAnOrganisationsInstallationEndsTheRun(t *testing.T) {
	t.Parallel()
	w, err := slackfake.New(slackfake.Config{Enterprise: "E0ACME", OrgInstall: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	b, err := bot.New(bot.Config{
		AppToken: bot.Secret(w.AppToken()), BotToken: bot.Secret(w.BotToken()), SlackURL: w.URL(),
		Allow: bot.Allow{Everyone: true}, Answers: &bot.Answers{},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := b.Run(ctx); err == nil || !strings.Contains(err.Error(), "install it in that workspace") {
		t.Errorf("Run returns %v", err)
	}
}

// TestMembersOfAnOrganisation: a member of our workspace whom Slack calls by their
// organisation is answered, one of another workspace of it is told what was compared.
func TestMembersOfAnOrganisation(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.slack.Enterprise = "E0ACME" })
	r.slack.SetUser(slackfake.User{ID: "W0GRID", Name: "grid", TeamID: "E0ACME", Teams: []string{"T0OTHER", slackfake.TeamID}})
	r.slack.SetUser(slackfake.User{ID: "W0ELSE", Name: "elsewhere", TeamID: "E0ACME", Teams: []string{"T0OTHER"}})
	for _, user := range []string{"W0GRID", "W0ELSE"} {
		if err := r.slack.Invite(user, slackfake.Incident); err != nil {
			t.Fatal(err)
		}
		r.do(r.slack.Post(user, slackfake.Incident, "", "@servicesbot service:2"))
	}
	r.sees("W0GRID", slackfake.Incident, marker)
	r.sees("W0ELSE", slackfake.Incident, "E0ACME, T0OTHER", slackfake.TeamID)
	r.audited(`"why":"outsider"`, `"belongs_to":"E0ACME,T0OTHER"`)
}

// TestWrongAddressEndsTheRun: where no method of Slack's is, nothing is waited for.
func TestWrongAddressEndsTheRun(t *testing.T) {
	t.Parallel()
	err := runAgainst(t, "auth.test", slackfake.Failure{Status: 404}, nil)
	if err == nil || !strings.Contains(err.Error(), "SLACK_API_URL") {
		t.Errorf("Run returns %v", err)
	}
}
