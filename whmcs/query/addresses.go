package query

import (
	"net/netip"
	"strings"
)

// readIP reads an IP address or a prefix: 203.0.113.7, 203.0.113.0/24, 203.0.113.*,
// [2001:db8::1]:443.
func readIP(s string) (string, *flaw) {
	p, ok := prefixOf(s)
	if !ok {
		if host := hostOf(s); isHostWord(host) {
			f := newFlaw(NotAddress, s)
			f.Meant = []string{"domain:" + host}
			return "", f
		}
		if _, ok := starPrefix(s + ".*"); ok {
			return "", newFlaw(NotAddress, s, s+".*")
		}
		return "", newFlaw(NotAddress, s)
	}
	return prefixText(p), nil
}

// prefixText writes an address or a prefix in canonical form.
func prefixText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// prefixOf reads an address, as the prefix of itself, or a prefix, with what people
// and programs put around them: a scheme and a path, brackets, a port, a zone.
func prefixOf(s string) (netip.Prefix, bool) {
	if len(s) > 200 || strings.Trim(s, " ") == "" {
		return netip.Prefix{}, false
	}
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s, _, _ = strings.Cut(rest, "/")
	}
	if p, ok := starPrefix(s); ok {
		return p, true
	}
	address, bits, hasBits := strings.Cut(s, "/")
	a, ok := addressOf(address)
	switch {
	case !ok:
		return netip.Prefix{}, false
	case !hasBits || bits == "":
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	n, ok := smallNumber(bits)
	if !ok {
		return netip.Prefix{}, false
	}
	if strings.Contains(address, ":") && a.Is4() { // ::ffff:203.0.113.0/120
		n -= 96
	}
	p, err := a.Prefix(n)
	return p, err == nil
}

// addressOf reads an address, also in brackets and with a port; ::ffff:1.2.3.4 is
// 1.2.3.4.
func addressOf(s string) (netip.Addr, bool) {
	if rest, ok := strings.CutPrefix(s, "["); ok {
		inside, port, closed := strings.Cut(rest, "]")
		if !closed || port != "" && (port[0] != ':' || !allDigits(port[1:])) {
			return netip.Addr{}, false
		}
		s = inside
	} else if host, port, ok := strings.Cut(s, ":"); ok && strings.Count(host, ".") == 3 && allDigits(port) {
		s = host
	}
	if s == "" || !strings.ContainsAny(s, ".:") {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

// starPrefix reads 203.0.113.* and 203.0.*.*.
func starPrefix(s string) (netip.Prefix, bool) {
	parts := strings.Split(s, ".")
	stars := 0
	for len(parts) > 0 && parts[len(parts)-1] == "*" {
		parts, stars = parts[:len(parts)-1], stars+1
	}
	if stars == 0 || len(parts) == 0 || len(parts) > 3 || len(parts)+stars > 4 {
		return netip.Prefix{}, false
	}
	bits := 8 * len(parts)
	for len(parts) < 4 {
		parts = append(parts, "0")
	}
	a, err := netip.ParseAddr(strings.Join(parts, "."))
	if err != nil {
		return netip.Prefix{}, false
	}
	p, err := a.Prefix(bits)
	return p, err == nil
}

// smallNumber reads a number of at most three digits.
func smallNumber(s string) (int, bool) {
	if !allDigits(s) || len(s) > 3 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		n = n*10 + int(c-'0')
	}
	return n, true
}

// isAddressWord reports whether a bare word is taken for an IP address or a prefix.
func isAddressWord(w string) bool {
	if w == "" || !strings.ContainsAny(w, ".:") || !isDigit(w[0]) && !strings.Contains(w, ":") {
		return false
	}
	_, ok := prefixOf(w)
	return ok
}

// overlap reports whether a field of WHMCS, with one or more addresses or prefixes in
// it, has one in common with some of those asked for.
func overlap(field string, wanted []netip.Prefix) bool {
	if field == "" || len(wanted) == 0 {
		return false
	}
	for one := range strings.FieldsFuncSeq(field, func(r rune) bool { return r <= ' ' || r == ',' || r == ';' || r == '|' }) {
		p, ok := prefixOf(one)
		if !ok {
			continue
		}
		for _, w := range wanted {
			if p.Overlaps(w) {
				return true
			}
		}
	}
	return false
}

// prefixes returns the values that are addresses or prefixes.
func prefixes(values []string) []netip.Prefix {
	var all []netip.Prefix
	for _, v := range values {
		if p, ok := prefixOf(v); ok {
			all = append(all, p)
		}
	}
	return all
}
