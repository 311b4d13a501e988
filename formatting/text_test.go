package formatting

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestLiteral(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain", "Business Hosting", "Business Hosting"},
		{"entities once", "R&D <b> &amp;", "R&amp;D &lt;b&gt; &amp;amp;"},
		{"mention", "<!channel> <@U1> <#C1|x>", "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1|x&gt;"},
		{"emoji name", "a :boom: b", "a :\u200bboom: b"},
		{"emoji names in a row", ":a::b:c:", ":\u200ba::\u200bb:\u200bc:"},
		{"time is no emoji", "12:30", "12:30"},
		{"bold", "*a* b", "*\u200ba*\u200b b"},
		{"names stay", "demo_user a*b x~y", "demo_user a*b x~y"},
		{"code", "`rm`", "`\u200brm`\u200b"},
		{"quote", "> said", "\u200b&gt; said"},
		{"line ends", "a\r\nb\tc\u2028d", "a b c d"},
		{"odd spaces", "a\u00a0b\u3000c", "a b c"},
		{"controls", "a\x00b\x1b[31mc\u0085d", "ab[31mc d"},
		{"bidi", "a\u202egnp.exe\u202c \u2066x\u2069 \u200fy", "agnp.exe x y"},
		{"zero width", "exa\u200bmp\u2060l\ufeffe\u00ad.com", "example.com"},
		{"joiner in ASCII", "exa\u200dmple", "example"},
		{"joiner in Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"joiner in emoji", "👩\u200d💻", "👩\u200d💻"},
		{"tags", "a\U000e0041b", "ab"},
		{"not UTF-8", "a\xffb", "a\ufffdb"},
	} {
		if got := string(literal(test.in)); got != test.want {
			t.Errorf("%s: literal(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	family := "👩‍👩‍👧‍👦" // 11 units
	for _, test := range []struct {
		in    string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"ab   cdef", 5, "ab…"},
		{"a" + family, 12, "a" + family},
		{"a" + family + "b", 12, "a…"},
		{family, 5, "…"},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"},
		{"abc", 0, ""},
	} {
		if got := cut(test.in, test.limit, units); got != test.want {
			t.Errorf("cut(%q, %d) = %q, want %q", test.in, test.limit, got, test.want)
		}
	}
	if got := string(short("<<<<<<", 12)); got != "&lt;&lt;…" {
		t.Errorf("short counts the escaped text: %q", got)
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                     "",
		"client:1":             "`client:1`",
		`product:"<b>"`:        "`product:\"&lt;b&gt;\"`",
		"2001:db8:100:1":       "`2001:db8:100:1`",
		"a`b":                  "a`\u200bb",
		" a  b ":               "`a  b`",
		strings.Repeat("x", 9): "`xxxxxxxxx`",
	} {
		if got := string(code(in, 100)); got != want {
			t.Errorf("code(%q) = %q, want %q", in, got, want)
		}
	}
	if got := string(code("xxxxxxxx", 6)); got != "`xxx…`" {
		t.Errorf("code is cut to its limit: %q", got)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ target, label, want string }{
		{"https://a.example/x?a=1&b=2", "go", "<https://a.example/x?a=1&amp;b=2|go>"},
		{"https://a.example/x", "a|b<c>", "<https://a.example/x|a/b&lt;c&gt;>"},
		{"https://a.example/<!here>|x y", "go", "<https://a.example/%3C%21here%3E%7Cx%20y|go>"},
		{"http://a.example/", "go", "go"},
		{"javascript:alert(1)", "go", "go"},
		{"https://user:pass@a.example/", "go", "go"},
		{"https:///x", "go", "go"},
		{"", "go", "go"},
	} {
		if got := string(link(test.target, test.label)); got != test.want {
			t.Errorf("link(%q, %q) = %q, want %q", test.target, test.label, got, test.want)
		}
	}
}

func TestMentionAndDate(t *testing.T) {
	t.Parallel()
	if got := mention("U0ALICE"); got != "<@U0ALICE>" {
		t.Errorf("mention = %q", got)
	}
	for _, id := range []string{"!channel", "U1|x", "C0GENERAL", "u1", ""} {
		if got := string(mention(id)); strings.Contains(got, "<") {
			t.Errorf("mention(%q) = %q is alive", id, got)
		}
	}
	at := time.Date(2026, 11, 22, 15, 4, 5, 0, time.FixedZone("CET", 3600))
	if got := string(date(at)); got != "<!date^1795356245^{date_short_pretty} {time}|2026-11-22 14:04 UTC>" {
		t.Errorf("date = %q", got)
	}
	if got := string(date(time.Time{})); got != "an unknown time" {
		t.Errorf("date of nothing = %q", got)
	}
}

func TestAnnounced(t *testing.T) {
	t.Parallel()
	in := "see https://evil.example\n@channel @Here a@group.example\n> quoted <!here>"
	want := "see https:\u200b//evil.example\n@\u200bchannel @\u200bHere a@\u200bgroup.example\n\u200b&gt; quoted &lt;!here&gt;"
	if got := string(announced(in)); got != want {
		t.Errorf("announced = %q, want %q", got, want)
	}
	for _, piece := range []string{"@here", "://", ":a:", "<", "*", "x\n"} {
		if n := units(string(announced(strings.Repeat(piece, 4000)))); n > maxText {
			t.Errorf("%q again and again has %d units", piece, n)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", -12: "-12"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
	if got := count(1, "service") + ", " + count(0, "service") + ", " + count(2000, "row"); got != "1 service, 0 services, 2,000 rows" {
		t.Errorf("count: %s", got)
	}
}

// nasty are the seeds of the fuzz tests.
var nasty = []string{
	"", " ", "<!channel>", "<@U0ALICE>", "<https://evil.example|bank>", "&lt;!here&gt;", ":boom:", ":a:b:c:", "```x```", "`", "``",
	"*a*", "_a_", "~a~", "> a", "a\nb", "\r\n> x", "\u202eabc", "a\u200db", "\x00\x1b[0m", "=cmd|'/c calc'!A0", "@channel #general",
	"👩‍👩‍👧‍👦", "e\u0301", "\xff\xfe", "|", "a|b", "^", "<!date^1^{date}|x>", strings.Repeat("<", 3100), strings.Repeat("`", 2100),
	strings.Repeat("e\u0301\u0302\u0303", 800), strings.Repeat(":", 2100), `"`, `\`, "client:1", "-x", ",", "1e999999999", "-0.00", "9999-99-99",
}

// FuzzLiteral: what is made literal reads as what it was, and holds nothing that
// Slack acts on, within its limit.
func FuzzLiteral(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, 40)
	}
	f.Add("\xa9\u200d\u2000", -141)
	f.Add("0\u2029\u200d👦", 40)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + limit&0xfff
		for name, m := range map[string]markup{"literal": literal(s), "short": short(s, limit), "paragraph": paragraph(s, limit), "code": code(s, limit+10), "announced": announced(s)} {
			if found := alive(string(m)); found != "" || strings.Contains(string(m), "<") {
				t.Errorf("%s(%q) = %q holds %s", name, s, m, found)
			}
			if !utf8.ValidString(string(m)) {
				t.Errorf("%s(%q) is not UTF-8", name, s)
			}
		}
		if got, want := read(literal(s)), oneLine(s); got != want {
			t.Errorf("literal(%q) reads %q, want %q", s, got, want)
		}
		if got, want := read(bold(literal(s))+" "+code(s, 1<<30)), oneLine(s)+" "+oneLine(s); oneLine(got) != strings.TrimSpace(want) {
			t.Errorf("bold and code of %q read %q, want %q", s, got, want)
		}
		if n := units(string(short(s, limit))); n > limit {
			t.Errorf("short(%q, %d) has %d units", s, limit, n)
		}
		if n := units(string(paragraph(s, limit))); n > limit {
			t.Errorf("paragraph(%q, %d) has %d units", s, limit, n)
		}
		if n := units(plain(s, limit)); n > limit {
			t.Errorf("plain(%q, %d) has %d units", s, limit, n)
		}
	})
}

// read returns markup as Plain shows it.
func read(m markup) string { return words(mrkdwn(m)) }
