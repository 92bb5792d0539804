package gateway

import (
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// pollAgeShare: a job is polled again after this part of its age, 1/20. A job that has taken long may take longer.
	pollAgeShare = 20
	// maxInterval is the longest time between two polls of a job because of its age.
	maxInterval = time.Minute
	// jitterShare is the part of an interval that is added at random at most, so that tasks that came together do not stay
	// together. Nothing is subtracted: a vendor names the shortest interval that it accepts.
	jitterShare = 0.1
)

// interval returns the time until the next poll of a job: what the engine asked for, longer as the job gets older, plus jitter.
func (g *Gateway) interval(t task.Task, e engine.Engine, st engine.Status) time.Duration {
	asked := st.Next
	if asked <= 0 {
		asked = e.Capabilities().PollEvery
	}
	caps := e.Capabilities()
	if caps.Lane == task.Local {
		return asked // a poll of our own renderer costs nothing
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
