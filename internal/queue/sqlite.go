package queue

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/filmgate/filmgate/internal/task"
)

// NewSQLite is a queue in an SQLite file that this process alone has open. writer must have one connection, begin its
// transactions "immediate", and be the one that rows are written through. Nothing is read or written before Migrate.
func NewSQLite(writer *sql.DB, o Options) (*Queue[*sql.Tx], error) {
	q, err := open(riversqlite.New(writer), o)
	if err != nil {
		return nil, err
	}
	q.fair = sqliteFairOrder()
	q.indexSQL = append(q.indexSQL, q.fair.indexSQL)
	q.recoverSQL = []string{
		// Nobody else has the file open, so what is running was running when the last process died.
		`UPDATE river_job SET state = 'available', attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END
			WHERE state = 'running'`,
		// And its leader leads no more; without this nothing is scheduled or swept until its term has run out.
		`DELETE FROM river_leader`,
	}
	return q, nil
}

// How soon an alarm is heard. A notice of a new job reaches River on SQLite through a table that it reads every 50 ms.
// Of alarms that come closer together than fetchCooldown some give no notice; these the poll finds. At these values an
// alarm rings after 33 ms (median) and an idle server uses two hundredths of a processor. A poll every 25 ms would ring
// after 12 ms and use eight.
const (
	fetchCooldown = 10 * time.Millisecond
	fetchPoll     = 250 * time.Millisecond
)

const (
	normalPriority = 1
	lowPriority    = 4
	maxAttempts    = 1<<15 - 1 // the most that River can count: an alarm is never given up
	sweepQueue     = "sweep"
	maxWorkers     = river.QueueNumWorkersMax
)

// open makes the queue and River's client on any database.
func open[Tx any](driver riverdriver.Driver[Tx], o Options) (*Queue[Tx], error) {
	o = o.filled()
	q := &Queue[Tx]{options: o, driver: driver, stopC: make(chan struct{}),
		indexSQL: []string{`CREATE INDEX IF NOT EXISTS river_job_wake_task ON river_job ((args->>'task')) WHERE finalized_at IS NULL`}}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &stepper[Tx]{queue: q}); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	if err := river.AddWorkerSafely(workers, &sweeper[Tx]{queue: q}); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	client, err := river.NewClient(driver, &river.Config{
		Queues: map[string]river.QueueConfig{
			string(task.Local):  {MaxWorkers: o.LocalWorkers},
			string(task.Remote): {MaxWorkers: o.RemoteWorkers},
			sweepQueue:          {MaxWorkers: 1, FetchPollInterval: 10 * time.Second},
		},
		Workers:           workers,
		FetchCooldown:     fetchCooldown,
		FetchPollInterval: fetchPoll,
		MaxAttempts:       maxAttempts,
		JobTimeout:        -1, // a step has as long as it takes
		SoftStopTimeout:   o.StopGrace,
		ErrorHandler:      &errorHandler{o.Log, o.Panics},
		Logger:            o.riverLog(),
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(o.SweepEvery), newSweepJob,
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

// newSweepJob makes the job of one sweep, unless the one before is still to do or under way.
func newSweepJob() (river.JobArgs, *river.InsertOpts) {
	return sweep{}, &river.InsertOpts{Queue: sweepQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{
		ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled}}}
}
