package gateway

import (
	"slices"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// newAttempt returns an attempt of t that begins now.
func (g *Gateway) newAttempt(t task.Task) task.Attempt {
	return task.Attempt{Engine: t.Engine, Model: t.EngineModel, Round: lastRound(t) + 1, Begun: g.now(), Node: g.cfg.Node}
}

// lastRound returns the round of t's last attempt, 0 if there is none.
func lastRound(t task.Task) int {
	if n := len(t.Attempts); n > 0 {
		return t.Attempts[n-1].Round
	}
	return 0
}

// countSubmits returns how often the task was submitted to its present engine, without submits that were told to wait.
func countSubmits(t task.Task) int {
	rounds := map[int]bool{}
	for _, a := range t.Attempts {
		if a.Engine == t.Engine {
			rounds[a.Round] = true
		}
	}
	return len(rounds)
}

// recordTries replaces the attempt that was begun for a submit by what the submit tried, key by key. Keys that had no capacity
// are left out: being told to wait is no attempt. The last attempt stays open unless the engine certainly did not take it.
func (g *Gateway) recordTries(t *task.Task, tried []engine.Try) {
	last := len(t.Attempts) - 1
	begun := t.Attempts[last]
	t.Attempts = slices.Clone(t.Attempts[:last])
	for _, try := range tried {
		a := begun
		a.Key, a.Handle, a.Begun = try.Key, try.Handle, storedTime(try.Begun)
		if try.Err != nil {
			fault := engine.AsError(try.Err)
			if fault.Class == engine.Overloaded {
				continue
			}
			a.Handle = ""
			if a.Unconfirmed = fault.Unconfirmed; !a.Unconfirmed {
				f := fault.FailureAt(t.Engine)
				a.Ended, a.Reason, a.Failure = storedTime(try.Ended), f.Reason, f.Text
			}
		}
		t.Attempts = withAttempt(t.Attempts, a)
	}
	if len(t.Attempts) == last { // nothing was tried, or the engine does not report tries
		t.Attempts = append(t.Attempts, begun)
	}
}

// withAttempt adds an attempt. It replaces the last attempt if that was a try of the same submit with the same key, or if the
// same key was refused for the same reason.
func withAttempt(all []task.Attempt, a task.Attempt) []task.Attempt {
	if n := len(all) - 1; n >= 0 {
		b := all[n]
		if b.Engine == a.Engine && b.Key == a.Key && b.Handle == "" &&
			(b.Round == a.Round || a.Reason == task.VendorRefused && b.Reason == a.Reason) {
			a.Begun = b.Begun
			return append(all[:n], a)
		}
	}
	return append(all, a)
}

// closeAttempt records how the last attempt ended.
func (g *Gateway) closeAttempt(t *task.Task, f *task.Failure) {
	n := len(t.Attempts)
	if n == 0 || !t.Attempts[n-1].Ended.IsZero() {
		return
	}
	t.Attempts = slices.Clone(t.Attempts) // the caller may use the old row
	t.Attempts[n-1].Ended = g.now()
	if f != nil {
		t.Attempts[n-1].Reason, t.Attempts[n-1].Failure = f.Reason, f.Text
	}
}

// charge records what the last attempt cost: the credits that the vendor reports and, if a video was made, its price. If there is
// no price, or no video was made, it is what the vendor charged, if it says so in dollars.
func (g *Gateway) charge(t *task.Task, st engine.Status) {
	n := len(t.Attempts)
	if n == 0 {
		return
	}
	t.Attempts = slices.Clone(t.Attempts)
	a := &t.Attempts[n-1]
	a.Credits = st.Credits
	if e, ok := g.registry.EngineFor(*t); ok && st.State == task.Succeeded {
		p := e.Price(t.EngineModel)
		if a.Cost = p.Of(t.Request.Seconds); a.Cost > 0 {
			a.Currency = p.Currency
		}
	}
	if a.Cost == 0 && st.Cost > 0 {
		a.Cost, a.Currency = st.Cost, "USD"
	}
}
