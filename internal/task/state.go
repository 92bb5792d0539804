package task

import "slices"

// State is a task's state.
type State string

// The states. The names are Runway's, with QUEUED for a task that was not submitted to an engine yet.
const (
	Queued    State = "QUEUED"
	Throttled State = "THROTTLED" // waiting because of a concurrency limit of the key or the engine
	Pending   State = "PENDING"   // an engine has accepted it and not started yet
	Running   State = "RUNNING"
	Succeeded State = "SUCCEEDED"
	Failed    State = "FAILED"
	Cancelled State = "CANCELLED"
)

// States lists all states, from the first to the terminal ones.
func States() []State {
	return []State{Queued, Throttled, Pending, Running, Succeeded, Failed, Cancelled}
}

// LiveStates lists the states that are not terminal.
func LiveStates() []State {
	return slices.DeleteFunc(States(), State.Terminal)
}

// EndedStates lists the terminal states.
func EndedStates() []State {
	return slices.DeleteFunc(States(), func(s State) bool { return !s.Terminal() })
}

// Terminal reports whether a task in s has ended and never changes its state again.
func (s State) Terminal() bool {
	return s == Succeeded || s == Failed || s == Cancelled
}

// CanMoveTo reports whether a task may move from s to next. It returns false if they are equal: a step that keeps the state
// need not call it.
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
