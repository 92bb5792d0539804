package node

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/task"
)

// CheckClock returns an error, of one sentence, if this machine's clock can't be right: it is far from that of the PostgreSQL
// database, behind the newest task, or was set forward since a server last worked on the SQLite database. A database that can't be
// used says nothing about the clock.
func CheckClock(ctx context.Context, s config.Settings, now func() time.Time) error {
	db, err := openUsable(ctx, s)
	if err != nil {
		return nil //nolint:nilerr // another check's to say
	}
	err = clockProblem(ctx, db, withoutQueue(db), now)
	_ = db.Close() // it was only read
	if by := clockSetForward(s, now); by > task.ClockSkew && err == nil {
		err = fmt.Errorf("this machine's clock was set forward by %v since a server last worked on the folder of %s: set it back if it is wrong now; a server deletes nothing because it is old in its first hour after that",
			by.Round(time.Second), dataSetting)
	}
	return err
}

// clockSetForward returns by how much the clock was set forward since a server last worked on an SQLite database; 0 if it was not, or if
// nobody knows. PostgreSQL has a clock of its own.
func clockSetForward(s config.Settings, now func() time.Time) time.Duration {
	if s.DatabaseURL != "" {
		return 0
	}
	return max(datafolder.Folder(s.Data).ClockSet(now()), 0)
}

// clockSetForward returns by how much the clock was set forward since the server before. If it was not, it notes how the clock stands.
func (n *Node) clockSetForward() time.Duration {
	by := clockSetForward(n.Settings, n.Now)
	if by <= task.ClockSkew {
		if err := n.noteClock(); err != nil {
			n.Log.Warn("a clock that is set forward while no server runs will not be noticed", "error", err)
		}
	}
	return by
}

// noteClock notes how the clock stands, for the next start on an SQLite database.
func (n *Node) noteClock() error {
	if n.Settings.DatabaseURL != "" {
		return nil
	}
	return datafolder.Folder(n.Settings.Data).NoteClock(n.Now())
}

// clockProblem says what is wrong with this machine's clock, by what a database knows. It is nil while the database is away.
func clockProblem(ctx context.Context, db any, rows database, now func() time.Time) error {
	if db, ok := db.(*postgres.DB); ok {
		there, err := db.Now(ctx)
		if off := now().Sub(there).Round(time.Second); err == nil && off.Abs() > task.ClockSkew {
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
	if off := newest[0].Created.Sub(now()).Round(time.Second); off > task.ClockSkew {
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
