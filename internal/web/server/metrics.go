package server

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/filmgate/filmgate/internal/panics"
)

// metrics holds the server's counters in a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec   // by route and status
	seconds  *prometheus.HistogramVec // by route
	running  prometheus.Gauge
	ready    *prometheus.GaugeVec // by check
	waiting  prometheus.GaugeFunc
	shed     prometheus.Counter
}

func newMetrics(more []prometheus.Collector, panicked *panics.Recorder, waiting *load) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "filmgate_http_requests_total",
			Help: "Requests answered, by route and HTTP status."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "filmgate_http_request_seconds",
			Help:    "Time from a request's head to the end of its answer, by route.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 30}}, []string{"route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "filmgate_http_requests_running",
			Help: "Requests that are being answered."}),
		waiting: prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filmgate_http_requests_waiting",
			Help: "Requests that wait for a task: long polls and streams."}, func() float64 { return float64(waiting.running.Load()) }),
		shed: prometheus.NewCounter(prometheus.CounterOpts{Name: "filmgate_http_requests_shed_total",
			Help: "Requests refused with 503 because too many were worked on at once."}),
		ready: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "filmgate_ready",
			Help: "1 if what the server needs (database, storage, queue, renderer) worked when it was last checked, else 0."}, []string{"check"}),
	}
	own := []prometheus.Collector{m.requests, m.seconds, m.running, m.waiting, m.shed, m.ready, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), panicCounter{panicked}}
	for _, c := range append(own, more...) {
		if err := m.registry.Register(c); err != nil {
			return nil, fmt.Errorf("server: metrics: %w", err)
		}
	}
	return m, nil
}

// routeMetrics counts the answers of one route. Labels are route patterns, never paths, so that there are few of them. The usual
// counters are looked up once, and not before there is something to count.
type routeMetrics struct {
	ok      func() prometheus.Counter
	seconds func() prometheus.Observer
	status  func(int) prometheus.Counter
}

// route returns the metrics of the route with a pattern; "" = of requests that no route matched.
func (m *metrics) route(pattern string) routeMetrics {
	pattern = cmp.Or(pattern, "none")
	status := func(code int) prometheus.Counter { return m.requests.WithLabelValues(pattern, strconv.Itoa(code)) }
	return routeMetrics{
		ok:      sync.OnceValue(func() prometheus.Counter { return status(http.StatusOK) }),
		seconds: sync.OnceValue(func() prometheus.Observer { return m.seconds.WithLabelValues(pattern) }),
		status:  status,
	}
}

// count records one answer.
func (m routeMetrics) count(status int, took time.Duration) {
	if status == http.StatusOK {
		m.ok().Inc()
	} else {
		m.status(status).Inc()
	}
	m.seconds().Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// panicCounter exports the number of panics of the process, by place.
type panicCounter struct{ panics *panics.Recorder }

// Describe sends the description of the only metric.
func (c panicCounter) Describe(to chan<- *prometheus.Desc) { to <- c.desc() }

// Collect sends the counts.
func (c panicCounter) Collect(to chan<- prometheus.Metric) {
	for place, n := range c.panics.Counts() {
		to <- prometheus.MustNewConstMetric(c.desc(), prometheus.CounterValue, float64(n), place)
	}
}

func (panicCounter) desc() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_panics_total", "Panics that were caught, by the place where they ended. Each is a mistake in the program; the log has its stack.",
		[]string{"place"}, nil)
}
