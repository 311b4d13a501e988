package bot

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
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

	corrections  *prometheus.CounterVec // outcome
	warmReadings *prometheus.CounterVec // outcome
	warmRows     prometheus.Gauge
	warmAsOf     prometheus.Gauge
	warmSeconds  prometheus.Gauge

	storeMetrics // zero until watchStore: there is no store

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
	registry := prometheus.NewRegistry()
	m := metrics{promauto.With(registry)}
	s := &Status{
		registry:      registry,
		requests:      m.counters("requests_total", "Requests by door and outcome.", "door", "outcome"),
		answerSeconds: m.secondsBy("answer_seconds", "Seconds from the event to the answer that Slack accepted.", "door"),
		ackSeconds:    m.seconds("ack_seconds", "Seconds from an envelope to its acknowledgement being handed to the socket."),
		ackLost:       m.counter("acks_lost_total", "Acknowledgements that could not be sent in time."),
		ackFailed:     m.counter("ack_write_errors_total", "Acknowledgements that a socket did not take; each waits for the next connection."),
		dropped:       m.counters("events_dropped_total", "Events with nothing to do, or no room, by reason.", "why"),
		duplicates:    m.counter("duplicates_total", "Requests delivered again."),
		sockets:       m.gauge("sockets", "Sockets that are up and greeted."),
		connects:      m.counter("socket_connects_total", "Sockets opened since the start."),
		foreignSocks:  m.gauge("sockets_elsewhere", "Sockets of this app that Slack counts and this process does not hold."),
		panics:        m.counter("panics_total", "Panics; each costs one question or one piece of work, not the process, and is in the log."),
		slackCalls:    m.counters("slack_calls_total", "Calls to Slack by method and outcome.", "method", "outcome"),
		slackLimited:  m.counters("slack_429_total", "Calls that Slack answered with 429.", "method"),
		whmcsCalls:    m.counters("whmcs_calls_total", "Calls to WHMCS by action and class of error, empty for success.", "action", "error"),
		whmcsSeconds:  m.secondsBy("whmcs_seconds", "Seconds of a call to WHMCS.", "action"),
		whmcsRetries:  m.counters("whmcs_retries_total", "Calls to WHMCS that were retries.", "action"),
		whmcsCached:   m.counters("whmcs_cached_total", "Answers of WHMCS that needed no call.", "action"),
		corrections:   m.counters("corrections_total", "Answers from warm rows by what became of their correction: corrected, not_corrected, or edited where a newer answer came first.", "outcome"),
		warmReadings:  m.counters("warm_readings_total", "Readings of warm rows by outcome: read, elsewhere (by another replica) or failed.", "outcome"),
		warmRows:      m.gauge("warm_rows", "Services in the last complete reading of warm rows."),
		warmAsOf:      m.gauge("warm_timestamp_seconds", "When WHMCS sent the oldest of the warm rows, in seconds since 1970."),
		warmSeconds:   m.gauge("warm_reading_seconds", "Seconds that the last complete reading of warm rows took."),
	}
	m.NewCounterFunc(prometheus.CounterOpts{
		Name: "servicesbot_log_lines_lost_total", Help: "Lines of the log that were lost because nobody read it."}, s.logLost)
	registry.MustRegister(buildInfo(version), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return s
}

// metrics makes metrics whose names begin with the program's, and registers them.
type metrics struct{ promauto.Factory }

func (m metrics) counter(name, help string) prometheus.Counter {
	return m.NewCounter(prometheus.CounterOpts{Name: "servicesbot_" + name, Help: help})
}

func (m metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	return m.NewCounterVec(prometheus.CounterOpts{Name: "servicesbot_" + name, Help: help}, labels)
}

func (m metrics) gauge(name, help string) prometheus.Gauge {
	return m.NewGauge(prometheus.GaugeOpts{Name: "servicesbot_" + name, Help: help})
}

func (m metrics) seconds(name, help string) prometheus.Histogram {
	return m.NewHistogram(prometheus.HistogramOpts{Name: "servicesbot_" + name, Help: help, Buckets: latencies})
}

func (m metrics) secondsBy(name, help string, labels ...string) *prometheus.HistogramVec {
	return m.NewHistogramVec(prometheus.HistogramOpts{Name: "servicesbot_" + name, Help: help, Buckets: latencies}, labels)
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

// ObserveWarm notes how a reading of warm rows ended; it is for query.FinderConfig.Observe.
func (s *Status) ObserveWarm(r query.WarmScan) {
	switch {
	case r.Err != nil:
		s.warmReadings.WithLabelValues("failed").Inc()
		return
	case r.Elsewhere:
		s.warmReadings.WithLabelValues("elsewhere").Inc()
	default:
		s.warmReadings.WithLabelValues("read").Inc()
	}
	s.warmRows.Set(float64(r.Rows))
	s.warmAsOf.Set(float64(r.AsOf.Unix()))
	s.warmSeconds.Set(r.Took.Seconds())
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
	m := promauto.With(s.registry)
	m.NewGaugeFunc(prometheus.GaugeOpts{Name: "servicesbot_queue_length", Help: "Requests waiting, by lane.", ConstLabels: labels},
		func() float64 { return float64(len(l.queue)) })
	m.NewGaugeFunc(prometheus.GaugeOpts{Name: "servicesbot_workers_busy", Help: "Workers at work, by lane.", ConstLabels: labels},
		func() float64 { return float64(l.busy.Load()) })
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

// noteSocketCount notes how many sockets Slack counts.
func (s *Status) noteSocketCount(n int, at time.Time) { s.counted.Store(&socketCount{n, at}) }

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
