package sqlite_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// finishedTask returns the n-th task, finished, with seven files.
func finishedTask(n int) task.Task {
	created := time.UnixMilli(1_700_000_000_000 + int64(n))
	t := task.Task{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Account: int64(n % 10), State: task.Succeeded, Created: created,
		Updated: created, Started: created, Finished: created, Request: task.Request{Model: "gen3a_turbo", Prompt: strings.Repeat("a slow pan ", 20)}}
	a := task.Artifact{ID: "a" + t.ID, Task: t.ID, Account: t.Account, Filename: "film.mp4", Created: created, Updated: created}
	for _, r := range []task.Role{task.Video, task.Preview, task.Preview, task.Preview, task.Preview, task.Preview, task.Poster} {
		a.Files = append(a.Files, task.File{Role: r, Key: "cdn/20260301/" + strings.Repeat("k", 30), Size: 1 << 20, SHA256: strings.Repeat("0", 64)})
	}
	t.Artifacts = []task.Artifact{a}
	return t
}

func BenchmarkApply(b *testing.B) {
	s := openStore(b, nil)
	n := 0
	for b.Loop() {
		n++
		if _, err := s.Apply(b.Context(), task.Change{Task: finishedTask(n), Events: []task.Event{{Kind: "created"}}}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkApplyTogether writes from 64 callers at once, as the handlers of creates do.
func BenchmarkApplyTogether(b *testing.B) {
	s := openStore(b, nil)
	var n atomic.Int64
	b.SetParallelism(32) // times the number of processors
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Apply(b.Context(), task.Change{Task: finishedTask(int(n.Add(1))), Events: []task.Event{{Kind: "created"}}}); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkTask(b *testing.B) {
	s := openStore(b, nil)
	if _, err := s.Apply(b.Context(), task.Change{Task: finishedTask(1)}); err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Task(b.Context(), finishedTask(1).ID); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkTasks reads the first and the last page of a list.
func BenchmarkTasks(b *testing.B) {
	s := openStore(b, nil)
	const rows = 5000
	for n := range rows {
		if _, err := s.Apply(b.Context(), task.Change{Task: finishedTask(n)}); err != nil {
			b.Fatal(err)
		}
	}
	for name, after := range map[string]int{"first": rows, "last": 205} {
		b.Run(name, func(b *testing.B) {
			q := task.Query{Account: 5, Limit: 20, After: task.Cursor{Created: finishedTask(after).Created, ID: finishedTask(after).ID}}
			for b.Loop() {
				if page, err := s.Tasks(b.Context(), q); err != nil || len(page) != q.Limit {
					b.Fatalf("%d tasks (%v), want %d", len(page), err, q.Limit)
				}
			}
		})
	}
}
