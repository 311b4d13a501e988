package whmcsfake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs/whmcsfake"
)

// noon is the day on which the tests' installations stand.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// start runs a fake until the test ends.
func start(t *testing.T, cfg whmcsfake.Config) *whmcsfake.Server {
	t.Helper()
	if cfg.Now.IsZero() {
		cfg.Now = noon
	}
	s := whmcsfake.New(cfg)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// form is a call with good credentials. pairs are keys and values.
func form(action string, pairs ...string) url.Values {
	f := url.Values{
		"identifier": {whmcsfake.Identifier}, "secret": {whmcsfake.Secret},
		"action": {action}, "responsetype": {"json"},
	}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// post sends a form and returns the whole reply.
func post(t *testing.T, s *whmcsfake.Server, f url.Values) (*http.Response, string) {
	t.Helper()
	res, err := http.PostForm(s.URL()+"/includes/api.php", f)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// rows returns the services of a reply in the documented shape.
func rows(t *testing.T, body string) []map[string]any {
	t.Helper()
	var v struct {
		Products struct{ Product []map[string]any }
	}
	if strings.Contains(body, `"products":[]`) {
		return nil
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %.300s", err, body)
	}
	return v.Products.Product
}

func TestClientOne(t *testing.T) {
	t.Parallel()
	s := start(t, whmcsfake.Config{})
	res, body := post(t, s, form("GetClientsProducts", "clientid", "1"))
	if res.StatusCode != 200 {
		t.Fatalf("status %d", res.StatusCode)
	}
	got := rows(t, body)
	if len(got) != 2 || got[0]["domain"] != "demodomain.com" || got[1]["status"] != "Active" {
		t.Fatalf("got %s", body)
	}
}
