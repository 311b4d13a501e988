package query

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A span is a part of the line, in bytes.
type span struct{ start, end int }

// A value is one alternative of a token, cleaned of quotes.
type value struct {
	span
	text   string
	quoted bool
}

// A token is what is between two spaces outside of quotes.
type token struct {
	span
	not      bool
	hasKey   bool
	key      string // as typed
	keySpan  span
	values   []value
	trailing bool // ends in a comma
}

// word reports whether t is a bare word without - in front: what may be the
// missing value of the token before it.
func (t token) word() bool { return !t.hasKey && !t.not && len(t.values) > 0 }

// maxValues is the most alternatives that a term may have.
const maxValues = 100

// A lexer cuts a line into tokens and notes what is wrong with their form. It
// looks at each byte a bounded number of times.
type lexer struct {
	line   string
	pos    int
	values []value // of all tokens
	faults []fault
}

// fault notes what is wrong with a part of the line, and the edits that correct it.
func (l *lexer) fault(at span, why Reason, edits []edit) {
	f := newFault(at, why)
	f.edits = edits
	l.faults = append(l.faults, f)
}

// tokens returns all tokens of the line.
func (l *lexer) tokens() []token {
	all := make([]token, 0, 1+strings.Count(l.line, " "))
	l.values = make([]value, 0, cap(all))
	for {
		l.skipSpace()
		if l.pos == len(l.line) {
			return all
		}
		all = append(all, l.token())
	}
}

func (l *lexer) skipSpace() {
	for n := 0; l.pos < len(l.line); l.pos += n {
		if n = spaceAt(l.line, l.pos); n == 0 {
			return
		}
	}
}

// spaceAt returns the length of the space or control character at i, else 0.
func spaceAt(s string, i int) int {
	c := s[i]
	if c < utf8.RuneSelf {
		if c <= ' ' || c == 0x7f {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if unicode.IsSpace(r) || unicode.IsControl(r) {
		return n
	}
	return 0
}

// ends reports whether the line ends at i or has a space there.
func (l *lexer) ends(i int) bool { return i >= len(l.line) || spaceAt(l.line, i) > 0 }

// token reads the token that begins at l.pos.
func (l *lexer) token() token {
	t := token{span: span{start: l.pos}}
	if l.line[l.pos] == '-' {
		t.not = true
		l.pos++
	}
	if n := keyLength(l.line[l.pos:]); n > 0 {
		t.hasKey = true
		t.keySpan = span{l.pos, l.pos + n}
		t.key = l.line[l.pos : l.pos+n]
		l.pos += n + 1
	}
	first := len(l.values)
	for !l.ends(l.pos) {
		v := l.value()
		if v.text != "" || v.quoted {
			l.values = append(l.values, v)
		}
		t.trailing = false
		if !l.ends(l.pos) && l.line[l.pos] == ',' {
			t.trailing = true
			l.pos++
			if v.text == "" && !v.quoted {
				l.fault(span{v.start, l.pos}, NothingBeforeComma, remove(v.start, l.pos))
			}
		}
	}
	t.values = l.values[first:len(l.values):len(l.values)]
	t.end = l.pos
	return t
}

// keyLength returns the length of the key that s begins with, 0 where there is
// none: a URL and an IPv6 address have colons too.
func keyLength(s string) int {
	n := 0
	for n < len(s) && n <= maxKeyLength && (isLetter(s[n]) || n > 0 && (isDigit(s[n]) || s[n] == '_' || s[n] == '-')) {
		n++
	}
	if n == 0 || n > maxKeyLength || n == len(s) || s[n] != ':' || strings.HasPrefix(s[n+1:], "//") {
		return 0
	}
	if lookup(s[:n]) != nil {
		return n
	}
	if end := strings.IndexAny(s[:min(len(s), 46)], " ,"); end > 0 {
		s = s[:end]
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return 0
	}
	return n
}

// maxKeyLength is the longest text before a colon that is taken for a key.
const maxKeyLength = 32

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// value reads one alternative, up to a comma, a space or the closing quote.
func (l *lexer) value() value {
	if l.line[l.pos] == '"' {
		return l.quoted()
	}
	start := l.pos
	for !l.ends(l.pos) && l.line[l.pos] != ',' {
		l.pos++
	}
	return value{span: span{start, l.pos}, text: clean(l.line[start:l.pos])}
}

// quoted reads a value in double quotes, in which \" and \\ mean " and \.
func (l *lexer) quoted() value {
	v := value{span: span{start: l.pos}, quoted: true}
	var b strings.Builder
	for l.pos++; l.pos < len(l.line) && l.line[l.pos] != '"'; l.pos++ {
		if l.line[l.pos] == '\\' && l.pos+1 < len(l.line) && (l.line[l.pos+1] == '"' || l.line[l.pos+1] == '\\') {
			l.pos++
		}
		b.WriteByte(l.line[l.pos])
	}
	v.text = clean(b.String())
	if l.pos == len(l.line) {
		v.end = l.pos
		l.unclosed(v.start)
		return v
	}
	l.pos++
	v.end = l.pos
	if !l.ends(l.pos) && l.line[l.pos] != ',' {
		l.fault(v.span, NoSpaceAfterQuote, replace(v.end, v.end, " "))
		for !l.ends(l.pos) && l.line[l.pos] != ',' {
			l.pos++
		}
	}
	return v
}

// unclosed notes a quote without its end. The corrected line closes it before the
// next key that is known, else at the end.
func (l *lexer) unclosed(start int) {
	at := len(strings.TrimRightFunc(l.line, unicode.IsSpace))
	for i := start + 1; i < at; i++ {
		if l.line[i] != ' ' {
			continue
		}
		rest := strings.TrimPrefix(l.line[i+1:], "-")
		if n := keyLength(rest); n > 0 && lookup(rest[:n]) != nil {
			at = i
			break
		}
	}
	l.fault(span{start, len(l.line)}, QuoteNotClosed, replace(at, at, `"`))
}

// clean makes a value fit for one line: runs of spaces and control characters
// become one space, what is not UTF-8 becomes U+FFFD. Clean text stays as it is.
func clean(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] > ' ' && s[i] < 0x7f
	}
	if plain {
		return s
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// bare reports whether a value can be in a line without quotes. Behind a key, two
// slashes would make an address of it.
func bare(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] == '"' || v[i] == ',' || spaceAt(v, i) > 0 {
			return false
		}
	}
	return v != "" && !strings.HasPrefix(v, "//")
}

// quote writes v in double quotes.
func quote(b *strings.Builder, v string) {
	b.WriteByte('"')
	for i := 0; i < len(v); i++ {
		if v[i] == '"' || v[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(v[i])
	}
	b.WriteByte('"')
}
