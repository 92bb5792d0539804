package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/task"
)

// fairOrder is the SQL that gives the local workers to the accounts in turn: one task of each account before a second of any, or as
// many as its weight says, the oldest task of an account first, and jobs of low priority only if no others wait. River fetches jobs in the order in
// which they were inserted, so a worker swaps the job that it got for the next one in the fair order: one statement exchanges
// the arguments of the two rows. Each task still has its one job, so none is lost or doubled however a process ends. The
// order follows from the rows, except for the account served last, which a restart forgets. Each process has turns
// of its own, over the jobs of all: so the accounts take turns among several processes too.
type fairOrder struct {
	indexSQL string // creates the index that nextSQL uses
	nextSQL  string // selects the first job of a priority whose account comes after the given one
	swapSQL  string // swaps the arguments of two jobs if the second still waits
}

// sqliteFairOrder returns the fairOrder for SQLite.
func sqliteFairOrder() fairOrder {
	const account, created, id = `coalesce(args->>'account', 0)`, `coalesce(args->>'created', 0)`, `args->>'task'`
	const waits = `queue = 'local' AND kind = 'wake' AND state = 'available'`
	return fairOrder{
		indexSQL: `CREATE INDEX IF NOT EXISTS river_job_turn ON river_job (priority, ` + account + `, ` + created + `, ` + id + `) WHERE ` + waits,
		nextSQL: `SELECT id, json(args) FROM river_job WHERE ` + waits + ` AND priority = $1 AND ` + account + ` > $2
			AND scheduled_at <= datetime('now', 'subsec') AND args->>'at' IS NULL
			ORDER BY priority, ` + account + `, ` + created + `, ` + id + ` LIMIT 1`,
		swapSQL: `UPDATE river_job SET args = jsonb(CASE id WHEN $1 THEN $2 ELSE $3 END), priority = CASE id WHEN $1 THEN $4 ELSE $5 END
			WHERE id IN ($1, $6) AND EXISTS (SELECT 1 FROM river_job WHERE id = $6 AND state = 'available')
			RETURNING id`,
	}
}

// waitingJob is a job that waits for a local worker.
type waitingJob struct {
	id       int64
	priority int
	wake     wake
}

// before reports whether a comes before b.
func (a waitingJob) before(b waitingJob, turn task.Turn) bool {
	if a.priority != b.priority {
		return a.priority < b.priority
	}
	if a.wake.Account != b.wake.Account {
		return turn.Before(a.wake.Account, b.wake.Account)
	}
	if a.wake.Created != b.wake.Created {
		return a.wake.Created < b.wake.Created
	}
	return a.wake.Task < b.wake.Task
}

// takeNext swaps job, which a local worker got from River, for the next job in the fair order. On an error it logs the error
// and leaves job as it is: stepping another task first does no harm.
func (q *Queue[Tx]) takeNext(ctx context.Context, job *river.Job[wake]) {
	q.pickMu.Lock()
	defer q.pickMu.Unlock()
	own := waitingJob{id: job.ID, priority: job.Priority, wake: job.Args}
	best, err := q.nextJob(ctx, own)
	if err == nil && best.id != own.id {
		err = q.swapJobs(ctx, own, best, job)
	}
	if err != nil && ctx.Err() == nil {
		q.options.Log.WarnContext(ctx, "could not choose the next job for a local worker", "task", job.Args.Task, "err", err)
	}
	q.turn.Serve(job.Args.Account, q.options.Weight(job.Args.Account))
}

// nextJob returns the next job in the fair order: own, or one that waits.
func (q *Queue[Tx]) nextJob(ctx context.Context, own waitingJob) (waitingJob, error) {
	best := own
	for _, priority := range []int{normalPriority, lowPriority} {
		if priority > own.priority {
			break
		}
		for _, after := range []int64{q.turn.After(), -1 << 62} { // first the accounts that are still to come, then all from the start
			other := waitingJob{priority: priority}
			var args string
			err := q.driver.GetExecutor().QueryRow(ctx, q.fair.nextSQL, priority, after).Scan(&other.id, &args)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err == nil {
				err = json.Unmarshal([]byte(args), &other.wake)
			}
			if err != nil {
				return own, fmt.Errorf("queue: look for the next job: %w", err)
			}
			if other.before(best, q.turn) {
				best = other
			}
			break
		}
		if best.priority == priority {
			break
		}
	}
	return best, nil
}

// swapJobs swaps the arguments of own's row, which is the row of job, and best's row, and updates job. If best no longer waits,
// nothing changes.
func (q *Queue[Tx]) swapJobs(ctx context.Context, own, best waitingJob, job *river.Job[wake]) error {
	mine, err := json.Marshal(best.wake)
	if err != nil {
		return err
	}
	theirs, err := json.Marshal(own.wake)
	if err != nil {
		return err
	}
	var changed int64
	err = q.driver.GetExecutor().QueryRow(ctx, q.fair.swapSQL, own.id, string(mine), string(theirs), best.priority, own.priority, best.id).Scan(&changed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("queue: swap the jobs of tasks %s and %s: %w", own.wake.Task, best.wake.Task, err)
	}
	job.Args, job.EncodedArgs, job.Priority = best.wake, mine, best.priority
	return nil
}

// isLocal reports whether a job is one of the local workers' that may be swapped. A job with its own time may not.
func isLocal(job *river.Job[wake]) bool { return job.Queue == string(task.Local) && job.Args.At == 0 }
