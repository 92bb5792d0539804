package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
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
	for step, c := range []struct {
		added int
		found int64
	}{{2, 2}, {2, 4}, {1, 5}, {0, 5}} {
		added, err := s.CountUsage(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Usage(t.Context(), task.UsageQuery{Account: 7, From: time.UnixMilli(0), To: time.UnixMilli(1), By: task.UsageByModel})
		if err != nil || added != c.added || len(found) != 1 || found[0].Failed != c.found || found[0].Model != "m" {
			t.Errorf("step %d counts %d and then there are %+v, %v; want %+v", step, added, found, err, c)
		}
	}
}

func BenchmarkUsage(b *testing.B) {
	db := openAtVersion(b, 13)
	storetest.BenchUsage(b, New(db, nil), func(statement string) error {
		_, err := db.writer.ExecContext(b.Context(), statement)
		return err
	})
}
