package slackfake_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"servicesbot/bot/slackfake"
)

// post lets the bot post blocks and returns the message as alice sees it.
func post(t *testing.T, w *slackfake.Workspace, channel string, blocks ...m) slackfake.Message {
	t.Helper()
	r := must(t, call(t, w, "chat.postMessage", form("channel", channel, "text", "x", "blocks", jsonText(blocks))))
	msg, ok := w.Message("alice", channel, r.body["ts"].(string))
	if !ok {
		t.Fatal("alice does not see the message")
	}
	return msg
}

func TestClickOnPublicMessage(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	b := button("next", "Next")
	b["elements"].([]m)[0]["value"] = "client:1 page:2"
	msg := post(t, w, slackfake.Support, b)
	id, ok := msg.Button("Next")
	if !ok {
		t.Fatal("no button")
	}
	sent, err := w.Click("gina", msg, id)
	if err != nil {
		t.Fatal(err)
	}
	e := c.next()
	c.ack(e, m{"text": "Slack does not look at this"})
	p := payload(e)
	action := p["actions"].([]any)[0].(m)
	if p["type"] != "block_actions" || action["value"] != "client:1 page:2" || action["action_id"] != "next" ||
		p["user"].(m)["id"] != slackfake.Gina || p["message"] == nil || p["response_url"] != sent.ResponseURL {
		t.Errorf("payload %v", p)
	}
	send(t, sent.ResponseURL, "application/json", "", `{"text":"for gina alone"}`)
	send(t, sent.ResponseURL, "application/json", "", `{"text":"changed for all","replace_original":true,"response_type":"ephemeral"}`)
	if seen := w.Messages("gina", "#support"); len(seen) != 2 || !seen[0].Shows("changed for all") || seen[0].Ephemeral || !seen[1].Ephemeral {
		t.Errorf("gina sees %+v", seen)
	}
	if seen := w.Messages("bob", "#support"); len(seen) != 1 || seen[0].Revision != 1 {
		t.Errorf("bob sees %+v", seen)
	}
	if _, err := w.Click("gina", msg, id); err == nil {
		t.Error("the button is gone and was clicked")
	}
	send(t, sent.ResponseURL, "application/json", "", `{"delete_original":true}`)
	if seen := w.Messages("bob", "#support"); len(seen) != 0 {
		t.Errorf("bob still sees %+v", seen)
	}
	if n := w.Answers(sent.Envelope); n != 3 {
		t.Errorf("%d answers", n)
	}
}

func TestClickOnEphemeralMessage(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	must(t, call(t, w, "chat.postEphemeral", form("channel", slackfake.Support, "user", slackfake.Alice, "text", "x",
		"blocks", jsonText([]m{button("next", "Next")}))))
	msg := w.Messages("alice", "#support")[0]
	if _, err := w.Click("bob", msg, "next"); err == nil {
		t.Error("bob clicked what he cannot see")
	}
	sent, err := w.Click("alice", msg, "next")
	if err != nil {
		t.Fatal(err)
	}
	if p := payload(c.next()); p["message"] != nil || p["container"].(m)["is_ephemeral"] != true {
		t.Errorf("payload %v", p)
	}
	send(t, sent.ResponseURL, "application/json", "", `{"text":"page 2","replace_original":true,"response_type":"in_channel"}`)
	seen := w.Messages("alice", "#support")
	if len(seen) != 1 || !seen[0].Ephemeral || seen[0].Text != "page 2" || len(w.Messages("bob", "#support")) != 0 {
		t.Errorf("alice sees %+v", seen)
	}
	w.Advance(3 * time.Second)
	if n := w.Notices("alice"); len(n) != 1 || n[0].Envelope != sent.Envelope {
		t.Errorf("a missed click gives no notice: %v", n)
	}
}

// formView has one of each input that a search form has.
func formView() string {
	option := func(s string) m { return m{"text": plain(strings.ToUpper(s)), "value": s} }
	return jsonText(m{
		"type": "modal", "callback_id": "search", "title": plain("Search"), "submit": plain("Go"), "private_metadata": "here",
		"notify_on_close": true,
		"blocks": []m{
			inputBlock("client"),
			{"type": "input", "block_id": "status", "optional": true, "label": plain("Status"),
				"element": m{"type": "multi_static_select", "action_id": "status", "options": []m{option("active"), option("pending")}}},
			{"type": "input", "block_id": "mail", "optional": true, "label": plain("E-mail"), "element": m{"type": "email_text_input", "action_id": "mail"}},
			{"type": "input", "block_id": "due", "optional": true, "label": plain("Due"),
				"element": m{"type": "static_select", "action_id": "due", "options": []m{option("soon")}, "initial_option": option("soon")}},
			button("more", "More"),
		},
	})
}

