package registry

import (
	"context"
	"slices"
	"sync"

	"github.com/filmgate/filmgate/internal/task"
)

// Slots bounds how many submits of this process are under way at an engine. Accounts take turns at its slots, as they do at an engine's own
// limit. Make it with NewSlots. It is safe for use by many goroutines.
type Slots struct {
	most int

	mu      sync.Mutex
	engines map[string]*engineSlots
}

// engineSlots are the slots of one engine.
type engineSlots struct {
	taken   int
	waiting []*slotWaiter
	turn    task.Turn
}

// slotWaiter is a task that waits for a slot.
type slotWaiter struct {
	task.Waiter
	ready chan struct{} // closed when it has one
}

// NewSlots returns slots for so many submits at each engine.
func NewSlots(most int) *Slots { return &Slots{most: most, engines: map[string]*engineSlots{}} }

// Take waits for one of the slots of the task's engine. free gives it back. The error is that of ctx.
func (s *Slots) Take(ctx context.Context, t task.Waiter) (free func(), err error) {
	w := s.add(t)
	select {
	case <-w.ready:
	case <-ctx.Done():
		if s.withdraw(w) {
			return nil, ctx.Err()
		}
	}
	return func() { s.free(t.Engine) }, nil
}

// add lets a task wait, and gives it a slot if there is one.
func (s *Slots) add(t task.Waiter) *slotWaiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.engines[t.Engine]
	if e == nil {
		e = &engineSlots{}
		s.engines[t.Engine] = e
	}
	w := &slotWaiter{t, make(chan struct{})}
	e.waiting = append(e.waiting, w)
	if e.taken < s.most {
		e.taken++
		e.next()
	}
	return w
}

// withdraw ends the wait of a task; false if it has a slot already.
func (s *Slots) withdraw(w *slotWaiter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.engines[w.Engine]
	if i := slices.Index(e.waiting, w); i >= 0 {
		e.waiting = slices.Delete(e.waiting, i, i+1)
		return true
	}
	return false
}

// free passes a slot on, or takes it back if no task waits.
func (s *Slots) free(engine string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.engines[engine]
	if len(e.waiting) == 0 {
		e.taken--
		return
	}
	e.next()
}

// next gives a slot to the task whose turn it is.
func (e *engineSlots) next() {
	first := 0
	for i, w := range e.waiting {
		if e.turn.First(w.Waiter, e.waiting[first].Waiter) {
			first = i
		}
	}
	w := e.waiting[first]
	e.waiting = slices.Delete(e.waiting, first, first+1)
	e.turn.Serve(w.Account, w.Weight)
	close(w.ready)
}
