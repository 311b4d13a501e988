package query

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"servicesbot/whmcs"
)

// foldedText is a text as texts are compared: in lower case, without accents and
// apostrophes.
func foldedText(s string) string {
	if plainText(s) {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || strings.ContainsRune("'’‘`´", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plainText reports whether a text is of ASCII without an apostrophe.
func plainText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || s[i] == '\'' || s[i] == '`' {
			return false
		}
	}
	return true
}

// holdsFolded reports whether s holds a folded text. A scan's rows are tested in great
// numbers, so that plain text is compared where it is.
func holdsFolded(s, text string) bool { return foundFolded(s, text, false) }

// holdsWord reports whether s holds a folded text with neither a letter nor a digit beside it.
func holdsWord(s, text string) bool { return foundFolded(s, text, true) }

func foundFolded(s, text string, whole bool) bool {
	if text == "" || len(s) < len(text) {
		return text == ""
	}
	if !plainText(s) {
		s = foldedText(s)
	}
	for i := 0; i+len(text) <= len(s); i++ {
		if lower(s[i]) == text[0] && foldedPrefix(s[i:], text) && (!whole || wordEndsAt(s, i) && wordEndsAt(s, i+len(text))) {
			return true
		}
	}
	return false
}

// wordEndsAt reports whether the bytes on both sides of i are not of one word.
func wordEndsAt(s string, i int) bool {
	return i == 0 || i == len(s) || !isWordByte(s[i-1]) || !isWordByte(s[i])
}

func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c >= utf8.RuneSelf }

// foldedPrefix reports whether s begins with a text, both but for ASCII's case.
func foldedPrefix(s, text string) bool {
	for i := 0; i < len(text); i++ {
		if lower(s[i]) != text[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// A soughtText is a text without a key.
type soughtText struct {
	text     string // folded
	whole    bool   // it is too short to be looked for within words
	singular string // of a plural, found as a whole word too; "": it is none
}

// shortWord is up to how many letters a word is looked for as a whole word alone: io is not
// in "association".
const shortWord = 2

// shortestPlural is from how many letters on a word that ends in s also finds itself without.
const shortestPlural = 5

func sought(values []string) []soughtText {
	all := make([]soughtText, 0, len(values))
	for _, v := range values {
		if isAddressWord(v) {
			continue
		}
		t := soughtText{text: cmp.Or(foldedText(v), strings.ToLower(v))}
		t.whole = len(t.text) <= shortWord && strings.IndexFunc(t.text, func(r rune) bool { return r >= utf8.RuneSelf || !isWordRune(r) }) < 0
		if one, plural := strings.CutSuffix(t.text, "s"); plural && len(t.text) >= shortestPlural && !strings.HasSuffix(one, "s") && isLetter(one[len(one)-1]) {
			t.singular = one
		}
		all = append(all, t)
	}
	return all
}

// isIn reports whether a field has the text.
func (t soughtText) isIn(field string) bool {
	if t.whole {
		return holdsWord(field, t.text)
	}
	return holdsFolded(field, t.text) || t.singular != "" && holdsWord(field, t.singular)
}

// isWordOf reports whether a field has the text, and not only within a word.
func (t soughtText) isWordOf(field string) bool {
	return holdsWord(field, t.text) || t.singular != "" && holdsWord(field, t.singular)
}

// testWord looks for text where people expect a word: product, group, domain, server, the
// payment method of exactly that name; for an address, among the service's and its server's.
func testWord(values []string, e *env) match {
	wanted := prefixes(values)
	texts := sought(values)
	return func(s *whmcs.Service) bool {
		in := func(field string) bool {
			return field != "" && slices.ContainsFunc(texts, func(t soughtText) bool { return t.isIn(field) })
		}
		if len(texts) > 0 && (in(s.Name) || in(s.GroupName) || in(s.Domain) || slices.ContainsFunc(texts, func(t soughtText) bool { return t.pays(s) })) {
			return true
		}
		name, hostname, ip := e.serverNames(s)
		return len(texts) > 0 && (in(name) || in(hostname) || in(ip)) ||
			len(wanted) > 0 && (overlap(s.DedicatedIP, wanted) || overlap(s.AssignedIPs, wanted) || overlap(ip, wanted))
	}
}

// pays reports whether the text is the name of a service's payment method.
func (t soughtText) pays(s *whmcs.Service) bool {
	return sameText(s.PaymentMethodName, t.text) || sameText(s.PaymentMethod, t.text)
}

// sameText reports whether a field is a folded text.
func sameText(field, text string) bool {
	return field != "" && (strings.EqualFold(field, text) || !plainText(field) && foldedText(field) == text)
}
