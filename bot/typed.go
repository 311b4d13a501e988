package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// typed turns what Slack sends for a typed line into the text that was meant: it
// takes out the bot's own mention, unwraps links, decodes entities once, and
// makes straight what keyboards curl. It is done once, before parsing; both
// shapes of text are taken, with Slack's markup and without, because the slash
// command's should_escape setting is not ours to know.
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
