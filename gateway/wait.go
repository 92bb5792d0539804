package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/filmgate/filmgate/task"
)

// queueLook is how many tasks ahead are counted; a longer queue is estimated as this long.
const queueLook = 1000

// firstPace is what a second of video is taken to cost before any was made here: about what two cores need.
const firstPace = 800 * time.Millisecond

// pace remembers how long a second of video took lately, engine by engine.
type pace struct {
	mu  sync.Mutex
	per map[string]time.Duration
}

func newPace() *pace { return &pace{per: map[string]time.Duration{}} }

// done learns from a task that succeeded: a tenth of the new, nine of the old.
func (p *pace) done(t task.Task) {
	if t.Request.Seconds <= 0 || t.Started.IsZero() {
		return
	}
	one := t.Finished.Sub(t.Started) / time.Duration(t.Request.Seconds)
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.per[t.Engine]; ok {
		one = (9*old + one) / 10
	}
	p.per[t.Engine] = one
}

func (p *pace) of(engine string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d, ok := p.per[engine]; ok {
		return d
	}
	return firstPace
}

// wait estimates how long until t starts.
func (g *Gateway) wait(ctx context.Context, t task.Task) time.Duration {
	return g.waits(ctx, []task.Task{t})[0]
}

// waits estimates how long until each of the tasks starts: what stands before it, at the pace of late, by as many as
// work at once. A vendor's own queue is not ours to see; of a task there, only the time we hold it back ourselves is
// told. The queue is read once, and only where one of the tasks waits in it.
func (g *Gateway) waits(ctx context.Context, tasks []task.Task) []time.Duration {
	out := make([]time.Duration, len(tasks))
	var queue []task.Task
	for i, t := range tasks {
		if t.State.Terminal() || t.State == task.Running {
			continue
		}
		out[i] = max(t.NotBefore.Sub(g.now()), 0)
		e, ok := g.engineOf(t.Engine)
		if !ok || e.Capabilities().Lane != task.Local || t.State != task.Queued {
			continue
		}
		if queue == nil {
			var err error
			if queue, err = g.queue(ctx); err != nil {
				g.cfg.Log.WarnContext(ctx, "no estimate of waits", "err", err)
				return out
			}
		}
		out[i] = max(out[i], g.behind(t, queue))
	}
	return out
}

// queue is every task that has not ended, up to queueLook.
func (g *Gateway) queue(ctx context.Context) ([]task.Task, error) {
	return g.cfg.Store.Tasks(ctx, task.Query{
		States:      []task.State{task.Queued, task.Throttled, task.Pending, task.Running},
		OldestFirst: true, Deleted: true, Limit: queueLook,
	})
}

// behind is how long the tasks of the queue that go before t will take.
func (g *Gateway) behind(t task.Task, queue []task.Task) time.Duration {
	var seconds, tasks int
	for _, a := range queue {
		first := a.Created.Before(t.Created)
		if a.Request.LowPriority != t.Request.LowPriority {
			first = t.Request.LowPriority || a.State == task.Running
		}
		if a.ID == t.ID || a.Engine != t.Engine || !first {
			continue
		}
		seconds += a.Request.Seconds
		tasks++
	}
	if tasks < g.cfg.Workers {
		return 0
	}
	return time.Duration(seconds) * g.pace.of(t.Engine) / time.Duration(max(g.cfg.Workers, 1))
}
