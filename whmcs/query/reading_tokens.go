package query

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A typedWord is a piece of what was typed, freed of what only stood around it.
type typedWord struct {
	text   string
	lower  string
	quoted bool // it stood in quotes and is a text, whatever it says
	angled bool // it stood in angle brackets
	opens  bool // a bracket stood before it
	closes bool // and behind it
	comma  bool // a comma came after it
	asks   bool // a question mark came after it
	ends   bool // so did something that ends a part of the line
}

// wordsOf cuts a line into words. What stands around words is no content: Slack's marks,
// brackets, punctuation, bullets, a ticket's number before the line.
func wordsOf(line string) []typedWord {
	line = linked(plainForms(line))
	line = joinedOperators(withoutPrefix(strings.ReplaceAll(line, `","`, `" "`)))
	all := make([]typedWord, 0, 1+strings.Count(line, " "))
	for i := 0; i < len(line); {
		if n := spaceAt(line, i); n > 0 || line[i] == ';' {
			i += max(n, 1)
			continue
		}
		end := wordEnd(line, i)
		if w, ok := freed(line[i:end]); ok {
			w.ends = w.ends || end < len(line) && line[end] == ';'
			all = append(all, w)
		}
		i = end
	}
	return all
}

// slackLink is a link as Slack writes it into a text: <https://a.example|a.example>.
var slackLink = regexp.MustCompile(`<((?:https?://|mailto:)[^|>\s]+)\|[^>]*>`)

// defused is what keeps a host name or an address from becoming a link.
var defused = strings.NewReplacer("[.]", ".", "(.)", ".")

// linked puts a link's address in the place of its marks.
func linked(line string) string {
	if !strings.ContainsAny(line, "|[(") {
		return line
	}
	return defused.Replace(slackLink.ReplaceAllString(line, "$1"))
}

// joinedOperators joins a comparison, the sign of a currency behind it, and their number:
// amount > 1000, amount:>= € 1,198.50.
func joinedOperators(line string) string {
	if !strings.ContainsAny(line, "<>€$£") {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(line); {
		end := signsEnd(line, i)
		if end == i {
			b.WriteByte(line[i])
			i++
			continue
		}
		b.WriteString(line[i:end])
		i = end
		to := end
		for to < len(line) && spaceAt(line, to) > 0 {
			to += spaceAt(line, to)
		}
		if word, _, _ := strings.Cut(line[to:], " "); currencies[strings.ToLower(word)] && len(word) < len(line)-to && isDigit(line[to+len(word)+1]) {
			to += len(word) + 1 // > EUR 100
		}
		if to < len(line) && (isDigit(line[to]) || signsEnd(line, to) > to && line[to] >= utf8.RuneSelf || line[to] == '$') {
			i = to
		}
	}
	return b.String()
}

// signsEnd returns where the comparison or the sign of a currency at i ends.
func signsEnd(line string, i int) int {
	for _, sign := range []string{">=", "<=", ">", "<", "€", "£", "$"} {
		if strings.HasPrefix(line[i:], sign) {
			return i + len(sign)
		}
	}
	return i
}

// wordEnd returns where the word at i ends: at a space or semicolon outside of quotes. A
// single quote at its beginning holds until the next one that ends a word.
func wordEnd(line string, i int) int {
	if line[i] == '\'' {
		for j := i + 1; j < len(line); j++ {
			if line[j] == '\'' && (j+1 == len(line) || spaceAt(line, j+1) > 0 || strings.IndexByte(".,;!?)", line[j+1]) >= 0) {
				return j + 1
			}
		}
	}
	quoted := false
	for ; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 < len(line):
			i++
		case !quoted && (c == ';' || spaceAt(line, i) > 0):
			return i
		}
	}
	return i
}

// plainForms puts ASCII in the place of full-width forms and of quotes and dashes that
// programs make of it.
func plainForms(line string) string {
	if isASCII(line) {
		return line
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 0xff01 <= r && r <= 0xff5e:
			return r - 0xfee0
		case strings.ContainsRune("“”„«»", r):
			return '"'
		case strings.ContainsRune("‘’‚", r):
			return '\''
		case r == '–' || r == '—' || r == '−':
			return '-'
		}
		return r
	}, line)
}

// withoutPrefix drops what stands before a line: a quote mark, a bullet, a number with a
// point, a ticket's number in brackets, the command or the bot's name.
func withoutPrefix(line string) string {
	for {
		line = strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || r == '>' || r == '`' || r == '•' || r == '·' })
		switch {
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "):
			line = line[2:]
			continue
		case strings.HasPrefix(line, "["):
			inside, rest, ok := strings.Cut(line[1:], "]")
			if !ok || !strings.Contains(inside, "#") {
				return line
			}
			line = rest
			continue
		}
		if n := countPrefix(line); n > 0 {
			line = line[n:]
			continue
		}
		first, rest, _ := strings.Cut(line, " ")
		switch strings.ToLower(strings.TrimRight(first, ":,")) {
		case "/services", "@servicesbot", "servicesbot":
			line = rest
			continue
		}
		return line
	}
}

