package registry_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/registry/waitstest"
	"github.com/filmgate/filmgate/internal/task"
)

// slotTakers are tasks that take a slot, one after the other.
type slotTakers struct {
	*registry.Slots
	free  map[string]func() // by task, of those that have a slot
	order []string          // in which they got it
}

// take has tasks take slots at the same time.
func (s *slotTakers) take(ctx context.Context, t *testing.T, all ...task.Waiter) {
	t.Helper()
	for _, w := range all {
		go func() {
			if free, err := s.Take(ctx, w); err == nil {
				s.free[w.ID] = free
				s.order = append(s.order, w.ID)
			}
		}()
		synctest.Wait()
	}
}

func TestSlotsBoundTheSubmitsOfAnEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slotTakers{Slots: registry.NewSlots(2), free: map[string]func(){}}
		elsewhere := waitstest.Waiter(2, 1)
		elsewhere.Engine = "b"
		s.take(t.Context(), t, waitstest.Waiter(1, 1), waitstest.Waiter(1, 2), waitstest.Waiter(1, 3), elsewhere)
		if want := []string{"1/0001", "1/0002", "2/0001"}; !slices.Equal(s.order, want) {
			t.Errorf("%v have a slot, want %v", s.order, want)
		}
		s.free["1/0002"]()
		synctest.Wait()
		if s.free["1/0003"] == nil {
			t.Fatal("a slot that was given back stays free while a task waits")
		}
		s.free["1/0001"]()
		s.free["1/0003"]()
		s.take(t.Context(), t, waitstest.Waiter(1, 4), waitstest.Waiter(1, 5), waitstest.Waiter(1, 6))
		if s.free["1/0005"] == nil || s.free["1/0006"] != nil {
			t.Errorf("%v had a slot, want all but the last", s.order)
		}
		s.free["1/0004"]()
	})
}

func TestAccountsTakeTurnsAtSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slotTakers{Slots: registry.NewSlots(1), free: map[string]func(){}}
		s.take(t.Context(), t, waitstest.Waiter(1, 1), waitstest.Waiter(1, 2), waitstest.Waiter(1, 3), waitstest.Waiter(2, 4), waitstest.Waiter(2, 5))
		for range 4 {
			s.free[s.order[len(s.order)-1]]()
			synctest.Wait()
		}
		if want := []string{"1/0001", "2/0004", "1/0002", "2/0005", "1/0003"}; !slices.Equal(s.order, want) {
			t.Errorf("the order is %v, want %v", s.order, want)
		}
	})
}

func TestWaitForASlotEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slotTakers{Slots: registry.NewSlots(1), free: map[string]func(){}}
		s.take(t.Context(), t, waitstest.Waiter(1, 1))
		ctx, stop := context.WithCancel(t.Context())
		s.take(ctx, t, waitstest.Waiter(1, 2))
		stop()
		synctest.Wait()
		s.free["1/0001"]()
		s.take(t.Context(), t, waitstest.Waiter(1, 3))
		if want := []string{"1/0001", "1/0003"}; !slices.Equal(s.order, want) {
			t.Errorf("%v had a slot, want %v", s.order, want)
		}
		if _, err := s.Take(ctx, waitstest.Waiter(1, 4)); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
	})
}

// However many wait, an account's tasks get their slots from the oldest to the newest, and those of low priority after all others.
func TestManyTasksWaitForSlotsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slotTakers{Slots: registry.NewSlots(1), free: map[string]func(){}}
		stopped, stop := context.WithCancel(t.Context())
		s.take(t.Context(), t, waitstest.Waiter(1, 0))
		for _, n := range []int{7, 3, 9, 1, 8, 2, 6, 4, 5} {
			low := waitstest.Waiter(2, 10+n)
			low.Low = true
			ctx := t.Context()
			if n%4 == 0 {
				ctx = stopped // it gives up, in the middle of the others
			}
			s.take(ctx, t, low, waitstest.Waiter(1, n))
		}
		stop()
		synctest.Wait()
		for range 14 {
			s.free[s.order[len(s.order)-1]]()
			synctest.Wait()
		}
		want := []string{"1/0000", "1/0001", "1/0002", "1/0003", "1/0005", "1/0006", "1/0007", "1/0009",
			"2/0011", "2/0012", "2/0013", "2/0015", "2/0016", "2/0017", "2/0019"}
		if !slices.Equal(s.order, want) {
			t.Errorf("the order is %v, want %v", s.order, want)
		}
	})
}

// BenchmarkSlots measures what a slot costs while so many tasks of one account wait.
func BenchmarkSlots(b *testing.B) {
	for _, waiting := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint(waiting), func(b *testing.B) {
			s := registry.NewSlots(1)
			next := make(chan func())
			take := func(n int) {
				free, err := s.Take(b.Context(), waitstest.Waiter(1, n))
				if err == nil {
					next <- free
				}
			}
			for n := range waiting {
				go take(n)
			}
			for n := 0; b.Loop(); n++ {
				(<-next)()
				go take(waiting + n)
			}
		})
	}
}
