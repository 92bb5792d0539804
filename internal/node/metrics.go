package node

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/disk"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// collectors returns the metrics that are not the HTTP server's own.
func (n *Node) collectors() []prometheus.Collector {
	folder := n.Settings.Data
	all := []prometheus.Collector{
		engineKeys{n.gw.Registry}, newLiveTasks(n.store, n.gw.Registry, n.meter), n.attempts.ended, n.attempts.seconds,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filmgate_clock_jumped",
			Help: "1 if the clock was set forward within the last hour, while the server ran or before it started, else 0."}, func() float64 {
			return oneIf(n.gw.ClockJumped())
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filmgate_disk_free_bytes",
			Help: "Bytes that can still be written to the disk of the data folder; -1 = unknown."}, func() float64 { return freeBytes(folder) }),
	}
	all = append(all, n.meter.collectors()...)
	if n.servers != nil {
		all = append(all, serverMetrics{n.servers})
	}
	return all
}

// freeBytes returns how much can be written to the disk of a folder.
func freeBytes(folder string) float64 {
	free, err := disk.Free(folder)
	if err != nil {
		return -1
	}
	return float64(free)
}

// engineKeys exports how the keys of engines do.
type engineKeys struct{ current func() registry.Registry }

// Describe sends the descriptions of all three metrics.
func (c engineKeys) Describe(to chan<- *prometheus.Desc) {
	to <- c.paused()
	to <- c.state()
	to <- c.jobs()
}

// Collect sends the values of each key of the engines in force.
func (c engineKeys) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, e := range c.current().Engines {
		keys, ok := e.Engine.(interface {
			PausedKeys() map[string]bool
			Health() []task.KeyHealth
		})
		if !ok {
			continue
		}
		for key, paused := range keys.PausedKeys() {
			gauge(c.paused(), oneIf(paused), e.Name, key)
		}
		for _, k := range keys.Health() {
			for _, s := range task.KeyStates() {
				gauge(c.state(), oneIf(k.State == s), e.Name, k.Name, string(s))
			}
			gauge(c.jobs(), float64(k.InFlight), e.Name, k.Name)
		}
	}
}

// oneIf returns 1 if what a gauge says is so, else 0.
func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (engineKeys) paused() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_engine_key_paused", "1 if the circuit breaker has paused an engine's key after repeated failures, else 0.",
		[]string{"engine", "key"}, nil)
}

func (engineKeys) state() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_engine_key_state", "1 for the state of an engine's key, 0 for the others: working, paused (after repeated failures, or refused by the vendor), probing (one call tries whether it works again).",
		[]string{"engine", "key", "state"}, nil)
}

func (engineKeys) jobs() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_engine_key_jobs", "Jobs of this server with an engine's key that have not ended.", []string{"engine", "key"}, nil)
}

// serverMetrics exports how the model servers do that this server runs.
type serverMetrics struct{ servers *modelServers }

// Describe sends the descriptions of both metrics.
func (c serverMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- c.up()
	to <- c.restarts()
}

// Collect sends two values for each model server.
func (c serverMetrics) Collect(to chan<- prometheus.Metric) {
	for _, name := range c.servers.names() {
		s := c.servers.of(name)
		if s == nil {
			continue // a reload has just removed it
		}
		to <- prometheus.MustNewConstMetric(c.up(), prometheus.GaugeValue, oneIf(s.State == task.ModelServerHealthy), name)
		to <- prometheus.MustNewConstMetric(c.restarts(), prometheus.CounterValue, float64(s.Restarts), name)
	}
}

func (serverMetrics) up() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_model_server_up", "1 if the model server that this server runs for an engine works, else 0.", []string{"engine"}, nil)
}

func (serverMetrics) restarts() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_model_server_restarts_total", "How often a model server was started again.", []string{"engine"}, nil)
}
