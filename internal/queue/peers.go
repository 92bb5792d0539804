package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	lookEvery = time.Second // between two looks for processes that died
	// A process counts as dead after so many looks in which it did not live: it may only have lost its connection for a moment.
	deadLooks = 3
	wholeLook = 30 // every so many looks the jobs are compared with the processes that live, even if none has gone
	// A wake that came too late for the job it was for waits so long: until the end of that job is written.
	lateWake = 50 * time.Millisecond
	lookTime = 10 * time.Second // of one look
	// River frees a job after this time, whoever works on it. Before, only processes that died lose their jobs.
	rescueAfter = 24 * time.Hour
)

// Peers are the processes that run jobs in the same database, this one included.
type Peers interface {
	// Node returns the name of this process, which no other process has or had.
	Node() string
	// Nodes returns the names of all processes that live.
	Nodes(ctx context.Context) ([]string, error)
	// Send sends a message to all processes. Whoever gets it calls Queue.Receive.
	Send(ctx context.Context, message string) error
}

// deadWatch finds processes that died, and frees their jobs.
type deadWatch struct {
	looks  int
	living []string       // at the last look
	missed map[string]int // by process with jobs: looks in a row in which it did not live
	ended  chan struct{}  // closed when the goroutine has ended; nil = none
}

// watchPeers frees the jobs of processes that die, until the queue stops.
func (q *Queue[Tx]) watchPeers(ctx context.Context) {
	q.dead.ended = make(chan struct{})
	q.options.Panics.Go(ctx, "peers", func() error {
		for !q.stopping() {
			if err := q.look(ctx); err != nil && !q.stopping() {
				q.options.Log.WarnContext(ctx, "could not look for processes that died", "err", err)
			}
			select {
			case <-q.options.After(lookEvery):
			case <-q.stopC:
			}
		}
		return nil
	}, func(error) { close(q.dead.ended) })
}

// look counts the looks in which processes with jobs did not live, and frees the jobs of those that are dead.
func (q *Queue[Tx]) look(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	w := &q.dead
	living, err := q.options.Peers.Nodes(ctx)
	if err != nil || !slices.Contains(living, q.options.Peers.Node()) { // cut off itself, as others may be by the same cause
		return err
	}
	gone := slices.ContainsFunc(w.living, func(name string) bool { return !slices.Contains(living, name) })
	whole := w.looks%wholeLook == 0
	w.looks++
	w.living = living
	if !gone && !whole && len(w.missed) == 0 {
		return nil
	}
	working, err := q.working(ctx)
	if err != nil {
		return err
	}
	missed := map[string]int{}
	var dead []string
	for _, name := range working {
		if slices.Contains(living, name) {
			continue
		}
		if missed[name] = w.missed[name] + 1; missed[name] >= deadLooks {
			dead = append(dead, name)
		}
	}
	w.missed = missed
	if len(dead) == 0 {
		return nil
	}
	return q.free(ctx, dead)
}

// working returns the processes that have running jobs or lead.
func (q *Queue[Tx]) working(ctx context.Context) (names []string, err error) {
	rows, err := q.pool.Query(ctx, `SELECT attempted_by[array_upper(attempted_by, 1)] FROM river_job WHERE state = 'running' AND attempted_by IS NOT NULL
		UNION SELECT leader_id FROM river_leader`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// free lets the jobs of dead processes run again, and ends their leadership.
func (q *Queue[Tx]) free(ctx context.Context, dead []string) error {
	done, err := q.pool.Exec(ctx, `UPDATE river_job SET state = 'available', attempt = greatest(attempt - 1, 0)
		WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = ANY($1)`, dead)
	if err == nil {
		_, err = q.pool.Exec(ctx, `DELETE FROM river_leader WHERE leader_id = ANY($1)`, dead)
	}
	if err != nil {
		return fmt.Errorf("queue: free the jobs of processes that died: %w", err)
	}
	q.options.Log.WarnContext(ctx, "other processes died; their jobs run again", "processes", dead, "jobs", done.RowsAffected())
	return nil
}

// handover is the message that hands a wake to the process that steps the task. A process of the version before reads the wake as
// a task.Wake, whose fields have these names in any case.
type handover struct {
	Node string     `json:"node"`
	Wake handedWake `json:"wake"`
}

// handedWake is a wake in a message.
type handedWake struct {
	Task    string    `json:"task"`
	Lane    task.Lane `json:"lane"`
	Low     bool      `json:"low,omitempty"`
	Account int64     `json:"account,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

// handOver hands the wake of a job to another process if a job there, which began before, steps the task: a task has one worker,
// whatever the number of processes. It reports whether it did; then this job is done. If that process dies, its own job runs again.
func (q *Queue[Tx]) handOver(ctx context.Context, job *river.Job[wake]) (bool, error) {
	if q.options.Peers == nil {
		return false, nil
	}
	self := q.options.Peers.Node()
	var other string
	// A job that waits for its own time has not got the task yet.
	err := q.pool.QueryRow(ctx, `SELECT o.attempted_by[array_upper(o.attempted_by, 1)] FROM river_job o JOIN river_job own ON own.id = $2
		WHERE o.args->>'task' = $1 AND o.finalized_at IS NULL AND o.state = 'running' AND o.id <> own.id
		AND (o.attempted_at, o.id) < (own.attempted_at, own.id) AND o.attempted_by[array_upper(o.attempted_by, 1)] <> $3
		AND coalesce((o.args->>'at')::bigint, 0) <= extract(epoch FROM clock_timestamp()) * 1000
		LIMIT 1`, job.Args.Task, job.ID, self).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("queue: look for another job of task %s: %w", job.Args.Task, err)
	}
	w := handedWake{Task: job.Args.Task, Lane: task.Lane(job.Queue), Account: job.Args.Account, Low: job.Priority == lowPriority}
	if job.Args.Created != 0 {
		w.Created = time.UnixMilli(job.Args.Created)
	}
	text, err := json.Marshal(handover{other, w})
	if err == nil {
		err = q.options.Peers.Send(ctx, string(text))
	}
	if err != nil {
		return false, fmt.Errorf("queue: hand the wake of task %s to %s: %w", job.Args.Task, other, err)
	}
	return true, nil
}

// Receive takes a message that a process sent to all. If it hands a wake to this process whose job has just ended, the wake is
// scheduled anew. It returns at once.
func (q *Queue[Tx]) Receive(message string) {
	var h handover
	if json.Unmarshal([]byte(message), &h) != nil || q.options.Peers == nil || h.Node != q.options.Peers.Node() || q.inFlight.signal(h.Wake.Task) {
		return
	}
	q.late.Go(func() {
		ctx := context.Background()
		w := task.Wake{Task: h.Wake.Task, At: time.Now().Add(lateWake), Lane: h.Wake.Lane, Low: h.Wake.Low, Account: h.Wake.Account, Created: h.Wake.Created}
		if err := q.Wake(ctx, w); err != nil { // a sweep finds the task
			q.options.Log.WarnContext(ctx, "could not schedule a late wake", "task", w.Task, "err", err)
		}
	})
}

// Missed has every task that this process steps be stepped once more: messages for it may have been lost.
func (q *Queue[Tx]) Missed() { q.inFlight.signalAll() }

// peerState is what a queue knows of other processes.
type peerState struct {
	dead deadWatch
	late panics.Group // wakes that are being scheduled anew
}
