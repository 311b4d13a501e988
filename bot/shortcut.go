package bot

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"servicesbot/whmcs/query"
)

const (
	lookUpText  = 20_000 // bytes of a message that are searched
	lookUpLines = 15     // questions offered
)

// textIn returns what can be read in blocks or attachments, whoever made them: apps
// often say more there than in a message's text. Buttons and menus are left out.
func textIn(raw json.RawMessage) string {
	var tree any
	if len(raw) == 0 || json.Unmarshal(raw, &tree) != nil {
		return ""
	}
	var b strings.Builder
	readTexts(tree, &b)
	return b.String()
}

// readable are the keys of blocks and attachments whose strings people read.
var readable = []string{"text", "url", "title", "title_link", "pretext", "value", "fallback", "alt_text"}

// readTexts writes the strings of a tree of JSON that people read, each on a line.
func readTexts(v any, b *strings.Builder) {
	switch v := v.(type) {
	case []any:
		for _, child := range v {
			readTexts(child, b)
		}
	case map[string]any:
		switch v["type"] {
		case "actions", "button", "overflow", "input":
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if s, ok := v[key].(string); ok && slices.Contains(readable, key) && b.Len() < lookUpText {
				b.WriteString(s + "\n")
			}
			readTexts(v[key], b)
		}
	}
}

// lookUpHere offers what a message holds, to whoever used the message shortcut on it. Where
// that is one thing, it is answered.
func (b *Bot) lookUpHere(ctx context.Context, a *ask, rec *record) {
	lines := slices.DeleteFunc(b.answers.Finder.Mentioned(typed(a.Text, "")), b.leadsHome)
	if len(lines) == 1 {
		a.deed, a.reading = deedAsk, query.Written(lines[0])
		a.query = a.reading.Query
		b.answer(ctx, a, rec)
		return
	}
	rec.outcome, rec.rows = outcomeLookedUp, len(lines)
	b.tell(ctx, a.Request, rec, b.answers.Style.Found(lines[:min(len(lines), lookUpLines)], len(lines), b.answers.view(a.Request)))
}

// leadsHome reports whether a line asks for the host of WHMCS itself, which stands
// in the links of the bot's own answers.
func (b *Bot) leadsHome(line string) bool {
	u, err := url.Parse(b.answers.Style.AdminURL)
	return err == nil && u.Hostname() != "" && line == "domain:"+u.Hostname()
}
