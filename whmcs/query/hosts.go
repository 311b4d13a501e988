package query

import (
	"strings"

	"golang.org/x/net/idna"
)

// readDomain reads a host name, also out of a URL; *. and a host name, for all below it;
// or a name with stars.
func readDomain(s string) (string, *flaw) {
	host, below := strings.CutPrefix(hostOf(s), "*.")
	if strings.Contains(host, "*") {
		return readHostPattern(s)
	}
	ascii := asciiHost(host)
	if ascii == "" {
		return "", newFlaw(NotHost, s)
	}
	if ascii != host {
		host = ascii
		if shown := unicodeHost(ascii); hostOf(shown) == shown {
			host = shown
		}
	}
	if below {
		host = "*." + host
	}
	return host, nil
}

// readHostPattern reads a host name with stars in it: demo*, *shop*.
func readHostPattern(s string) (string, *flaw) {
	host, flaw := readName(hostOf(s))
	switch {
	case flaw != nil:
		return "", flaw
	case strings.Trim(host, "*.") == "":
		return "", newFlaw(OnlyStars, s)
	case asciiHost(strings.ReplaceAll(host, "*", "a")) == "":
		return "", newFlaw(NotHost, s)
	}
	return host, nil
}

// unicodeHost returns a host name of DNS as people write it; itself where that is not
// the same name.
func unicodeHost(ascii string) string {
	if !strings.Contains(ascii, "xn--") {
		return ascii
	}
	if shown, err := idna.Lookup.ToUnicode(ascii); err == nil && asciiHost(shown) == ascii {
		return shown
	}
	return ascii
}

// hostOf cuts what is around a host name off: the scheme, user, path and port of a URL,
// closing dots, an @ before it, and what keeps a name from becoming a link: x[.]com,
// hxxp://x.com.
func hostOf(s string) string {
	s = strings.ToLower(s)
	if strings.Contains(s, ".]") || strings.Contains(s, ".)") {
		s = strings.NewReplacer("[.]", ".", "(.)", ".").Replace(s)
	}
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = cutPath(rest)
		if _, host, ok := cutLast(s, "@"); ok {
			s = host
		}
	}
	s = cutPath(strings.TrimPrefix(strings.TrimPrefix(s, "//"), "@"))
	if host, port, ok := strings.Cut(s, ":"); ok && strings.Trim(port, "0123456789") == "" {
		s = host
	}
	return strings.TrimRight(s, ".")
}

// cutPath returns s up to the path, query or fragment of a URL.
func cutPath(s string) string {
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		return s[:i]
	}
	return s
}

// asciiHost returns a lower-case host name as DNS has it, "" where it is none.
// Names of one label and underscores are taken, as machines have such names.
func asciiHost(s string) string {
	if s == "" || len(s) > 253 {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			a, err := idna.Lookup.ToASCII(s)
			if err != nil {
				return ""
			}
			s = a
			break
		}
	}
	label := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if label == 0 || s[i-1] == '-' {
				return ""
			}
			label = 0
			continue
		case c == '-' && label > 0, 'a' <= c && c <= 'z', isDigit(c), c == '_':
		default:
			return ""
		}
		if label++; label > 63 {
			return ""
		}
	}
	if label == 0 || s[len(s)-1] == '-' {
		return ""
	}
	return s
}

// isHostWord reports whether a bare word is taken for a host name: labels with
// dots between them and a top level of letters, also in a URL or with *. before.
func isHostWord(w string) bool {
	if !strings.Contains(w, ".") && isASCII(w) {
		return false
	}
	if len(w) > 2000 || strings.Contains(w, "@") && !strings.Contains(w, "://") {
		return false
	}
	host := asciiHost(strings.TrimPrefix(hostOf(w), "*."))
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		return false
	}
	top := host[dot+1:]
	return len(top) >= 2 && (strings.HasPrefix(top, "xn--") || strings.Trim(top, "abcdefghijklmnopqrstuvwxyz") == "")
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
