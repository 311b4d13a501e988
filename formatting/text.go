package formatting

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// A markup is mrkdwn that is safe to send: everything in it that Slack would act
// on was put there by this file. Text from WHMCS or from a user becomes markup by
// literal, code or link and by nothing else.
type markup string

const (
	ellipsis = "…" // ends a text that was cut
	dash     = "–" // stands for nothing where Slack wants something
)

// What is between the parts of a line. A dot goes with the part behind it, so that none
// is left at the end of a line.
const (
	dot markup = " ·\u00a0"
	gap markup = "   "
)

// unseen breaks up what Slack would otherwise read as an emoji or as formatting.
// It has no width, and the bot drops it from lines that are pasted back.
const unseen = "\u200b"

// escaper encodes the three characters that Slack decodes in mrkdwn, in one pass.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// literal returns s as markup that reads as s: no link, mention, emoji or
// formatting in it comes alive, and it stays on one line.
func literal(s string) markup {
	s = defuse(oneLine(s))
	return markup(escaper.Replace(s))
}

// code returns s as inline code of at most limit units, to be copied: spaces in a
// row stay. A backtick would end the code, so such a text is shown without it.
func code(s string, limit int) markup {
	s = cut(strings.TrimSpace(visible(s)), limit-2, escapedUnits)
	if s == "" || strings.Contains(s, "`") {
		return literal(s)
	}
	return "`" + markup(escaper.Replace(s)) + "`"
}

// bold returns m in bold, or nothing for nothing.
func bold(m markup) markup {
	if m == "" {
		return ""
	}
	return "*" + markup(strings.TrimPrefix(string(m), unseen)) + "*"
}

// link returns a link that reads label, or only the label where target is no
// https address.
func link(target, label string) markup {
	target, ok := safeURL(target)
	if !ok {
		return literal(label)
	}
	return "<" + markup(escaper.Replace(target)) + "|" + literal(strings.ReplaceAll(label, "|", "/")) + ">"
}

// date returns a moment that Slack shows in the reader's own time zone.
func date(t time.Time) markup {
	if t.IsZero() {
		return "an unknown time"
	}
	return markup("<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{date_short_pretty} {time}|" +
		t.UTC().Format(plainTime) + ">")
}

// clock returns a time of day that Slack shows in the reader's own time zone.
func clock(t time.Time) markup {
	return markup("<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{time}|" + t.UTC().Format("15:04 UTC") + ">")
}

// plainTime is how a moment reads where Slack is not there to show it.
const plainTime = "2006-01-02 15:04 UTC"

// userID matches what Slack uses as a user's id.
var userID = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)

// mention names a user so that Slack shows the name. Anything that is no user id
// is shown as text.
func mention(id string) markup {
	if !userID.MatchString(id) {
		return literal(id)
	}
	return markup("<@" + id + ">")
}

// join puts sep between those parts that are not empty.
func join(sep markup, parts ...markup) markup {
	var b strings.Builder
	for _, part := range parts {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(string(sep))
		}
		b.WriteString(string(part))
	}
	return markup(b.String())
}

// safeURL returns target as Slack may get it: https, with a host, without the
// characters that would end a link early.
func safeURL(target string) (string, bool) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", false
	}
	return urlBreaker.Replace(u.String()), true
}

// urlBreaker encodes what would end a link or forge its label.
var urlBreaker = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", "`", "%60", `"`, "%22")

// oneLine removes from s what is not seen or turns the text around it, and makes
// one space of line ends and of odd spaces.
func oneLine(s string) string {
	if printable(s) && !strings.Contains(s, "  ") && s == strings.TrimSpace(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(visible(s), unicode.IsSpace), " ")
}

