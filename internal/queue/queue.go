// Package queue schedules and runs the steps of tasks. It is the only package that imports River. [Queue] stores a
// [task.Wake] as a job; a worker that takes the job calls [Steps.Advance] for its task.
//
// A job only says that a task needs a step. The rows are the truth: if all jobs are lost, the sweep makes new ones from the
// rows. So a job holds little more than a task's id. These rules keep jobs and steps in order:
//
//   - Within a process only one job at a time steps a task. A job that starts while another one steps the same task sends
//     that one a wake signal and completes. The other then steps once more, at once, even if it was waiting. No wake is
//     lost: the signal is read before the other job releases the task, and if the process dies, the other job is still in
//     the database. The signal works across lanes: a remote wake reaches a task that has a local worker.
//   - A task whose work is done elsewhere keeps its worker between two polls: its job stays running and waits for a timer in
//     memory. So polling thousands of tasks writes nothing. If the process dies, their jobs are still in the database.
//   - Processes on one database hand the wakes of a task to the one that steps it (peers.go), so a task has one worker among all of
//     them. The jobs of a process that died run again at another one.
//   - Two processes may step a task at the same time all the same, for a moment. Steps compare and swap, so one of the two fails.
//   - Local workers serve the accounts in turn (fair.go): a worker swaps the job that it got for the next job in that order.
//   - A job that is snoozed replaces the task's jobs that were snoozed before, so that sweeps and wakes do not multiply the
//     polls of a task. A wake with its own time (Wake.At) is never replaced.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/filmgate/filmgate/internal/task"
)

// Steps is the work that jobs call for.
type Steps interface {
	// Advance does a task's next step and returns when to call it again. It must return soon after ctx ends. After an error
	// it is called again with growing waits until it succeeds; a positive Next.After bounds the wait.
	Advance(ctx context.Context, task string) (Next, error)
	// Deliver delivers what is due to a webhook, and returns when to call it again, as Advance does.
	Deliver(ctx context.Context, webhook string) (Next, error)
	// Notify tells the task's callback URL of a state that the task has reached. After an error it is called again, with
	// growing waits, for about a day.
	Notify(ctx context.Context, task string, state task.State) error
	// Sweep schedules jobs for the tasks that should have one and have none.
	Sweep(ctx context.Context) error
}

// Next says when a task needs its next step.
type Next struct {
	Done  bool          // not until a wake
	After time.Duration // if not Done: after this long; 0 = at once
}

// Queue stores and runs jobs in a database with transactions of type Tx.
type Queue[Tx any] struct {
	options    Options
	driver     riverdriver.Driver[Tx]
	client     *river.Client[Tx]
	recoverSQL []string      // statements that free the jobs of a process that died; run by Start
	aheadSQL   string        // makes the available jobs due that are not due by minutes
	indexSQL   []string      // statements that create the indexes on jobs
	pool       *pgxpool.Pool // nil on SQLite
	insert     func(ctx context.Context, tx Tx, jobs []river.InsertManyParams) error
	peerState
	fair          fairOrder // order of the accounts at the local workers
	inFlight      inFlight
	outage        *outage
	remoteRunning atomic.Int64 // remote jobs that have a worker
	steps         Steps
	stopC         chan struct{} // closed when the queue begins to stop

	pickMu sync.Mutex // held while a local worker picks its job
	turn   task.Turn  // of the accounts at the local workers

	mu    sync.Mutex
	phase phase
}

type phase int

const (
	idle phase = iota
	started
	stopped
)

// Migrate upgrades River's tables to the newest version and returns the versions before and after; 0 means no tables. It may
// be called at every start. It fails if a newer program has upgraded the tables.
func (q *Queue[Tx]) Migrate(ctx context.Context) (from, to int, err error) {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: q.riverLog()})
	if err != nil {
		return 0, 0, fmt.Errorf("queue: migrate: %w", err)
	}
	there, err := m.ExistingVersions(ctx)
	if err != nil {
		// River fails on versions newer than its own: start a newer program, or restore a backup.
		return 0, 0, fmt.Errorf("queue: migrate: read the version, which may be a newer program's: %w", err)
	}
	for _, v := range there {
		from = max(from, v.Version)
	}
	for _, v := range m.AllVersions() {
		to = max(to, v.Version)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return from, from, fmt.Errorf("queue: migrate from %d to %d: %w", from, to, err)
	}
	for _, statement := range q.indexSQL {
		if err := q.driver.GetExecutor().Exec(ctx, statement); err != nil {
			return from, to, fmt.Errorf("queue: migrate: create the indexes of jobs: %w", err)
		}
	}
	return from, to, nil
}

// Enqueue schedules jobs that run once tx is committed. Jobs for now or for less than Options.ShortWait ahead run within
// 50 ms of their time, later ones within some seconds.
func (q *Queue[Tx]) Enqueue(ctx context.Context, tx Tx, wakes []task.Wake) error {
	jobs, err := q.jobs(wakes)
	if err != nil || len(jobs) == 0 {
		return err
	}
	if err := q.insert(ctx, tx, jobs); err != nil {
		return fmt.Errorf("queue: enqueue: %w", err)
	}
	return nil
}

