// Package queue rings the alarms that make tasks move. It is River and nothing else: no other room knows it.
//
// An alarm is a job in the database that says: look at this task again. It is never the truth. Lose all jobs, and the
// sweep makes them anew from the rows. So a job holds nothing but a task's id, and these rules keep wakes and steps in
// order:
//
//   - Within a process one job at a time steps a task. A job that comes while another one is at it rings that one's
//     bell and is done: the other steps once more, at once, even if it was waiting. No wake is lost, because the bell is
//     heard before the other lets go of the task, and because the other's job is still in the database if the process
//     dies. The bell is heard in any lane: a remote wake stirs a task that holds a local worker.
//   - A task whose work is done elsewhere stays in hand between two looks at it: its job goes on running, and waits for a
//     timer in memory. Asking after thousands of tasks so writes nothing; if the process dies, their jobs are still there.
//   - Between processes two jobs may step one task at a time. Steps compare and swap, so one of them is stale.
//   - Local workers serve the accounts in turn (fair.go): a worker that is handed a job exchanges it for the one whose turn it
//     is. A job says no more than before: look at this task.
//   - A job that is put off for later takes the place of the task's jobs that were put off before, so that sweeps and
//     wakes never make a task be asked after in many rhythms at once. A wake for a time of its own rings whatever happens.
package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/filmgate/filmgate/internal/task"
)

// Steps is what alarms ring for.
type Steps interface {
	// Advance does the next thing that there is to do for a task, and says when to look again. It must end soon after
	// ctx does. After an error it is called again, later and later, until it succeeds, but no later than Next.After where that
	// is more than 0.
	Advance(ctx context.Context, task string) (Next, error)
	// Sweep sets alarms for the tasks that have none and should have one.
	Sweep(ctx context.Context) error
}

// Next says when to look at a task again.
type Next struct {
	Done  bool          // not before somebody wakes it
	After time.Duration // else after this long; 0 = at once
}

// Queue holds alarms in a database whose transactions are Tx.
type Queue[Tx any] struct {
	options       Options
	driver        riverdriver.Driver[Tx]
	client        *river.Client[Tx]
	recoverSQL    []string  // statements that take over what a dead process left, before the start
	indexSQL      []string  // statements that make what jobs are searched by
	fair          fairOrder // whose turn it is at the local workers
	inFlight      inFlight
	remoteRunning atomic.Int64 // remote jobs that have a worker
	steps         Steps
	stopC         chan struct{} // closed when the queue begins to stop

	pickMu      sync.Mutex // held while a local worker finds its task
	lastAccount int64      // the account that a local worker took up last

	mu    sync.Mutex
	phase phase
}

type phase int

const (
	idle phase = iota
	started
	stopped
)

// Migrate brings River's own tables to the newest version and returns the versions before and after; 0 is no tables.
// It is safe to call at every start.
func (q *Queue[Tx]) Migrate(ctx context.Context) (from, to int, err error) {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: q.options.riverLog()})
	if err != nil {
		return 0, 0, fmt.Errorf("queue: migrate: %w", err)
	}
	there, err := m.ExistingVersions(ctx)
	if err != nil {
		// River knows no version that is newer than itself: start a newer program, or restore a backup.
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
			return from, to, fmt.Errorf("queue: migrate: make the indexes of jobs: %w", err)
		}
	}
	return from, to, nil
}

// Enqueue sets alarms that ring once tx is committed. They ring within a twentieth of a second where they are for at
// once or for less than Options.ShortWait ahead, and up to some seconds late where they are for later.
func (q *Queue[Tx]) Enqueue(ctx context.Context, tx Tx, wakes []task.Wake) error {
	jobs, err := q.jobs(wakes)
	if err != nil || len(jobs) == 0 {
		return err
	}
	if _, err := q.client.InsertManyTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("queue: enqueue: %w", err)
	}
	return nil
}

// jobs are the jobs of alarms.
func (q *Queue[Tx]) jobs(wakes []task.Wake) ([]river.InsertManyParams, error) {
	jobs := make([]river.InsertManyParams, 0, len(wakes))
	now := time.Now()
	for _, w := range wakes {
		if w.Lane != task.Local && w.Lane != task.Remote {
			return nil, fmt.Errorf("queue: wake of task %s: there is no lane %q", w.Task, w.Lane)
		}
		args, opts := wake{Task: w.Task, Account: w.Account}, river.InsertOpts{Queue: string(w.Lane), Priority: normalPriority}
		if w.Low {
			opts.Priority = lowPriority
		}
		if !w.Created.IsZero() {
			args.Created = w.Created.UnixMilli()
		}
		// River looks at scheduled jobs every few seconds only, so what is due soon is fetched at once and then held.
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

// Wake sets alarms by themselves, for what changes no row.
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

// Scheduled reports whether an alarm is set for the task, or its step is under way. One for a time of its own that has not come
// yet does not count: it looks at the task then, whatever other alarms do.
func (q *Queue[Tx]) Scheduled(ctx context.Context, id string) (bool, error) {
	var jobs int
	err := q.driver.GetExecutor().QueryRow(ctx, `SELECT count(*) FROM river_job WHERE args->>'task' = $1 AND finalized_at IS NULL
		AND (state <> 'scheduled' OR attempted_at IS NOT NULL)`, id).Scan(&jobs)
	if err != nil {
		return false, fmt.Errorf("queue: look for the alarm of task %s: %w", id, err)
	}
	return jobs > 0, nil
}

// Start begins to ring, first of all for what a process that died was at, and to sweep. It returns at once; ctx bounds
// the start alone. Calling it again does nothing; after Stop it is refused.
func (q *Queue[Tx]) Start(ctx context.Context, steps Steps) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch q.phase {
	case started:
		return nil
	case stopped:
		return errors.New("queue: start: it was stopped; make a new one")
	case idle:
	}
	for _, statement := range q.recoverSQL {
		if err := q.driver.GetExecutor().Exec(ctx, statement); err != nil {
			return fmt.Errorf("queue: start: take over from the last run: %w", err)
		}
	}
	q.steps = steps
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("queue: start: %w", err)
	}
	q.phase = started
	return nil
}

// Stop stops ringing. Steps under way have Options.StopGrace to end, then their context is cancelled; tasks that only
// wait are given back at once. All jobs given back are rung again at the next start, by this process or another. Stop
// returns when all has ended, or with ctx's error when that comes first; it may then be called again.
func (q *Queue[Tx]) Stop(ctx context.Context) error {
	q.mu.Lock()
	was := q.phase
	q.phase = stopped
	if was != stopped {
		close(q.stopC)
	}
	q.mu.Unlock()
	if was == idle {
		return nil
	}
	if err := q.client.Stop(ctx); err != nil {
		return fmt.Errorf("queue: stop: %w", err)
	}
	return nil
}

// Ping reports whether alarms are being rung and their tables can be read.
func (q *Queue[Tx]) Ping(ctx context.Context) error {
	q.mu.Lock()
	now := q.phase
	q.mu.Unlock()
	if now != started {
		return errors.New("queue: ping: it is not running")
	}
	_, err := q.client.QueueGet(ctx, string(task.Remote))
	if err != nil && !errors.Is(err, rivertype.ErrNotFound) { // not there for the first moments
		return fmt.Errorf("queue: ping: %w", err)
	}
	return nil
}
