package bot

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// turnedLately is how old the last turn of each event loop may be for a healthy
// process; they turn once per second.
const turnedLately = 30 * time.Second

// Handler serves /healthz (the event loops turned lately: restart if not), /readyz (a
// socket is up and greeted; the last state of WHMCS, and of the store, as details) and /metrics.
func (b *Bot) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		alive := b.status.alive(time.Now())
		reply(w, alive, map[string]any{"alive": alive})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		up := int(b.status.greeted.Load())
		detail := map[string]any{"sockets": up, "whmcs": b.whmcsState()}
		if b.store != nil {
			detail["store"], detail["replicas"] = b.store.State(), len(b.store.known().living)
		}
		reply(w, up > 0 || b.wantSockets.Load() == 0, detail) // without a socket it stands by
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.status.registry, promhttp.HandlerOpts{}))
	return mux
}

// whmcsState is what the last calls to WHMCS came to, in words. It does not decide
// about readiness: a bot without WHMCS still says so to its askers.
func (b *Bot) whmcsState() string {
	if b.cfg.WHMCSState == nil {
		return "unknown"
	}
	return b.cfg.WHMCSState()
}

func reply(w http.ResponseWriter, good bool, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !good {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	json.NewEncoder(w).Encode(body) // a prober that hangs up is no error of ours
}