// jobs returns the jobs for wakes. It fails if a lane is unknown.
func (q *Queue[Tx]) jobs(wakes []task.Wake) ([]river.InsertManyParams, error) {
	jobs := make([]river.InsertManyParams, 0, len(wakes))
	now := time.Now()
	for _, w := range wakes {
		if w.Notify != "" {
			jobs = append(jobs, notificationJob(w))
			continue
		}
		if w.Lane != task.Local && w.Lane != task.Remote && w.Lane != task.Webhooks {
			return nil, fmt.Errorf("queue: wake of task %s: there is no lane %q", w.Task, w.Lane)
		}
		args, opts := wake{Task: w.Task, Account: w.Account}, river.InsertOpts{Queue: string(w.Lane), Priority: normalPriority}
		if w.Low {
			opts.Priority = lowPriority
		}
		if !w.Created.IsZero() {
			args.Created = w.Created.UnixMilli()
		}
		// River looks at scheduled jobs only every few seconds, so a job that is due soon is fetched at once and waits in
		// the worker.
		switch ahead := w.At.Sub(now); {
		case ahead > q.options.ShortWait:
			opts.ScheduledAt = w.At
		case ahead > 0:
			args.At = w.At.UnixMilli()
		}
		jobs = append(jobs, river.InsertManyParams{Args: args, InsertOpts: &opts})
	}
	return jobs, nil
}

// Wake schedules jobs outside of a transaction, for events that change no row.
func (q *Queue[Tx]) Wake(ctx context.Context, wakes ...task.Wake) error {
	jobs, err := q.jobs(wakes)
	if err != nil || len(jobs) == 0 {
		return err
	}
	if _, err := q.client.InsertMany(ctx, jobs); err != nil {
		return fmt.Errorf("queue: wake: %w", err)
	}
	return nil
}

// Scheduled reports whether the task has a job that is queued, snoozed or running. A job whose own time (Wake.At) has not
// come yet does not count, because it does not keep the task moving until then.
func (q *Queue[Tx]) Scheduled(ctx context.Context, id string) (bool, error) {
	var jobs int
	err := q.driver.GetExecutor().QueryRow(ctx, `SELECT count(*) FROM river_job WHERE args->>'task' = $1 AND finalized_at IS NULL
		AND (state <> 'scheduled' OR attempted_at IS NOT NULL)`, id).Scan(&jobs)
	if err != nil {
		return false, fmt.Errorf("queue: look for a job of task %s: %w", id, err)
	}
	return jobs > 0, nil
}

// Start begins to run jobs and sweeps, first the jobs that a process that died was running. It returns at once; ctx bounds
// only the start. A second call does nothing; a call after Stop fails.
func (q *Queue[Tx]) Start(ctx context.Context, steps Steps) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch q.phase {
	case started:
		return nil
	case stopped:
		return errors.New("queue: start: the queue was stopped; make a new one")
	case idle:
	}
	for _, statement := range q.recoverSQL {
		if err := q.driver.GetExecutor().Exec(ctx, statement); err != nil {
			return fmt.Errorf("queue: start: free the jobs of the last run: %w", err)
		}
	}
	q.steps = steps
	q.outage.start()
	if q.options.Peers != nil {
		q.watchPeers(context.WithoutCancel(ctx))
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("queue: start: %w", err)
	}
	q.phase = started
	return nil
}

// Stop stops running jobs. Running steps have Options.StopGrace to end, then their context is cancelled; jobs that only wait
// are returned to the queue at once. Jobs that were returned run again after the next start, in this process or another.
// Stop returns when everything has ended, or with ctx's error if ctx ends first; it may then be called again.
func (q *Queue[Tx]) Stop(ctx context.Context) error {
	q.mu.Lock()
	was := q.phase
	q.phase = stopped
	if was != stopped {
		close(q.stopC)
	}
	q.mu.Unlock()
	q.outage.stop()
	if was == idle {
		return nil
	}
	if err := q.client.Stop(ctx); err != nil {
		return fmt.Errorf("queue: stop: %w", err)
	}
	if q.dead.ended != nil {
		<-q.dead.ended // within lookTime
	}
	q.late.Wait()
	return nil
}

// riverLog returns River's logger.
func (q *Queue[Tx]) riverLog() *slog.Logger {
	return slog.New(riverHandler{q.options.Log.Handler(), q.outage})
}

// Ping returns an error if the queue is not running or its tables can't be read.
func (q *Queue[Tx]) Ping(ctx context.Context) error {
	q.mu.Lock()
	now := q.phase
	q.mu.Unlock()
	if now != started {
		return errors.New("queue: ping: the queue is not running")
	}
	return q.pingTables(ctx)
}

// pingTables returns an error if the queue's tables can't be read.
func (q *Queue[Tx]) pingTables(ctx context.Context) error {
	_, err := q.client.QueueGet(ctx, string(task.Remote))
	if err != nil && !errors.Is(err, rivertype.ErrNotFound) { // the row does not exist right after the start
		return fmt.Errorf("queue: ping: %w", err)
	}
	return nil
}
