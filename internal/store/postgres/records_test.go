package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// claimedDeliveries returns a store with n tasks of two events each, and the first delivery of each, claimed. Task n has the id t0n, and its
// deliveries the ids t0n-1 and t0n-2.
func claimedDeliveries(t *testing.T, n int) (*Store, []task.Delivery) {
	t.Helper()
	s := groupStore(t, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
	for i := range n {
		id := fmt.Sprintf("t%02d", i)
		for version := range 2 {
			d := task.Delivery{ID: fmt.Sprintf("%s-%d", id, version+1), Webhook: "w", Created: time.UnixMilli(int64(i))}
			c := task.Change{Task: task.Task{ID: id, Account: 1, Version: int64(version)}, Deliveries: []task.Delivery{d}}
			if _, err := s.Apply(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	var claimed []task.Delivery
	for i := range n { // one after another, so that they are in order
		got, err := s.ClaimDeliveries(t.Context(), "w", time.UnixMilli(int64(i)), time.UnixMilli(1000), 1)
		if err != nil || len(got) != 1 {
			t.Fatalf("claimed %+v, %v", got, err)
		}
		claimed = append(claimed, got...)
	}
	return s, claimed
}

// locked runs f while another session holds the rows that a statement locks.
func locked(t *testing.T, s *Store, statement string, f func(session uint32)) {
	t.Helper()
	tx, err := s.db.pool.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), statement)
	}
	if err != nil {
		t.Fatal(err)
	}
	f(tx.Conn().PgConn().PID())
	if err := tx.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
}

// blocked returns the session that waits for another one, as soon as it does.
func blocked(t *testing.T, s *Store, by uint32) (session string) {
	t.Helper()
	for {
		found, err := queryAll(t.Context(), s.db, scanID, `SELECT pid::text FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))`, int32(by))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			return found[0]
		}
	}
}

// recordTogether records that deliveries were made: the first by itself, and the others in one group. It calls meanwhile when that is begun.
func recordTogether(t *testing.T, s *Store, claimed []task.Delivery, meanwhile func()) []error {
	t.Helper()
	errs := make([]error, len(claimed))
	var all sync.WaitGroup
	record := func(n int) {
		claimed[n].State = task.Delivered
		all.Go(func() { errs[n] = s.RecordDelivery(t.Context(), claimed[n], time.UnixMilli(500)) })
	}
	locked(t, s, `SELECT 1 FROM tasks WHERE id = 't00' FOR UPDATE`, func(session uint32) {
		record(0)
		blocked(t, s, session)
		for n := range claimed[1:] {
			record(n + 1)
		}
		for s.records.Waiting() < len(claimed)-1 {
		}
	})
	meanwhile()
	all.Wait()
	return errs
}

// states returns the states of the deliveries with a last character, and the transactions that wrote them.
func (s *Store) states(t *testing.T, last string) (states, transactions []string) {
	t.Helper()
	found, err := queryAll(t.Context(), s.db, func(scan func(...any) error) (row [2]string, err error) {
		err = scan(&row[0], &row[1])
		return row, err
	}, `SELECT state || CASE WHEN due = 500 THEN ' and due' ELSE '' END, xmin::text FROM webhook_deliveries WHERE right(id, 1) = $1 ORDER BY id`, last)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range found {
		states, transactions = append(states, row[0]), append(transactions, row[1])
	}
	return states, transactions
}

func TestRecordsThatWaitShareATransaction(t *testing.T) {
	s, claimed := claimedDeliveries(t, 10)
	if err := errors.Join(recordTogether(t, s, claimed, func() {})...); err != nil {
		t.Fatal(err)
	}
	_, first := s.states(t, "1")
	next, released := s.states(t, "2")
	for n := range claimed {
		if n > 0 && (first[n] != first[1] || released[n] != first[1]) || next[n] != "pending and due" {
			t.Errorf("delivery %d was recorded by %s, and the next one, %s, released by %s", n, first[n], next[n], released[n])
		}
	}
}

func TestRecordThatFailsTakesNoOtherAlong(t *testing.T) {
	const bad = 4
	s, claimed := claimedDeliveries(t, 10)
	if _, err := s.db.pool.Exec(t.Context(), `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
		CREATE TRIGGER refuse BEFORE UPDATE ON webhook_deliveries FOR EACH ROW WHEN (OLD.id = 't04-1') EXECUTE FUNCTION refuse()`); err != nil {
		t.Fatal(err)
	}
	for n, err := range recordTogether(t, s, claimed, func() {}) {
		if (err == nil) != (n != bad) {
			t.Errorf("record %d: %v", n, err)
		}
	}
	ended, _ := s.states(t, "1")
	next, _ := s.states(t, "2")
	for n := range claimed {
		want := "delivered, then pending and due"
		if n == bad {
			want = "pending, then pending"
		}
		if got := ended[n] + ", then " + next[n]; got != want {
			t.Errorf("task %d: %s, want %s", n, got, want)
		}
	}
}

// The session is killed between the records of a group and the events that they let come due.
func TestCrashAmongRecordsWritesNoneOfThem(t *testing.T) {
	s, claimed := claimedDeliveries(t, 10)
	var errs []error
	locked(t, s, `SELECT 1 FROM webhook_deliveries WHERE id = 't05-2' FOR UPDATE`, func(session uint32) {
		errs = recordTogether(t, s, claimed, func() {
			if _, err := s.db.pool.Exec(t.Context(), `SELECT pg_terminate_backend($1::int)`, blocked(t, s, session)); err != nil {
				t.Error(err)
			}
		})
	})
	ended, _ := s.states(t, "1")
	for n, err := range errs[1:] {
		if !errors.Is(err, store.ErrUnavailable) || ended[n+1] != "pending" {
			t.Errorf("record %d: %v, and the delivery is %s", n+1, err, ended[n+1])
		}
	}
	for _, d := range claimed[1:] {
		if err := s.RecordDelivery(t.Context(), d, time.UnixMilli(500)); err != nil {
			t.Errorf("again: %v", err)
		}
	}
}

// A delivery whose lease has ended may be recorded by two processes, or by one twice.
func TestRecordsOfOneDeliveryInOneGroup(t *testing.T) {
	s, claimed := claimedDeliveries(t, 2)
	lost := claimed[1]
	again, err := s.ClaimDeliveries(t.Context(), "w", time.UnixMilli(1000), time.UnixMilli(2000), 2)
	if err != nil || len(again) != 2 {
		t.Fatalf("claimed %+v, %v", again, err)
	}
	if again[0].ID == lost.ID {
		again[0], again[1] = again[1], again[0]
	}
	errs := recordTogether(t, s, append(again, lost, again[1]), func() {})
	stale := 0
	for _, n := range []int{1, 3} { // in whichever order they wait
		if errors.Is(errs[n], store.ErrStale) {
			stale++
		} else if errs[n] != nil {
			t.Error(errs[n])
		}
	}
	if !errors.Is(errs[2], store.ErrStale) || stale != 1 {
		t.Errorf("the records: %v", errs)
	}
}
