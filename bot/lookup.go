package bot

import (
	"cmp"
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

const (
	lookUpText  = 20_000 // bytes of a message that are searched
	lookUpLines = 15     // questions offered
)

// What a message can hold that services are found by.
var (
	emailIn   = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	ipIn      = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	hostIn    = regexp.MustCompile(`(?i)\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\b`)
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
		if _, err := netip.ParseAddr(text[m[0]:m[1]]); err == nil {
			all = append(all, found{m[0], "ip:" + text[m[0]:m[1]]})
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

// questions makes canonical lines, each once, of those that parse.
func questions(all []found) []string {
	var lines []string
	for _, f := range all {
		q, err := query.Parse(f.line)
		if line := q.String(); err == nil && !slices.Contains(lines, line) && len(lines) < lookUpLines {
			lines = append(lines, line)
		}
	}
	return lines
}

// offer what a message holds, to who used the message shortcut on it.
func (b *Bot) lookUpHere(ctx context.Context, req *Request, rec *record) {
	o := b.answers.options(req, Showing{})
	if err := b.access.Allow(ctx, req); err != nil {
		ans := denied(err, o)
		rec.note(ans)
		b.say(ctx, req, rec, ans.Message)
		return
	}
	lines := lookUp(req.Text)
	rec.outcome, rec.rows = "looked_up", len(lines)
	b.say(ctx, req, rec, formatting.Found(lines, o))
}
