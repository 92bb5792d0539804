package store

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Retention is a database whose old rows can be deleted in small steps. Each call is a short transaction of few rows, so that
// other writers need not wait for it, and may be repeated at any time. Every method may return ErrUnavailable.
type Retention interface {
	// DeleteEvents looks at the limit ended tasks that follow after, oldest first, among those created before a time, and
	// deletes their events from before that time. It returns how many events it deleted, and the cursor of the last task that it
	// looked at; the zero cursor if there are no more.
	DeleteEvents(ctx context.Context, before time.Time, after task.Cursor, limit int) (deleted int64, last task.Cursor, err error)
	// DeleteTask deletes an ended task, which was read before, with its events, artifacts and deliveries. A dataset that no other task refers
	// to is unused then. It returns ErrStale, and deletes nothing, if the task has changed since, has not ended or is gone.
	DeleteTask(ctx context.Context, t task.Task) error
	// DeleteIdempotency deletes at most limit idempotency records that were created before a time, oldest first, and returns how
	// many.
	DeleteIdempotency(ctx context.Context, before time.Time, limit int) (deleted int64, err error)
	// DeleteOldDeliveries deletes at most limit deliveries that are not pending and were created before a time, oldest first, and
	// returns how many.
	DeleteOldDeliveries(ctx context.Context, before time.Time, limit int) (deleted int64, err error)
	// CountOld counts the events of ended tasks with the deliveries that are not pending, and the idempotency records, from before a
	// time each. It reads all tasks' events.
	CountOld(ctx context.Context, events, idempotency time.Time) (Old, error)
}

// Old is how many rows are older than a time.
type Old struct {
	Events      int64
	Deliveries  int64 // to webhooks, of events
	Idempotency int64
}
