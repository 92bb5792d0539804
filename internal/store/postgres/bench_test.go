package postgres_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// newTask returns the n-th task, just created.
func newTask(n int64) task.Task {
	created := time.UnixMilli(1_700_000_000_000 + n)
	return task.Task{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Account: n % 10, State: task.Queued, Created: created, Updated: created,
		Request: task.Request{Model: "gen3a_turbo", Prompt: strings.Repeat("a slow pan ", 20)}}
}

// BenchmarkApplyTogether writes from 64 callers at once, as the handlers of creates do.
func BenchmarkApplyTogether(b *testing.B) {
	s := openStore(b, shared.Server(b).NewDatabase(b), noWakes)
	var n atomic.Int64
	b.SetParallelism(32) // times the number of processors
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Apply(b.Context(), task.Change{Task: newTask(n.Add(1)), Events: []task.Event{{Kind: "created"}}}); err != nil {
				b.Error(err)
			}
		}
	})
}
