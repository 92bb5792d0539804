package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
)

// Ended tasks that a server of an earlier version stores, before this one's migration or after it, are counted once the sweep has come to
// them.
func TestUsageOfAnEarlierVersionIsCounted(t *testing.T) {
	db := migratedDB(t, Shared.Server(t).NewDatabase(t))
	s := New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
	for n := range 5 {
		tk := task.Task{ID: fmt.Sprint("t", n), Account: 7, State: task.Failed, Created: time.UnixMilli(0), Request: task.Request{Model: "m"}}
		if _, err := s.Apply(t.Context(), task.Change{Task: tk}); err != nil {
			t.Fatal(err)
		}
	}
	again(t, db, 9)
	storetest.RunEarlierUsage(t, s)
}

func BenchmarkUsage(b *testing.B) {
	db := migratedDB(b, Shared.Server(b).NewDatabase(b))
	storetest.BenchUsage(b, New(db, nil), func(statement string) error {
		_, err := db.pool.Exec(b.Context(), statement)
		return err
	})
}
