package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// take reads an envelope as intake does.
func take(t *testing.T, kind, payload string) arrival {
	t.Helper()
	return intake(frame{Type: kind, Envelope: "e1", Payload: json.RawMessage(payload)}, "U0BOT", time.Unix(1795000000, 0))
}

func TestIntakeOfEvents(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, event, door, line, thread string }{
		{"a mention", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":"<@U0BOT> services client:1"`, "mention", "client:1", ""},
		{"in a thread", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","thread_ts":"4.1","text":"<@U0BOT> client:1"`, "mention", "client:1", "4.1"},
		{"the first of a thread", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","thread_ts":"5.1","text":"<@U0BOT> client:1"`, "mention", "client:1", ""},
		{"with a file", `"type":"app_mention","subtype":"file_share","user":"U1","channel":"C1","ts":"5.1","text":"<@U0BOT> client:1"`, "mention", "client:1", ""},
		{"in blocks alone", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U0BOT"},{"type":"text","text":" services domain:"},{"type":"link","url":"http://demodomain.com","text":"demodomain.com"},{"type":"text","text":" due:<30d amount:>5"}]}]}]`, "mention", "domain:demodomain.com due:<30d amount:>5", ""},
		{"in a section alone", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":" ","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"<@U0BOT> client:1"}}]`, "mention", "client:1", ""},
		{"in blocks, of a link with another label", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U0BOT"},{"type":"link","url":"http://b.example","text":"a.example"}]}]}]`, "mention", "http://b.example", ""},
		{"in blocks that mention somebody else", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U2"},{"type":"text","text":"<@U0BOT> client:1"}]}]}]`, "", "", ""},
		{"of a workflow", `"type":"app_mention","subtype":"bot_message","bot_id":"B9","channel":"C1","ts":"5.1","text":"<@U0BOT> client:1"`, "", "", ""},
		{"edited in blocks alone", `"type":"message","subtype":"message_changed","channel_type":"im","channel":"D1","ts":"6.1","message":{"user":"U1","ts":"5.1","text":"","blocks":[{"type":"section","text":{"type":"plain_text","text":"client:2"}}]},"previous_message":{"text":""}`, "message", "client:2", ""},
		{"without a mention", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":"client:1"`, "", "", ""},
		{"a direct message", `"type":"message","channel_type":"im","user":"U1","channel":"D1","ts":"5.1","text":"client:1"`, "message", "client:1", ""},
		{"edited", `"type":"message","subtype":"message_changed","channel_type":"im","channel":"D1","ts":"6.1","message":{"user":"U1","ts":"5.1","text":"client:2","edited":{"ts":"6.1"}},"previous_message":{"text":"client:1"}`, "message", "client:2", ""},
		{"a preview came", `"type":"message","subtype":"message_changed","channel_type":"im","channel":"D1","ts":"6.1","message":{"user":"U1","ts":"5.1","text":"client:1"},"previous_message":{"text":"client:1"}`, "", "", ""},
		{"our own answer changed", `"type":"message","subtype":"message_changed","channel_type":"im","channel":"D1","ts":"6.1","message":{"user":"U0BOT","bot_id":"B1","ts":"5.1","text":"b"},"previous_message":{"text":"a"}`, "", "", ""},
		{"deleted", `"type":"message","subtype":"message_deleted","channel_type":"im","channel":"D1","ts":"6.1"`, "", "", ""},
		{"in a channel", `"type":"message","channel_type":"channel","user":"U1","channel":"C1","ts":"5.1","text":"client:1"`, "", "", ""},
		{"of a bot", `"type":"app_mention","user":"U2","bot_id":"B2","channel":"C1","ts":"5.1","text":"<@U0BOT> client:1"`, "", "", ""},
		{"with a colon behind the name", `"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":"<@U0BOT>: services client:1"`, "mention", "client:1", ""},
		{"of Slackbot", `"type":"app_mention","user":"USLACKBOT","channel":"C1","ts":"5.1","text":"Reminder: <@U0BOT> client:1"`, "", "", ""},
		{"somebody joined", `"type":"message","subtype":"channel_join","channel_type":"im","user":"U1","channel":"D1","ts":"5.1","text":"x"`, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := take(t, "events_api", `{"team_id":"T1","event_id":"Ev1","event":{`+tt.event+`}}`)
			switch {
			case tt.door == "" && got.req != nil:
				t.Errorf("it became the request %q", got.req.Line)
			case tt.door == "" && got.dropped == "":
				t.Error("dropped without a reason")
			case tt.door != "" && got.req == nil:
				t.Errorf("dropped: %s", got.dropped)
			case tt.door != "" && (string(got.req.Door) != tt.door || got.req.Line != tt.line || got.req.Thread != tt.thread || got.req.Message != "5.1"):
				t.Errorf("door %s, line %q, thread %q, message %s", got.req.Door, got.req.Line, got.req.Thread, got.req.Message)
			}
		})
	}
}

// TestIntakeOfViews: only the search form is read as one.
func TestIntakeOfViews(t *testing.T) {
	t.Parallel()
	view := func(callback string) arrival {
		return take(t, "interactive", `{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"`+callback+`",
			"state":{"values":{"client":{"client":{"value":"1"}}}}}}`)
	}
	if got := view("services_form"); got.req == nil || got.req.Line != "client:1" {
		t.Errorf("the form: %+v", got)
	}
	if got := view("something_else"); got.req != nil || len(got.errs) > 0 || got.dropped == "" {
		t.Errorf("another view: %+v", got)
	}
}

// TestIntakeOfClicks: a link opens by itself, and what is no button is no request.
func TestIntakeOfClicks(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{
		`{"type":"button","action_id":"ask.1","value":"client:1"}`: "",
		`{"type":"button","action_id":"link.1"}`:                   "a link",
		`{"type":"overflow","action_id":"ask.1"}`:                  "nothing asked",
	} {
		got := take(t, "interactive", `{"type":"block_actions","user":{"id":"U1"},"channel":{"id":"C1"},"actions":[`+action+`]}`)
		if (got.req == nil) != (want != "") || got.dropped != want {
			t.Errorf("%s: dropped %q, want %q", action, got.dropped, want)
		}
	}
}

// TestIntakeOfSharing: what Slack says of a channel's sharing counts, beside whatever
// event.
func TestIntakeOfSharing(t *testing.T) {
	t.Parallel()
	got := take(t, "events_api", `{"team_id":"T1","event_id":"Ev1","is_ext_shared_channel":true,"event":{"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":"<@U0BOT> client:1"}}`)
	if got.outside != "C1" || got.req == nil {
		t.Errorf("%+v", got)
	}
	if got := take(t, "events_api", `{"team_id":"T1","event_id":"Ev1","event":{"type":"channel_shared","channel":"C1"}}`); got.outside != "C1" || got.req != nil {
		t.Errorf("%+v", got)
	}
	for event, want := range map[string]string{
		`"type":"channel_unshared","channel":"C1"`:                                     "C1",
		`"type":"channel_id_changed","old_channel_id":"G1","new_channel_id":"C1"`:      "G1 C1",
		`"type":"app_mention","user":"U1","channel":"C1","ts":"5.1","text":"<@U0BOT>"`: "",
	} {
		got := take(t, "events_api", `{"team_id":"T1","event_id":"Ev1","event":{`+event+`}}`)
		if changed := strings.Join(got.changed, " "); changed != want || got.outside != "" {
			t.Errorf("%s: changed %q, outside %q", event, changed, got.outside)
		}
	}
}

// TestIntakeOfForeignBlocks: a message shortcut is used on whatever apps send.
func TestIntakeOfForeignBlocks(t *testing.T) {
	t.Parallel()
	got := take(t, "interactive", `{"type":"message_action","user":{"id":"U1"},"channel":{"id":"C1"},"message":{"ts":"5.1","thread_ts":"5.1","text":"Alert",
		"blocks":[{"type":"rows","elements":{"a":1}},{"type":"actions","elements":[{"type":"button","value":7,"url":"https://button.example"}]},
			{"type":"section","fields":[{"type":"mrkdwn","text":"host web1.example"}]},
			{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"http://down.example","text":"here"}]}]}],
		"attachments":[{"title":"Client","fields":[{"title":"Client","value":"client 7"}]}]}}`)
	if got.req == nil {
		t.Fatalf("dropped: %s", got.dropped)
	}
	for _, want := range []string{"web1.example", "http://down.example", "client 7"} {
		if !strings.Contains(got.req.Text, want) {
			t.Errorf("%q is not read: %q", want, got.req.Text)
		}
	}
	if got.req.Thread != "" {
		t.Errorf("in thread %q", got.req.Thread)
	}
}

func FuzzIntake(f *testing.F) {
	f.Add("events_api", `{"event":{"type":"message","subtype":"message_changed","message":{"text":"a"}}}`)
	f.Add("interactive", `{"type":"block_actions","user":{"id":"U1"},"message":{"blocks":[{"elements":[{"action_id":"remove.1","value":"U1 F1"}]}]},"actions":[{"type":"button"}]}`)
	f.Add("interactive", `{"type":"message_action","user":{"id":"U1"},"message":{"text":"2001:db8::1","attachments":[{"text":"x.example"}]}}`)
	f.Add("slash_commands", `{"user_id":"U1","text":"client:1"}`)
	f.Fuzz(func(t *testing.T, kind, payload string) {
		intake(frame{Type: kind, Payload: json.RawMessage(payload)}, "U0BOT", time.Unix(0, 0))
	})
}
