package gateway

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// resultsSeen is how many jobs that have ended are remembered until their results are stored.
const resultsSeen = 4096

// Meter counts what happens to tasks. Its methods return at once, and may be called by many goroutines at once.
type Meter interface {
	// Changed is told of each change of a task that this process has written: next over prev, whose Version is 0 if the task is new.
	Changed(prev, next task.Task)
	// Stored is told that the result of t's job is stored, and when this process first saw that the job had ended.
	Stored(t task.Task, ended time.Time)
}

// noMeter counts nothing.
type noMeter struct{}

func (noMeter) Changed(task.Task, task.Task) {}
func (noMeter) Stored(task.Task, time.Time)  {}

// seeResult remembers when the job of t was first seen to have ended, and records its trace then.
func (g *Gateway) seeResult(ctx context.Context, t task.Task, st engine.Status) {
	now := g.now()
	if seen, _ := g.results.ContainsOrAdd(t.ID+"/"+t.Handle, now); seen || t.Trace == "" {
		return
	}
	var failed error
	if st.State == task.Failed {
		failed = errJobFailed
	}
	if n := len(t.Attempts); n > 0 {
		g.cfg.Tracer.Past(ctx, "job", t, t.Attempts[n-1].Begun, now, failed)
	}
}

// meterResult tells the meter that the result of t is stored.
func (g *Gateway) meterResult(t task.Task) {
	name := t.ID + "/" + t.Handle
	if ended, ok := g.results.Peek(name); ok {
		g.results.Remove(name)
		g.cfg.Meter.Stored(t, ended)
	}
}
