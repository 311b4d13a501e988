package whmcs

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// apiPath is where WHMCS's external API lies below an installation.
const apiPath = "/includes/api.php"

// A FieldError is one problem of a Config. It never holds a value.
type FieldError struct {
	Field string // of Config; "Identifier, Secret" where it concerns both
	Says  string // what is wrong with it: "missing", "must be https, ..."
}

// Error returns the field and the problem.
func (e *FieldError) Error() string { return e.Field + ": " + e.Says }

// Problems returns everything that is wrong with c, nil where nothing is. New returns
// the same, joined.
func (c Config) Problems() []*FieldError {
	return append(c.wayProblems(), c.numberProblems()...)
}

// wayProblems wants one way to the installation, and for HTTP an address and credentials.
func (c Config) wayProblems() []*FieldError {
	if c.Way == nil {
		_, problems := endpointOf(c.URL)
		return append(problems, c.credentialProblems()...)
	}
	if c.URL != "" || c.Transport != nil || c.Identifier+c.Secret+c.Username+c.Password+c.AccessKey+c.BasicAuth != "" {
		return []*FieldError{{"Way", "it needs neither URL, credentials nor Transport"}}
	}
	return nil
}

// endpointOf returns the address of the API for an installation's, which may
// have the API's path already. WHMCS answers a doubled path with HTTP 200 and a
// message that points elsewhere, so it is corrected here. No problem quotes raw: it
// may hold a password.
func endpointOf(raw string) (string, []*FieldError) {
	raw = strings.TrimSpace(raw)
	wrong := func(says string) (string, []*FieldError) { return "", []*FieldError{{"URL", says}} }
	if raw == "" {
		return wrong("missing")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return wrong("not an address such as https://billing.example.com/whmcs")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return wrong("must begin with https://")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return wrong("must be https, because every call carries the credentials; http is for this machine only")
	case u.User != nil:
		return wrong("must not hold a user or a password; HTTP basic authentication has its own setting")
	case u.RawQuery != "" || u.Fragment != "":
		return wrong("must end with the path, without a query or a fragment")
	}
	path := strings.TrimRight(u.Path, "/")
	for strings.HasSuffix(path, apiPath) {
		path = strings.TrimRight(strings.TrimSuffix(path, apiPath), "/")
	}
	u.Path, u.RawPath = path+apiPath, ""
	return u.String(), nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// credentialProblems wants exactly one whole form of credentials.
func (c Config) credentialProblems() []*FieldError {
	var problems []*FieldError
	complain := func(wrong bool, field, says string) {
		if wrong {
			problems = append(problems, &FieldError{field, says})
		}
	}
	credential, legacy := c.Identifier != "" || c.Secret != "", c.Username != "" || c.Password != ""
	complain(!credential && !legacy, "Identifier, Secret", "missing")
	complain(credential && legacy, "Identifier, Username", "both forms of credentials are set; one is enough")
	complain(credential && c.Identifier == "", "Identifier", "missing beside Secret")
	complain(credential && c.Secret == "", "Secret", "missing beside Identifier")
	complain(legacy && c.Username == "", "Username", "missing beside Password")
	complain(legacy && c.Password == "", "Password", "missing beside Username")
	complain(c.BasicAuth != "" && !strings.Contains(c.BasicAuth.Reveal(), ":"), "BasicAuth", "must be user:password")
	return problems
}

func (c Config) numberProblems() []*FieldError {
	var problems []*FieldError
	for _, setting := range []struct {
		name     string
		negative bool
	}{
		{"Timeout", c.Timeout < 0}, {"PageSize", c.PageSize < 0},
		{"MaxConcurrent", c.MaxConcurrent < 0}, {"CacheTTL", c.CacheTTL < 0},
	} {
		if setting.negative {
			problems = append(problems, &FieldError{setting.name, "must not be negative"})
		}
	}
	return problems
}

// newTransport returns a transport for at most n calls at once. TLS is verified,
// as always in Go. The limits here end what is known early; Config.Timeout
// ends the rest.
func newTransport(n int) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    n,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// refuseRedirect keeps the client from following: a POST would lose its body, or
// hand the secret to another host. The redirect itself becomes ErrWrongURL.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
