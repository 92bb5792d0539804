package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// errJobFailed marks the trace of a job that its engine could not do. Why is in the task.
var errJobFailed = errors.New("the job failed")

// Tracer records the traces of tasks. Its methods may be called by many goroutines at once, and do nothing if ctx is part of no trace.
type Tracer interface {
	// Of returns the trace that ctx is part of, for a task's row; "" = none.
	Of(ctx context.Context) string
	// Resume returns a context that is part of a trace, as Of returned it.
	Resume(ctx context.Context, trace string) context.Context
	// Begin begins a span of a task. The function that it returns is called with what failed; nil = nothing did.
	Begin(ctx context.Context, name string, t task.Task) (context.Context, func(error))
	// Past records a span of a task that has ended. failed may be nil.
	Past(ctx context.Context, name string, t task.Task, begun, ended time.Time, failed error)
}

// noTracer records nothing.
type noTracer struct{}

func (noTracer) Of(context.Context) string { return "" }

func (noTracer) Resume(ctx context.Context, _ string) context.Context { return ctx }

func (noTracer) Begin(ctx context.Context, _ string, _ task.Task) (context.Context, func(error)) {
	return ctx, func(error) {}
}

func (noTracer) Past(context.Context, string, task.Task, time.Time, time.Time, error) {}

// traceWait records how long a task waited until its first submit, which begins now.
func (g *Gateway) traceWait(ctx context.Context, t task.Task) {
	if t.Trace != "" && len(t.Attempts) == 0 {
		g.cfg.Tracer.Past(ctx, "wait", t, t.Created, g.now(), nil)
	}
}

// tracedIngest is ingest in a span.
func (g *Gateway) tracedIngest(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	ctx, end := g.cfg.Tracer.Begin(ctx, "ingest", t)
	next, err := g.ingest(ctx, t, e, st)
	end(err)
	return next, err
}
