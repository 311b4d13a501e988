package whmcs_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// searching returns a handle on a fake whose role has some actions; none: all.
func searching(t *testing.T, actions ...string) *whmcs.API {
	t.Helper()
	fake := whmcsfake.New(whmcsfake.Config{Actions: actions, Services: 3000})
	a, err := whmcs.New(whmcs.Config{URL: "http://127.0.0.1/", Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, Transport: fake.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestGetClientsFindsByBeginnings(t *testing.T) {
	t.Parallel()
	a := searching(t)
	for text, id := range map[string]int{
		"Dana": 1, "dana demo": 1, "  DEMO  domain": 1, "dana@demodomain.com": 1, "Harbour": 7, "o'brien & söhne": 5,
		"בן־דוד": 4, "студия": 4, "nothing": 3,
	} {
		found, err := a.GetClients(t.Context(), text)
		if err != nil || len(found.Clients) != 1 || found.Clients[0].ID != id || found.Total != 1 {
			t.Errorf("%q: %+v, %v; want client %d alone", text, found, err, id)
		}
	}
	if found, err := a.GetClients(t.Context(), "ana"); err != nil || len(found.Clients) > 0 || found.Total != 0 {
		t.Errorf("a text within a name: %+v, %v", found, err)
	}
	if found, err := a.GetClients(t.Context(), "a"); err != nil || len(found.Clients) != whmcs.SearchedClients || found.Total <= whmcs.SearchedClients {
		t.Errorf("many: %d of %d, %v", len(found.Clients), found.Total, err)
	}
	if _, err := a.GetClients(t.Context(), " "); !errors.Is(err, whmcs.ErrNotFound) {
		t.Errorf("no text: %v", err)
	}
}

func TestGetClientsNotPermitted(t *testing.T) {
	t.Parallel()
	a := searching(t, "GetClientsProducts")
	for range 2 {
		if _, err := a.GetClients(t.Context(), "Dana"); !errors.Is(err, whmcs.ErrActionNotPermitted) {
			t.Errorf("%v, want ErrActionNotPermitted", err)
		}
	}
}

// TestGetClientsDropsOthers: where a hook lets WHMCS ignore the search, everybody comes.
func TestGetClientsDropsOthers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"result":"success","totalresults":"3","clients":{"client":[
			{"id":"1","firstname":"Ann","lastname":"Dane","companyname":"","email":"ann@example.com"},
			{"id":2,"firstname":"Bob","lastname":"Low","companyname":"Dane &amp; Low","email":"bob@example.com"},
			{"id":3,"firstname":"Dan","lastname":"Other","companyname":"","email":"x@example.com"}]}}`))
	}))
	t.Cleanup(server.Close)
	a, err := whmcs.New(whmcs.Config{URL: server.URL, Identifier: "i", Secret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	found, err := a.GetClients(t.Context(), "dane")
	if err != nil || len(found.Clients) != 2 || found.Clients[1].Company != "Dane & Low" || found.Total != 2 {
		t.Errorf("%+v, %v", found, err)
	}
}
