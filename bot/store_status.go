package bot

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// storeMetrics are what a process with a store shows of it.
type storeMetrics struct {
	storeUp       prometheus.Gauge
	storeCalls    *prometheus.CounterVec   // op, outcome
	storeSeconds  *prometheus.HistogramVec // op
	storeUnopened prometheus.Counter
	unjournalled  prometheus.Counter
	taken         prometheus.Counter
	replicas      prometheus.Gauge
}

// watchStore shows the store's metrics.
func (s *Status) watchStore() {
	m := metrics{promauto.With(s.registry)}
	s.storeMetrics = storeMetrics{
		storeUp:       m.gauge("store_up", "1 while the store answers, 0 while this process works by itself."),
		storeCalls:    m.counters("store_calls_total", "Calls to the store by kind and outcome: ok, failed, ended with their request, or away, which were not made.", "op", "outcome"),
		storeSeconds:  m.secondsBy("store_seconds", "Seconds of a call to the store.", "op"),
		storeUnopened: m.counter("store_unopened_total", "Values of the store that could not be opened: they were sealed with another bot token, or changed."),
		unjournalled:  m.counter("store_unjournalled_total", "Requests that were acknowledged without being in the journal: the store was away or too slow."),
		taken:         m.counter("store_taken_over_total", "Requests taken over from a replica that ended without answering them."),
		replicas:      m.gauge("store_replicas", "Replicas that live, this one included, as of the last look."),
	}
	s.storeUp.Set(1)
}
