package sqlite

import (
	"fmt"
	"testing"

	"github.com/filmgate/filmgate/internal/store/storetest"
)

// Ended tasks that an earlier version stored are counted once the sweep has come to them.
func TestUsageOfAnEarlierVersionIsCounted(t *testing.T) {
	db := openAtVersion(t, 12)
	for n := range 5 {
		if _, err := db.writer.ExecContext(t.Context(), `INSERT INTO tasks (id, account, state, ended, model, dialect, created, updated, version, deleted, low, body, searchable)
			VALUES ($1, 7, 'FAILED', 1, 'm', '', 0, 0, 1, 0, 0, $2, 1)`, fmt.Sprint("t", n),
			fmt.Appendf(nil, `{"ID":"t%d","Account":7,"State":"FAILED","Created":"1970-01-01T00:00:00Z","Request":{"Model":"m"}}`, n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := New(db, nil)
	storetest.RunEarlierUsage(t, s)
}

func BenchmarkUsage(b *testing.B) {
	db := openAtVersion(b, 13)
	storetest.BenchUsage(b, New(db, nil), func(statement string) error {
		_, err := db.writer.ExecContext(b.Context(), statement)
		return err
	})
}
