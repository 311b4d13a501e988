package whmcs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Texts that no reader may ever see: a service's password, and what an HTML page
// of an error holds.
const (
	planted     = "hunter2-planted"
	plantedPage = "stack-trace-planted"
)

// A shape is a reply of WHMCS's, or of what is in front of it, as it was seen
// somewhere, and what becomes of it.
type shape struct {
	name   string
	status int // 0: 200
	header http.Header
	body   string
	req    GetClientsProductsRequest

	ids        []int // the services that come of it
	total      int
	foreign    int
	unreadable int
	kind       Kind   // or the failure
	line       string // is in the failure's line
	tries      int    // 0: one
}

// four is a good reply with service 4, and four2 another of the same.
const (
	four  = `{"result":"success","totalresults":1,"products":{"product":{"id":4}}}`
	four2 = `{ "result": "success", "totalresults": 1, "products": {"product": {"id": 4}} }`
)

const htmlError = `<html><title>Error</title><pre>` + plantedPage + `</pre></html>`

var shapes = []shape{
	{name: "numbers as texts", ids: []int{501, 502}, total: 2, body: `{"result":"success","clientid":"7","serviceid":null,"totalresults":"2","startnumber":0,"numreturned":2,
		"products":{"product":[{"id":"501","qty":"1","clientid":"7","pid":"3","name":"Basic"},{"id":"502","qty":"2","clientid":"7","pid":"4","name":"Seats"}]}}`},
	{name: "numbers and nulls", ids: []int{503}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":[{"id":503,"clientid":7,"serverid":0,"serverip":null,"serverhostname":null}]}}`},
	{name: "empty text", body: `{"result":"success","totalresults":"0","startnumber":0,"numreturned":0,"products":""}`},
	{name: "empty list", body: `{"result":"success","totalresults":0,"products":[]}`},
	{name: "no list", body: `{"result":"success","totalresults":0}`},
	{name: "null", body: `{"result":"success","totalresults":0,"products":null}`},
	{name: "null inside", body: `{"result":"success","totalresults":0,"products":{"product":null}}`},
	{name: "empty list inside", body: `{"result":"success","totalresults":0,"products":{"product":[]}}`},
	{name: "empty object", body: `{"result":"success","totalresults":0,"products":{}}`},
	{name: "total without rows", kind: ErrWHMCS, line: "sent none: 4 rows", body: `{"result":"success","totalresults":"4","products":""}`},
	{name: "rows without total", ids: []int{9}, total: 1, body: `{"result":"success","products":{"product":[{"id":9}]}}`},
	{name: "one object", ids: []int{504}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":{"id":"504","clientid":"9"}}}`},
	{name: "keyed by id", ids: []int{601, 611}, total: 2, body: `{"result":"success","totalresults":2,"products":{"product":{"611":{"id":611},"601":{"id":601}}}}`},
	{name: "one keyed by id", ids: []int{601}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":{"601":{"id":601}}}}`},
	{name: "list without the inner name", ids: []int{5, 6}, total: 2, body: `{"result":"success","totalresults":2,"products":[{"id":5},{"id":6}]}`},
	{name: "a number for a list", kind: ErrNotJSON, line: "shape", body: `{"result":"success","totalresults":2,"products":7}`},
	{name: "zero and odd dates", ids: []int{505}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":[{"id":"505","regdate":"2026-02-30","nextduedate":"0000-00-00","lastupdate":"0000-00-00 00:00:00"}]}}`},
	{name: "entities and control text", ids: []int{506}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":[{"id":"506","name":"Web &amp; Mail &quot;Pro&quot;","domain":"&lt;!channel&gt;"}]}}`},
	{name: "mixed options", ids: []int{507}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":[{"id":507,"customfields":"","configoptions":{"configoption":[{"id":1,"option":"IPs","type":"quantity","value":3},{"id":2,"value":"Oslo"},{"id":3,"value":true}]}}]}}`},
	{name: "secrets", ids: []int{508}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":[{"id":"508","username":"vps508","password":"` + planted + `","customfields":{"customfield":[{"id":4,"name":"Root Password","value":"root-planted"}]}}]}}`},
	{name: "no status", ids: []int{509, 510}, total: 2, body: `{"result":"success","totalresults":"2","products":{"product":[{"id":"509"},{"id":"510","status":""}]}}`},
	{name: "another client's rows", req: GetClientsProductsRequest{ClientID: 9}, ids: []int{511}, total: 4312, foreign: 1, body: `{"result":"success","clientid":"9","totalresults":"4312","products":{"product":[{"id":"1","clientid":"2"},{"id":"511","clientid":"9"}]}}`},
	{name: "a row that is none", ids: []int{512, 513}, total: 3, unreadable: 1, body: `{"result":"success","totalresults":3,"products":{"product":[{"id":512,"name":"Good"},"unexpected",{"id":"513","name":["a","b"]}]}}`},
	{name: "rows without an id", ids: []int{5}, total: 4, unreadable: 3, body: `{"result":"success","totalresults":4,"products":{"product":[{"name":"x"},{"id":"x"},{"id":5},[]]}}`},
	{name: "more rows than asked", req: GetClientsProductsRequest{LimitNum: 1}, ids: []int{514, 515}, total: 3, body: `{"result":"success","totalresults":"3","startnumber":"0","products":{"product":[{"id":"514"},{"id":"515"}]}}`},

	{name: "refused address", status: 403, kind: ErrIPNotAllowed, line: "2001:db8::77", body: `{"result":"error","message":"Invalid IP 2001:db8::77"}`},
	{name: "refused address, another text", status: 200, kind: ErrIPNotAllowed, line: "203.0.113.9", body: `{"result":"error","message":"Forbidden IP (203.0.113.9)."}`},
	{name: "wrong secret", status: 403, kind: ErrBadCredentials, body: `{"result":"error","message":"Authentication Failed"}`},
	{name: "wrong identifier", status: 403, kind: ErrBadCredentials, body: `{"result":"error","message":"Invalid or missing credentials"}`},
	{name: "missing permission", status: 403, kind: ErrActionNotPermitted, line: `"getclientsproducts" is not allowed`, body: `{"result":"error","message":"Invalid Permissions: API action \"getclientsproducts\" is not allowed"}`},
	{name: "unknown action", kind: ErrActionNotPermitted, body: `{"result":"error","message":"Invalid API Action: \"x\" is not a valid API action"}`},
	{name: "doubled path", kind: ErrWrongURL, line: "An admin user is required", body: `{"result":"error","message":"An admin user is required"}`},
	{name: "no client", kind: ErrNotFound, body: `{"result":"error","message":"Client Not Found"}`},
	{name: "no service", kind: ErrNotFound, body: `{"result":"error","message":"Service ID not found."}`},
	{name: "table not found", kind: ErrWHMCS, line: "the database", body: `{"result":"error","message":"SQLSTATE[42S02]: Base table or view not found: 1146 Table 'whmcs.tblhosting' doesn't exist"}`},
	{name: "class not found", kind: ErrWHMCS, line: "Class", body: `{"result":"error","message":"Class \"X\" not found"}`},
	{name: "class not found, 500", status: 500, kind: ErrWHMCS, line: "Class", body: `{"result":"error","message":"Class \"X\" not found"}`},
	{name: "command not found", kind: ErrWHMCS, body: `{"result":"error","message":"Command Not Found"}`},
	{name: "license not found", kind: ErrWHMCS, body: `{"result":"error","message":"License key Not Found"}`},
	{name: "endpoint not found", status: 404, kind: ErrWrongURL, line: "Endpoint", body: `{"status":"error","message":"Endpoint not found"}`},
	{name: "credentials, whole message", kind: ErrBadCredentials, body: `{"result":"error","message":"Access Denied"}`},
	{name: "MySQL's access denied", kind: ErrWHMCS, line: "the database", body: `{"result":"error","message":"Access denied for user 'whmcs'@'localhost' (using password: YES)"}`},
	{name: "Imunify360", kind: ErrBlocked, body: `{"message":"Access denied by Imunify360 bot-protection. IPs used for automation should be whitelisted"}`},
	{name: "Imunify360, 415", status: 415, kind: ErrBlocked, body: `{"message":"Access denied by Imunify360 bot-protection. IPs used for automation should be whitelisted"}`},
	{name: "malformed text", req: GetClientsProductsRequest{ServiceID: 4}, total: 1, unreadable: 1, body: malformed},
	{name: "error under status", kind: ErrNotFound, body: `{"status":"error","message":"Client ID Not Found"}`},
	{name: "warning alone", kind: ErrWHMCS, line: "Please Reload", body: `{"warning":"Please Reload and Try Again"}`},
	{name: "neither success nor error", kind: ErrWHMCS, body: `{"totalresults":3}`},
	{name: "error with markup", kind: ErrWHMCS, line: `Gateway & "Co" < 5`, body: `{"result":"error","message":"<b>Gateway</b> &amp; &quot;Co&quot; &lt; 5"}`},
	{name: "error with HTTP 500", status: 500, kind: ErrWHMCS, line: "HTTP 500", body: `{"result":"error","message":"Module failed"}`},

	{name: "byte order mark", body: "\ufeff" + `{"result":"success","totalresults":0,"products":[]}`},
	{name: "blank lines", body: "\r\n\n" + `{"result":"success","totalresults":0,"products":[]}` + "\n"},
	{name: "PHP warning first", ids: []int{4}, total: 1, body: "<br />\n<b>Warning</b>:  {$x} in <b>hook.php</b> on line <b>3</b><br />\n" + `{"result":"success","totalresults":1,"products":{"product":{"id":4}}}`},
	{name: "comment behind", ids: []int{4}, total: 1, body: `{"result":"success","totalresults":1,"products":{"product":{"id":4}}}` + "\n<!-- 0.2s -->"},
	{name: "PHP trace behind", ids: []int{4}, total: 1, body: four + "\n#0 {main}\n  thrown"},
	{name: "closure behind", ids: []int{4}, total: 1, body: four + "{closure}"},
	{name: "script behind", ids: []int{4}, total: 1, body: four + `<script>f({})</script>`},
	{name: "brace behind", ids: []int{4}, total: 1, body: four + "}"},
	{name: "JSON behind", ids: []int{4}, total: 1, body: four + `{"took":"0.2s"}`},
	{name: "JSON in front", ids: []int{4}, total: 1, body: `{"debug":{"result":"none"}}` + four},
	{name: "trace in front", ids: []int{4}, total: 1, body: "#0 {main}\n{closure} {$x} {{ \"result\" }}" + four},
	{name: "script in front, result not first", ids: []int{4}, total: 1, body: `<script>f({"a":{}})</script>{"totalresults":1,"products":{"product":{"id":4}},"result":"success"}`},
	{name: "the reply twice", ids: []int{4}, total: 1, body: four + "\n" + four2},
	{name: "two replies that differ", kind: ErrNotJSON, line: "two replies", body: four + `{"result":"success","totalresults":0}`},
	{name: "success and error", kind: ErrNotJSON, line: "two replies", body: four + `{"result":"error","message":"x"}`},
	{name: "error in front of noise", kind: ErrWHMCS, line: "no such gateway", body: `{"result":"error","message":"no such gateway"}` + "#0 {main}"},
	{name: "noise with braces and no reply", kind: ErrNotJSON, body: `<script>f({"status":"Active"})</script>`},
	{name: "cut off with a whole object in it", kind: ErrTruncated, tries: 3, body: "{main}\n" + `{"result":"success","products":{"product":[{"id":"5","status":"error"},{"id":`},
	{name: "braces without end", kind: ErrNotJSON, body: strings.Repeat(`{"a":`, 1<<20)},
	{name: "PHP warning first, cut off", kind: ErrTruncated, tries: 3, body: "<b>Warning</b>: x\n" + `{"result":"success","totalres`},

	{name: "empty body", kind: ErrTruncated, line: "empty", tries: 3},
	{name: "empty body with 500", status: 500, kind: ErrTruncated, tries: 3},
	{name: "firewall, 403", status: 403, kind: ErrBlocked, body: `<html><title>Just a moment...</title>` + plantedPage},
	{name: "firewall, 503", status: 503, kind: ErrBlocked, tries: 3, body: `<html><title>Just a moment...</title>`},
	{name: "SiteGround", status: 202, header: http.Header{"Sg-Captcha": {"challenge"}}, kind: ErrBlocked, body: `<html><meta http-equiv="refresh" content="0;/.well-known/x">`},
	{name: "Amazon", status: 202, header: http.Header{"X-Amzn-Waf-Action": {"challenge"}}, kind: ErrBlocked},
	{name: "Amazon's captcha", status: 405, header: http.Header{"X-Amzn-Waf-Action": {"captcha"}}, kind: ErrBlocked, body: htmlError},
	{name: "Cloudflare by its header", status: 403, header: http.Header{"Cf-Mitigated": {"challenge"}}, kind: ErrBlocked, body: htmlError},
	{name: "Cloudflare with 200", kind: ErrBlocked, body: `<html><script>window._cf_chl_opt={cvId:"3"}</script>` + plantedPage},
	{name: "LiteSpeed", kind: ErrBlocked, body: `<html><form action="/.lsrecap/recaptcha">` + plantedPage},
	{name: "BitNinja", kind: ErrBlocked, body: `<html><title>Waiting for the redirection</title>BitNinja` + plantedPage},
	{name: "a moment", kind: ErrBlocked, body: `<html><title>One moment, please...</title>` + plantedPage},
	{name: "LiteSpeed's page of a missing file", status: 404, kind: ErrWrongURL, body: `<html>Not Found. Proudly powered by LiteSpeed Web Server`},
	{name: "a challenge's header beside a reply", header: http.Header{"Cf-Mitigated": {"challenge"}}, ids: []int{4}, total: 1, body: four},
	{name: "license", status: 302, header: http.Header{"Location": {"https://x.example/licenseerror.php?status=x"}}, kind: ErrLicense, line: "licenseerror"},
	{name: "firewall's redirect", status: 302, header: http.Header{"Location": {"/.well-known/sgcaptcha/?r=x"}}, kind: ErrBlocked},
	{name: "403 without WHMCS's JSON", status: 403, kind: ErrBlocked, body: `Forbidden`},
	{name: "403 with another's JSON", status: 403, kind: ErrBlocked, body: `{"message":"Forbidden"}`},
	{name: "maintenance", kind: ErrMaintenance, body: `<html><h1>Down for Maintenance</h1></html>`},
	{name: "printed first", status: 500, kind: ErrNotJSON, line: "PHP output", body: htmlError + `Output has been emitted previously; cannot emit response`},
	{name: "HTML with 200", kind: ErrNotJSON, body: htmlError},
	{name: "HTML with 500", status: 500, kind: ErrNotJSON, tries: 3, body: htmlError},
	{name: "gateway", status: 502, kind: ErrUnreachable, tries: 3, body: htmlError},
	{name: "text", kind: ErrNotJSON, body: `result=success;totalresults=1`},
	{name: "another JSON", kind: ErrNotJSON, body: `[1,2]`},
	{name: "cut off", kind: ErrTruncated, tries: 3, body: `{"result":"success","totalresults":1,"products":{"product":[{"id":"5","notes":"down for maintenance`},
	{name: "not quite JSON", kind: ErrNotJSON, body: `{"result":"success",,"totalresults":1}`},
	{name: "redirect", status: 301, header: http.Header{"Location": {"https://u:p-planted@new.example/includes/api.php?secret=hunter2-planted#x"}}, kind: ErrWrongURL, line: "https://new.example/includes/api.php"},
	{name: "missing page", status: 404, kind: ErrWrongURL, body: htmlError},
	{name: "web server's login", status: 401, kind: ErrBadCredentials, line: "web server", body: htmlError},
	{name: "too many requests", status: 429, kind: ErrBlocked, tries: 3, body: htmlError},
	{name: "above the cap", kind: ErrTooLarge, body: strings.Repeat(" ", MaxReply+1)},
	{name: "flat keys", kind: ErrNotJSON, line: "responsetype", body: `{"result":"success","totalresults":"1","products[product][0][id]":"516","products[product][0][status]":"Active"}`},
}

// malformed is what WHMCS sends for every page that holds a row with text that is not
// UTF-8.
const malformed = `Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded`

// TestShapes wants rows or one classed failure of every reply, told without a
// piece of the payload, and no try where trying is useless.
func TestShapes(t *testing.T) {
	t.Parallel()
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { overHTTPShape(t, s) })
		})
	}
}

// TestShapesByAnotherWay wants the same of a reply that came without an HTTP status.
func TestShapesByAnotherWay(t *testing.T) {
	t.Parallel()
	for _, s := range shapes {
		if s.status != 0 && s.status != 200 || len(s.body) > MaxReply {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				a := newWayAPI(t, func(context.Context) (*Reply, error) {
					tries++
					return &Reply{Body: []byte(s.body), At: time.Now()}, nil
				})
				checkShape(t, s, a, &tries)
			})
		})
	}
}

