package task

import "time"

// Event is one line of a task's history.
type Event struct {
	At   time.Time
	Kind string // "created", "state", "note", "cancel"
	From State  // "" if the kind has no states
	To   State  // "" if the kind has no states
	Text string // for people

	Version int64 // of the task, as the change left it; set when the event is read
}

// EventType is a kind of event that callers are told of, by streams and webhooks.
type EventType string

// The types of events.
const (
	EventCreated   EventType = "task.created"
	EventRunning   EventType = "task.running"
	EventSucceeded EventType = "task.succeeded"
	EventFailed    EventType = "task.failed"
	EventCancelled EventType = "task.cancelled"
	EventProgress  EventType = "task.progress" // any other change that a caller sees; it is not stored
)

// Type returns the type by which callers are told of e; "" if they are told nothing, because it is only a line for people or a
// state in which the task still waits.
func (e Event) Type() EventType {
	switch e.Kind {
	case "created":
		return EventCreated
	case "progress":
		return EventProgress
	case "state":
		return e.To.eventType()
	default:
		return ""
	}
}

// eventType returns the type of the event that a task has moved to s.
func (s State) eventType() EventType {
	switch s {
	case Running:
		return EventRunning
	case Succeeded:
		return EventSucceeded
	case Failed:
		return EventFailed
	case Cancelled:
		return EventCancelled
	default:
		return ""
	}
}

// Told is what those who follow a task are told.
type Told struct {
	ID    int64 // by which a follower resumes after it: that of the event, above 0; 0 = the event is not stored
	Event Event // the zero Event = there is no news, but the stream goes on
	Task  Task  // as it is now; AsOf tells how it was
}

// ProgressOf returns the event of a change that is not stored as one: the task as it is now.
func ProgressOf(t Task) Event {
	return Event{At: t.Updated, Kind: "progress", From: t.State, To: t.State}
}

// AsOf returns the task as it was after e, as far as is known: a task that has moved on since is shown in the state of e, without
// what came later. It is for callers who are told of e late. If the task is still in that state, AsOf returns it as it is.
func (t Task) AsOf(e Event) Task {
	if e.To == "" || e.To == t.State {
		return t
	}
	t.State, t.Updated = e.To, e.At
	t.Progress, t.ProgressText, t.QueueWait = 0, "", 0
	t.Failure, t.Artifacts, t.Understood, t.Finished, t.Deleted = nil, nil, nil, time.Time{}, false
	if e.To != Running {
		t.Started = time.Time{}
	}
	t.Attempts = attemptsAsOf(t.Attempts, e.At)
	return t
}

// attemptsAsOf returns the attempts that had begun at a time, as they were then.
func attemptsAsOf(all []Attempt, at time.Time) []Attempt {
	var out []Attempt
	for _, a := range all {
		if a.Begun.After(at) {
			break
		}
		if a.Ended.After(at) {
			a.Ended, a.Unconfirmed, a.Reason, a.Failure, a.Credits, a.Cost, a.Currency = time.Time{}, false, "", "", 0, 0, ""
		}
		out = append(out, a)
	}
	return out
}

// Reached is a state that a task has been in since a time.
type Reached struct {
	State State
	At    time.Time
}

// StatesOf returns the states that a task has been through, the present one last. events is its history up to its version, oldest first; if
// it is kept no longer, the states are those of which the task itself has the times.
func StatesOf(t Task, events []Event) []Reached {
	var out []Reached
	for _, e := range events {
		if e.Kind == "created" || e.Kind == "state" {
			out = append(out, Reached{e.To, e.At})
		}
	}
	if len(out) > 0 && out[0].State == Queued && out[len(out)-1].State == t.State {
		return out
	}
	out = []Reached{{Queued, t.Created}}
	if !t.Started.IsZero() {
		out = append(out, Reached{Running, t.Started})
	}
	if t.State.Terminal() {
		out = append(out, Reached{t.State, t.Finished})
	}
	return out
}
