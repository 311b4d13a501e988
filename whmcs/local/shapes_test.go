//go:build unix

package local

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
)

// shapes are replies as WHMCS gives them here and there. By the Local API they are what
// PHP makes of the same text. Those that only HTTP brings (refused credentials and
// addresses, firewalls, cut bodies, redirects) cannot occur.
var shapes = []struct {
	name, body string
	req        whmcs.GetClientsProductsRequest
}{
	{name: "documented strings", body: `{"result":"success","clientid":"7","serviceid":null,"pid":null,"domain":null,"totalresults":"2","startnumber":0,"numreturned":2,"products":{"product":[{"id":"501","qty":"1","clientid":"7","orderid":"90","ordernumber":"11223344","pid":"3","regdate":"2024-02-01","name":"Basic Web","groupname":"Hosting","domain":"alpha.example","serverid":"2","recurringamount":"9.50","billingcycle":"Monthly","nextduedate":"2026-12-01","status":"Active"},{"id":"502","qty":"2","clientid":"7","orderid":"91","pid":"4","regdate":"2024-03-01","name":"Mail Seats","groupname":"Mail","domain":"","serverid":"0","recurringamount":"4.00","billingcycle":"Annually","nextduedate":"2027-03-01","status":"Suspended","suspensionreason":"Overdue on payment"}]}}`},
	{name: "native ints and nulls", body: `{"result":"success","clientid":7,"totalresults":1,"startnumber":0,"numreturned":1,"products":{"product":[{"id":503,"clientid":7,"orderid":92,"pid":3,"regdate":"2024-05-01","name":"Basic Web","domain":"beta.example","serverid":0,"servername":"","serverip":null,"serverhostname":null,"recurringamount":"9.50","billingcycle":"Monthly","nextduedate":"2026-11-30","status":"Active","promoid":0,"overideautosuspend":0,"diskusage":12,"disklimit":0}]}}`},
	{name: "empty as string", body: `{"result":"success","clientid":"8","totalresults":"0","startnumber":0,"numreturned":0,"products":""}`},
	{name: "empty as array", body: `{"result":"success","clientid":"8","totalresults":0,"startnumber":0,"numreturned":0,"products":[]}`},
	{name: "empty, container missing or inner null", body: `{"result":"success","clientid":"8","totalresults":0,"startnumber":0,"numreturned":0}`},
	{name: "products null", body: `{"result":"success","clientid":"8","totalresults":0,"startnumber":0,"numreturned":0,"products":null}`},
	{name: "products {\"product\":null}", body: `{"result":"success","clientid":"8","totalresults":0,"startnumber":0,"numreturned":0,"products":{"product":null}}`},
	{name: "products {}", body: `{"result":"success","clientid":"8","totalresults":0,"startnumber":0,"numreturned":0,"products":{}}`},
	{name: "products {\"product\":[]}", body: `{"result":"success","clientid":"8","totalresults":0,"startnumber":0,"numreturned":0,"products":{"product":[]}}`},
	{name: "products {\"product\":\"\"}", body: `{"result":"success","clientid":"8","totalresults":0,"startnumber":0,"numreturned":0,"products":{"product":""}}`},
	{name: "totals say rows, list is empty", body: `{"result":"success","totalresults":"4","startnumber":0,"numreturned":0,"products":""}`},
	{name: "single object", body: `{"result":"success","totalresults":1,"startnumber":0,"numreturned":1,"products":{"product":{"id":"504","clientid":"9","pid":"3","name":"Solo","domain":"gamma.example","status":"Active"}}}`},
	{name: "object keyed by id", body: `{"result":"success","totalresults":2,"startnumber":0,"numreturned":2,"products":{"product":{"611":{"id":611,"clientid":9,"pid":3,"name":"Keyed B","status":"Active"},"601":{"id":601,"clientid":9,"pid":3,"name":"Keyed A","status":"Pending"}}}}`},
	{name: "one keyed by id", body: `{"result":"success","totalresults":1,"products":{"product":{"601":{"id":601,"clientid":9}}}}`},
	{name: "zero and odd dates", body: `{"result":"success","totalresults":1,"startnumber":0,"numreturned":1,"products":{"product":[{"id":"505","clientid":"9","pid":"6","name":"One-off Setup","billingcycle":"One Time","regdate":"2026-02-30","nextduedate":"0000-00-00","overidesuspenduntil":"0000-00-00","lastupdate":"0000-00-00 00:00:00","status":"Completed","recurringamount":"0.00"}]}}`},
	{name: "entities and Slack control text", body: `{"result":"success","totalresults":1,"startnumber":0,"numreturned":1,"products":{"product":[{"id":"506","clientid":"9","pid":"7","name":"Web &amp; Mail &quot;Pro&quot;","groupname":"R&amp;D","domain":"&lt;!channel&gt; *x* &lt;https://evil.example|bank.example&gt;","status":"Active"}]}}`},
	{name: "mixed option and field values", body: `{"result":"success","totalresults":1,"startnumber":0,"numreturned":1,"products":{"product":[{"id":507,"clientid":9,"pid":8,"name":"VPS","status":"Active","customfields":"","configoptions":{"configoption":[{"id":1,"option":"Extra IPs","type":"quantity","value":3},{"id":2,"option":"Location","type":"dropdown","value":"Oslo"},{"id":3,"option":"Backups","type":"yesno","value":true}]}}]}}`},
	{name: "secrets present", body: `{"result":"success","totalresults":1,"startnumber":0,"numreturned":1,"products":{"product":[{"id":"508","clientid":"9","pid":"8","name":"VPS","status":"Active","username":"vps508","password":"hunter2-fictional","notes":"call Ann first","customfields":{"customfield":[{"id":"4","name":"Root Password","value":"root-fictional"}]}}]}}`},
	{name: "status absent or blank", body: `{"result":"success","totalresults":"2","startnumber":0,"numreturned":2,"products":{"product":[{"id":"509","clientid":"9","pid":"3","name":"Old row"},{"id":"510","clientid":"9","pid":"3","name":"Blank row","status":""}]}}`},
	{name: "filter ignored by the server", body: `{"result":"success","clientid":"9","totalresults":"4312","startnumber":0,"numreturned":2,"products":{"product":[{"id":"1","clientid":"2","pid":"3","name":"Other","status":"Active"},{"id":"511","clientid":"9","pid":"3","name":"Mine","status":"Active"}]}}`, req: whmcs.GetClientsProductsRequest{ClientID: 9}},
	{name: "one bad row", body: `{"result":"success","totalresults":3,"startnumber":0,"numreturned":3,"products":{"product":[{"id":512,"clientid":9,"name":"Good","status":"Active"},"unexpected text",{"id":"513","clientid":9,"name":["not","a","string"],"status":"Active"}]}}`},
	{name: "more rows than asked, and duplicates across pages", body: `{"result":"success","totalresults":"3","startnumber":"0","numreturned":"2","products":{"product":[{"id":"514","clientid":"9","name":"A","status":"Active"},{"id":"515","clientid":"9","name":"B","status":"Active"}]}}`, req: whmcs.GetClientsProductsRequest{LimitNum: 1}},
	{name: "http 200 errors (three bodies) 1", body: `{"status": "error", "message": "Client ID Not Found"}`},
	{name: "http 200 errors (three bodies) 2", body: `{"warning": "Please Reload and Try Again"}`},
	{name: "flat keys", body: `{"result":"success","totalresults":"1","startnumber":"0","numreturned":"1","products[product][0][id]":"516","products[product][0][name]":"Flat","products[product][0][status]":"Active"}`},
	{name: "a number for a list", body: `{"result":"success","totalresults":2,"products":7}`},
	{name: "not an answer", body: `{"totalresults":3}`},
	{name: "an error with markup", body: `{"result":"error","message":"<b>Gateway</b> &amp; &quot;Co&quot; &lt; 5"}`},
	{name: "another alphabet", body: `{"result":"success","totalresults":1,"products":{"product":[{"id":1,"name":"Студия 星 🌻 \u2028 \\ / \"quoted\"","recurringamount":9.5}]}}`},
}

