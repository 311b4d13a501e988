package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
)

// lines are the audit lines so far, once there are n of them.
func (r *road) lines(n int) []map[string]any {
	r.t.Helper()
	if !r.audit.waits(func(text string) bool { return strings.Count(text, "\n") >= n }) {
		r.t.Fatalf("fewer than %d audit lines:\n%s", n, r.audit)
	}
	var all []map[string]any
	for line := range strings.Lines(r.audit.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// TestAuditOfDenials: a denial tells what was asked for.
func TestAuditOfDenials(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.bot.Allow = bot.Allow{Users: []string{slackfake.Bob}} })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services status:active client:1"))
	line := r.lines(1)[0]
	for key, want := range map[string]any{
		"audit": "denial", "query": "status:active client:1", "why": "not_listed", "allowed": false, "answered": true, "shared": false,
		"door": "slash", "user": slackfake.Alice, "channel": slackfake.Support, "team": slackfake.TeamID, "rows": 0.0, "whmcs_calls": 0.0,
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
}

// TestAuditOfWhoIsTurnedAway: who comes too often has a line too.
func TestAuditOfWhoIsTurnedAway(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) { s.bot.UserRate = 1 })
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Alice, slackfake.Support, marker)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:10"))
	r.do(r.slack.Post(slackfake.Alice, slackfake.DM(slackfake.Alice), "", "service:14"))
	turned := map[string]bool{}
	for _, line := range r.lines(3) {
		if line["outcome"] == "turned_away" && line["why"] == "rate" && line["answered"] == true {
			turned[fmt.Sprint(line["door"], " ", line["query"])] = true
		}
	}
	if !turned["slash service:10"] || !turned["message service:14"] {
		t.Errorf("turned away: %v\n%s", turned, r.audit)
	}
}

// TestAuditOfSharing: shared is what others can read in the end, or may be able to.
func TestAuditOfSharing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failure slackfake.Failure
		shared  bool
	}{
		"posted":                      {slackfake.Failure{}, true},
		"refused, and told privately": {slackfake.Failure{Refuse: "restricted_action"}, false},
		"posted, and Slack failed":    {slackfake.Failure{Done: true, Status: 500}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, nil)
			r.slack.Fail("chat.postMessage", c.failure)
			r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2"))
			if line := r.lines(1)[0]; line["shared"] != c.shared || (line["audit"] == "share") != c.shared {
				t.Errorf("shared is %v in %v", line["shared"], line)
			}
		})
	}
}

// TestAuditOfAPanic: what breaks on the way to Slack has failed, whatever was found.
func TestAuditOfAPanic(t *testing.T) { // not parallel: panics are reported to the bot that started last
	broken := make(chan bool, 1)
	r := newRoad(t, func(s *setup) { s.now = breakableClock(broken) })
	broken <- true
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services service:2"))
	r.sees(slackfake.Alice, slackfake.Support, "Something went wrong")
	if line := r.lines(1)[0]; line["outcome"] != "failed" || line["answered"] != true {
		t.Errorf("the audit says %v", line)
	}
	if counted := `servicesbot_requests_total{door="slash",outcome="failed"} 1`; !strings.Contains(r.metrics(), counted) {
		t.Errorf("the metrics lack %s", counted)
	}
}

// TestAuditLinesAreBounded: a line that nobody can read does not fill the log.
func TestAuditLinesAreBounded(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Alice, slackfake.DM(slackfake.Alice), "", "clint:1 "+strings.Repeat("x:ä ", 8000)))
	line := r.lines(1)[0]
	if asked, _ := line["query"].(string); line["outcome"] != "malformed" || len(asked) > 1000 || !strings.HasPrefix(asked, "clint:1") {
		t.Errorf("outcome %v, a query of %d bytes", line["outcome"], len(asked))
	}
}
