package bot

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// TestListsForAnHour: after Slack refused the newer blocks they are left out for an hour,
// and then tried again.
func TestListsForAnHour(t *testing.T) {
	t.Parallel()
	refused := time.Unix(1795000000, 0)
	b := &Bot{}
	b.noBlocks.Store(refused.Add(noBlocksFor).UnixNano())
	for after, want := range map[time.Duration]bool{0: true, 59 * time.Minute: true, 61 * time.Minute: false} {
		if got := b.listsOnly(refused.Add(after)); got != want {
			t.Errorf("after %v: lists only is %v, want %v", after, got, want)
		}
	}
	b.TryNewBlocks()
	if b.listsOnly(refused) {
		t.Error("they are still left out when they are to be tried again")
	}
}

// A brokenSlack panics on every call.
type brokenSlack struct{}

func (brokenSlack) Do(*http.Request) (*http.Response, error) { panic("slack broke") }

// TestPanicWhileAModalOpens: it is an error of that question alone.
func TestPanicWhileAModalOpens(t *testing.T) {
	t.Parallel()
	b := &Bot{slack: slack.New("xoxb-test", slack.OptionHTTPClient(brokenSlack{}))}
	for name, req := range map[string]*Request{"opened": {Trigger: "1.2"}, "in place of another": {View: "V1"}} {
		if _, err := b.loading(t.Context(), req, slack.ModalViewRequest{}); err == nil || !strings.Contains(err.Error(), "slack broke") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
