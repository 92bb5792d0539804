package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// runTogether writes many changes at once, which a store may commit together. Each succeeds or fails by itself.
func runTogether(t *testing.T, open Open) {
	const writers = 60
	refused := errors.New("enqueue failed")
	var all, begun sync.WaitGroup
	begun.Add(writers)
	s := open(t, func(_ context.Context, wakes []task.Wake) error {
		begun.Wait()                                                             // so that the others wait while the first is written
		if slices.ContainsFunc(wakes, func(w task.Wake) bool { return w.Low }) { // a store may pass the wakes of many changes
			return refused
		}
		return nil
	})
	changes := make([]task.Change, writers)
	for n := range changes {
		tk := newTask(n)
		if n%3 == 1 {
			put(t, s, tk) // so that inserting it again fails
		}
		if n%3 == 2 {
			put(t, s, put(t, s, tk))
			tk.Version = 1 // which is old
		}
		tk.ProgressText = "together"
		changes[n] = task.Change{Task: tk, Events: []task.Event{{At: at(n), Kind: "state"}}, Wakes: []task.Wake{{Task: tk.ID, Lane: task.Remote, Low: n%2 == 1}}}
	}
	errs := make([]error, writers)
	for n, c := range changes {
		all.Go(func() {
			begun.Done()
			_, errs[n] = s.Apply(t.Context(), c)
		})
	}
	all.Wait()
	for n, err := range errs {
		want := []error{nil, store.ErrExists, store.ErrStale}[n%3]
		if want == nil && n%2 == 1 {
			want = refused
		}
		if !errors.Is(err, want) || (want == nil) != (err == nil) {
			t.Errorf("writer %d: %v, want %v", n, err, want)
		}
		got, err := s.Task(t.Context(), id(n))
		written := fmt.Sprint(got.ProgressText == "together", err == nil, len(events(t, s, id(n))))
		if want := map[error]string{nil: "true true 1", refused: "false false 0", store.ErrExists: "false true 0", store.ErrStale: "false true 0"}[want]; written != want {
			t.Errorf("writer %d: written, there and events are %s, want %s", n, written, want)
		}
	}
}