func open(t *testing.T, w *slackfake.Workspace, c *wire, view string) slackfake.View {
	t.Helper()
	sent, err := w.GlobalShortcut("alice", "find_services")
	if err != nil {
		t.Fatal(err)
	}
	if e := c.next(); payload(e)["callback_id"] != "find_services" {
		t.Fatalf("envelope %v", e)
	} else {
		c.ack(e, nil)
	}
	must(t, call(t, w, "views.open", form("trigger_id", sent.TriggerID, "view", view)))
	v, ok := w.Modal("alice")
	if !ok {
		t.Fatal("no modal")
	}
	return v
}

func TestFormIsFilledInAndSubmitted(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	v := open(t, w, c, formView())
	if _, err := w.Submit("alice", v, nil); err == nil {
		t.Error("submitted without the required field")
	}
	if now, _ := w.Modal("alice"); now.Errors["client"] == "" {
		t.Errorf("errors %v", now.Errors)
	}
	if _, err := w.Submit("alice", v, map[string]any{"Label client": "1", "mail": "nobody"}); err == nil {
		t.Error("submitted a wrong address")
	}
	values := map[string]any{"client": "one", "Status": []string{"active", "PENDING"}, "mail": ""}
	if _, err := w.Submit("alice", v, values); err != nil {
		t.Fatal(err)
	}
	e := c.next()
	p := payload(e)
	state := p["view"].(m)["state"].(m)["values"].(m)
	if jsonText(state["client"]) != `{"client":{"type":"plain_text_input","value":"one"}}` ||
		len(state["status"].(m)["status"].(m)["selected_options"].([]any)) != 2 ||
		state["mail"].(m)["mail"].(m)["value"] != nil || state["due"].(m)["due"].(m)["selected_option"] == nil ||
		p["view"].(m)["private_metadata"] != "here" {
		t.Errorf("view %v", p["view"])
	}
	c.ack(e, m{"response_action": "errors", "errors": m{"client": "A client is a number."}})
	if _, err := w.WaitView(testContext(t), "alice", "A client is a number."); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Submit("alice", v, map[string]any{"client": "1"}); err != nil {
		t.Fatal(err)
	}
	c.ack(c.next(), nil)
	waitFor(t, w, "closed modal", func() bool { _, open := w.Modal("alice"); return !open })
}

// TestAnswersToSubmission acks a submission in each way.
func TestAnswersToSubmission(t *testing.T) {
	t.Parallel()
	second := func() m {
		return m{"type": "modal", "title": plain("Second"), "blocks": []m{section("next step")}}
	}
	for name, tc := range map[string]struct {
		ack     m
		modals  int
		shows   string
		trouble bool
	}{
		"nothing":          {nil, 0, "", false},
		"clear":            {m{"response_action": "clear"}, 0, "", false},
		"update":           {m{"response_action": "update", "view": second()}, 1, "next step", false},
		"push":             {m{"response_action": "push", "view": second()}, 2, "next step", false},
		"errors elsewhere": {m{"response_action": "errors", "errors": m{"nowhere": "x"}}, 1, "Search", true},
		"bad view":         {m{"response_action": "update", "view": m{"type": "modal"}}, 1, "Search", true},
		"unknown":          {m{"response_action": "dance"}, 1, "Search", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, slackfake.Config{})
			c := dial(t, w)
			v := open(t, w, c, formView())
			if _, err := w.Submit("alice", v, map[string]any{"client": "1"}); err != nil {
				t.Fatal(err)
			}
			e := c.next()
			if tc.ack == nil {
				c.ack(e, nil)
			} else {
				c.ack(e, tc.ack)
			}
			waitFor(t, w, "ack", func() bool { return w.Counts().Acked == 2 })
			all := w.Modals("alice")
			if len(all) != tc.modals {
				t.Fatalf("%d modals", len(all))
			}
			if tc.modals == 0 {
				return
			}
			if top := all[len(all)-1]; !top.Shows(tc.shows) || (top.Trouble != "") != tc.trouble {
				t.Errorf("top %+v", top)
			}
		})
	}
}

func TestSubmissionThatIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	v := open(t, w, c, formView())
	if _, err := w.Submit("alice", v, map[string]any{"client": "1"}); err != nil {
		t.Fatal(err)
	}
	w.Advance(3 * time.Second)
	if v, err := w.WaitView(testContext(t), "alice", "trouble connecting"); err != nil || v.Trouble == "" {
		t.Error(err)
	}
}

