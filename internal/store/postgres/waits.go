package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/task"
)

const turnLocks = 0x66696c71 // the class of the locks of Waits; the number is a hash of the engine

// liveWait says that the task of a row w has not ended. As a scalar it is looked up for each row that is read, and never joined.
const liveWait = `coalesce((SELECT NOT t.ended FROM tasks t WHERE t.id = w.task), false)`

// headSQL selects the task that is first at the engine $1 if $2 is the account after which the next comes; $3 is left out. Each of
// the four parts reads one row of an index.
const headSQL = `SELECT task, account, low, created, weight FROM (
	(SELECT 1 AS place, w.* FROM vendor_waits w WHERE engine = $1 AND woken IS NULL AND NOT low AND account > $2 AND task <> $3 AND ` + liveWait + `
		ORDER BY account, created, task LIMIT 1)
	UNION ALL (SELECT 2, w.* FROM vendor_waits w WHERE engine = $1 AND woken IS NULL AND NOT low AND account <= $2 AND task <> $3 AND ` + liveWait + `
		ORDER BY account, created, task LIMIT 1)
	UNION ALL (SELECT 3, w.* FROM vendor_waits w WHERE engine = $1 AND woken IS NULL AND low AND account > $2 AND task <> $3 AND ` + liveWait + `
		ORDER BY account, created, task LIMIT 1)
	UNION ALL (SELECT 4, w.* FROM vendor_waits w WHERE engine = $1 AND woken IS NULL AND low AND account <= $2 AND task <> $3 AND ` + liveWait + `
		ORDER BY account, created, task LIMIT 1)
	) heads ORDER BY place LIMIT 1`

// Waits holds the tasks of all servers that wait above the limits of vendors' keys, in the order in which accounts take turns.
type Waits struct{ db *DB }

// Waits returns the tasks that wait.
func (db *DB) Waits() Waits { return Waits{db} }

// Add adds a task.
func (w Waits) Add(ctx context.Context, t task.Waiter) error {
	err := w.db.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO vendor_waits AS w (task, engine, account, low, created, weight) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (task) DO UPDATE SET engine = excluded.engine, weight = excluded.weight, woken = NULL, last = false
			WHERE w.woken IS NOT NULL OR w.engine <> excluded.engine OR w.weight <> excluded.weight`,
			t.ID, t.Engine, t.Account, t.Low, millis(t.Created), t.Weight)
		return err
	})
	return waitError(err, "add", t.ID)
}

// Next returns the id of the task that is next at the engine, and lets it try; false if there is none. last says that there is
// capacity for this one only.
func (w Waits) Next(ctx context.Context, engine string, last bool) (id string, ok bool, err error) {
	waiting, err := w.any(ctx, engine)
	if err != nil || !waiting {
		return "", false, err
	}
	err = w.alone(ctx, engine, func(tx pgx.Tx, turn task.Turn) error {
		next, err := scanWaiter(tx.QueryRow(ctx, headSQL, engine, turn.After(), "").Scan)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		id, ok = next.ID, true
		var rows batch
		rows.add(`UPDATE vendor_waits SET woken = now(), last = $2 WHERE task = $1`, next.ID, last)
		// Woken tasks try soon, unless they have ended or moved.
		rows.add(`DELETE FROM vendor_waits w WHERE engine = $1 AND (woken < now() - interval '10 minutes' OR NOT `+liveWait+`)`, engine)
		rows.serve(engine, turn, next)
		return rows.send(ctx, tx)
	})
	if err != nil {
		return "", false, waitError(err, "find the next task at", engine)
	}
	return id, ok, nil
}

// MayTry reports whether it is the task's turn to try its engine, whether or not that has capacity.
func (w Waits) MayTry(ctx context.Context, t task.Waiter) (bool, error) {
	type place struct {
		turn          task.Turn
		woken, others bool
	}
	p, err := queryOne(ctx, w.db, func(scan func(...any) error) (p place, err error) {
		err = scan(&p.turn.Account, &p.turn.Served, &p.woken, &p.others)
		return p, err
	}, `SELECT coalesce(max(account), 0), coalesce(max(served), 0),
			EXISTS (SELECT FROM vendor_waits WHERE task = $2 AND engine = $1 AND woken IS NOT NULL),
			EXISTS (SELECT FROM vendor_waits WHERE engine = $1 AND woken IS NULL AND task <> $2)
		FROM vendor_turns WHERE engine = $1`, t.Engine, t.ID)
	if err != nil || p.woken || !p.others {
		return err == nil, waitError(err, "look for the turn of", t.ID)
	}
	heads, err := queryAll(ctx, w.db, scanWaiter, headSQL, t.Engine, p.turn.After(), t.ID)
	return err == nil && (len(heads) == 0 || !p.turn.First(heads[0], t)), waitError(err, "look for the turn of", t.ID)
}

// End ends the wait of a task. woken says that Next returned it, and last what was said then.
func (w Waits) End(ctx context.Context, id string) (woken, last bool, err error) {
	err = w.db.inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `DELETE FROM vendor_waits WHERE task = $1 RETURNING woken IS NOT NULL, last`, id).Scan(&woken, &last)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return woken, last, waitError(err, "end", id)
}

// Serve records that an engine has taken a task that Next did not return. It matters only if others wait there.
func (w Waits) Serve(ctx context.Context, t task.Waiter) error {
	waiting, err := w.any(ctx, t.Engine)
	if err == nil && waiting {
		err = w.alone(ctx, t.Engine, func(tx pgx.Tx, turn task.Turn) error {
			var rows batch
			rows.serve(t.Engine, turn, t)
			return rows.send(ctx, tx)
		})
	}
	return waitError(err, "count the turn of", t.ID)
}

// Forget does nothing: that a task has ended is seen in its row.
func (w Waits) Forget(string) {}

// any reports whether a task waits at the engine.
func (w Waits) any(ctx context.Context, engine string) (bool, error) {
	return queryOne(ctx, w.db, func(scan func(...any) error) (found bool, err error) {
		err = scan(&found)
		return found, err
	}, `SELECT EXISTS (SELECT FROM vendor_waits WHERE engine = $1 AND woken IS NULL)`, engine)
}

// alone calls f with the turn of an engine while no other server changes it.
func (w Waits) alone(ctx context.Context, engine string, f func(pgx.Tx, task.Turn) error) error {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(engine))
	return w.db.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1::integer, $2::integer)`, turnLocks, int32(hash.Sum32())); err != nil { //nolint:gosec // any number will do
			return err
		}
		var turn task.Turn
		err := tx.QueryRow(ctx, `SELECT account, served FROM vendor_turns WHERE engine = $1`, engine).Scan(&turn.Account, &turn.Served)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return f(tx, turn)
	})
}

// serve adds the statement that gives the turn after turn to the account of a task.
func (b *batch) serve(engine string, turn task.Turn, t task.Waiter) {
	turn.Serve(t.Account, t.Weight)
	b.add(`INSERT INTO vendor_turns (engine, account, served) VALUES ($1, $2, $3)
		ON CONFLICT (engine) DO UPDATE SET account = excluded.account, served = excluded.served`, engine, turn.Account, turn.Served)
}

func scanWaiter(scan func(...any) error) (t task.Waiter, err error) {
	var created int64
	err = scan(&t.ID, &t.Account, &t.Low, &created, &t.Weight)
	t.Created = time.UnixMilli(created)
	return t, err
}

func waitError(err error, verb, what string) error {
	if err != nil {
		return fmt.Errorf("postgres: tasks that wait for a vendor: %s %s: %w", verb, what, err)
	}
	return nil
}
