package node

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
)

// BenchmarkStoreCreates writes new tasks with their event and their job into an SQLite file, from 64 callers at once, and nothing
// works on them.
func BenchmarkStoreCreates(b *testing.B) {
	db, err := sqlite.OpenDB(b.Context(), filepath.Join(b.TempDir(), "filmgate.db"))
	if err == nil {
		_, _, err = db.Migrate(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	q, err := queue.NewSQLite(db.Writer(), queue.Options{LocalWorkers: 1})
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := q.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	s := sqlite.New(db, q.Enqueue)
	b.Cleanup(func() { _ = s.Close() })
	var n atomic.Int64
	b.SetParallelism(32) // times the number of processors
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			t := task.Task{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n.Add(1)), Account: 1, State: task.Queued, Created: time.Now(),
				Request: task.Request{Dialect: "makevid", Model: "gen3a_turbo", Prompt: "a lake at dusk"}}
			if _, err := s.Apply(b.Context(), task.Change{Task: t, Events: []task.Event{{Kind: "created"}},
				Wakes: []task.Wake{{Task: t.ID, Lane: task.Remote, Account: t.Account}}}); err != nil {
				b.Error(err)
			}
		}
	})
}
