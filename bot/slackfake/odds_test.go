package slackfake_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
)

func TestPublicAnswerToACommandRevealsIt(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	sent, err := w.Slash("alice", "#general", "client:1") // the bot is not in there and answers all the same
	if err != nil {
		t.Fatal(err)
	}
	send(t, sent.ResponseURL, "application/json", "", `{"text":"for all","response_type":"in_channel"}`)
	msg, err := w.WaitMessage(testContext(t), "bob", "#general", "for all")
	if err != nil {
		t.Fatal(err)
	}
	if msg.Ephemeral || msg.Command != "/services client:1" {
		t.Errorf("message %+v", msg)
	}
	reply := jsonText(m{"text": "in the thread", "response_type": "in_channel", "thread_ts": msg.TS})
	send(t, sent.ResponseURL, "application/json", "", reply)
	if n := len(w.Thread("bob", "#general", msg.TS)); n != 2 {
		t.Errorf("thread of %d", n)
	}
	send(t, sent.ResponseURL, "application/json", "", jsonText(m{"text": "private", "thread_ts": msg.TS}))
	if private, err := w.WaitMessage(testContext(t), "alice", "#general", "private"); err != nil || private.ThreadTS != "" {
		t.Errorf("a private answer is in a thread: %+v %v", private, err)
	}
}

func TestMissingTextIsTakenAndCounted(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	r := must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "blocks", jsonText([]m{section("x")}))))
	msg, _ := w.Message("alice", "#support", r.body["ts"].(string))
	if !msg.NoText || w.Counts().NoText != 1 || msg.UnfurlLinks != nil {
		t.Errorf("message %+v", msg)
	}
}

func TestUpdateFollowsSlacksRules(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	r := must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "x", "blocks", jsonText([]m{section("first")}),
		"metadata", `{"event_type":"answer","event_payload":{}}`, "unfurl_links", "false")))
	ts := r.body["ts"].(string)
	now := func() slackfake.Message {
		msg, _ := w.Message("alice", "#support", ts)
		return msg
	}
	must(t, call(t, w, "chat.update", form("channel", slackfake.Support, "ts", ts, "text", "y", "blocks", jsonText([]m{section("second")}))))
	if msg := now(); !msg.Shows("second") || msg.Edited || msg.Metadata == nil || msg.UnfurlLinks == nil {
		t.Errorf("with blocks: %+v", msg)
	}
	must(t, call(t, w, "chat.update", form("channel", slackfake.Support, "ts", ts, "text", "only text", "metadata", "{}")))
	if msg := now(); msg.Blocks != nil || !msg.Edited || msg.Metadata != nil || msg.PlainText() != "only text" || msg.Revision != 2 {
		t.Errorf("without blocks: %+v", msg)
	}
	long := strings.Repeat("🪐", 25_000)
	r = must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", long)))
	if msg, _ := w.Message("alice", "#support", r.body["ts"].(string)); len([]rune(msg.Text)) != 20_000 {
		t.Errorf("a long text was cut to %d runes", len([]rune(msg.Text)))
	}
}

// TestWhatSlackTakes: forms in parts, markdown alone, a test without a token, a
// confirmation of text alone; a token in the address is refused.
func TestWhatSlackTakes(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, value := range map[string]string{"token": w.BotToken(), "channel": slackfake.Support, "markdown_text": "**bold**"} {
		if err := parts.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	r := must(t, send(t, w.URL()+"chat.postMessage", parts.FormDataContentType(), "", body.String()))
	if msg, _ := w.Message("alice", "#support", r.body["ts"].(string)); !msg.Shows("bold") || msg.NoText {
		t.Errorf("message %+v", msg)
	}
	const kind = "application/x-www-form-urlencoded"
	if r := must(t, send(t, w.URL()+"api.test", kind, "", "a=b")); r.body["args"].(m)["a"] != "b" {
		t.Errorf("api.test: %v", r.body)
	}
	confirm := []m{{"type": "actions", "elements": []m{{"type": "button", "text": plain("x"), "confirm": m{"text": plain("Really?")}}}}}
	must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "x", "blocks", jsonText(confirm))))
	if r := send(t, w.URL()+"auth.test?token="+w.BotToken(), kind, "", ""); r.err() != "not_authed" {
		t.Errorf("a token in the address: %v", r.body)
	}
}

