package gateway

import (
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// pollAgeShare is the share of a piece of work's age that may go by between two polls: what has taken long may take longer.
	pollAgeShare = 20
	// maxInterval is the longest time between two polls of work that goes on.
	maxInterval = time.Minute
	// jitterShare is how much of an interval is added at random, so that tasks that came together do not stay together. It is
	// never taken off: a vendor names the shortest interval that it likes.
	jitterShare = 0.1
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
	if n, ok := g.registry.EngineFor(t); ok && g.callbacksEnabled(n) && g.callbacks.reliable(n.Name) {
		asked = min(callbackPollFactor*asked, max(asked, maxInterval))
	}
	wait := max(asked, min(g.now().Sub(begun)/pollAgeShare, maxInterval))
	seed, err := g.randomSeed()
	if err != nil {
		return wait
	}
	return wait + time.Duration(jitterShare*float64(wait)*float64(seed)/(1<<32))
}
