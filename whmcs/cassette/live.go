package cassette

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// live is the transport below the recorder: it sends calls to the servers that
// the environment names, with their credentials in place of the placeholders.
type live struct{ to http.RoundTripper }

// RoundTrip sends r to where the environment says.
func (l live) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := drain(r)
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	switch {
	case strings.HasSuffix(r.URL.Path, "/includes/api.php"):
		body, err = toWHMCS(out, body)
	case strings.Contains(r.URL.Path, "/api/"):
		body, err = toSlack(out, body)
	}
	if err != nil {
		return nil, err
	}
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	out.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return l.to.RoundTrip(out)
}

// toWHMCS points r at WHMCS_URL and exchanges its credentials.
func toWHMCS(r *http.Request, body []byte) ([]byte, error) {
	base := strings.TrimSuffix(strings.TrimSuffix(os.Getenv("WHMCS_URL"), "/"), "/includes/api.php")
	if err := point(r, "WHMCS_URL", base+"/includes/api.php"); err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	for _, k := range credentials {
		form.Del(k)
	}
	form.Set("identifier", os.Getenv("WHMCS_IDENTIFIER"))
	form.Set("secret", os.Getenv("WHMCS_SECRET"))
	if k := os.Getenv("WHMCS_ACCESS_KEY"); k != "" {
		form.Set("accesskey", k)
	}
	return []byte(form.Encode()), nil
}

// toSlack points r at SLACK_API_URL and exchanges its token.
func toSlack(r *http.Request, body []byte) ([]byte, error) {
	_, method, _ := strings.Cut(r.URL.Path, "/api/")
	if err := point(r, "SLACK_API_URL", strings.TrimSuffix(os.Getenv("SLACK_API_URL"), "/")+"/"+method); err != nil {
		return nil, err
	}
	token := os.Getenv("SLACK_BOT_TOKEN")
	if r.Header.Get("Authorization") != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return body, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	if form.Has("token") {
		form.Set("token", token)
	}
	return []byte(form.Encode()), nil
}

// point gives r another URL, which comes from a variable of the environment.
func point(r *http.Request, variable, to string) error {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" {
		return fmt.Errorf("cassette: to record, set %s to the server's address", variable)
	}
	r.URL, r.Host = u, u.Host
	return nil
}
