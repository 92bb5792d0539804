package postgres

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	placeLocks = 0x66696c70 // the class of the locks of Places; the number is a hash of the limit
	// A submit of a server that does not live keeps its place so long: the server may only have lost its connection for a moment.
	deadSubmit = 10 * time.Second
	jobHolder  = "job " // begins the holder of a place whose task is not known
)

// Places counts the jobs in flight with one vendor's key for all servers. The place of a job is a row. It belongs to the job's task,
// so it stays when a server dies, and the server that goes on with the task has it. Whoever finds the limit reached frees what
// nobody needs any more: places of tasks that have ended, of submits whose server died, and of jobs that nobody has polled for long.
type Places struct {
	db     *DB
	limit  string
	number int32 // of the limit's lock
}

// Places returns the places of the limit of that name.
func (db *DB) Places(limit string) *Places {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(limit))
	return &Places{db, limit, int32(hash.Sum32())} //nolint:gosec // any number will do
}

// Acquire takes a place for the job of a task, and reports whether it has one: not if most are taken. A task that has a place keeps
// it. A job that is not renewed for ttl has none any more.
func (p *Places) Acquire(ctx context.Context, task string, most int, ttl time.Duration) (ok bool, err error) {
	err = p.db.inTx(ctx, func(tx pgx.Tx) error {
		var first batch
		first.add(`SELECT pg_advisory_xact_lock($1::integer, $2::integer)`, placeLocks, p.number)
		p.addTake(&first, task, most, &ok)
		if err := first.send(ctx, tx); err != nil || ok {
			return err
		}
		var second batch
		second.add(`DELETE FROM vendor_places p WHERE limit_key = $1 AND (seen < now() - $2::interval
			OR handle = '' AND seen < now() - $3::interval AND node <> ALL (ARRAY(`+livingSQL+`))
			OR NOT starts_with(holder, $4) AND NOT EXISTS (SELECT FROM tasks t WHERE t.id = p.holder AND NOT t.ended))`,
			p.limit, ttl, deadSubmit, jobHolder)
		p.addTake(&second, task, most, &ok)
		return second.send(ctx, tx)
	})
	if err != nil {
		return false, fmt.Errorf("postgres: take a place of %s for task %s: %w", p.limit, task, err)
	}
	return ok, nil
}

// addTake adds the statement that takes a place if one is free, or if the task has one. ok is set when the batch is sent.
func (p *Places) addTake(b *batch, task string, most int, ok *bool) {
	b.add(`INSERT INTO vendor_places (limit_key, holder, handle, node) SELECT $1, $2, '', $3
		WHERE (SELECT count(*) < $4 OR bool_or(holder = $2) FROM vendor_places WHERE limit_key = $1)
		ON CONFLICT (limit_key, holder) DO UPDATE SET handle = '', node = excluded.node, seen = excluded.seen`,
		p.limit, task, p.db.Node(), most).Exec(func(done pgconn.CommandTag) error {
		*ok = done.RowsAffected() > 0
		return nil
	})
}

// Fill records which job has the task's place. It gives the task a place if it has none: the job is in flight.
func (p *Places) Fill(ctx context.Context, task, handle string) error {
	return p.exec(ctx, `INSERT INTO vendor_places (limit_key, holder, handle, node) VALUES ($1, $2, $3, '')
		ON CONFLICT (limit_key, holder) DO UPDATE SET handle = excluded.handle, seen = excluded.seen`, task, handle)
}

// Renew says that a job is in flight. It gives the job a place if it has none.
func (p *Places) Renew(ctx context.Context, handle string) error {
	return p.exec(ctx, `WITH known AS (UPDATE vendor_places SET seen = now() WHERE limit_key = $1 AND handle = $3 RETURNING 1)
		INSERT INTO vendor_places (limit_key, holder, handle, node) SELECT $1, $2, $3, '' WHERE NOT EXISTS (SELECT FROM known)
		ON CONFLICT DO NOTHING`, jobHolder+handle, handle)
}

// Release gives back the place of a job that has ended; if handle is "", that of the task's submit, which made no job.
func (p *Places) Release(ctx context.Context, task, handle string) error {
	return p.exec(ctx, `DELETE FROM vendor_places WHERE limit_key = $1 AND handle = $3 AND ($3 <> '' OR holder = $2)`, task, handle)
}

// exec runs a statement of which $1 is the limit.
func (p *Places) exec(ctx context.Context, statement string, args ...any) error {
	err := p.db.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, statement, append([]any{p.limit}, clean(args)...)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("postgres: write the places of %s: %w", p.limit, err)
	}
	return nil
}
