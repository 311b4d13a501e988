package formatting

import (
	"regexp"
	"strings"

	"github.com/slack-go/slack"
)

// Plain renders a message for a terminal.
func Plain(msg Message) string {
	var lines []string
	for _, block := range msg.Blocks {
		switch b := block.(type) {
		case *slack.SectionBlock:
			if b.Text != nil {
				lines = append(lines, words(b.Text))
			}
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				if t, ok := e.(*slack.TextBlockObject); ok {
					lines = append(lines, words(t))
				}
			}
		}
	}
	return strings.Join(lines, "\n\n")
}

// active matches a sequence that Slack acts on; its label is the second group.
var active = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// unescaper decodes what escaper encodes.
var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", unseen, "")

// words returns a text object as a terminal shows it.
func words(t *slack.TextBlockObject) string {
	if t.Type != slack.MarkdownType {
		return t.Text
	}
	s := active.ReplaceAllString(t.Text, "$2")
	return unescaper.Replace(s)
}
