package postgres_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// newTask returns the n-th task, just created.
func newTask(n int64) task.Task {
	created := time.UnixMilli(1_700_000_000_000 + n)
	return task.Task{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Account: n % 10, State: task.Queued, Created: created, Updated: created,
		Request: task.Request{Model: "gen3a_turbo", Prompt: strings.Repeat("a slow pan ", 20)}}
}

// BenchmarkApplyTogether writes from 64 callers at once, as the handlers of creates do: with an event that is in the feed, whose numbers
// are given under a lock that is held until the commit, and with one that is not; on one server and on two of the same database.
func BenchmarkApplyTogether(b *testing.B) {
	for _, servers := range []int{1, 2} {
		for _, kind := range []string{"created", "note"} {
			b.Run(fmt.Sprintf("%d servers, %s", servers, kind), func(b *testing.B) {
				url := shared.Server(b).NewDatabase(b)
				var stores []store.Store
				for range servers {
					stores = append(stores, openStore(b, url, noWakes))
				}
				var n, callers atomic.Int64
				b.SetParallelism(64 / runtime.GOMAXPROCS(0))
				b.RunParallel(func(pb *testing.PB) {
					s := stores[callers.Add(1)%int64(servers)]
					for pb.Next() {
						if _, err := s.Apply(b.Context(), task.Change{Task: newTask(n.Add(1)), Events: []task.Event{{Kind: kind}}}); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}
