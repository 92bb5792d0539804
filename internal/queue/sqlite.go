package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// NewSQLite makes a queue in an SQLite file that no other process has open. writer must have one connection, begin its
// transactions "immediate", and be the connection that writes the rows. Nothing is read or written before Migrate.
func NewSQLite(writer *sql.DB, o Options) (*Queue[*sql.Tx], error) {
	q, err := open(riversqlite.New(writer), o, sqlitePoll)
	if err != nil {
		return nil, err
	}
	q.fair = sqliteFairOrder()
	q.indexSQL = append(q.indexSQL, q.fair.indexSQL)
	q.recoverSQL = recoverSQL()
	q.aheadSQL = `UPDATE river_job SET scheduled_at = datetime('now', 'subsec')
		WHERE state = 'available' AND scheduled_at > datetime('now', '+2 minutes', 'subsec')`
	q.insert = func(ctx context.Context, tx *sql.Tx, jobs []river.InsertManyParams) error {
		return insertCopies(ctx, q.client, tx, jobs)
	}
	return q, nil
}

// sqlitePoll is how often workers look for jobs that were not announced. On SQLite River learns of a new job from a table that
// it reads every 50 ms. Of jobs that are inserted less than fetchCooldown apart some are not announced; the poll finds these.
// With these values a job starts after 33 ms (median) and an idle server uses 2 % of a processor. With a poll every 25 ms a job
// starts after 12 ms, and an idle server uses 8 %.
const sqlitePoll = 250 * time.Millisecond

// soon is how far ahead of its time a job waits among those that workers look for. Later ones River moves there.
const soon = 10 * time.Second

// insertCopies has River insert one wake of each queue, and tell the workers, and copies its row for the others: River takes jobs from
// JSON, which takes SQLite four times as long. Other jobs, and those for later, River inserts. In a row's metadata River marks what it
// has inserted; that of a copy is empty.
func insertCopies(ctx context.Context, client *river.Client[*sql.Tx], tx *sql.Tx, jobs []river.InsertManyParams) error {
	now := time.Now()
	firsts, copies := splitCopies(jobs, now.Add(soon))
	done, err := client.InsertManyTx(ctx, tx, firsts)
	if err != nil {
		return err
	}
	ids := map[string]int64{} // of the row that is copied, by queue
	for i, d := range done {
		if _, ok := firsts[i].Args.(wake); ok {
			ids[d.Job.Queue] = d.Job.ID
		}
	}
	for _, j := range copies {
		args, err := json.Marshal(j.Args)
		if err != nil {
			return err
		}
		at := j.InsertOpts.ScheduledAt
		if at.Before(now) {
			at = now
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO river_job (args, created_at, kind, max_attempts, priority, queue, scheduled_at, state, tags)
			SELECT jsonb($1), created_at, kind, max_attempts, $2, queue, datetime($3 / 1000.0, 'unixepoch', 'subsec'), 'available', tags
			FROM river_job WHERE id = $4`, string(args), j.InsertOpts.Priority, at.UnixMilli(), ids[j.InsertOpts.Queue])
		if err != nil {
			return err
		}
	}
	return nil
}

// splitCopies returns the jobs that River is to insert, and the wakes of which the row of one of those is to be copied. The last wake of
// each queue among the former is that one, at once if there is any.
func splitCopies(jobs []river.InsertManyParams, latest time.Time) (firsts, copies []river.InsertManyParams) {
	template := map[string]int{} // by queue: its place in jobs
	near := func(j river.InsertManyParams) bool {
		_, ok := j.Args.(wake)
		return ok && j.InsertOpts.ScheduledAt.Before(latest)
	}
	for i, j := range jobs {
		if old, ok := template[j.InsertOpts.Queue]; near(j) && (!ok || !jobs[old].InsertOpts.ScheduledAt.IsZero()) {
			template[j.InsertOpts.Queue] = i
		}
	}
	for i, j := range jobs {
		switch {
		case !near(j):
			firsts = append(firsts, j)
		case template[j.InsertOpts.Queue] != i:
			copies = append(copies, j)
		}
	}
	for _, i := range template {
		firsts = append(firsts, jobs[i])
	}
	return firsts, copies
}
