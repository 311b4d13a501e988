package main

import (
	"fmt"
	"html/template"
	"net"
	"net/http"
	"time"
)

// An adminArea stands where the demo's links into WHMCS lead: it says what a real
// installation would show there.
type adminArea struct {
	listener net.Listener
	server   *http.Server
}

func newAdminArea() (*adminArea, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("admin area: %w", err)
	}
	a := &adminArea{listener: l, server: &http.Server{Handler: http.HandlerFunc(serveAdmin), ReadHeaderTimeout: 5 * time.Second}}
	go a.server.Serve(l) // ends when close closes the server
	return a, nil
}

func (a *adminArea) url() string { return "http://" + a.listener.Addr().String() + "/admin/" }

func (a *adminArea) close() { a.server.Close() }

var adminPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>WHMCS admin area</title>
<h1>Your WHMCS would open here</h1>
<p>{{if .Service}}Service {{.Service}} of client {{.Client}}{{else}}Client {{.Client}}{{end}}, in the admin area of your own installation:</p>
<pre>WHMCS_ADMIN_URL{{.Path}}</pre>
<p>The demo has a made-up WHMCS without an admin area. Close this tab to go back.</p>
`))

func serveAdmin(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	q := r.URL.Query()
	_ = adminPage.Execute(rw, map[string]string{"Client": q.Get("userid"), "Service": q.Get("id"), "Path": r.URL.RequestURI()})
}
