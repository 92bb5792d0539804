package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

// maxLocalWait is the longest wait in which a task keeps its local worker: the machine is busy with the task meanwhile. A
// task that waits longer is not being worked on.
const maxLocalWait = time.Minute

// maxWebhookWait is the longest wait in which a webhook keeps its worker.
const maxWebhookWait = 10 * time.Second

// wake is the arguments of the job that steps a task.
type wake struct {
	Task    string `json:"task"`
	At      int64  `json:"at,omitempty"`      // not before this, epoch milliseconds; 0 = at once
	Account int64  `json:"account,omitempty"` // owner of the task; local workers serve the accounts in turn
	Created int64  `json:"created,omitempty"` // orders the tasks of an account, epoch milliseconds
}

// Kind names the job in River's table.
func (wake) Kind() string { return "wake" }

// stepper is River's worker for wake jobs.
type stepper[Tx any] struct {
	river.WorkerDefaults[wake]
	queue  *Queue[Tx]
	latest sync.Map // by the id of a failed job: the latest time of its next attempt
}

// NextRetry returns when a failed job runs again.
func (s *stepper[Tx]) NextRetry(job *river.Job[wake]) time.Time {
	next := time.Now().Add(s.queue.options.Backoff(job.Attempt))
	if latest, ok := s.latest.LoadAndDelete(job.ID); ok && latest.(time.Time).Before(next) {
		next = latest.(time.Time)
	}
	return next
}

// Work steps a task until it is done or must wait longer than a worker is kept; then the job is snoozed.
func (s *stepper[Tx]) Work(ctx context.Context, job *river.Job[wake]) error {
	q := s.queue
	if isLocal(job) {
		q.takeNext(ctx, job)
	}
	id := job.Args.Task
	if at := job.Args.At; at != 0 { // the job runs at that time, even if another job has the task until then
		left, err := q.waitInWorker(ctx, job.Queue, time.Until(time.UnixMilli(at)), nil)
		switch {
		case err != nil:
			return err
		case left >= 0:
			return river.JobSnooze(left)
		}
	}
	if q.inFlight.signal(id) {
		return nil
	}
	if elsewhere, err := q.handOver(ctx, job); elsewhere || err != nil {
		return err
	}
	wakeSignal, mine := q.inFlight.acquire(id)
	if !mine {
		return nil
	}
	defer q.inFlight.abandon(id, wakeSignal)
	if job.Queue == string(task.Remote) {
		q.remoteRunning.Add(1)
		defer q.remoteRunning.Add(-1)
	}
	return s.step(ctx, job, wakeSignal)
}

// step steps the task of a job, which this worker has, until the task is done or must wait longer than a worker is kept.
func (s *stepper[Tx]) step(ctx context.Context, job *river.Job[wake], wakeSignal chan struct{}) error {
	q, id := s.queue, job.Args.Task
	step := q.steps.Advance
	if job.Queue == string(task.Webhooks) {
		step = q.steps.Deliver
	}
	var wait time.Duration
	for {
		left, err := q.waitInWorker(ctx, job.Queue, wait, wakeSignal)
		if err != nil {
			return err
		}
		if left >= 0 {
			if !q.stopping() { // after a stop the task's jobs run again at the next start, and all but one complete then
				if err := q.deleteSupersededJobs(ctx, id, job.ID); err != nil {
					return err
				}
			}
			if q.inFlight.release(id, wakeSignal) {
				return river.JobSnooze(left)
			}
		}
		next, err := step(ctx, id)
		switch {
		case err != nil && ctx.Err() != nil:
			return fmt.Errorf("%w: %w", ctx.Err(), err) // tells River that the step was interrupted and did not fail
		case err != nil:
			if next.After > 0 {
				s.latest.Store(job.ID, time.Now().Add(next.After))
			}
			return err
		case next.Done && q.inFlight.release(id, wakeSignal):
			return nil
		case next.Done:
			wait = 0
		default:
			wait = next.After
		}
	}
}

