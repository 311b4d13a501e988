package bot

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// typed turns what Slack sends for a typed line into the text that was meant: it takes out
// the bot's own mention, unwraps links, decodes entities once, and straightens what
// keyboards curl. It is done once, before parsing. Text with Slack's markup and text without
// are both read: whether a slash command's text has it is a setting of the app, should_escape.
func typed(text, botUser string) string {
	text = unwrap(text, botUser)
	text = entities.Replace(text)
	text = straight(text)
	return strings.Join(strings.Fields(text), " ")
}

// markup is Slack's <...>: a mention, a link with a scheme, or anything with a
// label. It is this narrow because a slash command sends text as typed, where
// "due:<30d amount:>100" holds no markup.
var markup = regexp.MustCompile(`<(?:[@#!][^<>\s]*|[A-Za-z][A-Za-z0-9+.-]*:[^<>\s|]+(?:\|[^<>]*)?|[^<>\s|]+\|[^<>]*)>`)

// entities are the only three that Slack encodes; one pass decodes each once.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// unwrap replaces Slack's markup by the text that was typed.
func unwrap(text, botUser string) string {
	return markup.ReplaceAllStringFunc(text, func(m string) string {
		target, label, labelled := strings.Cut(m[1:len(m)-1], "|")
		switch {
		case botUser != "" && (target == "@"+botUser):
			return " "
		case strings.ContainsRune("@#!", rune(target[0])):
			return m // no value of the language: the parser hints
		case labelled && sameLink(target, label):
			return label
		default:
			return strings.TrimPrefix(target, "mailto:")
		}
	})
}

// sameLink reports whether label is only the short form of the URL that Slack made
// of it. Any other label was chosen by somebody and is not believed.
func sameLink(target, label string) bool {
	short := strings.TrimSuffix(label, "/")
	full := strings.TrimSuffix(target, "/")
	for _, scheme := range []string{"", "http://", "https://", "mailto:", "tel:"} {
		if strings.EqualFold(full, scheme+short) {
			return true
		}
	}
	return false
}

// straight replaces curly quotes, odd spaces and dashes by the plain ones, and
// drops what cannot be seen. A dash is made a hyphen only where a word begins,
// where it excludes ("–status:active"); elsewhere it may belong to a name.
func straight(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	wordStart := true
	for _, r := range text {
		switch {
		case strings.ContainsRune("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", r):
			continue
		case unicode.IsSpace(r) || unicode.IsControl(r):
			r = ' '
		case strings.ContainsRune("\u201c\u201d\u201e\u201f\u00ab\u00bb", r):
			r = '"'
		case strings.ContainsRune("\u2018\u2019", r):
			r = '\''
		case wordStart && strings.ContainsRune("\u2010\u2011\u2012\u2013\u2014\u2212", r):
			r = '-'
		}
		b.WriteRune(r)
		wordStart = r == ' ' || r == '('
	}
	return b.String()
}

// blocksMost is how much is read of a message's blocks, in bytes.
const blocksMost = 12_000

// textOfBlocks returns the text of a message whose words Slack sends only in its blocks.
func textOfBlocks(raw json.RawMessage) string {
	var blocks []any
	if len(raw) == 0 || json.Unmarshal(raw, &blocks) != nil {
		return ""
	}
	var b strings.Builder
	for _, block := range blocks {
		writeTyped(block, &b)
	}
	return strings.TrimSpace(b.String())
}

// encode is the reverse of entities.
var encode = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// writeTyped writes one block, or an element of one.
func writeTyped(v any, b *strings.Builder) {
	o, _ := v.(map[string]any)
	str := func(key string) string { s, _ := o[key].(string); return s }
	if b.Len() > blocksMost {
		return
	}
	switch kind := str("type"); kind {
	case "text", "plain_text":
		b.WriteString(encode.Replace(str("text")))
	case "mrkdwn", "markdown":
		b.WriteString(str("text"))
	case "link":
		b.WriteString("<" + str("url"))
		if text := str("text"); text != "" {
			b.WriteString("|" + encode.Replace(text))
		}
		b.WriteString(">")
	case "user":
		b.WriteString("<@" + str("user_id") + ">")
	case "channel":
		b.WriteString("<#" + str("channel_id") + ">")
	case "usergroup":
		b.WriteString("<!subteam^" + str("usergroup_id") + ">")
	case "broadcast":
		b.WriteString("<!" + str("range") + ">")
	case "section", "header", "context", "rich_text", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted":
		writeTyped(o["text"], b)
		for _, key := range []string{"fields", "elements"} {
			all, _ := o[key].([]any)
			for _, child := range all {
				writeTyped(child, b)
			}
		}
		b.WriteString("\n")
	}
}