// TestShapesByBothWays gives the same reply by HTTP and by a worker, and wants the same
// of both: the same rows or the same failure.
func TestShapesByBothWays(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "reply.json")
	s := at(t, "'does' => 'reply', 'file' => '"+file+"'")
	byWorker, err := whmcs.New(whmcs.Config{Way: s.Workers})
	if err != nil {
		t.Fatal(err)
	}
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
	t.Cleanup(server.Close)
	byHTTP, err := whmcs.New(whmcs.Config{URL: server.URL, Identifier: "any", Secret: "any-secret"})
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range shapes {
		body = shape.body
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		got, want := outcome(t, byWorker, shape.req), outcome(t, byHTTP, shape.req)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\nby a worker %+v\nover HTTP   %+v", shape.name, got, want)
		}
		if text := fmt.Sprintf("%+v %v", got.page, got.line); strings.Contains(text, "hunter2") {
			t.Errorf("%s: a password came out", shape.name)
		}
	}
}

// What came of a question, without what differs each time.
type came struct {
	page         whmcs.Page
	kind         whmcs.Kind
	line, advice string
}

func outcome(t *testing.T, a *whmcs.API, req whmcs.GetClientsProductsRequest) (c came) {
	t.Helper()
	p, err := a.GetClientsProducts(t.Context(), req)
	if p != nil {
		c.page = *p
		c.page.AsOf = time.Time{}
	}
	if e, ok := err.(*whmcs.Error); ok {
		c.kind, c.advice = e.Kind, formatting.Advice(e)
		c.line = strings.Replace(e.Error(), " (HTTP 200)", "", 1)
	} else if err != nil {
		t.Fatal(err)
	}
	return c
}
