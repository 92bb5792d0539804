package store

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Live counts the tasks that have not ended, for metrics.
type Live interface {
	// CountLive counts the tasks of all accounts that have not ended, by state, model and engine. It reads each of them, and returns
	// ErrUnavailable as Store does.
	CountLive(ctx context.Context) ([]LiveTasks, error)
}

// LiveTasks is how many tasks of a state, model and engine there are.
type LiveTasks struct {
	State  task.State
	Model  string // as callers name it
	Engine string // configured name; "" = none is chosen
	Tasks  int
	Oldest time.Time // when the oldest of them was created
}
