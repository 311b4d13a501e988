package whmcs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A reply is a Reply that is to be judged.
type reply struct {
	status int // 0: not over HTTP
	header http.Header
	body   []byte
	at     time.Time // when its head arrived
}

// A frame is what stands around the rows of a reply, as JSON values.
type frame struct {
	obj                     []byte // the whole object
	result, status, message string
	total                   []byte // of a list of services

	rows   [][]byte // of a list of services
	listed bool     // that list has a shape that is known
	flat   bool     // its rows stand beside the frame, under flat keys
}

// open returns the frame of a successful reply, or the class of what is wrong
// with it. WHMCS's status codes cannot be relied on, so the body is judged first,
// whatever the status. noisy: something was printed around the JSON.
func (r *reply) open() (f *frame, noisy bool, err *Error) {
	obj, noisy := findObject(r.body)
	if obj == nil {
		err = r.notJSON()
	} else {
		f = frameOf(obj)
		err = r.verdict(f)
	}
	if err != nil {
		err.Status = r.status
		return nil, noisy, err
	}
	return f, noisy, nil
}

// frameOf walks over obj once.
func frameOf(obj []byte) *frame {
	f := &frame{obj: obj, listed: true}
	membersAt(obj, func(key, rest []byte) (n int) {
		if string(key) == "products" {
			f.rows, n, f.listed = rowsOf(rest, "product")
			return n
		}
		n = skipValue(rest, 0)
		f.set(key, rest[:n])
		return n
	})
	return f
}

func (f *frame) set(key, v []byte) {
	switch string(key) {
	case "result":
		f.result = strings.ToLower(scalar(v))
	case "status":
		f.status = strings.ToLower(scalar(v))
	case "message", "warning":
		f.message = cmp.Or(f.message, scalar(v))
	case "totalresults":
		f.total = v
	default:
		f.flat = f.flat || bytes.HasPrefix(key, []byte("products["))
	}
}

// findObject returns the JSON object in body: the whole of it but for a byte
// order mark and space, or, where a hook or PHP printed something around it, the
// part from {"result" to the last brace. It is nil where there is none that is
// whole.
func findObject(body []byte) (obj []byte, noisy bool) {
	body = trim(body)
	if len(body) > 0 && body[0] == '{' && json.Valid(body) {
		return body, false
	}
	start, end := bytes.Index(body, []byte(`{"result"`)), bytes.LastIndexByte(body, '}')
	if start < 0 || end < start {
		return nil, false
	}
	if obj = body[start : end+1]; json.Valid(obj) {
		return obj, true
	}
	return nil, false
}

