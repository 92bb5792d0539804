package gateway

import (
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

const (
	// slower is the share of a piece of work's age that may go by between two polls: what has taken long may take longer.
	slower = 20
	// slowest is the longest time between two polls of work that goes on.
	slowest = time.Minute
	// spread is how much of an interval is added at random, so that tasks that came together do not stay together. It is
	// never taken off: a vendor names the shortest interval that it likes.
	spread = 0.1
)

// interval is how long until work that goes on is asked after again: what the engine asked for, longer as it grows
// old, and a little longer by chance.
func (g *Gateway) interval(t task.Task, e engine.Engine, st engine.Status) time.Duration {
	asked := st.Next
	if asked <= 0 {
		asked = e.Capabilities().PollEvery
	}
	caps := e.Capabilities()
	if caps.Lane == task.Local {
		return asked // it is our own work, and costs nobody anything to look at
	}
	begun := t.Created
	if n := len(t.Attempts); n > 0 {
		begun = t.Attempts[n-1].Begun
	}
	if n, ok := g.named(t); ok && g.called(n) && g.calls.heard(n.Name) {
		asked = min(calmer*asked, max(asked, slowest))
	}
	wait := max(asked, min(g.now().Sub(begun)/slower, slowest))
	seed, err := g.randomSeed()
	if err != nil {
		return wait
	}
	return wait + time.Duration(spread*float64(wait)*float64(seed)/(1<<32))
}
