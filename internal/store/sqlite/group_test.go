package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/task"
)

// numbersGroup returns a group over a database with one table, numbers.
func numbersGroup(t *testing.T, enqueue store.Enqueue[*sql.Tx]) (*groupcommit.Group[change], *DB) {
	t.Helper()
	db, err := OpenDB(t.Context(), filepath.Join(t.TempDir(), "filmgate.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.writer.ExecContext(t.Context(), `CREATE TABLE numbers (n INTEGER NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	return newGroup(db.writer, enqueue), db
}

func insert(n int) change {
	return change{rows: func(ctx context.Context, tx *writeTx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO numbers VALUES ($1)`, n)
		return err
	}}
}

func count(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.reader.QueryRowContext(t.Context(), `SELECT count(*) FROM numbers`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// hold occupies the one writing connection until release is called.
func hold(t *testing.T, db *DB) (release func()) {
	t.Helper()
	conn, err := db.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() { _ = conn.Close() })
}

func TestWritesThatWaitAreCommittedTogether(t *testing.T) {
	g, db := numbersGroup(t, nil)
	release := hold(t, db)
	defer release()
	const writers = 20
	transactions := map[*sql.Tx]bool{}
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			if err := g.Do(t.Context(), change{rows: func(ctx context.Context, tx *writeTx) error {
				transactions[tx.Tx] = true // one write at a time
				return insert(n).rows(ctx, tx)
			}}); err != nil {
				t.Error(err)
			}
		})
	}
	for waiting := 0; waiting < writers; {
		waiting = g.Waiting()
	}
	release()
	all.Wait()
	if n := count(t, db); n != writers || len(transactions) != 1 {
		t.Errorf("%d rows in %d transactions", n, len(transactions))
	}
}

func TestJobsOfAGroupAreScheduledByOneCall(t *testing.T) {
	for _, test := range []struct {
		name    string
		refused string // task of the wakes that are refused
		calls   int
		rows    int
	}{
		{"all at once", "", 1, 20},
		{"each by itself if one is refused", "7", 1 + 20, 19},
	} {
		t.Run(test.name, func(t *testing.T) {
			const writers = 20
			calls, jobs := 0, 0
			g, db := numbersGroup(t, func(_ context.Context, _ *sql.Tx, wakes []task.Wake) error {
				calls++
				if slices.ContainsFunc(wakes, func(w task.Wake) bool { return w.Task == test.refused }) {
					return errors.New("refused")
				}
				jobs += len(wakes)
				return nil
			})
			release := hold(t, db)
			defer release()
			var all sync.WaitGroup
			for n := range writers {
				name := strconv.Itoa(n)
				all.Go(func() {
					one := insert(n)
					one.wakes = []task.Wake{{Task: name}}
					if err := g.Do(t.Context(), one); (err != nil) != (name == test.refused) {
						t.Errorf("write %s: %v", name, err)
					}
				})
			}
			for waiting := 0; waiting < writers; {
				waiting = g.Waiting()
			}
			release()
			all.Wait()
			if n := count(t, db); n != test.rows || calls != test.calls || jobs != test.rows {
				t.Errorf("%d rows and %d jobs by %d calls, want %d by %d", n, jobs, calls, test.rows, test.calls)
			}
		})
	}
}

func TestChangeThatFailsHalfWayLeavesNothingAndItsNeighboursAreMade(t *testing.T) {
	g, db := numbersGroup(t, nil)
	release := hold(t, db)
	defer release()
	const writers = 5
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			half := change{rows: func(ctx context.Context, tx *writeTx) error {
				if err := insert(n).rows(ctx, tx); err != nil || n != 2 {
					return err
				}
				return store.ErrExists // as an idempotency key that is used already is found after its task was written
			}}
			if err := g.Do(t.Context(), half); errors.Is(err, store.ErrExists) != (n == 2) {
				t.Errorf("write %d: %v", n, err)
			}
		})
	}
	for waiting := 0; waiting < writers; {
		waiting = g.Waiting()
	}
	release()
	all.Wait()
	if n := count(t, db); n != writers-1 {
		t.Errorf("%d rows", n)
	}
}

func TestWriteThatNobodyWaitsForIsNotMade(t *testing.T) {
	g, db := numbersGroup(t, nil)
	release := hold(t, db)
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- g.Do(ctx, insert(1)) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	release()
	if err := g.Do(t.Context(), insert(2)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestClosedDatabaseFailsEveryWrite(t *testing.T) {
	g, db := numbersGroup(t, nil)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := g.Do(t.Context(), insert(1)); err == nil {
			t.Error("written to a closed database")
		}
	}
}

func TestLostTransactionFailsAllOfItsWrites(t *testing.T) {
	g, db := numbersGroup(t, nil)
	release := hold(t, db)
	defer release()
	writes := []change{insert(1), {rows: func(ctx context.Context, tx *writeTx) error {
		_, err := tx.ExecContext(ctx, `ROLLBACK`) // as SQLite does by itself when the disk is full
		return errors.Join(errors.New("the disk is full"), err)
	}}, insert(3)}
	var all sync.WaitGroup
	for n, write := range writes {
		all.Go(func() {
			if err := g.Do(t.Context(), write); err == nil {
				t.Errorf("write %d was not made, but succeeded", n)
			}
		})
		for waiting := 0; waiting <= n; {
			waiting = g.Waiting()
		}
	}
	release()
	all.Wait()
	if n := count(t, db); n != 0 {
		t.Errorf("%d rows", n)
	}
	if err := g.Do(t.Context(), insert(4)); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

func TestFirstChangesComeBeforeThoseThatWait(t *testing.T) {
	db, err := OpenDB(t.Context(), filepath.Join(t.TempDir(), "filmgate.db"))
	if err == nil {
		_, _, err = db.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	later := -1
	var s *Store
	s = New(db, func(context.Context, *sql.Tx, []task.Wake) error {
		later = s.group.Waiting()
		return nil
	})
	t.Cleanup(func() { _ = s.Close() })
	release := hold(t, db)
	defer release()
	var all sync.WaitGroup
	apply := func(id string, first bool, wakes ...task.Wake) {
		all.Go(func() {
			if _, err := s.Apply(t.Context(), task.Change{Task: task.Task{ID: id, Account: 1}, First: first, Wakes: wakes}); err != nil {
				t.Error(err)
			}
		})
	}
	for n := range groupcommit.Size {
		apply(strconv.Itoa(n), false)
	}
	for s.group.Waiting() < groupcommit.Size {
	}
	apply("first", true, task.Wake{Task: "first"})
	for s.group.Waiting() <= groupcommit.Size {
	}
	release()
	all.Wait()
	if later != 1 {
		t.Errorf("%d changes were committed later, want 1", later)
	}
}
