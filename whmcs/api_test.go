package whmcs

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A wire is a WHMCS without a network: it answers each call by itself.
type wire func(form url.Values, r *http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	return w(form, r)
}

// respond is a response with a status and a body.
func respond(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// testConfig is a valid Config for calls over w.
func testConfig(w wire) Config {
	return Config{URL: "https://billing.example/whmcs", Identifier: "identifier-fictional", Secret: "secret-fictional", Transport: w}
}

func newTestAPI(t testing.TB, w wire) *API {
	t.Helper()
	a, err := New(testConfig(w))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRequest(t *testing.T) {
	t.Parallel()
	var got url.Values
	var at string
	a := newTestAPI(t, func(form url.Values, r *http.Request) (*http.Response, error) {
		got, at = form, r.Method+" "+r.URL.String()
		return respond(200, `{"result":"success","totalresults":0,"products":[]}`), nil
	})
	p, err := a.GetClientsProducts(context.Background(), GetClientsProductsRequest{ClientID: 1, Username2: "u"})
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	want := "action=GetClientsProducts&clientid=1&identifier=identifier-fictional&limitnum=100&responsetype=json&secret=secret-fictional&username2=u"
	if got.Encode() != want || at != "POST https://billing.example/whmcs/includes/api.php" {
		t.Errorf("sent %s %s", at, got.Encode())
	}
}
