package bot

import (
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// status is what the process shows of itself: the metrics, and what /healthz and
// /readyz rest on.
type status struct {
	registry *prometheus.Registry

	requests      *prometheus.CounterVec   // door, outcome
	answerSeconds *prometheus.HistogramVec // door
	ackSeconds    prometheus.Histogram
	ackLost       prometheus.Counter
	dropped       *prometheus.CounterVec // why
	duplicates    prometheus.Counter
	waiting       *prometheus.GaugeVec // lane
	working       *prometheus.GaugeVec // lane
	sockets       prometheus.Gauge
	connects      prometheus.Counter
	foreignSocks  prometheus.Gauge
	slackCalls    *prometheus.CounterVec // method, outcome
	slackLimited  *prometheus.CounterVec // method

	greeted atomic.Int32 // sockets that are up and have said hello
	turned  atomic.Int64 // unix nano: when an event loop last turned
}

// latencies covers acknowledgements of half a millisecond and scans of minutes.
var latencies = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}

func newStatus() *status {
	s := &status{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_requests_total", Help: "Requests by door and outcome."}, []string{"door", "outcome"}),
		answerSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "servicesbot_answer_seconds", Help: "Seconds from the event to the answer that Slack accepted.", Buckets: latencies}, []string{"door"}),
		ackSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "servicesbot_ack_seconds", Help: "Seconds from an envelope to its acknowledgement being handed to the socket.", Buckets: latencies}),
		ackLost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_acks_lost_total", Help: "Acknowledgements that could not be sent in time."}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_events_dropped_total", Help: "Events acknowledged with nothing to do, by reason."}, []string{"why"}),
		duplicates: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_duplicates_total", Help: "Requests delivered again."}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "servicesbot_queue_length", Help: "Requests waiting, by lane."}, []string{"lane"}),
		working: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "servicesbot_workers_busy", Help: "Workers at work, by lane."}, []string{"lane"}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "servicesbot_sockets", Help: "Sockets that are up and greeted."}),
		connects: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_socket_connects_total", Help: "Sockets opened since the start."}),
		foreignSocks: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "servicesbot_sockets_elsewhere", Help: "Sockets of this app that Slack counts and this process does not hold."}),
		slackCalls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_slack_calls_total", Help: "Calls to Slack by method and outcome."}, []string{"method", "outcome"}),
		slackLimited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_slack_429_total", Help: "Calls that Slack answered with 429."}, []string{"method"}),
	}
	s.registry.MustRegister(s.requests, s.answerSeconds, s.ackSeconds, s.ackLost, s.dropped, s.duplicates,
		s.waiting, s.working, s.sockets, s.connects, s.foreignSocks, s.slackCalls, s.slackLimited, buildInfo())
	return s
}

func buildInfo() prometheus.Collector {
	version, goVersion := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version, goVersion = info.Main.Version, info.GoVersion
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "servicesbot_build_info", Help: "1, with the build in its labels.",
		ConstLabels: prometheus.Labels{"version": version, "go": goVersion},
	})
	g.Set(1)
	return g
}

// turn notes that an event loop is alive.
func (s *status) turn(now time.Time) { s.turned.Store(now.UnixNano()) }
