package node

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// The most values that a label has. What comes after them is counted as "other".
const (
	mostModels  = 200
	mostEngines = 100
)

// meter counts what this process does with tasks, engines and files. It implements gateway.Meter.
type meter struct {
	now     func() time.Time
	models  *labelValues
	engines *labelValues

	created, ended, failures      *prometheus.CounterVec
	unconfirmed, cost, credits    *prometheus.CounterVec
	wait, job, lag, calls         *prometheus.HistogramVec
	callErrors, stored            *prometheus.CounterVec
	renderFrames, renderedSeconds prometheus.Counter
}

func newMeter(now func() time.Time) *meter {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	seconds := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	long := []float64{1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600}
	return &meter{
		now: now, models: newLabelValues(mostModels), engines: newLabelValues(mostEngines),
		created:     counter("filmgate_tasks_created_total", "Tasks created, by the model that was asked for and the engine that was chosen.", "model", "engine"),
		ended:       counter("filmgate_tasks_ended_total", "Tasks that ended, by how, by model, and by the engine that had them last.", "state", "model", "engine"),
		failures:    counter("filmgate_task_failures_total", "Tasks that failed, by the reason that callers read.", "engine", "reason"),
		unconfirmed: counter("filmgate_submits_unconfirmed_total", "Submits of tasks that have ended of which nobody knows whether the engine took them: they may be charged.", "engine"),
		cost:        counter("filmgate_engine_cost_total", "What the jobs of tasks that have ended cost by the engines' prices, or as vendors say in dollars, in the currency.", "engine", "currency"),
		credits:     counter("filmgate_engine_credits_total", "What vendors say that the jobs of tasks that have ended cost, in their own credits.", "engine"),
		wait:        seconds("filmgate_task_wait_seconds", "Time from a task's creation until its work began.", long, "engine"),
		job:         seconds("filmgate_engine_job_seconds", "Time from the submit of a job that succeeded until it was seen to have ended.", long, "engine"),
		lag: seconds("filmgate_completion_lag_seconds", "Time from when a job was seen to have ended until its video was stored and its task had SUCCEEDED.",
			[]float64{.05, .1, .5, 1, 2, 5, 10, 30, 60, 300, 1800}, "engine"),
		calls: seconds("filmgate_engine_call_seconds", "Time of a call of an engine's vendor, by what was asked for: submit, poll, open (until a download begins), cancel, find or previews.",
			[]float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}, "engine", "call"),
		callErrors:      counter("filmgate_engine_call_errors_total", "Calls of an engine's vendor that failed, by the class of the error.", "engine", "call", "class"),
		stored:          counter("filmgate_stored_bytes_total", "Bytes written to the storage of files: videos, pictures, inputs.", "type"),
		renderFrames:    prometheus.NewCounter(prometheus.CounterOpts{Name: "filmgate_render_frames_total", Help: "Frames drawn by the built-in renderer."}),
		renderedSeconds: prometheus.NewCounter(prometheus.CounterOpts{Name: "filmgate_render_seconds_total", Help: "Time that renders took, added up: frames divided by it are the frames a second of one render."}),
	}
}

func (m *meter) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.created, m.ended, m.failures, m.unconfirmed, m.cost, m.credits, m.wait, m.job, m.lag, m.calls, m.callErrors,
		m.stored, m.renderFrames, m.renderedSeconds}
}

// Changed counts what a change of a task says: that it is new, that its work began, or that it ended. Cost and doubt are counted at the end,
// once, since attempts change until then.
func (m *meter) Changed(prev, next task.Task) {
	model, name := m.models.of(next.Request.Model), m.engines.of(next.Engine)
	if prev.Version == 0 {
		m.created.WithLabelValues(model, name).Inc()
	}
	if prev.Started.IsZero() && !next.Started.IsZero() {
		m.wait.WithLabelValues(name).Observe(next.Started.Sub(next.Created).Seconds())
	}
	if !next.State.Terminal() {
		return
	}
	if !prev.State.Terminal() {
		prev.Attempts = nil // nothing of them is counted yet
		m.ended.WithLabelValues(string(next.State), model, name).Inc()
		if next.Failure != nil {
			m.failures.WithLabelValues(name, string(next.Failure.Reason)).Inc()
		}
	}
	for i, a := range next.Attempts {
		var before task.Attempt
		if i < len(prev.Attempts) {
			before = prev.Attempts[i]
		}
		m.attempt(before, a)
	}
}

// attempt counts what an attempt of a task that has ended has more than before.
func (m *meter) attempt(before, a task.Attempt) {
	name := m.engines.of(a.Engine)
	if more := a.Cost - before.Cost; more > 0 {
		m.cost.WithLabelValues(name, a.Currency).Add(more)
	}
	if more := a.Credits - before.Credits; more > 0 {
		m.credits.WithLabelValues(name).Add(more)
	}
	if a.Unconfirmed && !before.Unconfirmed {
		m.unconfirmed.WithLabelValues(name).Inc()
	}
}

// Stored measures how long the last job of t took, and how long its result.
func (m *meter) Stored(t task.Task, ended time.Time) {
	name := m.engines.of(t.Engine)
	if n := len(t.Attempts); n > 0 {
		m.job.WithLabelValues(name).Observe(ended.Sub(t.Attempts[n-1].Begun).Seconds())
	}
	m.lag.WithLabelValues(name).Observe(t.Finished.Sub(ended).Seconds())
}

// call measures a call of an engine's vendor. It has the form of engine.Policy.Around. A call that this process gave up is not counted.
func (m *meter) call(ctx context.Context, name, verb string) (context.Context, func(error)) {
	begun := m.now()
	return ctx, func(err error) {
		if errors.Is(err, context.Canceled) {
			return
		}
		name := m.engines.of(name)
		m.calls.WithLabelValues(name, verb).Observe(m.now().Sub(begun).Seconds())
		if err != nil {
			m.callErrors.WithLabelValues(name, verb, string(engine.AsError(err).Class)).Inc()
		}
	}
}

// rendering measures a render. It has the form of animatic.Options.Rendering.
func (m *meter) rendering() func(frames int) {
	begun := m.now()
	return func(frames int) {
		m.renderFrames.Add(float64(frames))
		m.renderedSeconds.Add(max(m.now().Sub(begun).Seconds(), 0))
	}
}

// labelValues bounds the values of a label, so that no caller and no settings file makes metrics without end.
type labelValues struct {
	most int

	mu   sync.Mutex
	seen map[string]bool
}

func newLabelValues(most int) *labelValues { return &labelValues{most: most, seen: map[string]bool{}} }

// of returns the label's value for v: "none" for "", and "other" if there are too many values.
func (l *labelValues) of(v string) string {
	if v == "" {
		return "none"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seen[v] && len(l.seen) >= l.most {
		return "other"
	}
	l.seen[v] = true
	return v
}
