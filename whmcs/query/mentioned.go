package query

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// maxMentioned is how much of a text Mentioned reads, in bytes.
const maxMentioned = 20_000

// Mentioned returns the questions that a text of any kind gives rise to, such as somebody's
// message, in the order of the words, each once: e-mail and IP addresses, host names, links
// into WHMCS, numbers of clients, services and orders. It asks nobody. A host name counts
// where it ends like a domain, or is one of the rows at hand.
func (f *Finder) Mentioned(text string) []string {
	var known map[string]bool // of the rows at hand, once it is needed
	return mentioned(text, func(host string) bool {
		if known == nil {
			known = make(map[string]bool)
			for s := range f.rowsAtHand() {
				known[withoutWWW(serviceHost(s.Domain))] = true
			}
		}
		return known[withoutWWW(asciiHost(host))]
	})
}

func mentioned(text string, known func(host string) bool) []string {
	text = strings.NewReplacer("[.]", ".", `"`, " ", "'", " ", "|", " ", "(", " ", ")", " ", "[", " ", "]", " ", "{", " ", "}", " ", "<", " ", ">", " ").
		Replace(text[:min(len(text), maxMentioned)])
	t := listener{tokens: wordsOf(text)}
	var lines []string
	for t.i < len(t.tokens) {
		at := t.i
		t.phrases, t.or, t.not, t.matter = nil, false, false, ""
		if !t.link() && !t.numbered() {
			t.i = at
			t.phrases = nil
			t.thing()
		}
		t.i = max(t.i, at+1)
		for _, p := range t.phrases {
			if q, err := Parse(p.text); err == nil && q.isMentioned(known) && !slices.Contains(lines, q.String()) {
				lines = append(lines, q.String())
			}
		}
	}
	return lines
}

// numbered takes the number of a client, a service or an order.
func (t *listener) numbered() bool {
	if !t.keyed() && !t.separateKey() || len(t.phrases) != 1 {
		return false
	}
	key, v, _ := strings.Cut(t.phrases[0].text, ":")
	return slices.Contains([]string{"client", "service", "order"}, key) && allDigits(strings.TrimPrefix(v, "#"))
}

// isMentioned reports whether what a text mentions is worth looking up.
func (q Query) isMentioned(known func(host string) bool) bool {
	if len(q.Terms) != 1 || len(q.Terms[0].Values) != 1 || q.Terms[0].Not {
		return false
	}
	v := q.Terms[0].Values[0]
	switch q.Terms[0].Key {
	case "client", "service", "order", "email":
		return true
	case "domain":
		return endsLikeDomain(asciiHost(v)) || known(v)
	case "":
		a, err := netip.ParseAddr(v)
		return err == nil && !a.IsLoopback() && !a.IsUnspecified() && strings.ContainsAny(v, "0123456789")
	}
	return false
}

// endsLikeDomain reports whether a host name ends in a public suffix or in one that is kept
// for examples and inner networks. A file's name that ends like a domain is none.
func endsLikeDomain(host string) bool {
	_, last, _ := cutLast(host, ".")
	switch last {
	case "example", "test", "local", "internal", "lan", "invalid":
		return true
	case "md", "sh", "py", "zip", "mov", "so", "ps": // README.md, backup.zip
		return strings.Count(host, ".") > 1
	}
	suffix, listed := publicsuffix.PublicSuffix(host)
	return (listed || strings.Contains(suffix, ".")) && suffix != host
}
