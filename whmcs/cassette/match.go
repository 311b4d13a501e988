package cassette

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
)

// credentials are the fields that never count and are never written: WHMCS's,
// then Slack's.
var credentials = []string{
	"identifier", "secret", "username", "password", "accesskey",
	"token", "trigger_id",
}

func isCredential(field string) bool {
	return slices.Contains(credentials, strings.ToLower(field))
}

// liveKey returns the key of a request and closes its body.
func liveKey(r *http.Request) (string, error) {
	body, err := drain(r)
	if err != nil {
		return "", err
	}
	return key(r.Method, r.URL, r.Header.Get("Content-Type"), body), nil
}

// recordedKey returns the key of a request on a cassette.
func recordedKey(i vcr.Request) string {
	u, err := url.Parse(i.URL)
	if err != nil {
		u = &url.URL{Path: i.URL}
	}
	return key(i.Method, u, i.Headers.Get("Content-Type"), []byte(i.Body))
}

// key is a line that is the same for requests that ask for the same thing.
func key(method string, u *url.URL, contentType string, body []byte) string {
	kind, params, _ := mime.ParseMediaType(contentType)
	fields := u.Query()
	text := ""
	switch kind {
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			text = string(body)
		}
		merge(fields, form)
	case "multipart/form-data":
		merge(fields, parts(body, params["boundary"]))
	default:
		text = plainJSON(string(body))
	}
	for k, vs := range fields {
		if isCredential(k) {
			delete(fields, k)
			continue
		}
		for i := range vs {
			vs[i] = plainJSON(vs[i])
		}
	}
	line := method + " " + maskPath(u.Path)
	if len(fields) > 0 {
		line += " " + readable(fields)
	}
	if text != "" {
		line += " " + text
	}
	return line
}

func merge(to, from url.Values) {
	for k, vs := range from {
		to[k] = append(to[k], vs...)
	}
}

// readable is url.Values.Encode without the escapes, for messages.
func readable(fields url.Values) string {
	s := fields.Encode()
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// parts reads a multipart body, whose boundary differs at every call.
func parts(body []byte, boundary string) url.Values {
	out := url.Values{}
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := r.NextPart()
		if err != nil {
			return out
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return out
		}
		out.Add(p.FormName(), p.FileName()+" "+string(content))
	}
}

// plainJSON returns JSON with its keys in order, without spaces and without
// credentials; anything else as it is.
func plainJSON(text string) string {
	t := strings.TrimSpace(text)
	if !strings.HasPrefix(t, "{") && !strings.HasPrefix(t, "[") {
		return text
	}
	d := json.NewDecoder(strings.NewReader(t))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return text
	}
	if m, ok := v.(map[string]any); ok {
		for k := range m {
			if isCredential(k) {
				delete(m, k)
			}
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(b)
}
