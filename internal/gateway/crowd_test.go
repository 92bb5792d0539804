package gateway_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// crowdedStore writes nothing until so many writes wait.
type crowdedStore struct {
	store.Store
	all *sync.WaitGroup
}

func (s crowdedStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	s.all.Done()
	s.all.Wait()
	return s.Store.Apply(ctx, c)
}

func TestTasksBeginLaterIfManyAreCreatedAtOnce(t *testing.T) {
	for _, c := range []struct {
		name    string
		creates int
		lane    task.Lane
		late    int // tasks that do not begin at once
	}{
		{"few", 16, task.Remote, 0},
		{"many", 20, task.Remote, 4},
		{"many for the local workers", 20, task.Local, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.Lane = c.lane
			var stored, answered sync.WaitGroup
			stored.Add(c.creates)
			h.config.Store = crowdedStore{h.store, &stored}
			h.use(h.fake)
			for range c.creates {
				answered.Go(func() {
					if _, err := h.Submit(t.Context(), h.who, request("a cat")); err != nil {
						t.Error(err)
					}
				})
			}
			answered.Wait()
			late := 0
			for _, w := range h.wakes {
				switch {
				case w.At.IsZero():
				case w.At.Equal(h.now().Add(3 * time.Second)):
					late++
				default:
					t.Errorf("a wake at %v", w.At)
				}
			}
			if len(h.wakes) != c.creates || late != c.late {
				t.Errorf("%d of %d tasks begin three seconds later, want %d of %d", late, len(h.wakes), c.late, c.creates)
			}
		})
	}
}