// visible removes control, bidirectional and zero-width characters from s; line
// ends and tabs become spaces. Joiners stay between characters that need them, in
// emoji and in Persian, for instance.
func visible(s string) string {
	if printable(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	last := rune(0)
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r > ' ' && r <= '~':
			b.WriteByte(byte(r))
		case unicode.IsSpace(r):
			r = ' '
			b.WriteByte(' ')
		case r == '\u200c' || r == '\u200d':
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if last < 0x600 || next < 0x600 || next == utf8.RuneError || unicode.IsSpace(next) || hidden(next) {
				continue
			}
			b.WriteRune(r)
		case hidden(r):
			continue
		default:
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// printable reports whether s is ASCII without controls, as most text is.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// hidden reports whether r is not to be seen: controls, formats (bidirectional
// marks, zero-width characters, tags), fillers, private use and non-characters.
func hidden(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || r&0xfffe == 0xfffe
}

// defuse breaks up emoji names, formatting characters where they could start or
// end formatting, and a quote's sign at the start. Names like demo_user stay as
// they are, so that they can be copied.
func defuse(s string) string {
	if strings.HasPrefix(s, ">") {
		s = unseen + s
	}
	if !strings.ContainsAny(s, ":*_~`") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	from := 0
	for i := range len(s) {
		switch s[i] {
		case ':':
			if !startsEmoji(s[i+1:]) {
				continue
			}
		case '*', '_', '~':
			if withinWord(s, i) {
				continue
			}
		case '`':
		default:
			continue
		}
		b.WriteString(s[from:i+1] + unseen)
		from = i + 1
	}
	b.WriteString(s[from:])
	return b.String()
}

// startsEmoji reports whether what follows a colon is a name and another colon.
func startsEmoji(after string) bool {
	for i, r := range after {
		if r == ':' {
			return i > 0
		}
		if !wordly(r) && !strings.ContainsRune("_+'-", r) {
			return false
		}
	}
	return false
}

// withinWord reports whether the byte at i, a sign of formatting, is between two
// letters or digits.
func withinWord(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return wordly(before) && wordly(after)
}

// wordly reports whether r is a letter or a digit.
func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// units counts s in UTF-16 units, the strictest reading of Slack's "characters".
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// escapedUnits bounds what s takes as markup: its characters escaped, and those
// that defuse may break up with one more unit.
func escapedUnits(s string) int {
	n := units(s)
	for i := range len(s) {
		switch s[i] {
		case '&':
			n += len("&amp;") - 1
		case '<':
			n += len("&lt;") - 1
		case '>':
			n += len("&gt;")
		case ':', '*', '_', '~', '`', '@':
			n++
		}
	}
	return n
}

// cut shortens s to limit units, counted by cost, between graphemes, and ends it
// with an ellipsis.
func cut(s string, limit int, cost func(string) int) string {
	if cost(s) <= limit {
		return s
	}
	used, end := cost(ellipsis), 0
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		used += cost(g.Str())
		if used > limit {
			break
		}
		_, end = g.Positions()
	}
	if limit < cost(ellipsis) {
		return ""
	}
	return strings.TrimRight(s[:end], " ") + ellipsis
}

// short returns s as markup of one line and of at most limit units.
func short(s string, limit int) markup { return literal(cut(oneLine(s), limit, escapedUnits)) }

// paragraph returns s as markup of at most limit units that keeps its lines.
func paragraph(s string, limit int) markup {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(visible(lines[i]), " ")
	}
	lines = strings.Split(cut(strings.Join(lines, "\n"), limit, escapedUnits), "\n")
	for i := range lines {
		lines[i] = escaper.Replace(defuse(lines[i]))
	}
	return markup(strings.TrimSpace(strings.Join(lines, "\n")))
}

// announced returns s as a message's text. Slack shows it in notifications and,
// on some ways of sending, looks for addresses and for @channel in it by itself,
// so both are broken up.
func announced(s string) markup {
	said := strings.ReplaceAll(string(paragraph(s, maxText)), "://", ":"+unseen+"//")
	if strings.Contains(said, "@") {
		said = groupCall.ReplaceAllString(said, "@"+unseen+"$1")
	}
	return markup(said)
}

// groupCall matches the words that call many people.
var groupCall = regexp.MustCompile(`(?i)@(channel|here|everyone|group)`)

// plain returns s as literal text for a plain_text or raw_text object, at most
// limit units long.
func plain(s string, limit int) string { return cut(oneLine(s), limit, units) }

// or returns s, or other where s is blank.
func or(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

// number writes n with its digits in groups of three: 12,345.
func number(n int) string { return grouped(strconv.Itoa(n)) }

// grouped puts a comma between each three digits of a whole number.
func grouped(digits string) string {
	start := 0
	if strings.HasPrefix(digits, "-") {
		start = 1
	}
	for i := len(digits) - 3; i > start; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// count writes n things: "1 service", "1,200 services", "2 addresses".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if strings.HasSuffix(thing, "s") {
		thing += "e"
	}
	return number(n) + " " + thing + "s"
}
