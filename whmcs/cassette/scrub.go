package cassette

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
)

// mask takes the place of a secret; WHMCS's own documentation masks so.
const mask = "xxxxxxxx"

// Headers that are kept; all others, Authorization and Set-Cookie among them, are
// dropped.
var (
	keptOfRequest  = []string{"Content-Type"}
	keptOfResponse = []string{"Content-Type", "Location", "Retry-After", "X-Oauth-Scopes"}
)

// scrub takes every secret out of a call that is about to be written. The code
// under test has seen the real reply by then.
func scrub(i *vcr.Interaction) error {
	i.Request.URL = scrubURL(i.Request.URL)
	i.Request.Headers = kept(i.Request.Headers, keptOfRequest)
	i.Response.Headers = kept(i.Response.Headers, keptOfResponse)
	i.Response.Duration = 0
	for k, vs := range i.Request.Form {
		for n := range vs {
			vs[n] = scrubValue(k, vs[n])
		}
	}
	switch {
	case strings.HasPrefix(i.Request.Headers.Get("Content-Type"), "application/x-www-form-urlencoded"):
		i.Request.Body = i.Request.Form.Encode()
	default:
		i.Request.Body = scrubText(i.Request.Body)
	}
	i.Response.Body = scrubText(i.Response.Body)
	return nil
}

// scrubURL leaves the path and a scrubbed query: hosts and ports change, and do
// not count.
func scrubURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return mask
	}
	q := u.Query()
	for k, vs := range q {
		for n := range vs {
			vs[n] = scrubValue(k, vs[n])
		}
	}
	return (&url.URL{Path: maskPath(u.Path), RawQuery: q.Encode()}).String()
}

func scrubValue(field, value string) string {
	if isCredential(field) {
		return mask
	}
	return scrubText(value)
}

// kept returns those of h that are named.
func kept(h http.Header, names []string) http.Header {
	out := http.Header{}
	for k, v := range h {
		if slices.Contains(names, http.CanonicalHeaderKey(k)) {
			out[k] = v
		}
	}
	return out
}

// A JSON value after its key: a string, which may be cut off by the end of the
// text, or a word or number.
const value = `\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s",\[\]{}]+)`

var (
	// Members that are secret wherever they are. Names that only contain
	// "password" count, so that flat keys are covered.
	secretMembers = regexp.MustCompile(`(?is)("[^"]*(?:password|notes|subscriptionid)[^"]*"` + value)
	slackMembers  = regexp.MustCompile(`(?is)("(?:token|trigger_id|response_url)"` + value)
	uploadMembers = regexp.MustCompile(`(?s)("upload_url"` + value)
	valueMembers  = regexp.MustCompile(`(?s)("value"` + value)

	// Secrets that can be recognised by their form: tokens and response URLs, and the
	// address of a socket with its ticket.
	tokens  = regexp.MustCompile(`xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|https:(?:\\?/){2}hooks\.slack\.com[^"\s]*`)
	sockets = regexp.MustCompile(`wss?:(?:\\?/){2}[^"\s]+`)

	// Paths of Slack's that are secrets themselves: whoever has one may post or
	// upload.
	secretPaths = regexp.MustCompile(`^/(upload|commands|actions|app|services|workflows)/`)
)

// What takes the place of addresses that the code under test takes apart.
const (
	maskedUpload = "https://files.slack.com/upload/" + mask
	maskedSocket = "wss://wss-primary.slack.com/link/"
)

// maskPath hides what is secret in a path.
func maskPath(path string) string {
	m := secretPaths.FindStringSubmatch(path)
	if m == nil || strings.HasSuffix(path, ".php") {
		return path
	}
	return "/" + m[1] + "/" + mask
}

// scrubText masks the secrets in a body. It works on the text, so that a body
// that is broken on purpose stays broken in the same way.
func scrubText(text string) string {
	text = secretMembers.ReplaceAllString(text, `${1}"`+mask+`"`)
	text = slackMembers.ReplaceAllString(text, `${1}"`+mask+`"`)
	text = uploadMembers.ReplaceAllString(text, `${1}"`+maskedUpload+`"`)
	text = tokens.ReplaceAllString(text, mask)
	text = sockets.ReplaceAllString(text, maskedSocket)
	return scrubCustomFields(text)
}

// scrubCustomFields masks the values of custom fields, which can be root
// passwords. Options have a member of the same name that is kept.
func scrubCustomFields(text string) string {
	const member = `"customfields":`
	var out strings.Builder
	for {
		i := strings.Index(text, member)
		if i < 0 {
			out.WriteString(text)
			return out.String()
		}
		i += len(member)
		out.WriteString(text[:i])
		text = text[i:]
		end := valueLength(text)
		out.WriteString(valueMembers.ReplaceAllString(text[:end], `${1}"`+mask+`"`))
		text = text[end:]
	}
}

// valueLength returns the length of the JSON value at the start of text; all of
// it if the value is cut off.
func valueLength(text string) int {
	d := json.NewDecoder(strings.NewReader(text))
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return len(text)
	}
	return int(d.InputOffset())
}
