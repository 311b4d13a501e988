package bot_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/formatting"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// TestTalk plays every conversation of testdata/talk against the bot, as the demo
// does, and then holds what is true of every message that the bot sends.
func TestTalk(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("../testdata/talk/*.talk")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".talk"), func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			set, whmcs := likeTheDemo, &holding{}
			if filepath.Base(path) == "warm.talk" {
				set = func(s *setup) {
					likeTheDemo(s)
					warmAtOnce(whmcs)(s)
				}
			}
			r := newRoad(t, set)
			r.addSwitches()
			r.slack.AddSwitch(slackfake.Switch{Name: "whmcs-waits", Group: "WHMCS", Set: whmcs.hold})
			r.slack.AddSwitch(slackfake.Switch{Name: "bot-restarts", Group: "WHMCS", Set: func(bool) { r.restart(setupOf(set)) }})
			err = slackfake.Play(t.Context(), r.slack, string(script), slackfake.PlayOptions{Name: filepath.Base(path), Patience: patience})
			if err != nil {
				t.Fatal(err)
			}
			r.holdsOfAllMessages()
		})
	}
}

// TestTalkOfReplicas plays the conversations that need a store, with two replicas.
func TestTalkOfReplicas(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("../testdata/talk/replicas/*.talk")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".talk"), func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, all := newReplicas(t, 2, likeTheDemo)
			err = slackfake.Play(t.Context(), all[0].slack, string(script), slackfake.PlayOptions{Name: filepath.Base(path), Patience: patience})
			if err != nil {
				t.Fatal(err)
			}
			all[0].holdsOfAllMessages()
		})
	}
}

// likeTheDemo sets a road up as the demo is: the group Support may ask.
func likeTheDemo(s *setup) {
	s.bot.Allow, s.bot.Contact = bot.Allow{Groups: []string{slackfake.SupportTeam}}, slackfake.Bob
	s.style.Currency = "EUR"
}

// addSwitches adds the demo's switches of WHMCS.
func (r *road) addSwitches() {
	r.slack.AddSwitch(slackfake.Switch{Name: "whmcs-class-not-found", Group: "WHMCS", Set: func(on bool) {
		err := r.whmcs.Clear("error")
		if on {
			err = r.whmcs.Set(whmcsfake.Fault{Name: "error", Text: `Class "X" not found`})
		}
		if err != nil {
			r.t.Error(err)
		}
	}})
	for _, name := range []string{"slow", "down", "invalid-ip", "maintenance", "rate-limited", "truncated", "trace", "bot-protection", "malformed", "counts-more"} {
		r.slack.AddSwitch(slackfake.Switch{Name: "whmcs-" + name, Group: "WHMCS", Set: func(on bool) {
			if err := r.whmcs.Clear(name); err != nil && !on {
				r.t.Error(err)
			}
			if !on {
				return
			}
			if err := r.whmcs.Set(whmcsfake.Fault{Name: name}); err != nil {
				r.t.Error(err)
			}
		}})
	}
	r.slack.AddSwitch(slackfake.Switch{Name: "whmcs-suspends", Group: "WHMCS", Set: func(on bool) {
		if on {
			r.whmcs.Suspend("saturn", 4)
		} else {
			r.whmcs.Suspend("saturn", 0)
		}
	}})
	r.slack.AddSwitch(slackfake.Switch{Name: "whmcs-big", Group: "WHMCS", Set: func(on bool) {
		if on {
			r.whmcs.Resize(20_000)
		} else {
			r.whmcs.Resize(whmcsfake.DefaultServices)
		}
	}})
}

// holdsOfAllMessages holds that nothing that the bot sent comes alive or is
// previewed, that it can be read aloud, and that its buttons stand for something;
// and that Slack complained to nobody.
func (r *road) holdsOfAllMessages() {
	r.t.Helper()
	r.waits("acknowledgements", func() bool { return r.slack.Counts().Waiting == 0 })
	for _, n := range r.slack.Notices("") {
		r.t.Errorf("Slack says to %s: %s", n.User, n.Text)
	}
	if log := r.log.String(); strings.Contains(log, "msg=panic") || strings.Contains(log, "recovered from a panic") {
		r.t.Error("the bot panicked")
	}
	for _, user := range everybody {
		for _, channel := range append([]string{slackfake.DM(user), "#billing"}, places[:4]...) {
			for _, m := range r.answers(user, channel) {
				r.keepsQuiet(m)
				r.buttonsStand(m)
			}
		}
	}
}

// keepsQuiet holds that a message unfurls nothing, links nothing by itself and has a
// text. A file's message has neither of them: it says nothing.
func (r *road) keepsQuiet(m slackfake.Message) {
	r.t.Helper()
	if len(m.Files) > 0 || m.Via == "ack" {
		return
	}
	off := func(flag *bool) bool { return flag != nil && !*flag }
	if !off(m.UnfurlLinks) || !off(m.UnfurlMedia) || m.Parse != "none" || m.LinkNames || m.NoText {
		r.t.Errorf("a message via %s may come alive (unfurl %v, %v, parse %q, link_names %v, no text %v):\n%s",
			m.Via, m.UnfurlLinks, m.UnfurlMedia, m.Parse, m.LinkNames, m.NoText, m.PlainText())
	}
}

// buttonsStand holds that every button of a message stands for a question that can
// be asked, in its canonical form.
func (r *road) buttonsStand(m slackfake.Message) {
	r.t.Helper()
	for _, b := range buttonsOf(r.t, m.Blocks) {
		for _, o := range b.Options {
			if action, line := formatting.Chosen(o.Value, ""); action == "" {
				r.t.Errorf("the option %q stands for nothing, with the line %q", o.Value, line)
			}
		}
		switch formatting.Action(b.ActionID) {
		case formatting.ActionAsk, formatting.ActionShare, formatting.ActionRefresh, formatting.ActionDetails:
			if q, err := query.Parse(b.Value); err != nil || q.String() != b.Value {
				r.t.Errorf("button %s stands for %q: %v", b.ActionID, b.Value, err)
			}
		case formatting.ActionForm, formatting.ActionLink:
		default:
			if b.Value == "" && len(b.Options) == 0 {
				r.t.Errorf("button %s stands for nothing", b.ActionID)
			}
		}
	}
}

type scriptButton struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
	Options  []struct {
		Value string `json:"value"`
	} `json:"options"`
}

// buttonsOf returns the buttons and menus of blocks: in rows and beside paragraphs.
func buttonsOf(t *testing.T, blocks json.RawMessage) []scriptButton {
	t.Helper()
	if blocks == nil {
		return nil
	}
	var all []struct {
		Type      string          `json:"type"`
		Accessory scriptButton    `json:"accessory"`
		Elements  json.RawMessage `json:"elements"`
	}
	if err := json.Unmarshal(blocks, &all); err != nil {
		t.Fatal(err)
	}
	var buttons []scriptButton
	for _, b := range all {
		if b.Accessory.Type == "button" {
			buttons = append(buttons, b.Accessory)
		}
		var row []scriptButton
		if b.Type == "actions" && json.Unmarshal(b.Elements, &row) == nil {
			buttons = append(buttons, row...)
		}
	}
	return buttons
}
