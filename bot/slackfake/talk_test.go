package slackfake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"servicesbot/bot/slackfake"
)

// parrot is a small bot: it repeats commands privately with a button, answers mentions in
// their thread, opens a form for shortcuts and repeats what was submitted.
func parrot(t *testing.T, w *slackfake.Workspace) {
	t.Helper()
	text := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", s, false, false) }
	connect(t, w, func(sm *socketmode.Client, e socketmode.Event) {
		ackAll(sm, e)
		var err error
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			err = slack.PostWebhook(data.ResponseURL, &slack.WebhookMessage{Text: "x", Blocks: &slack.Blocks{BlockSet: []slack.Block{
				slack.NewSectionBlock(text("you said "+data.Text), nil, nil),
				slack.NewActionBlock("b", slack.NewButtonBlockElement("again", "v", text("Again"))),
			}}})
		case slackevents.EventsAPIEvent:
			if mention, ok := data.InnerEvent.Data.(*slackevents.AppMentionEvent); ok {
				_, _, err = sm.PostMessage(mention.Channel, slack.MsgOptionText("heard "+mention.Text, false), slack.MsgOptionTS(mention.TimeStamp))
			}
		case slack.InteractionCallback:
			err = parrotClick(sm, data)
		}
		if err != nil {
			t.Errorf("%v: %v", e.Type, err)
		}
	})
}

func parrotClick(sm *socketmode.Client, i slack.InteractionCallback) error {
	switch i.Type {
	case slack.InteractionTypeBlockActions:
		return slack.PostWebhook(i.ResponseURL, &slack.WebhookMessage{Text: "clicked by " + i.User.Name, ReplaceOriginal: true})
	case slack.InteractionTypeShortcut:
		label := slack.NewTextBlockObject("plain_text", "Word", false, false)
		_, err := sm.OpenView(i.TriggerID, slack.ModalViewRequest{
			Type: slack.VTModal, Title: label, Submit: label,
			Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewInputBlock("word", label, nil, slack.NewPlainTextInputBlockElement(nil, "word"))}},
		})
		return err
	case slack.InteractionTypeViewSubmission:
		word := i.View.State.Values["word"]["word"].Value
		_, _, err := sm.PostMessage(slackfake.DM(i.User.ID), slack.MsgOptionText("word "+word, false))
		return err
	case slack.InteractionTypeMessageAction:
		_, err := sm.PostEphemeral(i.Channel.ID, i.User.ID, slack.MsgOptionText("looked at "+i.Message.Text, false))
		return err
	}
	return nil
}

const goodTalk = `
# a comment, and a channel: #support
alice in #support: /services one
alice sees private: you said one
  and: Again
  not: two
  button: Again
  no button: Next
bob sees nothing in #support: you said
alice sees 1 in #support: you said
alice clicks "Again" twice
alice sees private: clicked by alice
  not: you said
alice sees 0 in #support: you said

bob in #incident-42: @servicesbot two
alice sees public in thread: two
alice in thread: thanks
bob sees in thread: thanks
bob edits: @servicesbot three
alice sees public in thread: three

alice uses "Find services"
alice sees modal: Word
alice submits: Word = four
alice sees no modal
alice sees in dm: word four
alice looks at in #incident-42: thanks
alice uses "Find services here"
alice sees private: looked at thanks
#support is shared
#support is unshared
switch slack-slow on
switch slack-slow off
time passes: 1h
`

func TestPlay(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	parrot(t, w)
	lines := 0
	err := slackfake.Play(testContext(t), w, goodTalk, slackfake.PlayOptions{Name: "good.talk", Before: func(string) { lines++ }})
	if err != nil {
		t.Fatal(err)
	}
	if lines != 26 {
		t.Errorf("%d lines were played", lines)
	}
}

func TestPlayTellsWhatFailed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		script string
		want   []string
	}{
		"not a line":        {"alice dances", []string{`bad.talk:1: not a line of a script: "alice dances"`}},
		"nothing expected":  {"time passes: 1s\n  and: x", []string{"bad.talk:2: nothing is expected above"}},
		"not there":         {"alice in #support: /services one\nalice sees private: two", []string{"bad.talk:2: alice sees private: two: not seen", "you said one", `buttons: "Again"`}},
		"there after all":   {"alice in #support: /services one\nalice sees private: one\n  not: you said", []string{"bad.talk:2:", "not: you said"}},
		"private, not so":   {"alice in #support: /services one\nalice sees public: one", []string{"bad.talk:2:", "there was nothing"}},
		"no such button":    {"alice in #support: /services one\nalice sees private: one\nalice clicks \"Next\"", []string{"bad.talk:3:", `no such button; there are "Again"`}},
		"old news":          {"alice in #support: /services one\nalice sees private: one\nalice in #support: hello\nalice sees private: one", []string{"bad.talk:4:"}},
		"nothing, not so":   {"alice in #support: /services one\nalice sees private: one\nalice sees nothing in #support: one", []string{"bad.talk:3:", "it is there"}},
		"not so many":       {"alice in #support: /services one\nalice sees 2 in #support: one", []string{"bad.talk:2:", "1 messages show it"}},
		"not in there":      {"pat in #support: /services one", []string{"bad.talk:1:", "pat is not in #support"}},
		"nobody":            {"eve in #support: /services one", []string{"no user"}},
		"no switch":         {"switch off-world on", []string{"no switch"}},
		"no modal":          {"alice submits", []string{"alice sees no modal"}},
		"nothing to use":    {"alice uses \"Teleport\"", []string{"no such shortcut"}},
		"seen nothing":      {"alice clicks \"x\"", []string{"alice has seen nothing yet"}},
		"time is no number": {"time passes: soon", []string{"invalid duration"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, slackfake.Config{})
			parrot(t, w)
			err := slackfake.Play(testContext(t), w, tc.script, slackfake.PlayOptions{Name: "bad.talk", Patience: 500 * time.Millisecond})
			if err == nil {
				t.Fatal("played")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in\n%v", want, err)
				}
			}
		})
	}
}
