package bot

import (
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// TestListsForAnHour: tables and charts are left out for an hour where Slack refused two
// answers, or named the type of block; one refused answer may be at fault itself.
func TestListsForAnHour(t *testing.T) {
	t.Parallel()
	begin := time.Unix(1795000000, 0)
	plain := slack.SlackErrorResponse{Err: "invalid_blocks"}
	named := slack.SlackErrorResponse{Err: "invalid_blocks", ResponseMetadata: slack.ResponseMetadata{Messages: []string{"[ERROR] unsupported type: data_table [json-pointer:/blocks/2/type]"}}}
	for name, c := range map[string]struct {
		refusals []string // lines, a minute apart
		err      error
		want     bool
	}{
		"one answer":                     {[]string{"client:1 as:table"}, plain, false},
		"the same answer again":          {[]string{"client:1 as:table", "client:1 as:table"}, plain, false},
		"two different answers":          {[]string{"client:1 as:table", "client:2 as:table"}, plain, true},
		"one answer, and Slack says why": {[]string{"client:1 as:table"}, named, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n newBlocks
			last := begin
			for i, line := range c.refusals {
				last = begin.Add(time.Duration(i) * time.Minute)
				n.note(last, line, c.err)
			}
			for after, want := range map[time.Duration]bool{0: c.want, 59 * time.Minute: c.want, 61 * time.Minute: false} {
				if got := n.refused(last.Add(after)); got != want {
					t.Errorf("after %v: lists only is %v, want %v", after, got, want)
				}
			}
			if n.retry(); n.refused(last) {
				t.Error("they are still left out when they are to be tried again")
			}
		})
	}
	var n newBlocks
	n.note(begin, "client:1 as:table", plain)
	if n.note(begin.Add(2*time.Hour), "client:2 as:table", plain); n.refused(begin.Add(2 * time.Hour)) {
		t.Error("a refusal of hours ago counts")
	}
}
