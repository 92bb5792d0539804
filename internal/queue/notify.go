package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/task"
)

// Notifications are sent by a few workers of their own, so that a slow receiver delays no step. One that fails is repeated with
// waits that double from 5 seconds to an hour: for about a day in all, then it is dropped.
const (
	notifyQueue    = "notify"
	notifyWorkers  = 16
	notifyAttempts = 33
	notifyMinWait  = 5 * time.Second
	notifyMaxWait  = time.Hour
)

// notification is the arguments of the job that tells a task's callback URL of a state. The task's field is not called "task":
// such a job keeps no task moving.
type notification struct {
	Of    string     `json:"of"`
	State task.State `json:"state"`
}

// Kind names the job in River's table.
func (notification) Kind() string { return "notification" }

// notifier is River's worker for notifications.
type notifier[Tx any] struct {
	river.WorkerDefaults[notification]
	queue *Queue[Tx]
}

// NextRetry returns when a failed notification is repeated.
func (*notifier[Tx]) NextRetry(job *river.Job[notification]) time.Time {
	return time.Now().Add(notifyWait(job.Attempt, rand.Float64()))
}

// notifyWait returns the wait after the attempt-th failure. roll, in [0,1), takes up to a fifth off it, so that those
// that fail together are not repeated together.
func notifyWait(attempt int, roll float64) time.Duration {
	wait := notifyMaxWait
	if doublings := attempt - 1; doublings < 10 {
		wait = min(wait, notifyMinWait<<doublings)
	}
	return wait - time.Duration(roll*float64(wait)/5)
}

// Work sends one notification.
func (n *notifier[Tx]) Work(ctx context.Context, job *river.Job[notification]) error {
	err := n.queue.steps.Notify(ctx, job.Args.Of, job.Args.State)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err) // tells River that it was interrupted and did not fail
	}
	return err
}

// notificationJob returns the job for a wake with a Notify.
func notificationJob(w task.Wake) river.InsertManyParams {
	return river.InsertManyParams{Args: notification{Of: w.Task, State: w.Notify},
		InsertOpts: &river.InsertOpts{Queue: notifyQueue, MaxAttempts: notifyAttempts, Priority: normalPriority}}
}
