package whmcs

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A reply is a Reply that is to be judged.
type reply struct {
	status int // 0: not over HTTP
	header http.Header
	body   []byte
	at     time.Time // when its head arrived
}

// A frame is what is around the rows of a reply, as JSON values.
type frame struct {
	obj                     []byte // the whole object
	result, status, message string
	total                   []byte // of a list of services

	rows   [][]byte // of a list of services
	listed bool     // that list has a shape that is known
	flat   bool     // its rows are beside the frame, under flat keys
}

// open returns the frame of a successful reply, or what is wrong with it. WHMCS's
// status codes cannot be relied on, so the body is judged first, whatever the status.
func (r *reply) open() (*frame, noise, *Error) {
	found := findReply(r.body)
	var f *frame
	var err *Error
	switch {
	case found.twice:
		err = &Error{Kind: ErrNotJSON, Detail: DetailTwoReplies}
	case found.reply == nil:
		err = r.notJSON(found.cut)
	default:
		f = frameOf(found.reply)
		err = r.verdict(f)
	}
	if err != nil {
		err.Status = r.status
		return nil, found.noise, err
	}
	return f, found.noise, nil
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

// verdict returns nil for success, and else what f says.
func (r *reply) verdict(f *frame) *Error {
	switch result := cmp.Or(f.result, f.status); {
	case result == "error":
		e := classify(f.message)
		if e.Kind == ErrWHMCS && r.status == http.StatusNotFound {
			e.Kind, e.Detail = ErrWrongURL, DetailNoAPI // somebody else's error
		}
		e.again = r.status == http.StatusTooManyRequests
		e.after = r.retryAfter()
		return e
	case blockedBy.MatchString(strings.ToLower(f.message)):
		return &Error{Kind: ErrBlocked, again: r.mayPass(), after: r.retryAfter()}
	case r.failed():
		return r.notJSON(false)
	case result == "success":
		return nil
	case f.message != "":
		return classify(f.message)
	case r.isBlocked(nil):
		return &Error{Kind: ErrBlocked}
	}
	return &Error{Kind: ErrWHMCS, Detail: DetailNoVerdict}
}

// failed reports whether the status, where there is one, is that of a failure.
func (r *reply) failed() bool { return r.status != 0 && r.status/100 != 2 }

// mayPass reports whether the status is one that a further try may change.
func (r *reply) mayPass() bool { return r.status == http.StatusTooManyRequests || r.status >= 500 }

// notJSON says what a reply is that holds no JSON object of WHMCS's; cut: it begins
// with one.
func (r *reply) notJSON(cut bool) *Error {
	low := bytes.ToLower(r.body)
	holds := func(text string) bool { return bytes.Contains(low, []byte(text)) }
	e := &Error{Kind: ErrNotJSON, again: r.mayPass()}
	if e.again {
		e.after = r.retryAfter()
	}
	switch {
	case r.isBlocked(low):
		e.Kind = ErrBlocked
	case r.status/100 == 3:
		r.elsewhere(e)
	case bytes.HasPrefix(trim(low), []byte("{")):
		r.byStatus(e, cut) // JSON, whole or cut off: what its texts say means nothing
	case holds(cannotEncode):
		e.Kind, e.again = ErrMalformed, false
	case holds("output has been emitted previously"):
		e.again, e.Detail = false, DetailPrintedFirst
	case holds("down for maintenance"), holds("maintenance mode"):
		e.Kind = ErrMaintenance
	default:
		r.byStatus(e, cut)
	}
	return e
}

// elsewhere says what a redirect means.
func (r *reply) elsewhere(e *Error) {
	e.Kind, e.Location = ErrWrongURL, place(r.header.Get("Location"))
	switch low := strings.ToLower(e.Location); {
	case strings.HasSuffix(low, "/licenseerror.php"), low == "licenseerror.php":
		e.Kind = ErrLicense
	case blockedPage.MatchString(low):
		e.Kind = ErrBlocked
	}
}

// byStatus says what only the HTTP status does.
func (r *reply) byStatus(e *Error, cut bool) {
	switch {
	case r.status == http.StatusUnauthorized:
		e.Kind, e.Detail = ErrBadCredentials, DetailWebServerLogin
	case r.status == http.StatusForbidden, r.status == http.StatusNotAcceptable:
		e.Kind = ErrBlocked
	case r.status == http.StatusTooManyRequests:
		e.Kind, e.Detail = ErrBlocked, DetailTooManyCalls
	case r.status == http.StatusNotFound, r.status == http.StatusMethodNotAllowed, r.status == http.StatusGone:
		e.Kind, e.Detail = ErrWrongURL, DetailNoAPI
	case r.status == http.StatusBadGateway, r.status == http.StatusServiceUnavailable, r.status == http.StatusGatewayTimeout,
		r.status >= 520 && r.status <= 530: // Cloudflare's own
		e.Kind, e.Detail = ErrUnreachable, DetailBehindProxy
	case r.failed() && r.status < 500:
	case len(trim(r.body)) == 0:
		e.Kind, e.Detail = ErrTruncated, DetailEmpty
		e.again, e.shrink = true, true
	case r.status >= 500:
		e.Detail, e.shrink = DetailBroke, true
	case cut:
		e.Kind, e.again, e.shrink = ErrTruncated, true, true
	}
}

// retryAfter reads the header Retry-After: seconds, or a date.
func (r *reply) retryAfter() time.Duration {
	value := r.header.Get("Retry-After")
	if s, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return time.Duration(min(max(s, 0), 24*60*60)) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(0, t.Sub(r.at))
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
