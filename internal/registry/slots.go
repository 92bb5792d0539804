package registry

import (
	"context"
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
	waiting slotLine
	turn    task.Turn
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
	w := &slotWaiter{Waiter: t, ready: make(chan struct{})}
	e.waiting.add(w)
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
	return s.engines[w.Engine].waiting.remove(w)
}

// free passes a slot on, or takes it back if no task waits.
func (s *Slots) free(engine string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.engines[engine]
	if !e.next() {
		e.taken--
	}
}

// next gives a slot to the task whose turn it is; false if none waits.
func (e *engineSlots) next() bool {
	w := e.waiting.first(e.turn)
	if w == nil {
		return false
	}
	e.waiting.remove(w)
	e.turn.Serve(w.Account, w.Weight)
	close(w.ready)
	return true
}
