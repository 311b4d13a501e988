package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"servicesbot/whmcs/query"
)

const (
	lookUpText  = 20_000 // bytes of a message that are searched
	lookUpLines = 15     // questions offered
)

// What a message can hold that services are found by.
var (
	emailIn   = regexp.MustCompile(`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)
	ipIn      = regexp.MustCompile(`\b(?:\d{1,3}(?:\.\d{1,3}){3}\b|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]*[0-9A-Fa-f])`)
	hostIn    = regexp.MustCompile(`(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.)+\p{L}[\p{L}\p{N}-]{0,61}[\p{L}\p{N}]`)
	serviceIn = regexp.MustCompile(`(?i)\bservice\s*(?:id|number|no\.?)?\s*[:#]?\s*(\d{1,9})\b`)
	clientIn  = regexp.MustCompile(`(?i)\b(?:client|customer|account)\s*(?:id|number|no\.?)?\s*[:#]?\s*(\d{1,9})\b`)
)

// A found is a question that a message gives rise to, and where in it.
type found struct {
	at   int
	line string
}

// lookUp returns the questions that a message gives rise to, in the order in which
// their words stand in it, each once.
func lookUp(text string) []string {
	text = typed(text[:min(len(text), lookUpText)], "")
	var all []found
	for _, m := range emailIn.FindAllStringIndex(text, -1) {
		all = append(all, found{m[0], "email:" + text[m[0]:m[1]]})
		text = text[:m[0]] + strings.Repeat(" ", m[1]-m[0]) + text[m[1]:] // its host is no domain to look up
	}
	for _, m := range ipIn.FindAllStringIndex(text, -1) {
		if ip := text[m[0]:m[1]]; isAddress(ip) {
			all = append(all, found{m[0], "ip:" + strings.ToLower(ip)})
		}
	}
	for _, m := range hostIn.FindAllStringIndex(text, -1) {
		all = append(all, found{m[0], "domain:" + strings.ToLower(text[m[0]:m[1]])})
	}
	for _, m := range serviceIn.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, found{m[0], "service:" + text[m[2]:m[3]]})
	}
	for _, m := range clientIn.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, found{m[0], "client:" + text[m[2]:m[3]]})
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.at, b.at) })
	return questions(all)
}

// isAddress reports whether text is an IP address. One without a digit is more likely
// a name of a program's, such as a::b.
func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil && strings.ContainsAny(text, "0123456789")
}

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

// questions makes canonical lines, each once, of those that parse.
func questions(all []found) []string {
	var lines []string
	for _, f := range all {
		q, err := query.Parse(f.line)
		if line := q.String(); err == nil && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// lookUpHere offers what a message holds, to whoever used the message shortcut on it.
func (b *Bot) lookUpHere(ctx context.Context, req *Request, rec *record) {
	lines := slices.DeleteFunc(lookUp(req.Text), b.leadsHome)
	rec.outcome, rec.rows = "looked_up", len(lines)
	b.tell(ctx, req, rec, b.answers.Style.Found(lines[:min(len(lines), lookUpLines)], len(lines), b.answers.view(req)))
}

// leadsHome reports whether a line asks for the host of WHMCS itself, which stands
// in the links of the bot's own answers.
func (b *Bot) leadsHome(line string) bool {
	u, err := url.Parse(b.answers.Style.AdminURL)
	return err == nil && u.Hostname() != "" && line == "domain:"+u.Hostname()
}
