package postgres

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
)

// feedStores returns the stores of two servers of one database.
func feedStores(t *testing.T) (a, b *Store) {
	t.Helper()
	url := Shared.Server(t).NewSchema(t)
	enqueue := func(context.Context, pgx.Tx, []task.Wake) error { return nil }
	return New(migratedDB(t, url), enqueue), New(migratedDB(t, url), enqueue)
}

func TestAReaderOfTheFeedMissesNothingThatTwoServersWrite(t *testing.T) {
	a, b := feedStores(t)
	storetest.FeedWriters(t, a, b)
}

// A server has written an event and not committed it yet. Another's event comes behind it, and is not visible before it.
func TestAnEventWaitsForThoseWithSmallerNumbers(t *testing.T) {
	a, b := feedStores(t)
	tx, err := a.db.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	created := []task.Event{{Kind: "created", To: task.Queued}}
	early := change{Change: task.Change{Task: task.Task{ID: "early", Account: 1, Version: 1}, Events: created}}
	if err := putFeed(t.Context(), tx, []*write{{Item: early}}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := b.Apply(t.Context(), task.Change{Task: task.Task{ID: "late", Account: 1}, Events: created})
		done <- err
	}()
	for waiting := int64(0); waiting == 0; {
		waiting, err = queryOne(t.Context(), a.db, scanNumber, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
		if err != nil || len(done) > 0 {
			t.Fatalf("the other server did not wait: %v", err)
		}
	}
	if page, err := b.Feed(t.Context(), 1, 0, 10); err != nil || len(page.Events) != 0 || page.Last != 0 {
		t.Errorf("before the commit: %+v, %v", page, err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	page, err := b.Feed(t.Context(), 1, 0, 10)
	if err != nil || len(page.Events) != 2 || page.Events[0].Task != "early" || page.Events[1].Task != "late" || page.Last != 2 {
		t.Errorf("after both: %+v, %v", page, err)
	}
}

// Every create deletes a few old events. That must not take longer with each event that is in the feed, also before PostgreSQL has
// counted them.
func TestOldEventsAreFoundByTheirNumbers(t *testing.T) {
	db := migratedDB(t, Shared.Server(t).NewSchema(t))
	for _, statement := range []string{`INSERT INTO feed SELECT n, 1, 't', 1, n, 'created', '', 'QUEUED' FROM generate_series(1, 5000) AS n`, `ANALYZE feed`} {
		if _, err := db.pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		plan, err := queryAll(t.Context(), db, scanID, "EXPLAIN "+trimFeed, 100, 0)
		if err != nil || strings.Contains(strings.Join(plan, "\n"), "Seq Scan") {
			t.Errorf("after %s: %v\n%s", statement, err, strings.Join(plan, "\n"))
		}
	}
}
