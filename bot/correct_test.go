package bot_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
)

const (
	beingRead    = "then this answer is corrected"
	notCorrected = "Newer rows could not be read or shown"
	onSaturn     = "@servicesbot server:saturn status:active as:summary"
)

// A holding is a way to WHMCS that keeps calls until it lets go of them.
type holding struct {
	mu   sync.Mutex
	free chan struct{} // closed when calls go on; nil: none is kept
}

func (h *holding) RoundTrip(req *http.Request) (*http.Response, error) {
	h.mu.Lock()
	free := h.free
	h.mu.Unlock()
	if free != nil {
		select {
		case <-free:
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	return http.DefaultTransport.RoundTrip(req)
}

// hold keeps calls from now on, or lets go of them.
func (h *holding) hold(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.free != nil {
		close(h.free)
		h.free = nil
	}
	if on {
		h.free = make(chan struct{})
	}
}

// warmAtOnce has all rows count as old at once.
func warmAtOnce(h *holding) func(*setup) {
	return func(s *setup) {
		s.find.SnapshotLife = time.Millisecond
		s.api.Transport = h
	}
}

// warmRoad is a road with a mention answered from warm rows, which is not corrected before h lets
// go of the calls to WHMCS.
func warmRoad(t *testing.T, change func(*setup)) (r *road, h *holding, m slackfake.Message) {
	t.Helper()
	h = &holding{}
	r = newRoad(t, func(s *setup) {
		warmAtOnce(h)(s)
		if change != nil {
			change(s)
		}
	})
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services as:summary"))
	r.sees(slackfake.Alice, slackfake.Support, "650 services")
	r.whmcs.Suspend("saturn", 4)
	h.hold(true)
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", onSaturn))
	return r, h, r.sees(slackfake.Carl, slackfake.Incident, "75 services", beingRead)
}

// becomes waits until a message shows all of texts.
func (r *road) becomes(m slackfake.Message, texts ...string) slackfake.Message {
	r.t.Helper()
	return r.changes(m, texts...)
}

// corrections waits until so many answers from warm rows came to an outcome.
func (r *road) corrections(outcome, n string) {
	r.t.Helper()
	r.until("corrections: "+outcome+" "+n, func() bool {
		return strings.Contains(r.metrics(), `servicesbot_corrections_total{outcome="`+outcome+`"} `+n+"\n")
	})
}

// TestCorrectionThatDoesNotCome: where newer rows do not come in time, the answer says so and
// offers Refresh.
func TestCorrectionThatDoesNotCome(t *testing.T) {
	t.Parallel()
	r, h, m := warmRoad(t, func(s *setup) { s.correctWithin = 300 * time.Millisecond })
	m = r.becomes(m, notCorrected, "75 services")
	r.lacks(m, beingRead)
	r.audited(`"outcome":"not_corrected"`)
	h.hold(false)
	r.click(slackfake.Bob, m, "Refresh")
	r.lacks(r.becomes(m, "71 services"), notCorrected)
}

// TestCorrectionAtTheEnd: when the process ends, an answer that waits says that it was not
// corrected.
func TestCorrectionAtTheEnd(t *testing.T) {
	t.Parallel()
	r, _, m := warmRoad(t, nil)
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
	r, h, m := warmRoad(t, nil)
	r.do(r.slack.ShareChannel(slackfake.Incident, true))
	h.hold(false)
	r.audited(`"outcome":"not_corrected"`)
	r.lacks(r.becomes(m, notCorrected), "71 services")
}

// TestNoCorrectionForWhoMayNotAskAnyMore: newer rows are shown for the access of the asker.
func TestNoCorrectionForWhoMayNotAskAnyMore(t *testing.T) {
	t.Parallel()
	r, h, m := warmRoad(t, nil)
	r.slack.SetUser(slackfake.User{ID: slackfake.Bob, Name: "bob", Deleted: true})
	r.bot.ForgetPeople()
	h.hold(false)
	r.audited(`"outcome":"not_corrected"`)
	r.lacks(r.becomes(m, notCorrected), "71 services")
}

// TestRefreshEndsTheCorrection: the answer to a click on the message is newer, and stays.
func TestRefreshEndsTheCorrection(t *testing.T) {
	t.Parallel()
	r, h, m := warmRoad(t, nil)
	r.click(slackfake.Bob, m, "Refresh")
	r.corrections("edited", "1") // while WHMCS has not answered
	h.hold(false)
	r.lacks(r.becomes(m, "71 services"), "Corrected", beingRead)
	if text := r.audit.String(); strings.Contains(text, "corrected") {
		t.Errorf("it was corrected all the same:\n%s", text)
	}
}

// TestKeepCurrentEndsTheCorrection: from then on the updates say what changed.
func TestKeepCurrentEndsTheCorrection(t *testing.T) {
	t.Parallel()
	r, h, m := warmRoad(t, nil)
	r.click(slackfake.Bob, m, "Keep current for 2 hours")
	r.corrections("edited", "1")
	h.hold(false)
	r.lacks(r.becomes(m, "71 services", "Kept current until"), "Corrected", beingRead)
}

// TestCorrectionIsAudited: one line says that an answer was corrected, and who asked for it.
func TestCorrectionIsAudited(t *testing.T) {
	t.Parallel()
	r, h, m := warmRoad(t, nil)
	h.hold(false)
	r.becomes(m, "Corrected: Active 75 → 71, Suspended +4 since", "71 services")
	r.audited(`"audit":"share"`, `"user":"U0BOB"`, `"outcome":"corrected"`, `"shared":true`, `"query":"server:saturn status:active as:summary"`)
	if n := strings.Count(r.audit.String(), "corrected"); n != 1 {
		t.Errorf("%d lines about it", n)
	}
	r.corrections("corrected", "1")
}

// TestCorrectionThatSlackRefuses is not counted as made.
func TestCorrectionThatSlackRefuses(t *testing.T) {
	t.Parallel()
	r, h, _ := warmRoad(t, nil)
	r.slack.Fail("chat.update", slackfake.Failure{Refuse: "cant_update_message"})
	h.hold(false)
	r.corrections("not_corrected", "1")
	r.audited(`"user":"U0BOB"`, `"outcome":"not_corrected"`, `"query":"server:saturn status:active as:summary"`)
}

// TestCorrectionsOfReplicas: a click that another replica answers ends the correction too.
func TestCorrectionsOfReplicas(t *testing.T) {
	t.Parallel()
	h := &holding{}
	_, all := newReplicas(t, 2, func(s *setup) {
		warmAtOnce(h)(s)
		s.unpaced = true
	})
	r := all[0]
	read := func(r *road) bool {
		return strings.Contains(r.metrics(), `servicesbot_requests_total{door="slash",outcome="answered"}`)
	}
	for n := 1; !read(all[0]) || !read(all[1]); n++ { // afresh: an answer from warm rows would begin a reading
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services as:summary fresh:yes"))
		r.waits("an answer", func() bool { return len(r.answers(slackfake.Alice, slackfake.Support)) == n })
	}
	r.whmcs.Suspend("saturn", 4)
	h.hold(true)
	var posts []slackfake.Message
	for n := range 4 {
		r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", fmt.Sprintf("@servicesbot server:saturn status:active -service:%d as:summary", 100_000+n)))
		posts = append(posts, r.sees(slackfake.Carl, slackfake.Incident, fmt.Sprint(100_000+n), "75 services", beingRead))
	}
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services help")) // the clicks go to others than the questions
	for _, m := range posts {
		r.click(slackfake.Bob, m, "Refresh")
	}
	r.until("all corrections to end", func() bool { return sum(all, `servicesbot_corrections_total{outcome="edited"}`) == len(posts) })
	h.hold(false)
	elsewhere := 0
	for n, m := range posts {
		r.lacks(r.becomes(m, "71 services"), "Corrected", beingRead)
		line := fmt.Sprintf(`-service:%d as:summary"`, 100_000+n)
		r.until("both audit lines", func() bool { return strings.Count(all[0].audit.String()+all[1].audit.String(), line) == 2 })
		if strings.Count(all[0].audit.String(), line) == 1 {
			elsewhere++
		}
	}
	if elsewhere == 0 {
		t.Error("every click came to the replica that corrects: the test shows nothing")
	}
}