func trim(body []byte) []byte {
	return bytes.TrimFunc(body, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' })
}

// verdict returns nil for success, and else what f tells.
func (r *reply) verdict(f *frame) *Error {
	switch result := cmp.Or(f.result, f.status); {
	case result == "error":
		e := classify(f.message)
		e.again = r.status == http.StatusTooManyRequests
		e.after = retryAfter(r.header.Get("Retry-After"), r.at)
		return e
	case r.status != 0 && r.status/100 != 2:
		return r.notJSON()
	case result == "success":
		return nil
	case f.message != "":
		return classify(f.message)
	}
	return &Error{Kind: ErrWHMCS, Message: "the reply tells neither success nor an error"}
}

// classify turns a message of WHMCS's into an error. The texts are not
// documented and their case varies.
func classify(message string) *Error {
	e := &Error{Kind: ErrWHMCS, Message: plainLine(message)}
	low := strings.ToLower(e.Message)
	switch {
	case hasAnyPrefix(low, "invalid ip", "forbidden ip", "ip banned"):
		e.Kind, e.IP = ErrIPNotAllowed, addressIn(e.Message)
	case hasAnyPrefix(low, "authentication failed", "invalid or missing credentials", "invalid password provided",
		"administrator account disabled", "access denied"):
		e.Kind = ErrBadCredentials
	case hasAnyPrefix(low, "invalid permissions", "invalid api action", "api function not found"):
		e.Kind = ErrActionNotPermitted
	case strings.HasPrefix(low, "an admin user is required"):
		e.Kind = ErrWrongURL
		e.Advice = "Check WHMCS_URL: WHMCS says this where /includes/api.php stands twice in the address."
	case strings.Contains(low, "not found"):
		e.Kind = ErrNotFound
	case strings.Contains(low, "down for maintenance"):
		e.Kind = ErrMaintenance
	}
	return e
}

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

// notJSON classes a reply that holds no JSON object of WHMCS's.
func (r *reply) notJSON() *Error {
	low := bytes.ToLower(r.body)
	holds := func(marks ...string) bool {
		for _, m := range marks {
			if bytes.Contains(low, []byte(m)) {
				return true
			}
		}
		return false
	}
	e := &Error{Kind: ErrNotJSON, again: r.status == http.StatusTooManyRequests || r.status >= 500}
	if e.again {
		e.after = retryAfter(r.header.Get("Retry-After"), r.at)
	}
	switch {
	case r.status/100 == 3:
		e.Kind, e.Location = ErrWrongURL, place(r.header.Get("Location"))
	case bytes.HasPrefix(trim(low), []byte("{")):
		r.byStatus(e) // JSON, whole or cut off: what its texts say means nothing
	case holds("output has been emitted previously"):
		e.again, e.Message = false, "PHP output before the reply"
		e.Advice = "Find the hook or module that prints something, with the PHP error log: WHMCS cannot answer after it."
	case holds("down for maintenance", "maintenance mode"):
		e.Kind = ErrMaintenance
	case holds("just a moment", "cf-browser-verification", "cf-chl", "attention required", "incapsula", "sucuri"):
		e.Kind = ErrBlocked
	default:
		r.byStatus(e)
	}
	return e
}

// byStatus classes what only the HTTP status tells.
func (r *reply) byStatus(e *Error) {
	blank := len(trim(r.body)) == 0
	switch {
	case r.status == http.StatusUnauthorized:
		e.Kind = ErrBadCredentials
		e.Message = "the web server in front of WHMCS asks for a login"
		e.Advice = "Check WHMCS_BASIC_AUTH: the web server in front of WHMCS wants a user and a password."
	case r.status == http.StatusForbidden, r.status == http.StatusNotAcceptable:
		e.Kind = ErrBlocked
	case r.status == http.StatusTooManyRequests:
		e.Kind, e.Message = ErrBlocked, "too many requests"
		e.Advice = "Lower WHMCS_MAX_CONCURRENT, or raise the limit of the proxy in front of WHMCS."
	case r.status == http.StatusNotFound, r.status == http.StatusMethodNotAllowed, r.status == http.StatusGone:
		e.Kind, e.Message = ErrWrongURL, "there is no WHMCS API at this address"
	case r.status == http.StatusBadGateway, r.status == http.StatusServiceUnavailable, r.status == http.StatusGatewayTimeout,
		r.status >= 520 && r.status <= 530: // Cloudflare's own
		e.Kind, e.Message = ErrUnreachable, "the web server in front of WHMCS gets no answer from it"
	case r.status != 0 && r.status/100 != 2 && r.status < 500:
	case blank:
		e.Kind, e.Message = ErrTruncated, "the reply is empty"
		e.again, e.shrink = true, true
	case r.status >= 500:
		e.Message, e.shrink = "WHMCS broke while it made the reply", true
		e.Advice = adviceByKind[ErrTruncated]
	case cutOff(r.body):
		e.Kind, e.again, e.shrink = ErrTruncated, true, true
	}
}

// cutOff reports whether body begins as JSON and ends too early.
func cutOff(body []byte) bool {
	body = trim(body)
	if start := bytes.Index(body, []byte(`{"result"`)); start > 0 {
		body = body[start:]
	}
	var raw json.RawMessage
	var syntax *json.SyntaxError
	err := json.Unmarshal(body, &raw)
	return len(body) > 0 && body[0] == '{' && errors.As(err, &syntax) && syntax.Offset >= int64(len(body))
}

// retryAfter reads the header of that name, seconds or a date, at the time now.
func retryAfter(value string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return time.Duration(min(max(s, 0), 24*60*60)) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// place returns scheme, host and path of a redirect's target: query and user part
// may hold secrets.
func place(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// maxMessage is how many characters of a message of WHMCS's are kept.
const maxMessage = 300

// plainLine makes one line of a message: tags dropped, entities decoded once, no
// control characters.
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
