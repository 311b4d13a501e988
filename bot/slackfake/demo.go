package slackfake

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The page that shows the workspace in a browser talks to it by these addresses; all take
// and give JSON. Who one is comes with every call, as a user id: the page may switch.
//
//	GET  /demo/state?user=U…        all that the person sees: see demoState
//	GET  /demo/events?user=U…       server-sent events: "change" with {"version":n} whenever the state
//	                                has changed; the page then asks for it again
//	GET  /demo/trace?since=n        {"lines":[…]}: the lines of the trace after number n, see TraceLine
//	GET  /demo/file?user=U…&id=F…   the content of a file
//	POST /demo/post                 {user, channel, thread?, text}: a message, or a command if it begins with /;
//	                                /invite @servicesbot lets the bot into the channel
//	POST /demo/edit                 {user, channel, ts, text}
//	POST /demo/delete               {user, channel, ts}
//	POST /demo/click                {user, channel, ts, action_id, value?} in a message,
//	                                {user, view, action_id, value?, values?} in a view; value is the option picked
//	POST /demo/submit               {user, view, values}: values by block_id, a string or a list of strings
//	POST /demo/close                {user, view, all?}
//	POST /demo/shortcut             {user, callback_id, channel?, ts?}
//	POST /demo/home                 {user}: the Home tab is opened
//	POST /demo/share                {user, channel, on}: sharing with the other company begins or ends
//	POST /demo/member               {channel, on}: the bot is let into a channel or taken out
//	POST /demo/switch               {name, on}
//
// A POST answers {"ok":true} with what was sent to the bot, or {"ok":false,"error":"…"}, a
// sentence for people; as in Slack's own API, a mistake of theirs is no failure of HTTP's.
// Only pages of this server are served:
// the Host header must be a loopback name, a POST must be JSON and of the same origin, and
// there are no CORS headers.

//go:embed page
var pageFiles embed.FS

// contentPolicy lets the page load nothing but its own files.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// demoRoutes are the page and its doors, guarded.
func (w *Workspace) demoRoutes() http.Handler {
	page, err := fs.Sub(pageFiles, "page")
	if err != nil { // cannot be: the folder is embedded
		return http.NotFoundHandler()
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(page))
	mux.HandleFunc("GET /demo/state", w.serveState)
	mux.HandleFunc("GET /demo/events", w.serveChanges)
	mux.HandleFunc("GET /demo/trace", w.serveTrace)
	mux.HandleFunc("GET /demo/file", w.serveFile)
	mux.HandleFunc("POST /demo/{act}", w.serveAct)
	return guard(mux)
}

// guard turns away whatever is not the page itself: other host names, which would be
// another site's DNS pointing here, and posts of other sites.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !loopbackHost(r.Host):
			http.Error(rw, "This page is served on a loopback address only.", http.StatusMisdirectedRequest)
		case !sameOrigin(r):
			http.Error(rw, "Only the page itself may call this.", http.StatusForbidden)
		default:
			next.ServeHTTP(rw, r)
		}
	})
}

func loopbackHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// sameOrigin reports whether a browser sent the request for the page itself, or no
// browser did. A POST must be JSON: another site cannot send that without asking first.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return false
	}
	if r.Method != http.MethodPost {
		return true
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			return false
		}
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

func sayJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v)
}

func (w *Workspace) serveState(rw http.ResponseWriter, r *http.Request) {
	state, err := w.demoState(r.URL.Query().Get("user"))
	if err != nil {
		sayJSON(rw, http.StatusNotFound, object{"ok": false, "error": err.Error()})
		return
	}
	sayJSON(rw, http.StatusOK, state)
}

func (w *Workspace) serveTrace(rw http.ResponseWriter, r *http.Request) {
	since, _ := strconv.Atoi(r.URL.Query().Get("since"))
	lines := w.Trace(since)
	if lines == nil {
		lines = []TraceLine{}
	}
	sayJSON(rw, http.StatusOK, object{"lines": lines})
}

func (w *Workspace) serveFile(rw http.ResponseWriter, r *http.Request) {
	for _, f := range w.Files(r.URL.Query().Get("user")) {
		if f.ID == r.URL.Query().Get("id") {
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			rw.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
			_, _ = rw.Write(f.Content)
			return
		}
	}
	http.NotFound(rw, r)
}

const (
	changePause = 30 * time.Millisecond // between two events: many changes come together
	heartbeat   = 15 * time.Second
)

// Viewers is how many pages are open in browsers.
func (w *Workspace) Viewers() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.viewers
}

func (w *Workspace) view(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.viewers += n
	w.changed()
}

// serveChanges sends the page an event whenever something has changed.
func (w *Workspace) serveChanges(rw http.ResponseWriter, r *http.Request) {
	w.view(1)
	defer w.view(-1)
	rw.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(rw)
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	for {
		change, version := w.change.next()
		if _, err := fmt.Fprintf(rw, "event: change\ndata: {\"version\":%d}\n\n", version); err != nil || out.Flush() != nil {
			return
		}
		timer.Reset(heartbeat)
		select {
		case <-change:
		case <-timer.C:
		case <-r.Context().Done():
			return
		case <-w.closed:
			return
		}
		timer.Reset(changePause)
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		case <-w.closed:
			return
		}
	}
}
