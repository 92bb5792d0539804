package node

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/task"
)

// maxClockError is how far this machine's clock may be from others.
const maxClockError = 2 * time.Minute

// CheckClock returns an error, of one sentence, if this machine's clock can't be right: it is far from that of the PostgreSQL
// database, or behind the newest task. A database that can't be used says nothing about the clock.
func CheckClock(ctx context.Context, s config.Settings, now func() time.Time) error {
	db, err := openUsable(ctx, s)
	if err != nil {
		return nil //nolint:nilerr // another check's to say
	}
	err = clockProblem(ctx, db, withoutQueue(db), now)
	_ = db.Close() // it was only read
	return err
}

// clockProblem says what is wrong with this machine's clock, by what a database knows. It is nil while the database is away.
func clockProblem(ctx context.Context, db any, rows database, now func() time.Time) error {
	if db, ok := db.(*postgres.DB); ok {
		there, err := db.Now(ctx)
		if off := now().Sub(there).Round(time.Second); err == nil && off.Abs() > maxClockError {
			side := "ahead of"
			if off < 0 {
				side = "behind"
			}
			return fmt.Errorf("this machine's clock is %v %s that of the database of FILMGATE_DATABASE_URL: set the one that is wrong", off.Abs(), side)
		}
	}
	newest, err := rows.Tasks(ctx, task.Query{Limit: 1})
	if err != nil || len(newest) == 0 {
		return nil //nolint:nilerr // another check's to say
	}
	if off := newest[0].Created.Sub(now()).Round(time.Second); off > maxClockError {
		return fmt.Errorf("this machine's clock is %v behind the newest task of the database: set it", off)
	}
	return nil
}

// newClockCheck returns a function that reports whether nothing is known to be wrong with the clock, and logs when that changes.
func (n *Node) newClockCheck() func(ctx context.Context) bool {
	var wrong atomic.Bool
	return func(ctx context.Context) bool {
		problem := clockProblem(ctx, n.rows, n.store, n.Now)
		switch was := wrong.Swap(problem != nil); {
		case was && problem == nil:
			n.Log.InfoContext(ctx, "the clock is right again")
		case !was && problem != nil:
			n.Log.WarnContext(ctx, "the clock is wrong; nothing is deleted because it is old", "error", problem)
		}
		return problem == nil
	}
}