// countPrefix returns the length of "1. " or "1) " at the beginning of a line.
func countPrefix(line string) int {
	n := 0
	for n < len(line) && n < 3 && isDigit(line[n]) {
		n++
	}
	if n > 0 && n+1 < len(line) && (line[n] == '.' || line[n] == ')') && line[n+1] == ' ' {
		return n + 2
	}
	return 0
}

// around are the characters that may stand around a word without being of it.
const (
	opening = "*_~`'([{<"
	closing = "*_~`')]}>!?;,."
)

// freed takes off what stands around a word; false: nothing is left. A star that begins
// *.example.com or stands behind a key is of the word.
func freed(raw string) (typedWord, bool) {
	var w typedWord
	s := raw
	for s != "" {
		before := s
		if c := s[0]; strings.IndexByte(opening, c) >= 0 && !strings.HasPrefix(s, "*.") && !(c == '_' && strings.Contains(s, ".")) && !isBracketAddress(s) {
			w.angled = w.angled || c == '<'
			w.opens = w.opens || c == '('
			w.quoted = w.quoted || c == '\'' && strings.ContainsRune(s, ' ')
			s = s[1:]
		}
		if s != "" {
			if c := s[len(s)-1]; strings.IndexByte(closing, c) >= 0 && !ofWord(raw, s, c) {
				w.comma = w.comma || c == ','
				w.asks = w.asks || c == '?'
				w.closes = w.closes || c == ')'
				w.ends = w.ends || strings.IndexByte(".!?", c) >= 0
				s = s[:len(s)-1]
			}
		}
		if s == before {
			break
		}
	}
	if t := strings.TrimSuffix(s, ":"); len(t) < len(s) && (isAddressWord(t) || isHostWord(t) || isEmail(t)) {
		s = t
	}
	s = unquotedTerm(s)
	if n := len(s); n > 1 && s[0] == '"' && s[n-1] == '"' {
		w.quoted = true
		s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : n-1])
	}
	if isEmoji(s) {
		return w, false
	}
	w.text = signFirst(clean(possessor(s)))
	w.lower = strings.ToLower(w.text)
	if w.text == "" && w.asks && raw == "?" {
		w.text, w.lower = "?", "?"
	}
	return w, w.text != ""
}

// isEmoji reports whether a word is one of Slack's emoji names, or has neither a letter nor
// a digit but signs of other kinds.
func isEmoji(s string) bool {
	if len(s) > 2 && s[0] == ':' && s[len(s)-1] == ':' {
		return !strings.ContainsAny(s[1:len(s)-1], ":. ")
	}
	return s != "" && s[0] >= utf8.RuneSelf && strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r < utf8.RuneSelf }) < 0
}

// possessor drops the 's of dana's.
func possessor(s string) string {
	if n := len(s) - 2; n > 0 && (s[n:] == "'s" || s[n:] == "'S") && (strings.IndexByte(s, ':') < 0 || isDigit(s[n-1])) {
		return s[:n]
	}
	return s
}

// signFirst puts the currency that is written behind an amount before it: 24,95€, >100eur.
func signFirst(s string) string {
	op := len(s) - len(strings.TrimLeft(s, "<>="))
	end := strings.LastIndexFunc(s, func(r rune) bool { return '0' <= r && r <= '9' }) + 1
	if op == len(s) || !isDigit(s[op]) || end == len(s) {
		return s
	}
	switch sign := strings.ToLower(s[end:]); sign {
	case "eur", "euro", "euros":
		return s[:op] + "€" + s[op:end]
	case "€", "$", "£":
		return s[:op] + sign + s[op:end]
	}
	return s
}

// ofWord reports whether the character that ends s, of what was typed, belongs to it.
func ofWord(raw, s string, c byte) bool {
	switch c {
	case '*': // a wildcard, unless the word is in stars
		return (strings.Contains(s, ":") || strings.HasSuffix(s, ".*") && isAddressWord(s)) && !strings.HasPrefix(raw, "*")
	case ']', ')':
		return strings.IndexByte(s, map[byte]byte{']': '[', ')': '('}[c]) >= 0
	case '_', '~':
		return strings.IndexByte(s, ':') >= 0 && raw[0] != c
	case '.':
		return strings.HasSuffix(s, "..")
	case '>':
		return strings.IndexByte(s, ':') >= 0 && strings.HasSuffix(s, ":>")
	}
	return false
}

// isBracketAddress reports whether s begins with an IPv6 address in brackets.
func isBracketAddress(s string) bool {
	inside, _, ok := strings.Cut(strings.TrimPrefix(s, "["), "]")
	return ok && s[0] == '[' && strings.Count(inside, ":") > 1
}

// unquotedTerm takes quotes off that stand around key:value, a host name or an address:
// "client:1" in quotes is the term, not a text.
func unquotedTerm(s string) string {
	n := len(s)
	if n < 3 || s[0] != '"' || s[n-1] != '"' {
		return s
	}
	inside := s[1 : n-1]
	if strings.ContainsAny(inside, ` "\`) {
		return s
	}
	if looksLikeTerm(inside) {
		return inside
	}
	return s
}
