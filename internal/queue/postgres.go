package queue

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// postgresPoll is how often workers look for jobs that were not announced. PostgreSQL announces nearly all (NOTIFY), so that a
// job starts some milliseconds after its commit. Of jobs that are inserted less than fetchCooldown apart some are not announced:
// of 200 wakes, one after another, the slowest 2 waited 0.25 s, and 1.07 s with a poll every second.
const postgresPoll = 250 * time.Millisecond

// NewPostgres makes a queue in a PostgreSQL database. If Options.Peers is nil, no other queue may run jobs there. pool must have at least four
// connections: one is kept to listen for new jobs. Nothing is read or written before Migrate.
func NewPostgres(pool *pgxpool.Pool, o Options) (*Queue[pgx.Tx], error) {
	q, err := open(riverpgxv5.New(pool), o, postgresPoll)
	if err != nil {
		return nil, err
	}
	q.fair = postgresFairOrder()
	q.indexSQL = append(q.indexSQL, q.fair.indexSQL)
	q.aheadSQL = `UPDATE river_job SET scheduled_at = now() WHERE state = 'available' AND scheduled_at > now() + interval '2 minutes'`
	q.pool = pool
	q.insert = func(ctx context.Context, tx pgx.Tx, jobs []river.InsertManyParams) error {
		_, err := q.client.InsertManyTx(ctx, tx, jobs) // not InsertManyFastTx, which takes more exchanges
		return err
	}
	if o.Peers == nil {
		q.recoverSQL = recoverSQL()
	}
	return q, nil
}

// postgresFairOrder returns the fairOrder for PostgreSQL.
func postgresFairOrder() fairOrder {
	const account, created, id = `coalesce((args->>'account')::bigint, 0)`, `coalesce((args->>'created')::bigint, 0)`, `(args->>'task') COLLATE "C"`
	const waits = `queue = 'local' AND kind = 'wake' AND state = 'available'`
	return fairOrder{
		indexSQL: `CREATE INDEX IF NOT EXISTS river_job_turn ON river_job (priority, (` + account + `), (` + created + `), (` + id + `)) WHERE ` + waits,
		nextSQL: `SELECT id, args::text FROM river_job WHERE ` + waits + ` AND priority = $1 AND ` + account + ` > $2
			AND scheduled_at <= now() AND args->>'at' IS NULL
			ORDER BY priority, ` + account + `, ` + created + `, ` + id + ` LIMIT 1`,
		// The other job is locked first: River may be giving it to a worker at this moment.
		swapSQL: `WITH other AS (SELECT id FROM river_job WHERE id = $6 AND state = 'available' FOR UPDATE SKIP LOCKED)
			UPDATE river_job SET args = CASE river_job.id WHEN $1 THEN $2::jsonb ELSE $3::jsonb END,
				priority = CASE river_job.id WHEN $1 THEN $4::smallint ELSE $5::smallint END
			FROM other WHERE river_job.id IN ($1, other.id)
			RETURNING river_job.id`,
	}
}
