package whmcs

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

const denied = `{"result":"error","message":"Invalid Permissions: API action \"x\" is not allowed"}`

func TestClient(t *testing.T) {
	t.Parallel()
	ann := Client{ID: 7, Name: "Ann O'Neil", Company: "R&D", Email: "ann@a.example", CurrencyCode: "EUR"}
	for _, c := range []struct {
		name  string
		id    int
		email string
		sent  url.Values // "": no call
		body  string
		want  Client
		kind  Kind
	}{
		{"by id", 7, "", url.Values{"clientid": {"7"}},
			`{"result":"success","userid":7,"id":7,"status":"Active","client":{"id":"7","firstname":"Ann","lastname":"O&#039;Neil","companyname":"R&amp;D","email":"ann@a.example","currency_code":"EUR"}}`, ann, ""},
		{"by e-mail", 0, " Ann@A.example ", url.Values{"email": {"ann@a.example"}},
			`{"result":"success","userid":"7","firstname":"Ann","lastname":"O&#039;Neil","companyname":"R&amp;D","email":"ann@a.example","currency_code":"EUR","client":[]}`, ann, ""},
		{"the id counts before the e-mail", 7, "bob@b.example", url.Values{"clientid": {"7"}}, `{"result":"success","client":{"id":7}}`, Client{ID: 7}, ""},
		{"another client", 7, "", url.Values{"clientid": {"7"}}, `{"result":"success","client":{"id":8}}`, Client{}, ErrWHMCS},
		{"another e-mail", 0, "a@a.example", url.Values{"email": {"a@a.example"}}, `{"result":"success","client":{"id":8,"email":"aa@a.example"}}`, Client{}, ErrWHMCS},
		{"nothing in it", 7, "", url.Values{"clientid": {"7"}}, `{"result":"success"}`, Client{}, ErrWHMCS},
		{"no such client", 7, "", url.Values{"clientid": {"7"}}, `{"result":"error","message":"Client ID Not Found"}`, Client{}, ErrNotFound},
		{"nobody", 0, " ", nil, "", Client{}, ErrNotFound},
		{"below one", -7, "", nil, "", Client{}, ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sent url.Values
			a := newTestAPI(t, func(form url.Values, _ *http.Request) (*http.Response, error) {
				sent = url.Values{}
				for _, key := range []string{"clientid", "email"} {
					if form.Has(key) {
						sent[key] = form[key]
					}
				}
				return respond(200, c.body), nil
			})
			got, err := a.GetClientsDetails(t.Context(), c.id, c.email)
			if kindOf(err) != c.kind || sent.Encode() != c.sent.Encode() {
				t.Fatalf("%v, sent %v", err, sent)
			}
			var e *Error
			if errors.As(err, &e) && (e.Action != "GetClientsDetails") {
				t.Errorf("%+v", e)
			}
			if err == nil && *got != c.want {
				t.Errorf("%+v, want %+v", *got, c.want)
			}
		})
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	saturn := []Server{{ID: 1, Name: "Saturn & Co", Hostname: "saturn.example.com", IP: "192.0.2.4"}}
	const row = `{"id":"1","name":"Saturn &amp; Co","hostname":"saturn.example.com","ipaddress":"192.0.2.4","activeServices":5}`
	for body, want := range map[string][]Server{
		`{"result":"success","servers":[` + row + `,{"name":"no id"},"odd"]}`: saturn,
		`{"result":"success","servers":{"server":[` + row + `]}}`:             saturn,
		`{"result":"success","servers":{"server":` + row + `}}`:               saturn,
		`{"result":"success","servers":{"4":` + row + `}}`:                    saturn,
		`{"result":"success","servers":""}`:                                   nil,
		`{"result":"success"}`:                                                nil,
		`{"result":"success","servers":true}`:                                 nil,
	} {
		a := newTestAPI(t, func(url.Values, *http.Request) (*http.Response, error) { return respond(200, body), nil })
		got, err := a.GetServers(t.Context())
		if !slices.Equal(got, want) || (err != nil) != (body == `{"result":"success","servers":true}`) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

// TestMissingPermission wants an action that the API role lacks asked once, with
// services found as before, and asked again an hour later.
func TestMissingPermission(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := map[string]int{}
		a := cached(t, func(form url.Values, _ *http.Request) (*http.Response, error) {
			action := form.Get("action")
			calls[action]++
			if action == actionProducts {
				return respond(200, none), nil
			}
			return respond(403, denied), nil
		})
		for turn := 1; turn <= 2; turn++ {
			for id := 1; id <= 3; id++ {
				if _, err := a.GetClientsDetails(t.Context(), id, ""); !errors.Is(err, ErrActionNotPermitted) {
					t.Error(err)
				}
				if _, err := a.GetServers(t.Context()); !errors.Is(err, ErrActionNotPermitted) {
					t.Error(err)
				}
				if _, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{ClientID: id}); err != nil {
					t.Error(err)
				}
			}
			if calls[actionClients] != turn || calls[actionServers] != turn || calls[actionProducts] != 3*turn {
				t.Errorf("turn %d: %v", turn, calls)
			}
			<-time.After(deniedFor)
		}
		if st := a.State(); st.BreakerOpen || st.LastError != "" {
			t.Errorf("%+v", st)
		}
	})
}

// TestClientCache wants clients and servers kept like pages, each asker with a
// copy of his own.
func TestClientCache(t *testing.T) {
	t.Parallel()
	calls := 0
	a := cached(t, func(form url.Values, _ *http.Request) (*http.Response, error) {
		calls++
		return respond(200, `{"result":"success","client":{"id":7,"companyname":"A"},"servers":[{"id":7,"name":"A"}]}`), nil
	})
	for range 3 {
		c, err := a.GetClientsDetails(t.Context(), 7, "")
		if err != nil || c.Company != "A" {
			t.Fatal(c, err)
		}
		c.Company = "spoilt"
		s, err := a.GetServers(t.Context())
		if err != nil || s[0].Name != "A" {
			t.Fatal(s, err)
		}
		s[0].Name = "spoilt"
	}
	if calls != 2 {
		t.Errorf("%d calls", calls)
	}
}
