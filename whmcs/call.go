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
	} else if cfg.Username != "" {
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

// overHTTP is the Way of WHMCS's external API: each call is a POST.
type overHTTP struct {
	endpoint string
	creds    *credentials
	hc       *http.Client
}

func newOverHTTP(endpoint string, creds *credentials, transport http.RoundTripper) *overHTTP {
	return &overHTTP{endpoint, creds, &http.Client{Transport: transport, CheckRedirect: refuseRedirect}}
}

// Call makes one HTTP call and reads the reply whole.
func (h *overHTTP) Call(ctx context.Context, action string, params url.Values) (*Reply, error) {
	form := url.Values{"action": {action}}
	for k, v := range params {
		form[k] = v
	}
	for k, v := range h.creds.form {
		form.Set(k, v)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, noReply(0, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "servicesbot")
	if h.creds.basic {
		req.SetBasicAuth(h.creds.user, h.creds.pass)
	}
	res, err := h.hc.Do(req)
	if err != nil {
		return nil, noReply(0, err)
	}
	defer res.Body.Close()
	r := &Reply{Status: res.StatusCode, Header: res.Header, At: time.Now()}
	var body bytes.Buffer
	if res.ContentLength > 0 && res.ContentLength <= MaxReply {
		body.Grow(int(res.ContentLength) + bytes.MinRead)
	}
	_, err = body.ReadFrom(io.LimitReader(res.Body, MaxReply+1))
	r.Body = body.Bytes()
	if err != nil {
		return nil, noReply(res.StatusCode, err)
	}
	if len(r.Body) > MaxReply {
		return nil, &Error{Kind: ErrTooLarge, Status: res.StatusCode}
	}
	return r, nil
}

// Rest lets idle connections go.
func (h *overHTTP) Rest() { h.hc.CloseIdleConnections() }

// String is the address of the API.
func (h *overHTTP) String() string { return h.endpoint }

// noReply classes the failure of an HTTP call that brought no whole reply. The text
// of a *url.Error is left out: it holds the URL.
func noReply(status int, err error) *Error {
	e := &Error{Kind: ErrUnreachable, Status: status, again: true}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var ne net.Error
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &cert):
		e.again, e.Detail = false, DetailCertificate
	case errors.Is(err, http.ErrSchemeMismatch):
		e.again, e.Detail = false, DetailNotHTTPS
	case errors.As(err, &ne) && ne.Timeout():
		e.Kind = ErrTimeout
	case status != 0:
		e.Kind, e.shrink = ErrTruncated, true
	}
	e.Message = err.Error()
	return e
}
