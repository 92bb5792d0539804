package node

import (
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// collectors returns the metrics that are not the HTTP server's own.
func (n *Node) collectors() []prometheus.Collector {
	folder := n.Settings.Data
	all := []prometheus.Collector{
		pausedKeys{n.gw.Registry}, n.attempts.ended, n.attempts.seconds,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filmgate_clock_jumped",
			Help: "1 if the clock was set forward within the last hour, while the server ran or before it started, else 0."}, func() float64 {
			if n.gw.ClockJumped() {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filmgate_disk_free_bytes",
			Help: "Bytes that can still be written to the disk of the data folder; -1 = unknown."}, func() float64 { return freeBytes(folder) }),
	}
	if n.servers != nil {
		all = append(all, serverMetrics{n.servers})
	}
	return all
}

// freeBytes returns how much can be written to the disk of a folder.
func freeBytes(folder string) float64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil {
		return -1
	}
	return float64(fs.Bavail) * float64(fs.Bsize)
}

// pausedKeys exports which keys of engines are paused after repeated failures.
type pausedKeys struct{ current func() registry.Registry }

// Describe sends the description of the only metric.
func (c pausedKeys) Describe(to chan<- *prometheus.Desc) { to <- c.desc() }

// Collect sends a value for each key of the engines in force.
func (c pausedKeys) Collect(to chan<- prometheus.Metric) {
	for _, e := range c.current().Engines {
		keys, ok := e.Engine.(interface{ PausedKeys() map[string]bool })
		if !ok {
			continue
		}
		for key, paused := range keys.PausedKeys() {
			value := 0.0
			if paused {
				value = 1
			}
			to <- prometheus.MustNewConstMetric(c.desc(), prometheus.GaugeValue, value, e.Name, key)
		}
	}
}

func (pausedKeys) desc() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_engine_key_paused", "1 if the circuit breaker has paused an engine's key after repeated failures, else 0.",
		[]string{"engine", "key"}, nil)
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
		up := 0.0
		if s.State == task.ModelServerHealthy {
			up = 1
		}
		to <- prometheus.MustNewConstMetric(c.up(), prometheus.GaugeValue, up, name)
		to <- prometheus.MustNewConstMetric(c.restarts(), prometheus.CounterValue, float64(s.Restarts), name)
	}
}

func (serverMetrics) up() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_model_server_up", "1 if the model server that this server runs for an engine works, else 0.", []string{"engine"}, nil)
}

func (serverMetrics) restarts() *prometheus.Desc {
	return prometheus.NewDesc("filmgate_model_server_restarts_total", "How often a model server was started again.", []string{"engine"}, nil)
}