// TestClicksCarryWhatMenusHold: a click in a message brings what its menus and pickers
// hold, a time as a number; a shortcut names its user as Slack does.
func TestClicksCarryWhatMenusHold(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	blocks := []m{{"type": "actions", "block_id": "b", "elements": []m{
		{"type": "static_select", "action_id": "menu", "options": []m{{"text": plain("x"), "value": "v"}}, "initial_option": m{"text": plain("x"), "value": "v"}},
		{"type": "datetimepicker", "action_id": "when"},
		{"type": "button", "action_id": "go", "text": plain("Go")},
	}}}
	r := must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "x", "blocks", jsonText(blocks))))
	msg, _ := w.Message("alice", "#support", r.body["ts"].(string))
	held := func() m {
		t.Helper()
		state, _ := payload(c.next())["state"].(m)
		return state["values"].(m)["b"].(m)
	}
	if _, err := w.Click("alice", &msg, "go"); err != nil {
		t.Fatal(err)
	}
	b := held()
	if b["menu"].(m)["selected_option"].(m)["value"] != "v" || b["when"].(m)["selected_date_time"] != nil || b["go"] != nil {
		t.Errorf("at first %v", b)
	}
	if _, err := w.Choose("alice", &msg, "when", "1795000000"); err != nil {
		t.Fatal(err)
	}
	if when := held()["when"].(m)["selected_date_time"]; when != float64(1795000000) {
		t.Errorf("the time is %v (%T)", when, when)
	}
	if _, err := w.Choose("alice", &msg, "when", "tomorrow"); err == nil {
		t.Error("a time that is not a number is taken")
	}
	if _, err := w.GlobalShortcut("alice", "find_services"); err != nil {
		t.Fatal(err)
	}
	if user := payload(c.next())["user"].(m); user["username"] != "alice" || user["name"] != nil {
		t.Errorf("the shortcut's user is %v", user)
	}
}

// TestDeletionStandsAlone: delete_original with anything beside it is refused.
func TestDeletionStandsAlone(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	r := must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "x", "blocks", jsonText([]m{button("a", "Go")}))))
	ts := r.body["ts"].(string)
	msg, _ := w.Message("alice", "#support", ts)
	sent, err := w.Click("alice", &msg, "a")
	if err != nil {
		t.Fatal(err)
	}
	c.next()
	if r := send(t, sent.ResponseURL, "application/json", "", `{"delete_original":true,"text":"x"}`); r.err() != "invalid_payload" {
		t.Errorf("with text: %v", r.body)
	}
	must(t, send(t, sent.ResponseURL, "application/json", "", `{"delete_original":true}`))
	if _, there := w.Message("alice", "#support", ts); there {
		t.Error("the message is still there")
	}
}

func TestOldMessagesComeInTheirPlace(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{History: 3})
	c := dial(t, w)
	now, err := w.Post("bob", "#support", "", "now")
	if err != nil {
		t.Fatal(err)
	}
	then, err := w.PostAt("bob", "#support", "", "@servicesbot then", time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if event := payload(c.next())["event"].(m); event["ts"] != then.TS {
		t.Errorf("event %v", event)
	}
	if all := w.Messages("alice", "#support"); len(all) != 2 || all[0].TS != then.TS || all[1].TS != now.TS {
		t.Errorf("messages %+v", all)
	}
	for range 3 {
		if _, err := w.Post("bob", "#support", "", "more"); err != nil {
			t.Fatal(err)
		}
	}
	if all := w.Messages("alice", "#support"); len(all) != 3 || all[0].Text != "more" {
		t.Errorf("the oldest messages stay: %+v", all)
	}
}

func TestPlainTextIsWhatPeopleRead(t *testing.T) {
	t.Parallel()
	for mrkdwn, want := range map[string]string{
		"*bold* _it_ ~no~ `code`":                   "bold it no code",
		"*a* *b*":                                   "a b",
		"*.example.com snake_case_name 2*3*4":       "*.example.com snake_case_name 2*3*4",
		"<https://a.example|A &amp; B> &lt;x&gt;":   "A & B <x>",
		"<!date^1^{date}|1 Jan> <@U0ALICE> <!here>": "1 Jan @U0ALICE @here",
		"```block\nof code```":                      "block\nof code",
	} {
		msg := slackfake.Message{Text: mrkdwn}
		if got := msg.PlainText(); got != want {
			t.Errorf("%q reads %q, want %q", mrkdwn, got, want)
		}
	}
}