func TestViewStackAndClosing(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	v := open(t, w, c, formView())
	for depth := 2; depth <= 4; depth++ {
		sent, err := w.Click("alice", v, "more")
		if err != nil {
			t.Fatal(err)
		}
		p := payload(c.next())
		if p["container"].(m)["type"] != "view" || p["response_url"] != nil {
			t.Errorf("payload %v", p)
		}
		r := call(t, w, "views.push", form("trigger_id", sent.TriggerID, "view", formView()))
		if depth == 4 {
			if r.err() != "push_limit_reached" {
				t.Errorf("fourth view: %v", r.body)
			}
			break
		}
		must(t, r)
		v, _ = w.Modal("alice")
		if v.RootID != w.Modals("alice")[0].ID || v.PreviousID == "" {
			t.Errorf("view %+v", v)
		}
	}
	if _, err := w.CloseView("alice", v, true); err != nil {
		t.Fatal(err)
	}
	if p := payload(c.next()); p["type"] != "view_closed" || p["is_cleared"] != true {
		t.Errorf("payload %v", p)
	}
	if n := len(w.Modals("alice")); n != 0 {
		t.Errorf("%d modals open", n)
	}
}

func TestUpdateKeepsWhatIsFilledIn(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	v := open(t, w, c, formView())
	if err := w.Fill("alice", v, map[string]any{"client": "7"}); err != nil {
		t.Fatal(err)
	}
	must(t, call(t, w, "views.update", form("view_id", v.ID, "hash", v.Hash, "view", formView())))
	v, _ = w.Modal("alice")
	if _, err := w.Submit("alice", v, nil); err != nil {
		t.Fatal(err)
	}
	if got := payload(c.next())["view"].(m)["state"].(m)["values"].(m)["client"]; jsonText(got) != `{"client":{"type":"plain_text_input","value":"7"}}` {
		t.Errorf("state %v", got)
	}
}

func TestHomeTab(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	if _, err := w.OpenHome("alice"); err != nil {
		t.Fatal(err)
	}
	if p := payload(c.next()); p["event"].(m)["type"] != "app_home_opened" || p["event"].(m)["user"] != slackfake.Alice {
		t.Errorf("payload %v", p)
	}
	home := jsonText(m{"type": "home", "blocks": []m{button("form", "Search")}})
	must(t, call(t, w, "views.publish", form("user_id", slackfake.Alice, "view", home)))
	v, ok := w.Home("alice")
	if _, others := w.Home("bob"); !ok || others {
		t.Errorf("home of alice %v, of bob %v", ok, others)
	}
	if _, err := w.Click("alice", v, "form"); err != nil {
		t.Fatal(err)
	}
	if p := payload(c.next()); p["view"].(m)["type"] != "home" {
		t.Errorf("payload %v", p)
	}
	if r := call(t, w, "views.publish", form("user_id", slackfake.Alice, "view", home, "hash", "old")); r.err() != "hash_conflict" {
		t.Errorf("%v", r.body)
	}
}

func TestEditsAndThreads(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	sent, err := w.Post("alice", "#support", "", "@servicesbot client:1")
	if err != nil {
		t.Fatal(err)
	}
	c.next()
	must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "thread_ts", sent.TS, "text", "answer")))
	if _, err := w.Post("bob", "#support", sent.TS, "thanks"); err != nil {
		t.Fatal(err)
	}
	if all, main := w.Thread("alice", "#support", sent.TS), w.Messages("alice", "#support"); len(all) != 3 || len(main) != 1 {
		t.Errorf("thread of %d, channel of %d", len(all), len(main))
	}
	if _, err := w.Edit("alice", "#support", sent.TS, "@servicesbot client:2"); err != nil {
		t.Fatal(err)
	}
	event := payload(c.next())["event"].(m)
	if event["type"] != "app_mention" || event["ts"] != sent.TS || event["edited"].(m)["ts"] == sent.TS || !strings.HasSuffix(event["text"].(string), "client:2") {
		t.Errorf("event %v", event)
	}
	if _, err := w.Edit("bob", "#support", sent.TS, "x"); err == nil {
		t.Error("bob edited alice's message")
	}
	if n := w.Counts().Envelopes; n != 2 {
		t.Errorf("%d envelopes: a message without a mention reached the bot", n)
	}
}

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	sent, err := w.Post("alice", "dm", "", "client:1")
	if err != nil {
		t.Fatal(err)
	}
	event := payload(c.next())["event"].(m)
	if event["type"] != "message" || event["channel_type"] != "im" || event["user"] != slackfake.Alice {
		t.Errorf("event %v", event)
	}
	if _, err := w.Edit("alice", "dm", sent.TS, "client:2"); err != nil {
		t.Fatal(err)
	}
	event = payload(c.next())["event"].(m)
	if event["subtype"] != "message_changed" || event["message"].(m)["text"] != "client:2" {
		t.Errorf("event %v", event)
	}
	r := must(t, call(t, w, "conversations.open", form("users", slackfake.Alice)))
	must(t, call(t, w, "chat.postMessage", form("channel", r.body["channel"].(m)["id"].(string), "text", "answer")))
	if event = payload(c.next())["event"].(m); event["bot_id"] != slackfake.BotID {
		t.Errorf("the bot's own message came back as %v", event)
	}
	if n := len(w.Messages("alice", "dm")); n != 2 {
		t.Errorf("%d messages", n)
	}
	if seen := w.Messages("bob", slackfake.DM(slackfake.Alice)); seen != nil {
		t.Errorf("bob sees alice's direct messages: %v", seen)
	}
}

