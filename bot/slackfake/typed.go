package slackfake

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// A message that a person types reaches an app in Slack's form: links, addresses and
// mentions are wrapped in angle brackets and &, <, > are entities; beside the text there is
// one rich_text block with the same in parts.

// typedText is a typed line in Slack's form.
type typedText struct {
	text  string
	parts []object // of the rich_text section
}

// linkable finds what Slack's server wraps. The order counts: an address before a domain.
var linkable = regexp.MustCompile(
	`https?://[^\s<>|]+` +
		`|[\pL\pN._%+-]+@(?:[\pL\pN-]+\.)+\pL{2,24}` +
		`|(?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+\pL{2,24}(?::\d{2,5})?(?:/[^\s<>|]*)?` +
		`|@[\pL\pN][\pL\pN._-]*` +
		`|#[\pL\pN][\pL\pN_-]*`)

// unlinked are last labels that are no public top-level domain.
var unlinked = []string{"local", "lan", "internal", "test", "example", "invalid", "localhost", "home", "corp", "txt", "csv", "json", "yaml", "log", "php", "html"}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// typed converts what a person types.
func (w *Workspace) typed(s string) typedText {
	var t typedText
	rest := s
	for {
		at := linkable.FindStringIndex(rest)
		if at == nil {
			t.plain(rest)
			return t
		}
		match := strings.TrimRight(rest[at[0]:at[1]], ".,;:!?'\")*_~")
		text, part := w.wrap(match)
		if part == nil {
			t.plain(rest[:at[0]+len(match)])
		} else {
			t.plain(rest[:at[0]])
			t.text += text
			t.parts = append(t.parts, part)
		}
		rest = rest[at[0]+len(match):]
	}
}

// plain adds literal text.
func (t *typedText) plain(s string) {
	if s == "" {
		return
	}
	t.text += escaper.Replace(s)
	if n := len(t.parts); n > 0 && t.parts[n-1]["type"] == "text" {
		t.parts[n-1]["text"] = str(t.parts[n-1]["text"]) + s
		return
	}
	t.parts = append(t.parts, object{"type": "text", "text": s})
}

// wrap turns a match into Slack's form; a nil part says that it stays text.
func (w *Workspace) wrap(s string) (text string, part object) {
	switch {
	case s == "":
		return "", nil
	case strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "https://"):
		return "<" + escaper.Replace(s) + ">", object{"type": "link", "url": s}
	case s[0] == '@':
		return w.wrapName(s[1:])
	case s[0] == '#':
		if c := w.channelNamed(s); c != nil {
			return "<#" + c.ID + "|" + c.Name + ">", object{"type": "channel", "channel_id": c.ID}
		}
		return "", nil
	case strings.Contains(s, "@"):
		return "<mailto:" + s + "|" + s + ">", object{"type": "link", "url": "mailto:" + s, "text": s}
	}
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, ":")
	if slices.Contains(unlinked, strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])) {
		return "", nil
	}
	return "<http://" + escaper.Replace(s) + "|" + escaper.Replace(s) + ">", object{"type": "link", "url": "http://" + s, "text": s}
}

// wrapName turns @name into a mention of a person, a group or everybody.
func (w *Workspace) wrapName(name string) (string, object) {
	switch name {
	case "here", "channel", "everyone":
		return "<!" + name + ">", object{"type": "broadcast", "range": name}
	}
	if u, err := w.user(name); err == nil {
		return "<@" + u.ID + ">", object{"type": "user", "user_id": u.ID}
	}
	for _, g := range w.groups {
		if g.Handle == name {
			return "<!subteam^" + g.ID + ">", object{"type": "usergroup", "usergroup_id": g.ID}
		}
	}
	return "", nil
}

// blocks is the typed line as the rich_text block that Slack puts beside it.
func (t typedText) blocks(w *Workspace) json.RawMessage {
	if len(t.parts) == 0 {
		return nil
	}
	return encode([]object{{
		"type": "rich_text", "block_id": w.id("b"),
		"elements": []object{{"type": "rich_text_section", "elements": t.parts}},
	}})
}

func splitList(s string) []string {
	var all []string
	for _, item := range strings.Split(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
		}
	}
	return all
}
