package bot

import (
	"net/http"
	"testing"

	"github.com/slack-go/slack"
)

// A brokenSlack panics on every call.
type brokenSlack struct{}

func (brokenSlack) Do(*http.Request) (*http.Response, error) { panic("slack broke") }

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
