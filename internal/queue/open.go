package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	normalPriority = 1
	lowPriority    = 4
	maxAttempts    = 1<<15 - 1 // the largest number that River stores: a job is never given up
	sweepQueue     = "sweep"
	maxWorkers     = river.QueueNumWorkersMax
	webhookWorkers = 1000                  // webhooks that are delivered to at once; how many requests that makes is their sender's to limit
	fetchCooldown  = 10 * time.Millisecond // least time between two looks for jobs
	freeTime       = 10 * time.Second      // to free the jobs of a wrong clock
)

// recoverSQL returns the statements that free the jobs of a process that died.
func recoverSQL() []string {
	return []string{
		// No other process works on the database, so a job that is running now was running when the last process died.
		`UPDATE river_job SET state = 'available', attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END
			WHERE state = 'running'`,
		// The leader died too. If its row stayed, nothing would be scheduled or swept until its term ends.
		`DELETE FROM river_leader`,
	}
}

// open makes the queue and River's client for any database. Workers look for jobs every poll.
func open[Tx any](driver riverdriver.Driver[Tx], o Options, poll time.Duration) (*Queue[Tx], error) {
	o = o.filled()
	q := &Queue[Tx]{options: o, driver: driver, stopC: make(chan struct{}),
		indexSQL: []string{`CREATE INDEX IF NOT EXISTS river_job_wake_task ON river_job ((args->>'task')) WHERE finalized_at IS NULL`}}
	if o.Ping == nil {
		o.Ping = q.pingTables
	}
	q.outage = &outage{log: o.Log, ping: o.Ping, after: o.After, stopC: q.stopC}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &stepper[Tx]{queue: q}); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	if err := river.AddWorkerSafely(workers, &sweeper[Tx]{queue: q}); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	if err := river.AddWorkerSafely(workers, &notifier[Tx]{queue: q}); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	client, err := river.NewClient(driver, &river.Config{
		ID: o.nodeName(),
		Queues: map[string]river.QueueConfig{
			string(task.Local):    {MaxWorkers: o.LocalWorkers},
			string(task.Remote):   {MaxWorkers: o.RemoteWorkers},
			string(task.Webhooks): {MaxWorkers: webhookWorkers},
			notifyQueue:           {MaxWorkers: notifyWorkers},
			sweepQueue:            {MaxWorkers: 1, FetchPollInterval: 10 * time.Second},
		},
		Workers:              workers,
		FetchCooldown:        fetchCooldown,
		FetchPollInterval:    poll,
		MaxAttempts:          maxAttempts,
		JobTimeout:           -1, // no limit on the time of a step
		SoftStopTimeout:      o.StopGrace,
		RescueStuckJobsAfter: o.rescueAfter(),
		ErrorHandler:         &errorHandler{o.Log, o.Panics, q.outage},
		Logger:               q.riverLog(),
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(o.SweepEvery), q.newSweepJob,
			&river.PeriodicJobOpts{RunOnStart: true})},
		CompletedJobRetentionPeriod: 10 * time.Minute,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	q.client = client
	return q, nil
}

// freeAhead frees the jobs of a wrong clock. A job is available when it is due, by the clock of the process that has made or snoozed it. If
// that clock was ahead and is set back, or is ahead of PostgreSQL's, which says what is due, the job would wait until the old time comes, and one
// that waits for a sweep would keep all others from being inserted.
func (q *Queue[Tx]) freeAhead() error {
	ctx, stop := context.WithTimeout(context.Background(), freeTime)
	defer stop()
	return q.driver.GetExecutor().Exec(ctx, q.aheadSQL)
}

// newSweepJob returns the job of a sweep, which is not inserted while another one waits or runs. The queue that schedules sweeps calls it
// before each, and at its start.
func (q *Queue[Tx]) newSweepJob() (river.JobArgs, *river.InsertOpts) {
	if err := q.freeAhead(); err != nil {
		q.options.Log.Warn("the jobs of a wrong clock were not freed", "error", err)
	}
	return sweep{}, &river.InsertOpts{Queue: sweepQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{
		ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled}}}
}
