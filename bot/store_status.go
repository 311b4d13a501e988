package bot

import "github.com/prometheus/client_golang/prometheus"

// StoreMetrics are what a process with a store shows of it.
type storeMetrics struct {
	storeUp       prometheus.Gauge
	storeCalls    *prometheus.CounterVec   // op, outcome
	storeSeconds  *prometheus.HistogramVec // op
	storeUnopened prometheus.Counter
	unjournalled  prometheus.Counter
	taken         prometheus.Counter
	replicas      prometheus.Gauge
}

func newStoreMetrics() storeMetrics {
	return storeMetrics{
		storeUp: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "servicesbot_store_up", Help: "1 while the store answers, 0 while this process works by itself."}),
		storeCalls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_store_calls_total", Help: "Calls to the store by kind and outcome: ok, failed, ended with their request, or away, which were not made."}, []string{"op", "outcome"}),
		storeSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "servicesbot_store_seconds", Help: "Seconds of a call to the store.", Buckets: latencies}, []string{"op"}),
		storeUnopened: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_store_unopened_total", Help: "Values of the store that could not be opened: they were sealed with another bot token, or changed."}),
		unjournalled: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_store_unjournalled_total", Help: "Requests that were acknowledged without being in the journal: the store was away or too slow."}),
		taken: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_store_taken_over_total", Help: "Requests taken over from a replica that ended without answering them."}),
		replicas: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "servicesbot_store_replicas", Help: "Replicas that live, this one included, as of the last look."}),
	}
}

// watchStore shows the store's metrics.
func (s *Status) watchStore() {
	s.storeUp.Set(1)
	s.registry.MustRegister(s.storeUp, s.storeCalls, s.storeSeconds, s.storeUnopened, s.unjournalled, s.taken, s.replicas)
}