func TestWhoCanActWhere(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	for name, act := range map[string]func() error{
		"a partner's slash command": func() error { _, err := w.Slash("pat", "#partner-acme", "x"); return err },
		"a partner's shortcut":      func() error { _, err := w.GlobalShortcut("pat", "find_services"); return err },
		"in a channel one is not":   func() error { _, err := w.Post("pat", "#support", "", "x"); return err },
		"a command of no app":       func() error { _, err := w.Slash("alice", "#support", "/dance"); return err },
		"an unknown shortcut":       func() error { _, err := w.GlobalShortcut("alice", "dance"); return err },
	} {
		if act() == nil {
			t.Errorf("%s was possible", name)
		}
	}
	if _, err := w.Post("pat", "#partner-acme", "", "@servicesbot client:1"); err != nil {
		t.Fatal(err)
	}
	p := payload(c.next())
	event := p["event"].(m)
	if p["is_ext_shared_channel"] != true || event["user_team"] != slackfake.PartnerTeam || event["team"] != slackfake.PartnerTeam {
		t.Errorf("payload %v", p)
	}
	if _, err := w.Post("deploybot", "#support", "", "@servicesbot client:1"); err != nil {
		t.Fatal(err)
	}
	if event := payload(c.next())["event"].(m); event["bot_id"] != "B0DEPLOY" {
		t.Errorf("event %v", event)
	}
}

func TestSharingIsTold(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	for _, ext := range []bool{true, false} {
		if _, err := w.ShareChannel("#support", ext); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{true: "channel_shared", false: "channel_unshared"}[ext]
		if e := payload(c.next())["event"].(m); e["type"] != want || e["channel"] != slackfake.Support {
			t.Errorf("event %v", e)
		}
		r := must(t, call(t, w, "conversations.info", form("channel", slackfake.Support)))
		if r.body["channel"].(m)["is_ext_shared"] != ext {
			t.Errorf("info %v", r.body)
		}
	}
	if _, err := w.ChangeChannelID("#billing", "C0MOVED"); err != nil {
		t.Fatal(err)
	}
	if e := payload(c.next())["event"].(m); e["new_channel_id"] != "C0MOVED" {
		t.Errorf("event %v", e)
	}
	must(t, call(t, w, "chat.postMessage", form("channel", "C0MOVED", "text", "x")))
}

func TestMessageShortcut(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	c := dial(t, w)
	if _, err := w.Post("bob", "#support", "", "see demodomain.com"); err != nil {
		t.Fatal(err)
	}
	sent, err := w.MessageShortcut("alice", w.Messages("alice", "#support")[0], "find_services_here")
	if err != nil {
		t.Fatal(err)
	}
	p := payload(c.next())
	if p["type"] != "message_action" || !strings.Contains(p["message"].(m)["text"].(string), "demodomain.com") {
		t.Errorf("payload %v", p)
	}
	send(t, sent.ResponseURL, "application/json", "", `{"text":"found"}`)
	if _, err := w.WaitMessage(testContext(t), "alice", "#support", "found"); err != nil {
		t.Error(err)
	}
}

