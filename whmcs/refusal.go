package whmcs

import (
	"bytes"
	"html"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
)

// What WHMCS and the firewalls in front of it say when they refuse. The texts of WHMCS
// are not documented and their case varies.

// classify turns a message of WHMCS's into an error.
func classify(message string) *Error {
	e := &Error{Kind: ErrWHMCS, Message: plainLine(message)}
	low := strings.ToLower(e.Message)
	switch whole := strings.TrimRight(low, " ."); {
	case hasAnyPrefix(low, "invalid ip", "forbidden ip", "ip banned"):
		e.Kind, e.IP = ErrIPNotAllowed, addressIn(e.Message)
	case whole == "access denied", hasAnyPrefix(low, "authentication failed", "invalid or missing credentials",
		"invalid password provided", "administrator account disabled"):
		e.Kind = ErrBadCredentials
	case hasAnyPrefix(low, "invalid permissions", "invalid api action", "api function not found"):
		e.Kind = ErrActionNotPermitted
	case strings.HasPrefix(low, "an admin user is required"):
		e.Kind, e.Detail = ErrWrongURL, DetailDoubledPath
	case whole == "client not found", whole == "client id not found", whole == "service id not found":
		e.Kind = ErrNotFound // nothing but these whole messages: "Class X not found" is no empty list
	case strings.Contains(low, "sqlstate["), strings.HasPrefix(low, "access denied for user"):
		e.Detail = DetailDatabase
	case strings.HasPrefix(low, cannotEncode):
		e.Kind = ErrMalformed
	case blockedBy.MatchString(low):
		e.Kind = ErrBlocked
	case strings.Contains(low, "down for maintenance"):
		e.Kind = ErrMaintenance
	}
	return e
}

// cannotEncode is how WHMCS begins to say, in lower case, that a row's text is not
// UTF-8, or is something else that JSON cannot hold. The rest of it is PHP's.
const cannotEncode = "error generating json encoded response"

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// addressIn returns the first IP address among the words of s.
func addressIn(s string) string {
	for _, w := range strings.Fields(s) {
		if a, err := netip.ParseAddr(strings.Trim(w, ".,;()[]\"'")); err == nil {
			return a.String()
		}
	}
	return ""
}

// challengeHeaders are set by firewalls that want to see a browser: SiteGround's,
// Amazon's and Cloudflare's. The status beside them may be 202, as of success.
var challengeHeaders = []string{"SG-Captcha", "X-Amzn-Waf-Action", "Cf-Mitigated"}

// Marks of firewalls, in lower case: blockedBy in a message, blockedPage in a page, whose
// text is not a customer's.
var (
	blockedBy   = regexp.MustCompile(`imunify360|bitninja|bot-protection`)
	blockedPage = regexp.MustCompile(blockedBy.String() +
		`|just a moment|one moment, please|attention required` +
		`|cf-browser-verification|cf-chl|_cf_chl_opt|incapsula|sucuri|sgcaptcha|awswaf` +
		`|lsrecap|verifying that you are not a robot`) // LiteSpeed's
)

// isBlocked reports whether a reply, whose body in lower case is low, comes from a
// firewall.
func (r *reply) isBlocked(low []byte) bool {
	for _, name := range challengeHeaders {
		if r.header.Get(name) != "" {
			return true
		}
	}
	return !bytes.HasPrefix(trim(low), []byte("{")) && blockedPage.Match(low)
}

// maxMessage is how many characters of a message of WHMCS's are kept.
const maxMessage = 300

// plainLine makes one line of a message: without tags and control characters, and
// entities decoded once.
func plainLine(message string) string {
	message = html.UnescapeString(withoutTags(message))
	return strings.Join(strings.FieldsFunc(message, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

func withoutTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		shut := strings.IndexByte(s[open:], '>')
		if shut < 0 {
			break
		}
		b.WriteString(s[:open] + " ")
		s = s[open+shut+1:]
	}
	return b.String() + s
}
