package task

import "slices"

// State is where a task stands in its life.
type State string

// The seven states. The words are Runway's own, with QUEUED for a task that no engine has been asked yet.
const (
	Queued    State = "QUEUED"
	Throttled State = "THROTTLED" // held by a concurrency limit, the key's or the engine's
	Pending   State = "PENDING"   // an engine has taken it and has not begun
	Running   State = "RUNNING"
	Succeeded State = "SUCCEEDED"
	Failed    State = "FAILED"
	Cancelled State = "CANCELLED"
)

// States lists all states, in the order of a task's life.
func States() []State {
	return []State{Queued, Throttled, Pending, Running, Succeeded, Failed, Cancelled}
}

// LiveStates lists the states of tasks that have not ended.
func LiveStates() []State {
	return slices.DeleteFunc(States(), State.Terminal)
}

// Terminal reports whether a task in s has ended: it moves no more.
func (s State) Terminal() bool {
	return s == Succeeded || s == Failed || s == Cancelled
}

// CanMoveTo reports whether the table of moves lets a task go from s to next. Staying in a state is no move; a step
// that only reports progress leaves the state as it is and asks nobody.
func (s State) CanMoveTo(next State) bool {
	switch s {
	case Queued:
		return next == Throttled || next == Pending || next == Failed || next == Cancelled
	case Throttled:
		return next == Queued || next == Pending || next == Failed || next == Cancelled
	case Pending:
		return next == Running || next.Terminal()
	case Running:
		return next.Terminal()
	default:
		return false
	}
}
