package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/task"
)

// groupStore returns a store that calls enqueue.
func groupStore(t *testing.T, enqueue store.Enqueue[pgx.Tx]) *Store {
	t.Helper()
	return New(migratedDB(t, Shared.Server(t).NewSchema(t)), enqueue)
}

// applyTogether writes n new tasks in one group. A write that is made before keeps the group waiting until all of them are there;
// its wake is "first".
func applyTogether(t *testing.T, s *Store, began, release chan struct{}, n int) []error {
	t.Helper()
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := s.Apply(t.Context(), task.Change{Task: task.Task{ID: "first", Account: 1}, Wakes: []task.Wake{{Task: "first"}}}); err != nil {
			t.Error(err)
		}
	})
	<-began
	errs := make([]error, n)
	for i := range n {
		all.Go(func() {
			id := fmt.Sprintf("t%02d", i)
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			_, errs[i] = s.Apply(t.Context(), task.Change{Task: task.Task{ID: id, Account: 1}, Wakes: []task.Wake{{Task: id}}})
		})
	}
	for s.group.Waiting() < n {
	}
	close(release)
	all.Wait()
	return errs
}

func TestChangesThatWaitShareATransactionAndOneEnqueue(t *testing.T) {
	const writers = 20
	began, release := make(chan struct{}), make(chan struct{})
	var calls [][]task.Wake
	s := groupStore(t, func(_ context.Context, _ pgx.Tx, wakes []task.Wake) error {
		if wakes[0].Task == "first" {
			close(began)
			<-release
		}
		calls = append(calls, wakes)
		return nil
	})
	if err := errors.Join(applyTogether(t, s, began, release, writers)...); err != nil {
		t.Fatal(err)
	}
	if len(calls) != 2 || len(calls[1]) != writers {
		t.Errorf("%d calls of enqueue", len(calls))
	}
	transactions, err := queryAll(t.Context(), s.db, scanID, `SELECT DISTINCT xmin::text FROM tasks WHERE id <> 'first'`)
	if err != nil || len(transactions) != 1 {
		t.Errorf("the transactions are %v, %v", transactions, err)
	}
}

func TestRefusedChangeTakesNoOtherAlong(t *testing.T) {
	refused := errors.New("enqueue failed")
	for name, fault := range map[string]func() error{
		"by an error": func() error { return refused },
		"by a panic":  func() error { panic("enqueue failed") },
	} {
		t.Run(name, func(t *testing.T) {
			const writers, bad = 10, 4
			began, release := make(chan struct{}), make(chan struct{})
			s := groupStore(t, func(_ context.Context, _ pgx.Tx, wakes []task.Wake) error {
				if wakes[0].Task == "first" {
					close(began)
					<-release
				}
				if slices.ContainsFunc(wakes, func(w task.Wake) bool { return w.Task == fmt.Sprintf("t%02d", bad) }) {
					return fault()
				}
				return nil
			})
			for i, err := range applyTogether(t, s, began, release, writers) {
				_, read := s.Task(t.Context(), fmt.Sprintf("t%02d", i))
				if want := i != bad; (err == nil) != want || (read == nil) != want {
					t.Errorf("write %d: %v; read: %v", i, err, read)
				}
			}
			transactions, err := queryAll(t.Context(), s.db, scanID, `SELECT DISTINCT xmin::text FROM tasks WHERE id <> 'first'`)
			if err != nil || len(transactions) != writers-1 { // a savepoint each
				t.Errorf("%d savepoints, %v", len(transactions), err)
			}
		})
	}
}

func TestOutcomeOfALostCommit(t *testing.T) {
	s := groupStore(t, nil)
	tk := task.Task{ID: "a", Account: 1}
	const gone = 1<<31 - 1 // no process has this number
	raw := func(tk task.Task) []byte {
		body, err := store.MarshalTask(tk)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	first := tk
	first.Version = 1
	check := func(what string, session uint32, c change, committed, known bool) {
		t.Helper()
		if gotCommitted, gotKnown := s.outcome(t.Context(), session, c); gotKnown != known || known && gotCommitted != committed {
			t.Errorf("%s: committed %v, known %v; want %v, %v", what, gotCommitted, gotKnown, committed, known)
		}
	}
	insert := change{Change: task.Change{Task: first}, raw: raw(first)}
	check("nothing is there", gone, insert, false, true)
	if _, err := s.Apply(t.Context(), task.Change{Task: tk}); err != nil {
		t.Fatal(err)
	}
	check("the row is there", gone, insert, true, true)
	other := first
	other.Account = 2
	check("another's row is there", gone, change{Change: task.Change{Task: other}, raw: raw(other)}, false, true)
	conn, err := s.db.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check("the session lives on", conn.Conn().PgConn().PID(), insert, false, false)
	conn.Release()
	if _, err := s.Apply(t.Context(), task.Change{Task: first}); err != nil {
		t.Fatal(err)
	}
	check("the task has changed since", gone, insert, false, false)
}

func TestFirstChangesComeBeforeThoseThatWait(t *testing.T) {
	began, release, later := make(chan struct{}), make(chan struct{}), -1
	var s *Store
	s = groupStore(t, func(_ context.Context, _ pgx.Tx, wakes []task.Wake) error {
		switch wakes[0].Task {
		case "before":
			close(began)
			<-release
		case "first":
			later = s.group.Waiting()
		}
		return nil
	})
	var all sync.WaitGroup
	apply := func(id string, first bool, wakes ...task.Wake) {
		all.Go(func() {
			if _, err := s.Apply(t.Context(), task.Change{Task: task.Task{ID: id, Account: 1}, First: first, Wakes: wakes}); err != nil {
				t.Error(err)
			}
		})
	}
	apply("before", false, task.Wake{Task: "before"})
	<-began
	for n := range groupcommit.Size {
		apply(fmt.Sprint(n), false)
	}
	for s.group.Waiting() < groupcommit.Size {
	}
	apply("first", true, task.Wake{Task: "first"})
	for s.group.Waiting() <= groupcommit.Size {
	}
	close(release)
	all.Wait()
	if later != 1 {
		t.Errorf("%d changes were committed later, want 1", later)
	}
}
