package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// firstEstimate is how long a second of video is assumed to take before any was made: about what two cores need.
const firstEstimate = 800 * time.Millisecond

// throughput holds how long a second of video takes, by engine: a moving average.
type throughput struct {
	mu        sync.Mutex
	perSecond map[string]time.Duration
}

func newThroughput() *throughput { return &throughput{perSecond: map[string]time.Duration{}} }

// add adds a task that has SUCCEEDED, with a weight of one tenth.
func (p *throughput) add(t task.Task) {
	if t.Request.Seconds <= 0 || t.Started.IsZero() {
		return
	}
	one := t.Finished.Sub(t.Started) / time.Duration(t.Request.Seconds)
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.perSecond[t.Engine]; ok {
		one = (9*old + one) / 10
	}
	p.perSecond[t.Engine] = one
}

func (p *throughput) estimate(engine string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d, ok := p.perSecond[engine]; ok {
		return d
	}
	return firstEstimate
}

// estimateWait returns an estimate of the time until t starts.
func (g *Gateway) estimateWait(ctx context.Context, t task.Task) time.Duration {
	if hasStarted(t) {
		return 0
	}
	return g.estimateWaits(ctx, []task.Task{t})[0]
}

// estimateWaits returns an estimate of the time until each task starts: the seconds of video that are served before it, by the
// throughput and the number of workers. A vendor's own queue is not known, so for its tasks only our own waiting counts. Rows
// are read at most once, for the first task that waits for a local worker.
func (g *Gateway) estimateWaits(ctx context.Context, tasks []task.Task) []time.Duration {
	out := make([]time.Duration, len(tasks))
	for i, t := range tasks {
		if hasStarted(t) {
			continue
		}
		out[i] = max(t.NotBefore.Sub(g.now()), 0)
		if t.State != task.Queued || g.lane(t) != task.Local {
			continue
		}
		if err := g.refreshBacklog(ctx); err != nil {
			g.cfg.Log.WarnContext(ctx, "can't estimate queue waits", "err", err)
			return out
		}
		if tasks, seconds := g.backlog.ahead(t, g.registry.Current().Weight); tasks >= g.cfg.Workers {
			out[i] = max(out[i], time.Duration(seconds)*g.throughput.estimate(t.Engine)/time.Duration(max(g.cfg.Workers, 1)))
		}
	}
	return out
}

// hasStarted reports whether t waits for nothing any more.
func hasStarted(t task.Task) bool { return t.State.Terminal() || t.State == task.Running }

// refreshBacklog reads the live tasks if that was never done, or was done too long ago and other processes write tasks too.
func (g *Gateway) refreshBacklog(ctx context.Context) error {
	life := time.Duration(0)
	if !g.cfg.SingleProcess {
		life = backlogLife
	}
	return g.backlog.refresh(g.now(), life, func(set func(task.Task, task.Lane)) error {
		return g.eachLive(ctx, task.Query{}, func(t task.Task) error {
			set(t, g.lane(t))
			return nil
		})
	})
}