func overHTTPShape(t *testing.T, s shape) {
	tries := 0
	a := newTestAPI(t, func(url.Values, *http.Request) (*http.Response, error) {
		tries++
		res := respond(cmp.Or(s.status, 200), s.body)
		if s.header != nil {
			res.Header = s.header
		}
		return res, nil
	})
	checkShape(t, s, a, &tries)
}

func checkShape(t *testing.T, s shape, a *API, made *int) {
	p, err := a.GetClientsProducts(context.Background(), s.req)
	tries := *made
	if want := max(1, s.tries); tries != want {
		t.Errorf("%d tries, want %d", tries, want)
	}
	if s.kind != "" {
		checkFailure(t, s, err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := idsOf(p); !slices.Equal(got, s.ids) || p.Of != s.total || p.Foreign != s.foreign || p.Unreadable != s.unreadable {
		t.Errorf("ids %v, total %d, foreign %d, unreadable %d", got, p.Of, p.Foreign, p.Unreadable)
	}
	if dump := fmt.Sprintf("%+v %#v", p, p); strings.Contains(dump, "planted") {
		t.Error("a secret was kept")
	}
	if p.Calls != tries || p.AsOf.IsZero() {
		t.Errorf("calls %d, as of %v", p.Calls, p.AsOf)
	}
}

func checkFailure(t *testing.T, s shape, err error) {
	t.Helper()
	var e *Error
	if !errors.Is(err, s.kind) || !errors.As(err, &e) {
		t.Fatalf("error %v, want %s", err, s.kind)
	}
	if e.Action != actionProducts || !strings.Contains(e.Error(), s.line) {
		t.Errorf("line %q, want %q in it", e.Error(), s.line)
	}
	for _, text := range []string{e.Error(), fmt.Sprintf("%+v", *e), fmt.Sprint(errors.Unwrap(e))} {
		if strings.Contains(text, "planted") || strings.ContainsAny(e.Error(), "\n\r") {
			t.Errorf("%q tells too much", text)
		}
	}
}

func idsOf(p *Page) (ids []int) {
	for _, s := range p.Services {
		ids = append(ids, s.ID)
	}
	return ids
}
