package bot

import (
	"net/http"
	"testing"

	"github.com/slack-go/slack"
)

// A brokenSlack panics on every call.
type brokenSlack struct{}

func (brokenSlack) Do(*http.Request) (*http.Response, error) { panic("slack broke") }

// TestFormOfWhoIsKnown: where access is known at once, the form opens at once; no window
// that says Checking comes before it.
func TestFormOfWhoIsKnown(t *testing.T) {
	t.Parallel()
	q := &quietSlack{}
	b, err := New(Config{AppToken: "xapp-1", BotToken: "xoxb-1", Answers: &Answers{}, Allow: Allow{Everyone: true}})
	if err != nil {
		t.Fatal(err)
	}
	b.slack = slack.New("xoxb-test", slack.OptionHTTPClient(q))
	b.me.team = "T1"
	b.access.users.Set("U1", person{team: "T1", found: true})
	const forms = 5_000
	for range forms {
		rec := newRecord(&Request{User: "U1", Trigger: "1.2"})
		b.form(t.Context(), rec.req, rec)
		if rec.outcome != "form" || !rec.sent {
			t.Fatalf("outcome %s, sent %v", rec.outcome, rec.sent)
		}
	}
	if len(q.calls) != forms {
		t.Errorf("%d calls for %d forms", len(q.calls), forms)
	}
}

// TestPanicWhileAModalOpens: it is an error of that question alone.
func TestPanicWhileAModalOpens(t *testing.T) {
	t.Parallel()
	b := &Bot{slack: slack.New("xoxb-test", slack.OptionHTTPClient(brokenSlack{}))}
	for name, req := range map[string]*Request{"opened": {Trigger: "1.2"}, "in place of another": {View: "V1", Callback: "details"}} {
		if _, err := b.openView(t.Context(), req, slack.ModalViewRequest{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
