package gateway_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

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

func TestIDsOfTasksFollowTheTime(t *testing.T) {
	h := newHarness(t)
	seen, last := map[string]bool{}, ""
	for range 20 {
		for range 5 { // of the same millisecond, in any order
			id := h.submit(t, "a cat").ID
			if seen[id] || uuid.Validate(id) != nil || id[14] != '7' || strings.IndexByte("89ab", id[19]) < 0 || id[:13] < last[:min(13, len(last))] {
				t.Errorf("%s after %s: want another UUID of version 7, not before it", id, last)
			}
			seen[id] = true
			last = max(last, id)
		}
		h.pass(time.Millisecond)
	}
}
