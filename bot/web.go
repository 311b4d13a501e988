package bot

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/slack-go/slack"
)

const (
	slackTimeout   = 20 * time.Second // one call, its body included
	slackTries     = 3                // calls of one method for one answer, all told
	retryAfterMost = time.Minute      // of a Retry-After that can be believed
)

// web carries every HTTP call to Slack: it limits the time, obeys Retry-After per
// method, spaces the requests for connections and counts.
//
// A call is repeated only where Slack has surely not acted on it: after a 429 or a
// refused connection. Where the outcome is unknown the error goes to the caller,
// since repeating a post might answer twice.
type web struct {
	base   string // of the API: what its methods' addresses begin with
	http   *http.Client
	opener *opener
	status *Status
	log    *slog.Logger

	mu    sync.Mutex
	until map[string]time.Time // by method: Slack wants no call before
}

func newWeb(base string, o *opener, s *Status, log *slog.Logger) *web {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 32
	t.ResponseHeaderTimeout = slackTimeout
	t.DialContext = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	return &web{
		base:   base,
		http:   &http.Client{Transport: t, Timeout: slackTimeout, CheckRedirect: noRedirect},
		opener: o, status: s, log: log,
		until: make(map[string]time.Time),
	}
}

// noRedirect keeps a token from following a redirect to another host.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Do is what slack-go calls instead of an HTTP client.
func (w *web) Do(req *http.Request) (*http.Response, error) {
	method, ok := strings.CutPrefix(req.URL.String(), w.base)
	if !ok {
		method = "upload" // its address is a secret
	}
	method, _, _ = strings.Cut(method, "?")
	if method == "apps.connections.open" {
		if err := w.opener.wait(req.Context()); err != nil {
			return nil, err
		}
	}
	return w.try(req, method)
}

// try makes the call under the method's pause, again while Slack says when.
func (w *web) try(req *http.Request, method string) (*http.Response, error) {
	for n := 1; ; n++ {
		if err := sleepWithin(req.Context(), w.pause(method)); err != nil {
			return nil, errNotSent
		}
		resp, err := w.http.Do(req)
		w.count(method, resp, err)
		again := errors.Is(err, syscall.ECONNREFUSED)
		if err == nil && resp.StatusCode == http.StatusTooManyRequests {
			w.limited(method, resp.Header)
			again = true
		}
		if !again || n == slackTries || !rewind(req) {
			return resp, scrubbed(err)
		}
		if resp != nil {
			io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
			resp.Body.Close()
		} else if err := sleep(req.Context(), time.Duration(n)*200*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// errNotSent is a call that was not made: its turn would have come too late.
var errNotSent = errors.New("not sent: slack wants a longer pause")

// sleepWithin waits for d, or fails at once where ctx ends before.
func sleepWithin(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return context.DeadlineExceeded
	}
	return sleep(ctx, d)
}

// rewind makes req's body readable again; false where it cannot be.
func rewind(req *http.Request) bool {
	if req.Body == nil || req.Body == http.NoBody {
		return true
	}
	if req.GetBody == nil {
		return false
	}
	body, err := req.GetBody()
	req.Body = body
	return err == nil
}

func (w *web) pause(method string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Until(w.until[method])
}

// limited notes until when Slack wants no call of the method.
func (w *web) limited(method string, h http.Header) {
	after := time.Second
	if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil && s >= 0 {
		after = min(time.Duration(s)*time.Second, retryAfterMost)
	}
	w.status.slackLimited.WithLabelValues(method).Inc()
	w.log.Warn("slack asks for a pause", "method", method, "seconds", after.Seconds())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until[method] = time.Now().Add(after)
}

func (w *web) count(method string, resp *http.Response, err error) {
	outcome := "failed"
	if err == nil {
		outcome = strconv.Itoa(resp.StatusCode)
	}
	w.status.slackCalls.WithLabelValues(method, outcome).Inc()
}

// scrubbed returns err without the URL of the call: a response_url and a socket's
// ticket are secrets.
func scrubbed(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// slackError returns Slack's own name of an error ("not_in_channel"), or "".
func slackError(err error) string {
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return e.Err
	}
	return ""
}

// unknownOutcome reports whether Slack may have acted although the call failed.
func unknownOutcome(err error) bool {
	if err == nil || slackError(err) != "" || errors.Is(err, errSpent) || errors.Is(err, errNotSent) {
		return false
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return false
	}
	if _, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return false
	}
	code, ok := errors.AsType[slack.StatusCodeError](err)
	return !ok || code.Code >= 500
}

// background is for calls that must not end with the request that began them: a
// look-up that others wait for too, or telling somebody that the time ran out.
func background(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), slackTimeout)
}
