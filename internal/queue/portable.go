package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// jobsPage is how many jobs are read or inserted at once.
const jobsPage = 500

// Job is a job that has not ended, as a queue in another database can take it over.
type Job struct {
	kind string
	args json.RawMessage
	opts river.InsertOpts
}

// Kind implements river.JobArgs.
func (j Job) Kind() string { return j.kind }

// MarshalJSON implements json.Marshaler.
func (j Job) MarshalJSON() ([]byte, error) { return j.args, nil }

// Jobs calls yield with pages of the jobs that have not ended, oldest first. It returns the first error of yield. Sweeps are not
// among them: every queue schedules its own. No worker may run meanwhile.
func (q *Queue[Tx]) Jobs(ctx context.Context, yield func([]Job) error) error {
	params := river.NewJobListParams().First(jobsPage).Kinds(wake{}.Kind(), notification{}.Kind()).States(rivertype.JobStateAvailable,
		rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled)
	for {
		found, err := q.client.JobList(ctx, params)
		if err != nil {
			return fmt.Errorf("queue: list jobs: %w", err)
		}
		if len(found.Jobs) == 0 {
			return nil
		}
		page := make([]Job, len(found.Jobs))
		for i, row := range found.Jobs {
			page[i] = portable(row)
		}
		if err := yield(page); err != nil {
			return err
		}
		params = params.After(found.LastCursor)
	}
}

// portable returns a row as a job for another queue. A job that steps a task and was snoozed, or was running, runs at once there:
// its step finds out how long to wait.
func portable(row *rivertype.JobRow) Job {
	j := Job{row.Kind, row.EncodedArgs, river.InsertOpts{Queue: row.Queue, Priority: row.Priority, MaxAttempts: row.MaxAttempts}}
	if row.ScheduledAt.After(time.Now()) && (row.AttemptedAt == nil || row.Kind != wake{}.Kind()) {
		j.opts.ScheduledAt = row.ScheduledAt
	}
	return j
}

// DeleteJobs deletes all jobs. No worker may run meanwhile.
func (q *Queue[Tx]) DeleteJobs(ctx context.Context) error {
	if err := q.driver.GetExecutor().Exec(ctx, `DELETE FROM river_job`); err != nil {
		return fmt.Errorf("queue: delete all jobs: %w", err)
	}
	return nil
}

// TakeOver inserts jobs of another queue, all of them or none.
func (q *Queue[Tx]) TakeOver(ctx context.Context, jobs []Job) error {
	rows := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		rows[i] = river.InsertManyParams{Args: j, InsertOpts: &j.opts}
	}
	if _, err := q.client.InsertMany(ctx, rows); err != nil {
		return fmt.Errorf("queue: take over jobs: %w", err)
	}
	return nil
}
