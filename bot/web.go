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
	"syscall"
	"time"

	"github.com/slack-go/slack"
)

const (
	slackTimeout = 20 * time.Second // one call, its body included
	slackTries   = 3                // of one call, all together
)

// web carries every HTTP call to Slack: it limits the time, obeys Retry-After and counts.
//
// A call is repeated only where Slack has surely not acted on it: after a 429 or a
// refused connection. Where the outcome is unknown the error goes to the caller,
// since repeating a post might answer twice.
type web struct {
	base   string // of the API: what its methods' addresses begin with
	http   *http.Client
	status *Status
	log    *slog.Logger

	pauses *pauses
}

func newWeb(base string, s *Status, log *slog.Logger) *web {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 32
	t.ResponseHeaderTimeout = slackTimeout
	t.DialContext = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	return &web{
		base:   base,
		http:   &http.Client{Transport: t, Timeout: slackTimeout, CheckRedirect: noRedirect},
		status: s, log: log,
		pauses: newPauses(),
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
	return w.try(req, method)
}

// try makes the call when Slack takes it, again where Slack asks for a pause. A worker
// that waits for that is replaced meanwhile (see aside).
func (w *web) try(req *http.Request, method string) (*http.Response, error) {
	limit := slackLimitOf(req, method)
	for n := 1; ; n++ {
		if err := w.await(req.Context(), limit); err != nil {
			return nil, errNotSent
		}
		resp, err := w.http.Do(req)
		w.count(method, resp, err)
		again := errors.Is(err, syscall.ECONNREFUSED)
		if err == nil && resp.StatusCode == http.StatusTooManyRequests {
			w.notePause(limit, resp.Header)
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

// await returns when Slack takes a call under l, an error where that would be too late.
func (w *web) await(ctx context.Context, l slackLimit) error {
	for {
		d := w.pauses.left(l)
		if d <= 0 {
			return ctx.Err()
		}
		if err := aside(ctx, func() error { return sleepWithin(ctx, d) }); err != nil {
			return err
		}
	}
}

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

// notePause notes that Slack wants no call under l for a while.
func (w *web) notePause(l slackLimit, h http.Header) {
	after := w.pauses.add(l, h)
	w.status.slackLimited.WithLabelValues(l.method).Inc()
	w.log.Warn("slack asks for a pause", "method", l.method, "seconds", after.Seconds())
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
	if err == nil || slackError(err) != "" || errors.Is(err, errSpent) || errors.Is(err, errNotSent) || errors.Is(err, errNowhere) {
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
