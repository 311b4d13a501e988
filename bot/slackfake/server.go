package slackfake

import "net/http"

// routes are the doors of the workspace.
func (w *Workspace) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", w.serveAPI)
	mux.HandleFunc("GET /link/", w.serveLink)
	for _, kind := range []string{"commands", "actions", "app"} {
		mux.HandleFunc("POST /"+kind+"/{team}/{n}/{secret}", w.serveHook)
	}
	mux.HandleFunc("POST /upload/{team}/{file}/{secret}", w.serveUpload)
	mux.Handle("/", w.demoRoutes())
	return mux
}

// Handler serves what Start serves on a socket, for tests in fake time.
func (w *Workspace) Handler() http.Handler { return w.routes() }
