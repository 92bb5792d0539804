package node

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	liveLife    = 10 * time.Second // how long counted tasks are used before they are counted again
	liveShare   = 50               // of the time at most this part is spent on counting
	liveTimeout = 5 * time.Second
)

// liveTasks exports the tasks that have not ended, as the rows say: those of all processes. The more there are, the more rarely they are
// counted.
type liveTasks struct {
	rows            store.Live
	current         func() registry.Registry // its engines have values even if they have no tasks
	now             func() time.Time
	models, engines *labelValues
	all             *prometheus.Desc
	waiting         *prometheus.Desc
	oldest          *prometheus.Desc

	mu      sync.Mutex
	counted []store.LiveTasks
	known   bool
	next    time.Time // when they are counted again
}

func newLiveTasks(rows store.Live, current func() registry.Registry, m *meter) *liveTasks {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &liveTasks{
		rows: rows, current: current, now: m.now, models: m.models, engines: m.engines,
		all:     desc("filmgate_tasks", "Tasks that have not ended, of all servers of the database.", "state", "model", "engine"),
		waiting: desc("filmgate_queue_tasks", "Tasks whose work has not begun (QUEUED or THROTTLED), of all servers of the database.", "engine"),
		oldest:  desc("filmgate_queue_oldest_seconds", "Age of the oldest task whose work has not begun.", "engine"),
	}
}

// Describe sends the descriptions.
func (l *liveTasks) Describe(to chan<- *prometheus.Desc) {
	to <- l.all
	to <- l.waiting
	to <- l.oldest
}

// Collect sends the values: none while the database can't be read.
func (l *liveTasks) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	type group struct{ state, model, engine string }
	counted, ok := l.count()
	if !ok {
		return
	}
	tasks, waiting, oldest := map[group]int{}, map[string]int{}, map[string]time.Time{}
	for _, e := range l.current().Engines {
		waiting[l.engines.of(e.Name)] = 0
	}
	for _, c := range counted {
		name := l.engines.of(c.Engine)
		tasks[group{string(c.State), l.models.of(c.Model), name}] += c.Tasks
		if c.State != task.Queued && c.State != task.Throttled {
			continue
		}
		waiting[name] += c.Tasks
		if o, ok := oldest[name]; !ok || c.Oldest.Before(o) {
			oldest[name] = c.Oldest
		}
	}
	for g, n := range tasks {
		gauge(l.all, float64(n), g.state, g.model, g.engine)
	}
	for name, n := range waiting {
		gauge(l.waiting, float64(n), name)
		age := time.Duration(0)
		if o, ok := oldest[name]; ok {
			age = max(l.now().Sub(o), 0) // another server's clock may be ahead
		}
		gauge(l.oldest, age.Seconds(), name)
	}
}

// count returns the tasks as they were counted not long ago. It reports false if they could not be counted, which filmgate_ready says too.
func (l *liveTasks) count() ([]store.LiveTasks, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	begun := l.now()
	if left := l.next.Sub(begun); left > 0 && left <= liveShare*liveTimeout { // later is from before the clock was set back
		return l.counted, l.known
	}
	ctx, cancel := context.WithTimeout(context.Background(), liveTimeout)
	defer cancel()
	var err error
	l.counted, err = l.rows.CountLive(ctx)
	ended := l.now()
	l.known, l.next = err == nil, ended.Add(max(liveLife, liveShare*ended.Sub(begun)))
	return l.counted, l.known
}
