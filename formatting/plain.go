package formatting

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/slack-go/slack"
)

// Plain renders a message for a terminal: the words of its blocks, tables in
// columns, and below them the lines that its buttons would ask.
func Plain(msg Message) string {
	return joined("\n\n", told(msg.Blocks), hints(msg.Blocks))
}

// told returns the words of blocks.
func told(blocks []slack.Block) string {
	var parts []string
	for _, block := range blocks {
		switch b := block.(type) {
		case *slack.HeaderBlock:
			parts = append(parts, words(b.Text))
		case *slack.SectionBlock:
			parts = append(parts, toldSection(b))
		case *slack.ContextBlock:
			parts = append(parts, toldContext(b))
		case *slack.RichTextBlock:
			parts = append(parts, toldRichText(b))
		case *slack.DataTableBlock:
			parts = append(parts, toldTable(b))
		case *slack.DataVisualizationBlock:
			parts = append(parts, toldChart(b))
		}
	}
	return joined("\n\n", parts...)
}

// joined joins those parts that are not empty.
func joined(sep string, parts ...string) string {
	var full []string
	for _, p := range parts {
		if p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, sep)
}

// toldSection returns the text, and the fields one a line.
func toldSection(b *slack.SectionBlock) string {
	var lines []string
	if b.Text != nil {
		lines = append(lines, words(b.Text))
	}
	for _, f := range b.Fields {
		label, value, _ := strings.Cut(words(f), "\n")
		lines = append(lines, label+": "+strings.ReplaceAll(value, "\n", "\n    "))
	}
	return strings.Join(lines, "\n")
}

func toldContext(b *slack.ContextBlock) string {
	var lines []string
	for _, e := range b.ContextElements.Elements {
		if t, ok := e.(*slack.TextBlockObject); ok {
			lines = append(lines, words(t))
		}
	}
	return strings.Join(lines, "\n")
}

func toldRichText(b *slack.RichTextBlock) string {
	var out strings.Builder
	for _, e := range b.Elements {
		if p, ok := e.(*slack.RichTextPreformatted); ok {
			for _, part := range p.Elements {
				if t, ok := part.(*slack.RichTextSectionTextElement); ok {
					out.WriteString(t.Text)
				}
			}
		}
	}
	return out.String()
}

// toldTable returns a table's title, and the table in columns as wide as their widest cell,
// numbers to the right.
func toldTable(b *slack.DataTableBlock) string {
	var widths []int
	for _, row := range b.Rows {
		for i, c := range row {
			text, _ := cellText(c)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], uniseg.StringWidth(text))
		}
	}
	lines := make([]string, len(b.Rows)+1)
	lines[0] = b.Caption
	for r, row := range b.Rows {
		var line strings.Builder
		for i, c := range row {
			text, number := cellText(c)
			gap := strings.Repeat(" ", widths[i]-uniseg.StringWidth(text))
			if number {
				line.WriteString(gap + text + "  ")
			} else {
				line.WriteString(text + gap + "  ")
			}
		}
		lines[r+1] = strings.TrimRight(line.String(), " ")
	}
	return strings.Join(lines, "\n")
}

// cellText returns what a cell shows and whether it is a number.
func cellText(c slack.DataTableCell) (text string, number bool) {
	switch c := c.(type) {
	case *slack.DataTableRawTextCell:
		return c.Text, false
	case *slack.DataTableRawNumberCell:
		return or(c.Text, strconv.FormatFloat(c.Value, 'f', -1, 64)), true
	}
	return "", false
}

// toldChart returns a pie's title and a line for each segment.
func toldChart(b *slack.DataVisualizationBlock) string {
	pie, ok := b.Chart.(*slack.DataVisualizationPieChart)
	if !ok {
		return b.Title
	}
	lines := []string{b.Title}
	for _, s := range pie.Segments {
		lines = append(lines, number(int(s.Value))+"  "+s.Label)
	}
	return strings.Join(lines, "\n")
}

// hints returns the lines that the buttons and the menu ask, but for those that only leave
// out a filter, and the addresses of links.
func hints(blocks []slack.Block) string {
	var lines []string
	for _, block := range blocks {
		row, ok := block.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, e := range row.Elements.ElementSet {
			switch e := e.(type) {
			case *slack.ButtonBlockElement:
				lines = append(lines, hint(e))
			case *slack.SelectBlockElement:
				for _, o := range e.Options {
					if action, line := Chosen(o.Value, ""); action == ActionAsk && !strings.HasPrefix(o.Value, verbWithout) {
						lines = append(lines, "  ["+o.Text.Text+"] "+line)
					}
				}
			}
		}
	}
	return joined("\n", lines...)
}

// hint returns a button's line, "" for a button that means nothing in a terminal.
func hint(b *slack.ButtonBlockElement) string {
	switch action := Action(b.ActionID); {
	case action == ActionLink:
		return "  [" + b.Text.Text + "] " + b.URL
	case action != ActionAsk:
		return ""
	case b.Text.Text == "Continue the search": // there is nothing but its position to go on by
		return "  [" + b.Text.Text + "] " + b.Value
	case b.Text.Text == b.Value:
		return "  " + b.Text.Text
	}
	return "  [" + b.Text.Text + "] " + oneLine(shown(b.Value))
}

// unescaper decodes what escaper encodes, takes unseen out, and makes spaces of those that
// do not break.
var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", unseen, "", "\u00a0", " ")

// words returns a text object as a terminal shows it.
func words(t *slack.TextBlockObject) string {
	if t.Type != slack.MarkdownType {
		return t.Text
	}
	s := unformatted(withoutSequences(t.Text))
	if strings.ContainsAny(s, "&\u00a0"+unseen) {
		s = unescaper.Replace(s)
	}
	return s
}

// withoutSequences replaces what Slack acts on, <target> or <target|label>, by what it
// shows of it. In our markup no other < stands.
func withoutSequences(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<")
		sequence, after, ended := strings.Cut(rest, ">")
		if !found || !ended {
			if b.Len() == 0 {
				return s
			}
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(before)
		target, label, _ := strings.Cut(sequence, "|")
		b.WriteString(cmp.Or(label, target))
		s = after
	}
}

// unformatted takes bold and inline code out of markup. The stars and backticks
// of data are known by what defuse put behind them, or stand within words.
func unformatted(s string) string {
	if !strings.ContainsAny(s, "*`") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	inCode, from := false, 0
	for i := range len(s) {
		switch {
		case s[i] != '*' && s[i] != '`', strings.HasPrefix(s[i+1:], unseen):
			continue
		case s[i] == '`':
			inCode = !inCode
		case inCode || withinWord(s, i):
			continue
		}
		b.WriteString(s[from:i])
		from = i + 1
	}
	b.WriteString(s[from:])
	return b.String()
}
