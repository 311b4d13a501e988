package bot_test

import (
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

const (
	beingRead    = "then this answer is corrected"
	notCorrected = "Newer rows could not be read or shown"
	onSaturn     = "@servicesbot server:saturn status:active as:summary"
)

// warmRoad is a road whose rows count as old at once, with a mention answered from them, whose
// correction takes two seconds: that is how long WHMCS takes for all rows.
func warmRoad(t *testing.T, change func(*setup)) (*road, slackfake.Message) {
	t.Helper()
	r := newRoad(t, func(s *setup) {
		s.find.SnapshotLife = time.Millisecond
		if change != nil {
			change(s)
		}
	})
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services as:summary"))
	r.sees(slackfake.Alice, slackfake.Support, "650 services")
	for _, f := range []whmcsfake.Fault{{Name: "slow", Latency: time.Second}, {Name: "suspended"}} {
		if err := r.whmcs.Set(f); err != nil {
			t.Fatal(err)
		}
	}
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", onSaturn))
	return r, r.sees(slackfake.Carl, slackfake.Incident, "75 services", beingRead)
}

// becomes waits until a message shows all of texts.
func (r *road) becomes(m slackfake.Message, texts ...string) slackfake.Message {
	r.t.Helper()
	r.waits("the message to become "+strings.Join(texts, ", "), func() bool {
		now, ok := r.slack.Message(slackfake.Carl, slackfake.Incident, m.TS)
		for _, text := range texts {
			ok = ok && now.Shows(text)
		}
		return ok
	})
	now, _ := r.slack.Message(slackfake.Carl, slackfake.Incident, m.TS)
	return now
}

// TestCorrectionThatDoesNotCome: where newer rows do not come in time, the answer says so and
// offers Refresh.
func TestCorrectionThatDoesNotCome(t *testing.T) {
	t.Parallel()
	r, m := warmRoad(t, func(s *setup) { s.correctWithin = 300 * time.Millisecond })
	m = r.becomes(m, notCorrected, "75 services")
	r.lacks(m, beingRead)
	r.audited(`"outcome":"not_corrected"`)
	r.click(slackfake.Bob, m, "Refresh")
	r.lacks(r.becomes(m, "71 services"), notCorrected)
}

// TestCorrectionAtTheEnd: when the process ends, an answer that waits says that it was not
// corrected.
func TestCorrectionAtTheEnd(t *testing.T) {
	t.Parallel()
	r, m := warmRoad(t, nil)
	begun := time.Now()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 9*time.Second {
		t.Errorf("the end took %v", took)
	}
	r.becomes(m, notCorrected)
}

// TestNoCorrectionForOutsiders: a channel that got outsiders meanwhile gets no newer rows.
func TestNoCorrectionForOutsiders(t *testing.T) {
	t.Parallel()
	r, m := warmRoad(t, nil)
	r.do(r.slack.ShareChannel(slackfake.Incident, true))
	r.audited(`"outcome":"not_corrected"`)
	r.lacks(r.becomes(m, notCorrected), "71 services")
}

// TestRefreshEndsTheCorrection: the answer to a click on the message is newer, and stays.
func TestRefreshEndsTheCorrection(t *testing.T) {
	t.Parallel()
	r, m := warmRoad(t, nil)
	r.click(slackfake.Bob, m, "Refresh")
	r.lacks(r.becomes(m, "71 services"), "Corrected")
	r.lines(3)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	r.lines(4)
	if text := r.audit.String(); strings.Contains(text, "corrected") {
		t.Errorf("it was corrected all the same:\n%s", text)
	}
}

// TestCorrectionIsAudited: one line says that an answer was corrected, and who asked for it.
func TestCorrectionIsAudited(t *testing.T) {
	t.Parallel()
	r, m := warmRoad(t, nil)
	r.becomes(m, "Corrected: Active 75 → 71", "71 services")
	r.audited(`"audit":"share"`, `"user":"U0BOB"`, `"outcome":"corrected"`, `"shared":true`, `"query":"server:saturn status:active as:summary"`)
	if n := strings.Count(r.audit.String(), "corrected"); n != 1 {
		t.Errorf("%d lines about it", n)
	}
}
