package bot

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"servicesbot/whmcs"
)

// A Status is what the process shows of itself: the metrics, and what /healthz and
// /readyz rest on. One belongs to one Bot.
type Status struct {
	registry *prometheus.Registry

	requests      *prometheus.CounterVec   // door, outcome
	answerSeconds *prometheus.HistogramVec // door
	ackSeconds    prometheus.Histogram
	ackLost       prometheus.Counter
	ackFailed     prometheus.Counter
	dropped       *prometheus.CounterVec // why
	duplicates    prometheus.Counter
	sockets       prometheus.Gauge
	connects      prometheus.Counter
	foreignSocks  prometheus.Gauge
	panics        prometheus.Counter
	slackCalls    *prometheus.CounterVec // method, outcome
	slackLimited  *prometheus.CounterVec // method

	whmcsCalls   *prometheus.CounterVec   // action, error
	whmcsSeconds *prometheus.HistogramVec // action
	whmcsRetries *prometheus.CounterVec   // action
	whmcsCached  *prometheus.CounterVec   // action

	storeMetrics

	log     atomic.Pointer[LogBuffer] // nil: none
	greeted atomic.Int32              // sockets that are up
	held    atomic.Int32              // connections, those not in use yet or any more included
	counted atomic.Pointer[socketCount]
	turned  [sockets]atomic.Int64 // unix nano: when each socket's event loop last turned
}

// latencies covers acknowledgements of half a millisecond and scans of minutes.
var latencies = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}

// NewStatus returns the Status of a Bot that is yet to be made. version is the
// build's, for the metrics; "": what the Go toolchain noted of it.
func NewStatus(version string) *Status {
	s := &Status{
		registry:     prometheus.NewRegistry(),
		storeMetrics: newStoreMetrics(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_requests_total", Help: "Requests by door and outcome."}, []string{"door", "outcome"}),
		answerSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "servicesbot_answer_seconds", Help: "Seconds from the event to the answer that Slack accepted.", Buckets: latencies}, []string{"door"}),
		ackSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "servicesbot_ack_seconds", Help: "Seconds from an envelope to its acknowledgement being handed to the socket.", Buckets: latencies}),
		ackLost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_acks_lost_total", Help: "Acknowledgements that could not be sent in time."}),
		ackFailed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_ack_write_errors_total", Help: "Acknowledgements that a socket did not take; each waits for the next connection."}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_events_dropped_total", Help: "Events with nothing to do, or no room, by reason."}, []string{"why"}),
		duplicates: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_duplicates_total", Help: "Requests delivered again."}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "servicesbot_sockets", Help: "Sockets that are up and greeted."}),
		connects: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_socket_connects_total", Help: "Sockets opened since the start."}),
		foreignSocks: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "servicesbot_sockets_elsewhere", Help: "Sockets of this app that Slack counts and this process does not hold."}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "servicesbot_panics_total", Help: "Panics; each costs one question or one piece of work, not the process, and is in the log."}),
		slackCalls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_slack_calls_total", Help: "Calls to Slack by method and outcome."}, []string{"method", "outcome"}),
		slackLimited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_slack_429_total", Help: "Calls that Slack answered with 429."}, []string{"method"}),
		whmcsCalls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_whmcs_calls_total", Help: "Calls to WHMCS by action and class of error, empty for success."}, []string{"action", "error"}),
		whmcsSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "servicesbot_whmcs_seconds", Help: "Seconds of a call to WHMCS.", Buckets: latencies}, []string{"action"}),
		whmcsRetries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_whmcs_retries_total", Help: "Calls to WHMCS that were retries."}, []string{"action"}),
		whmcsCached: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "servicesbot_whmcs_cached_total", Help: "Answers of WHMCS that needed no call."}, []string{"action"}),
	}
	logLost := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "servicesbot_log_lines_lost_total", Help: "Lines of the log that were lost because nobody read it."}, s.logLost)
	s.registry.MustRegister(logLost, s.requests, s.answerSeconds, s.ackSeconds, s.ackLost, s.ackFailed, s.dropped, s.duplicates,
		s.sockets, s.connects, s.foreignSocks, s.panics, s.slackCalls, s.slackLimited,
		s.whmcsCalls, s.whmcsSeconds, s.whmcsRetries, s.whmcsCached, buildInfo(version),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return s
}

// ObserveWHMCS counts a call to WHMCS; it is for whmcs.Config.Observe.
func (s *Status) ObserveWHMCS(c whmcs.Call) {
	if c.Cached {
		s.whmcsCached.WithLabelValues(c.Action).Inc()
		return
	}
	s.whmcsCalls.WithLabelValues(c.Action, string(c.Err)).Inc()
	s.whmcsSeconds.WithLabelValues(c.Action).Observe(c.Duration.Seconds())
	if c.Try > 0 {
		s.whmcsRetries.WithLabelValues(c.Action).Inc()
	}
}

// WatchLog has the lines that b lost counted in the metrics.
func (s *Status) WatchLog(b *LogBuffer) { s.log.Store(b) }

func (s *Status) logLost() float64 {
	if b := s.log.Load(); b != nil {
		return float64(b.Lost())
	}
	return 0
}

// watch shows how long a lane's queue is and how many of its workers are busy.
func (s *Status) watch(l *lane) {
	labels := prometheus.Labels{"lane": l.name}
	s.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "servicesbot_queue_length", Help: "Requests waiting, by lane.", ConstLabels: labels},
			func() float64 { return float64(len(l.queue)) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "servicesbot_workers_busy", Help: "Workers at work, by lane.", ConstLabels: labels},
			func() float64 { return float64(l.busy.Load()) }))
}

func buildInfo(version string) prometheus.Collector {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		version = info.Main.Version
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "servicesbot_build_info", Help: "1, with the build in its labels.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	g.Set(1)
	return g
}

// A socketCount is how many sockets of the app Slack counted, and when.
type socketCount struct {
	sockets int
	at      time.Time
}

// greets notes how many sockets Slack counts.
func (s *Status) greets(n int, at time.Time) { s.counted.Store(&socketCount{n, at}) }

// socketsUp notes that so many more sockets are up.
func (s *Status) socketsUp(more int32) { s.sockets.Set(float64(s.greeted.Add(more))) }

// turn notes that a socket's event loop is alive.
func (s *Status) turn(n int, now time.Time) { s.turned[n].Store(now.UnixNano()) }

// turnUntil notes that the process is alive while there are no loops, until ctx ends.
func (s *Status) turnUntil(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for now := time.Now(); ; {
		for n := range s.turned {
			s.turn(n, now)
		}
		select {
		case now = <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// alive reports whether every event loop turned lately.
func (s *Status) alive(now time.Time) bool {
	for n := range s.turned {
		if now.Sub(time.Unix(0, s.turned[n].Load())) >= turnedLately {
			return false
		}
	}
	return true
}
