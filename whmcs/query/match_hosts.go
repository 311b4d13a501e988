package query

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"servicesbot/whmcs"
)

// testDomain compares host names as DNS does, and with www. as without.
func testDomain(values []string, _ *env) match {
	var exact, below []string
	var stars []pattern
	for _, v := range values {
		host, under := strings.CutPrefix(v, "*.")
		switch {
		case strings.Contains(host, "*"):
			stars = append(stars, patternOf(v))
		case under:
			below = append(below, "."+asciiHost(host))
		default:
			exact = append(exact, withoutWWW(asciiHost(host)))
		}
	}
	return func(s *whmcs.Service) bool {
		if s.Domain == "" {
			return false
		}
		host := serviceHost(s.Domain)
		if slices.Contains(exact, withoutWWW(host)) {
			return true
		}
		return slices.ContainsFunc(below, func(b string) bool { return strings.HasSuffix(host, b) }) ||
			slices.ContainsFunc(stars, func(p pattern) bool { return p.matchesHost(host) })
	}
}

// matchesHost reports whether a host name, as DNS or as people write it, with www. or
// without, is one of the pattern's.
func (p pattern) matchesHost(ascii string) bool {
	return p.matches(ascii) || p.matches(withoutWWW(ascii)) ||
		strings.Contains(ascii, "xn--") && p.matches(unicodeHost(ascii))
}

// serviceHost brings a service's domain into the form of asciiHost where it is a
// host name, else into lower case.
func serviceHost(domain string) string {
	host := strings.TrimRight(strings.ToLower(strings.TrimSpace(domain)), ".")
	for i := 0; i < len(host); i++ {
		if host[i] >= utf8.RuneSelf {
			return cmp.Or(asciiHost(host), host)
		}
	}
	return host
}

// withoutWWW drops www. where a host name of two labels or more is left.
func withoutWWW(host string) string {
	if rest, ok := strings.CutPrefix(host, "www."); ok && strings.Contains(rest, ".") {
		return rest
	}
	return host
}