// waitInWorker waits in the worker until the time is over or the wake signal comes; then left is negative, and the caller
// must step. If the wait is longer than a worker is kept, or the queue stops, it returns the rest of the wait, for which the
// caller must snooze the job.
func (q *Queue[Tx]) waitInWorker(ctx context.Context, lane string, wait time.Duration, wakeSignal <-chan struct{}) (left time.Duration, err error) {
	const step = -1
	most := q.maxWait(lane)
	wait = max(wait, 0)
	if q.stopping() {
		return wait, nil
	}
	if wait == 0 {
		return step, nil
	}
	if wait > most {
		return wait, nil
	}
	due := time.Now().Add(wait)
	select {
	case <-q.options.After(wait):
		return step, nil
	case <-wakeSignal:
		return step, nil
	case <-q.stopC:
		return max(time.Until(due), 0), nil
	case <-ctx.Done():
		return step, ctx.Err()
	}
}

// maxWait returns the longest wait in which a task keeps its worker. If few remote workers are free, the wait is short, so
// that every remote task gets a worker from time to time.
func (q *Queue[Tx]) maxWait(lane string) time.Duration {
	switch {
	case lane == string(task.Local):
		return maxLocalWait
	case lane == string(task.Webhooks):
		return maxWebhookWait
	case 10*q.remoteRunning.Load() > 9*int64(q.options.RemoteWorkers):
		return q.options.ShortWait
	default:
		return q.options.MaxRemoteWait
	}
}

// stopping reports whether Stop was called.
func (q *Queue[Tx]) stopping() bool {
	select {
	case <-q.stopC:
		return true
	default:
		return false
	}
}

// deleteSupersededJobs deletes the task's other snoozed jobs. The job with the given id has stepped the task after them and is
// snoozed in their place.
func (q *Queue[Tx]) deleteSupersededJobs(ctx context.Context, id string, job int64) error {
	err := q.driver.GetExecutor().Exec(ctx, `DELETE FROM river_job WHERE args->>'task' = $1 AND finalized_at IS NULL
		AND id <> $2 AND attempted_at IS NOT NULL AND state IN ('available', 'scheduled', 'retryable')`, id, job)
	if err != nil {
		return fmt.Errorf("queue: delete superseded jobs: %w", err)
	}
	return nil
}

// sweep is the arguments of the job that sweeps.
type sweep struct{}

// Kind names the job in River's table.
func (sweep) Kind() string { return "sweep" }

// sweeper is River's worker for sweep jobs.
type sweeper[Tx any] struct {
	river.WorkerDefaults[sweep]
	queue *Queue[Tx]
}

// Work calls Steps.Sweep once.
func (s *sweeper[Tx]) Work(ctx context.Context, _ *river.Job[sweep]) error {
	return s.queue.steps.Sweep(ctx)
}

// errorHandler logs failed jobs. It returns nil to River, so a job's worker decides when it runs again.
type errorHandler struct {
	log    *slog.Logger
	panics *panics.Recorder
	outage *outage
}

// HandleError logs an error, unless it is the database's that is away.
func (f *errorHandler) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if isUnavailable(err) && f.outage.silences(ctx) {
		return nil
	}
	f.log.WarnContext(ctx, "a step failed", "job", job.Kind, "task", taskOf(job), "attempt", job.Attempt, "err", err)
	return nil
}

// HandlePanic records a panic that no worker has recovered.
func (f *errorHandler) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.panics.Record(ctx, "queue", &panics.Error{Value: value, Stack: []byte(trace)}, "job", job.Kind, "task", taskOf(job), "attempt", job.Attempt)
	return nil
}

// taskOf returns the task of a job; "" for a sweep and for a job with arguments that can't be read.
func taskOf(job *rivertype.JobRow) string {
	var args struct {
		wake
		notification
	}
	_ = json.Unmarshal(job.EncodedArgs, &args)
	return args.Task + args.Of
}
