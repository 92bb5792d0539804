package filmgate

import (
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// wireEvent is what callers are told of a task, by a stream or a webhook: the form that Standard Webhooks recommends.
type wireEvent struct {
	Type      task.EventType `json:"type" doc:"What happened: task.created, task.running, task.succeeded, task.failed, task.cancelled or task.progress."`
	Timestamp wireTime       `json:"timestamp" doc:"When it happened."`
	Data      wireTask       `json:"data" doc:"The task as it was then, as a read of the task answers it."`
}

// Callback returns what the callback URL of a task is told of the state that it has reached, in the form of Event.
func Callback(t task.Task, l dialect.Links) []byte {
	at := t.Started
	if t.State.Terminal() {
		at = t.Finished
	}
	return Event(t, task.Event{At: at, Kind: "state", To: t.State}, l)
}

// Event returns what callers are told of an event of the task, as JSON with a line end: its type, its time, and the task as it was then
// in the form of GET /api/v1/tasks/{id}. It is nil if callers are not told of it. t is the task as it is now.
func Event(t task.Task, e task.Event, l dialect.Links) []byte {
	kind := e.Type()
	if kind == "" {
		return nil
	}
	return dialect.Marshal(wireEvent{Type: kind, Timestamp: wireTime(e.At), Data: encodeTask(t.AsOf(e), l)})
}
