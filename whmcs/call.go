package whmcs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// maxBody is how many bytes of a reply are read, after decompression. A page of
// 100 services is about 150 KiB.
const maxBody = 16 << 20

// errCallTime is the cause of a context whose HTTP call took Config.Timeout.
var errCallTime = errors.New("the call took too long")

// credentials is what goes on the wire. The handle points to it, so that printing
// the handle shows an address.
type credentials struct {
	form       map[string]string // fields of each call
	user, pass string            // HTTP basic auth
	basic      bool
	secrets    *strings.Replacer // replaces each secret by "[redacted]"
}

func newCredentials(cfg Config) *credentials {
	c := &credentials{form: map[string]string{"responsetype": "json"}}
	if cfg.Identifier != "" {
		c.form["identifier"] = cfg.Identifier.Reveal()
		c.form["secret"] = cfg.Secret.Reveal()
	} else {
		// WHMCS takes the MD5 of a legacy admin's password, in hexadecimal.
		sum := md5.Sum([]byte(cfg.Password.Reveal()))
		c.form["username"] = cfg.Username.Reveal()
		c.form["password"] = hex.EncodeToString(sum[:])
	}
	if cfg.AccessKey != "" {
		c.form["accesskey"] = cfg.AccessKey.Reveal()
	}
	c.user, c.pass, c.basic = strings.Cut(cfg.BasicAuth.Reveal(), ":")

	c.secrets = replacer(c.form["identifier"], c.form["secret"], c.form["username"], c.form["password"],
		c.form["accesskey"], cfg.Password.Reveal(), cfg.BasicAuth.Reveal(), c.pass)
	return c
}

// minSecret is the length, in bytes, from which a secret is looked for in texts:
// replacing a shorter one would leave nothing that can be read.
const minSecret = 4

// replacer puts "[redacted]" in the place of each secret. Longer ones go first:
// one may be the start of another.
func replacer(secrets ...string) *strings.Replacer {
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, s := range secrets {
		if len(s) >= minSecret {
			pairs = append(pairs, s, redacted, url.QueryEscape(s), redacted)
		}
	}
	return strings.NewReplacer(pairs...)
}

// userPart is the user and password of a URL in a text.
var userPart = regexp.MustCompile(`//[^/@\s]+@`)

// scrub makes a text safe to show: without secrets and not longer than
// maxMessage.
func (c *credentials) scrub(s string) string {
	r := []rune(c.secrets.Replace(userPart.ReplaceAllString(s, "//"+redacted+"@")))
	if len(r) > maxMessage {
		r = append(r[:maxMessage-1], '…')
	}
	return string(r)
}

// post makes one HTTP call and reads the reply whole.
func (a *API) post(ctx context.Context, action string, params url.Values) (*reply, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(a.timeout, func() { cancel(errCallTime) })
	defer timer.Stop()

	form := url.Values{"action": {action}}
	for k, v := range params {
		form[k] = v
	}
	for k, v := range a.creds.form {
		form.Set(k, v)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, a.noReply(ctx, action, 0, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "servicesbot")
	if a.creds.basic {
		req.SetBasicAuth(a.creds.user, a.creds.pass)
	}
	res, err := a.hc.Do(req)
	if err != nil {
		return nil, a.noReply(ctx, action, 0, err)
	}
	defer res.Body.Close()
	r := &reply{status: res.StatusCode, header: res.Header, at: time.Now()}
	var body bytes.Buffer
	if res.ContentLength > 0 && res.ContentLength <= maxBody {
		body.Grow(int(res.ContentLength) + bytes.MinRead)
	}
	_, err = body.ReadFrom(io.LimitReader(res.Body, maxBody+1))
	r.body = body.Bytes()
	if err != nil {
		return nil, a.noReply(ctx, action, res.StatusCode, err)
	}
	if len(r.body) > maxBody {
		return nil, &Error{Kind: ErrTooLarge, Status: res.StatusCode}
	}
	return r, nil
}

// noReply classes the failure of a call that brought no whole reply. The text of
// a *url.Error is left out: it holds the URL.
func (a *API) noReply(ctx context.Context, action string, status int, err error) error {
	e := &Error{Kind: ErrUnreachable, Status: status, again: true}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errCallTime) {
		return stopped(ctx, action)
	} else if cause != nil {
		e.Kind, e.Message = ErrTimeout, "no whole reply within "+a.timeout.String()
		return e
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var ne net.Error
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &cert):
		e.again = false
	case errors.As(err, &ne) && ne.Timeout():
		e.Kind = ErrTimeout
	case status != 0:
		e.Kind, e.shrink = ErrTruncated, true
	}
	e.Message = err.Error()
	return e
}

// named completes an error of the layers below, which do not know the action,
// and makes its texts safe to show.
func (a *API) named(action string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.Action = action
	e.Message, e.Location = a.creds.scrub(e.Message), a.creds.scrub(e.Location)
	if e.Advice == "" {
		e.Advice = adviceByKind[e.Kind]
	}
	return e
}
