package formatting

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// sound fails the test unless msg keeps to Slack's limits and to our own rules.
func sound(t testing.TB, name string, msg Message) {
	t.Helper()
	if err := Check(msg); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if found := alive(msg.Text); found != "" || strings.Contains(msg.Text, "<") {
		t.Errorf("%s: the text holds what Slack acts on: %s\n%s", name, found, msg.Text)
	}
	soundBlocks(t, name, msg.Blocks)
}

// soundModal and soundHome are sound for views.
func soundModal(t testing.TB, name string, view slack.ModalViewRequest) {
	t.Helper()
	if err := CheckView(view); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	soundBlocks(t, name, view.Blocks.BlockSet)
}

func soundHome(t testing.TB, name string, view slack.HomeTabViewRequest) {
	t.Helper()
	if err := CheckView(view); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	soundBlocks(t, name, view.Blocks.BlockSet)
}

// soundBlocks checks every text object and every button in the JSON of blocks.
func soundBlocks(t testing.TB, name string, blocks []slack.Block) {
	t.Helper()
	raw, err := json.Marshal(blocks)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	visit(tree, func(o map[string]any) {
		text, _ := o["text"].(string)
		switch o["type"] {
		case "mrkdwn":
			if o["verbatim"] != true {
				t.Errorf("%s: not verbatim: %q", name, text)
			}
			if found := alive(text); found != "" {
				t.Errorf("%s: Slack would act on %s in %q", name, found, text)
			}
		case "plain_text":
			if o["emoji"] != false {
				t.Errorf("%s: plain_text with emoji: %q", name, text)
			}
			unseenIn(t, name, text)
		case "raw_text", "text":
			unseenIn(t, name, text)
		case "button":
			if err := stands(o); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case "static_select":
			for _, option := range object(o).list("options") {
				if err := chosenStands(option.text("value"), ""); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}

// unseenIn fails the test where literal text holds characters that are not seen.
func unseenIn(t testing.TB, name, text string) {
	t.Helper()
	for _, r := range text {
		if hidden(r) && r != '\n' && r != '\u200c' && r != '\u200d' {
			t.Errorf("%s: %q holds %U", name, text, r)
		}
	}
}

// visit calls f with every object in a tree of JSON.
func visit(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(v)
		for _, child := range v {
			visit(child, f)
		}
	case []any:
		for _, child := range v {
			visit(child, f)
		}
	}
}

var (
	// allowed are the only sequences that Slack may act on: our date, a link into
	// the samples' admin area, whatever it reads, and the mention of who shared.
	allowed = regexp.MustCompile(`^<(!date\^-?[0-9]+\^\{date_short_pretty\} \{time\}\|-?[0-9]{4,}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC` +
		`|https://billing\.example\.com/admin/clientsservices\.php\?userid=-?[0-9]+&amp;id=-?[0-9]+\|[^<>|\n]+` +
		`|https://billing\.example\.com/admin/clientssummary\.php\?userid=-?[0-9]+\|[^<>|\n]+` +
		`|@U0ALICE)>`)
	entity   = regexp.MustCompile(`^&(amp|lt|gt);`)
	codeSpan = regexp.MustCompile("`[^`\n]*`")
	picture  = regexp.MustCompile(`:[a-zA-Z0-9_+'-]+:`)
)

// alive returns the first thing in mrkdwn that Slack would act on though we did
// not put it there, "" where there is none. It reads the text by Slack's rules:
// whatever is between < and > is a command, an entity is the only other use
// of &, :name: is a picture outside of code, and three backticks open a block.
func alive(text string) string {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '<':
			seq := allowed.FindString(text[i:])
			if seq == "" {
				return text[i:min(len(text), i+40)]
			}
			i += len(seq) - 1
		case '>':
			return "a stray >"
		case '&':
			if !entity.MatchString(text[i:]) {
				return "a bare &"
			}
		}
	}
	if strings.Contains(text, "```") {
		return "a code fence"
	}
	outside := codeSpan.ReplaceAllString(allowedOut(text), "")
	return picture.FindString(outside)
}

// allowedOut takes our own sequences out of text: their times hold colons.
func allowedOut(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '<' {
			i += len(allowed.FindString(text[i:]))
		}
		if i < len(text) {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// chosenStands reports whether a choice stands for an action on a line that can be asked.
func chosenStands(value, line string) error {
	action, next := Chosen(value, line)
	q, err := query.Parse(next)
	if action == "" || err != nil || q.InChannel || q.Fresh {
		return fmt.Errorf("the choice %q stands for %q of %q: %v", value, action, next, err)
	}
	return nil
}

// stands reports whether a button's value is what its action takes.
func stands(button map[string]any) error {
	id, _ := button["action_id"].(string)
	value, _ := button["value"].(string)
	url, _ := button["url"].(string)
	switch Action(id) {
	case ActionChoose:
		return chosenStands(value, "client:1 status:active -product:backup")
	case ActionAsk, ActionShare, ActionRefresh, ActionDetails, ActionMore:
		q, err := query.Parse(value)
		if err != nil || value == "" {
			return fmt.Errorf("%s: %q is no line: %v", id, value, err)
		}
		if q.InChannel || q.Fresh {
			return fmt.Errorf("%s: %q lasts for one request only", id, value)
		}
		if q.String() != value {
			return fmt.Errorf("%s: %q is not canonical: %q", id, value, q.String())
		}
	case ActionForm, ActionPin, ActionUnpin:
		if _, err := query.Parse(value); err != nil {
			return fmt.Errorf("%s: %q is no line: %v", id, value, err)
		}
	case ActionLink:
		if !strings.HasPrefix(url, "https://") {
			return fmt.Errorf("%s: %q", id, url)
		}
	case ActionFields:
	case ActionStop, ActionRemove, ActionAccess:
		if value == "" {
			return fmt.Errorf("%s has no value", id)
		}
	default:
		return fmt.Errorf("%q is no action", id)
	}
	return nil
}
