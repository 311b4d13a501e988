package bot_test

import (
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// TestFailedFileIsToldInPlace: where Slack does not take a file, what told that the
// question is in progress says so, and an edit corrects that.
func TestFailedFileIsToldInPlace(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "slow", Latency: 2500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	r.slack.Fail("files.getUploadURLExternal", slackfake.Failure{Refuse: "missing_scope"})
	asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:csv"))
	note := r.sees(slackfake.Carl, slackfake.Incident, "Still looking")
	if m := r.sees(slackfake.Carl, slackfake.Incident, "Slack did not take the file"); m.TS != note.TS {
		t.Error("the note that told of the search stays")
	}
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot service:2"))
	if m := r.sees(slackfake.Carl, slackfake.Incident, marker); m.TS != note.TS {
		t.Error("the edit was answered by a second message")
	}
}

// TestEditTakesTheFileAway: of a mention that is edited, the file of the old answer goes
// with it.
func TestEditTakesTheFileAway(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]string{"in a channel": slackfake.Incident, "in a direct message": slackfake.DM(slackfake.Bob)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, nil)
			asked := r.do(r.slack.Post(slackfake.Bob, place, "", "@servicesbot client:5 as:csv"))
			first := r.sees(slackfake.Bob, place, "Complete: a CSV file of 11 services")
			r.do(r.slack.Edit(slackfake.Bob, place, asked.TS, "@servicesbot client:1 as:csv"))
			if m := r.sees(slackfake.Bob, place, "Complete: a CSV file of 2 services"); m.TS != first.TS {
				t.Error("the edit was answered by a second message")
			}
			r.waits("the new file to be alone", func() bool {
				files := r.slack.Files(slackfake.Bob)
				return len(files) == 1 && strings.Count(string(files[0].Content), "\n") == 3
			})
			r.do(r.slack.Edit(slackfake.Bob, place, asked.TS, "@servicesbot service:2"))
			r.sees(slackfake.Bob, place, marker)
			r.waits("the file to go", func() bool { return len(r.slack.Files(slackfake.Bob)) == 0 })
		})
	}
}

// TestNoRowsNoFile: nothing found is said in words.
func TestNoRowsNoFile(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 status:fraud as:csv"))
	r.sees(slackfake.Alice, slackfake.Support, "Nothing found for", "client:1 status:fraud as:csv")
	if files := r.slack.Files(slackfake.Alice); len(files) != 0 {
		t.Errorf("the file %s holds nothing", files[0].Name)
	}
}

// TestFileOfADirectMessage: it is where it was asked for, and so is not said to be
// elsewhere.
func TestFileOfADirectMessage(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	dm := slackfake.DM(slackfake.Alice)
	r.do(r.slack.Post(slackfake.Alice, dm, "", "client:1"))
	r.click(slackfake.Alice, r.sees(slackfake.Alice, dm, "1 active, 1 terminated"), "CSV file")
	r.lacks(r.sees(slackfake.Alice, dm, "Complete: a CSV file"), "direct messages")
}

// TestUploadAddressIsNoLabel: the address that a file is sent to is a secret.
func TestUploadAddressIsNoLabel(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 as:csv"))
	r.sees(slackfake.Alice, slackfake.Support, "Complete")
	for line := range strings.Lines(r.metrics()) {
		name, rest, ok := strings.Cut(line, `servicesbot_slack_calls_total{method="`)
		if !ok || name != "" {
			continue
		}
		method, _, _ := strings.Cut(rest, `"`)
		if method != "upload" && method != "response_url" && !strings.Contains(method, ".") {
			t.Errorf("a call is counted as %q", method)
		}
	}
	if !strings.Contains(r.metrics(), `method="upload",outcome="200"} 1`) {
		t.Error("the upload is not counted")
	}
}

// TestFileOfAChannelThatIsSharedMeanwhile: where outsiders come to read while a question is
// asked again, the file of the old answer goes with it.
func TestFileOfAChannelThatIsSharedMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:csv"))
	r.sees(slackfake.Carl, slackfake.Incident, "Complete")
	if err := r.whmcs.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	calls := r.whmcs.Count("GetClientsProducts")
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot service:2"))
	r.waits("the new question", func() bool { return r.whmcs.Count("GetClientsProducts") > calls })
	r.do(r.slack.ShareChannel(slackfake.Incident, true))
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	if err := r.whmcs.Clear(); err != nil {
		t.Fatal(err)
	}
	if m := r.sees(slackfake.Bob, slackfake.Incident, marker); !m.Ephemeral {
		t.Error("the answer is public")
	}
	if files := r.slack.Files(slackfake.Carl); len(files) != 0 {
		t.Errorf("the file %s stays", files[0].Name)
	}
}

// TestFileGoesAsideWithItsMessage: where Slack takes a file into a channel and no message,
// the file is for the asker alone, as the message then is.
func TestFileGoesAsideWithItsMessage(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Fail("chat.postMessage", slackfake.Failure{Refuse: "restricted_action"})
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:csv"))
	line := r.lines(1)[0]
	if m := r.sees(slackfake.Bob, slackfake.Incident, "Complete"); !m.Ephemeral {
		t.Error("the message is public")
	}
	if files := r.slack.Files(slackfake.Carl); len(files) != 0 {
		t.Errorf("the file %s is there for all", files[0].Name)
	}
	if files := r.slack.Files(slackfake.Bob); len(files) != 1 || line["shared"] != false {
		t.Errorf("%d files, shared: %v", len(files), line["shared"])
	}
}

// TestFileThatMayStand: where Slack does not say whether it took a file, nobody is told that
// it did not.
func TestFileThatMayStand(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.slack.Fail("files.completeUploadExternal", slackfake.Failure{Done: true, Drop: true})
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:csv"))
	r.sees(slackfake.Bob, slackfake.Incident, "Slack did not say whether it took the file")
	if files := r.slack.Files(slackfake.Bob); len(files) != 1 {
		t.Errorf("%d files are there, want one", len(files))
	}
}

// TestFileIsKeptInMindWhereAnEditFails: the file of an answer that could not be corrected
// goes with the next edit.
func TestFileIsKeptInMindWhereAnEditFails(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	asked := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:5 as:csv"))
	r.sees(slackfake.Bob, slackfake.Incident, "Complete: a CSV file of 11 services")
	r.slack.Fail("chat.update", slackfake.Failure{Status: 500})
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot client:1"))
	r.audited(`"query":"client:1"`)
	r.slack.Heal("chat.update")
	r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, asked.TS, "@servicesbot service:2"))
	r.sees(slackfake.Bob, slackfake.Incident, marker)
	r.waits("the file to go", func() bool { return len(r.slack.Files(slackfake.Bob)) == 0 })
}