// TestUpload uses slack-go's three steps.
func TestUpload(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	content := "id,domain\n1,demodomain.com\n"
	_, err := client(w).UploadFileContext(testContext(t), slack.UploadFileParameters{
		Filename: "services.csv", FileSize: len(content), Reader: bytes.NewBufferString(content), Title: "Services",
		Channel: slackfake.DM(slackfake.Alice), InitialComment: "2 services",
	})
	if err != nil {
		t.Fatal(err)
	}
	files := w.Files("alice")
	if len(files) != 1 || string(files[0].Content) != content || files[0].Title != "Services" {
		t.Errorf("files %+v", files)
	}
	if all := w.Messages("alice", "dm"); len(all) != 1 || !all[0].Shows("services.csv") || all[0].Text != "2 services" {
		t.Errorf("messages %+v", all)
	}
	if len(w.Files("bob")) != 0 {
		t.Error("bob sees the file")
	}
	if err := client(w).DeleteFileContext(testContext(t), files[0].ID); err != nil {
		t.Fatal(err)
	}
	if all := w.Messages("alice", "dm"); len(w.Files("alice")) != 0 || len(all) != 1 || all[0].Text != "2 services" {
		t.Errorf("after it is deleted, messages %+v", all)
	}
	if err := client(w).DeleteFileContext(testContext(t), files[0].ID); err == nil || err.Error() != "file_not_found" {
		t.Errorf("deleted twice: %v", err)
	}
}

// TestRealClientReadsEverything lets slack-go decode every envelope that a person can
// cause: none is a bad message.
func TestRealClientReadsEverything(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	connect(t, w, func(sm *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeErrorBadMessage {
			t.Errorf("cannot decode %s: %v", e.Data.(*socketmode.ErrorBadMessage).Message, e.Data)
		}
		if i, ok := e.Data.(slack.InteractionCallback); ok && i.Type == slack.InteractionTypeShortcut {
			if _, err := sm.OpenView(i.TriggerID, slack.ModalViewRequest{
				Type: slack.VTModal, Title: slack.NewTextBlockObject("plain_text", "Form", false, false), NotifyOnClose: true,
				Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("b",
					slack.NewButtonBlockElement("more", "v", slack.NewTextBlockObject("plain_text", "More", false, false)))}},
			}); err != nil {
				t.Errorf("OpenView: %v", err)
			}
		}
		ackAll(sm, e)
	})
	msg := post(t, w, slackfake.Support, button("next", "Next"))
	act := func(_ slackfake.Sent, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	act(w.Slash("alice", "#support", "x"))
	act(w.Post("alice", "#support", "", "@servicesbot *.demodomain.com https://a.example.com/x?y=1&z @here"))
	act(w.Post("alice", "dm", "", "x"))
	dm := w.Messages("alice", "dm")[0]
	act(w.Edit("alice", "dm", dm.TS, "y"))
	act(w.Delete("alice", "dm", dm.TS))
	act(w.Click("alice", msg, "next"))
	act(w.MessageShortcut("alice", msg, "find_services_here"))
	act(w.GlobalShortcut("alice", "find_services"))
	v, err := w.WaitView(testContext(t), "alice", "Form")
	if err != nil {
		t.Fatal(err)
	}
	act(w.Click("alice", v, "more"))
	act(w.CloseView("alice", v, false))
	act(w.OpenHome("alice"))
	act(w.ShareChannel("#support", true))
	act(w.ShareChannel("#support", false))
	act(w.ChangeChannelID("#billing", "C0MOVED"))
	waitFor(t, w, "all acks", func() bool { n := w.Counts(); return n.Acked == 14 && n.Waiting == 0 })
}

func TestTypedText(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{ShouldEscape: true, Events: []string{}})
	c := dial(t, w)
	for typed, want := range map[string]string{
		"domain:demodomain.com":        "domain:<http://demodomain.com|demodomain.com>",
		"*.demodomain.com":             "*.<http://demodomain.com|demodomain.com>",
		"see https://demodomain.com/x": "see <https://demodomain.com/x>",
		"https://a.com/?x=1&y=2.":      "<https://a.com/?x=1&amp;y=2>.",
		"email:a@demodomain.com,":      "email:<mailto:a@demodomain.com|a@demodomain.com>,",
		"db01.local 192.0.2.1 24.95":   "db01.local 192.0.2.1 24.95",
		"due:<30d amount:>100 A & B":   "due:&lt;30d amount:&gt;100 A &amp; B",
		"@alice @nobody @support-team": "<@U0ALICE> @nobody <!subteam^S0SUPPORT>",
		"#support #nowhere @channel":   "<#C0SUPPORT|support> #nowhere <!channel>",
		"münchen.de, bücher.example":   "<http://münchen.de|münchen.de>, bücher.example",
		"demodomain.com:8443/a":        "<http://demodomain.com:8443/a|demodomain.com:8443/a>",
	} {
		if _, err := w.Slash("alice", "#support", typed); err != nil {
			t.Fatal(err)
		}
		if got := payload(c.next())["text"]; got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", typed, got, want)
		}
	}
}
