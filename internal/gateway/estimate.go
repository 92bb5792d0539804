package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// firstEstimate is what a second of video is taken to cost before any was made here: about what two cores need.
const firstEstimate = 800 * time.Millisecond

// throughput remembers how long a second of video took lately, engine by engine.
type throughput struct {
	mu        sync.Mutex
	perSecond map[string]time.Duration
}

func newThroughput() *throughput { return &throughput{perSecond: map[string]time.Duration{}} }

// learn learns from a task that succeeded: a tenth of the new, nine of the old.
func (p *throughput) learn(t task.Task) {
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

// estimateWait estimates how long until t starts.
func (g *Gateway) estimateWait(ctx context.Context, t task.Task) time.Duration {
	return g.estimateWaits(ctx, []task.Task{t})[0]
}

// estimateWaits estimates how long until each of the tasks starts: what is served before it, at the pace of late, by as many as work
// at once. A vendor's own queue is not ours to see; of a task there, only the time we hold it back ourselves is told. No row
// is read for it but once, for the first task that waits here.
func (g *Gateway) estimateWaits(ctx context.Context, tasks []task.Task) []time.Duration {
	out := make([]time.Duration, len(tasks))
	for i, t := range tasks {
		if t.State.Terminal() || t.State == task.Running {
			continue
		}
		out[i] = max(t.NotBefore.Sub(g.now()), 0)
		if t.State != task.Queued || g.lane(t) != task.Local {
			continue
		}
		if err := g.fillBacklog(ctx); err != nil {
			g.cfg.Log.WarnContext(ctx, "no estimate of waits", "err", err)
			return out
		}
		if tasks, seconds := g.backlog.ahead(t); tasks >= g.cfg.Workers {
			out[i] = max(out[i], time.Duration(seconds)*g.throughput.estimate(t.Engine)/time.Duration(max(g.cfg.Workers, 1)))
		}
	}
	return out
}

// fillBacklog reads the tasks under way, where they were not read yet, or where other processes write them too and it was long
// ago.
func (g *Gateway) fillBacklog(ctx context.Context) error {
	life := time.Duration(0)
	if !g.cfg.SingleProcess {
		life = backlogLife
	}
	return g.backlog.refresh(g.now(), life, func(put func(task.Task, task.Lane)) error {
		return g.eachLive(ctx, task.Query{}, func(t task.Task) error {
			put(t, g.lane(t))
			return nil
		})
	})
}
