package registry

import (
	"context"
	"sync"

	"github.com/filmgate/filmgate/internal/task"
)

// Waits holds the tasks above their engines' own limits. At each engine the accounts take turns: one task of each before a second of
// any, or as many as its weight says, an account's oldest first, and tasks of low priority after all others. It is safe for use by
// many goroutines. Its errors are those of where it keeps them.
type Waits interface {
	// Add adds a task.
	Add(ctx context.Context, t task.Waiter) error
	// Next returns the id of the task that is next at the engine, and lets it try; false if there is none. last says that there is
	// capacity for this one only.
	Next(ctx context.Context, engine string, last bool) (id string, ok bool, err error)
	// MayTry reports whether it is the task's turn to try its engine, whether or not that has capacity: Next returned the task, or no
	// task waits there that comes before it.
	MayTry(ctx context.Context, t task.Waiter) (bool, error)
	// End ends the wait of a task. woken says that Next returned it, and last what was said then.
	End(ctx context.Context, id string) (woken, last bool, err error)
	// Serve records that an engine has taken a task that Next did not return, so that it was its account's turn.
	Serve(ctx context.Context, t task.Waiter) error
	// Forget removes a task that has ended.
	Forget(id string)
}

// memory is the Waits of the only process that steps tasks.
type memory struct {
	mu    sync.Mutex
	tasks map[string]task.Waiter // by id
	woken map[string]bool        // by id, those that may try, and have not yet: whether they are the last
	turns map[string]task.Turn   // by engine
}

// NewWaits returns a Waits for the only process that steps tasks. It returns no errors.
func NewWaits() Waits {
	return &memory{tasks: map[string]task.Waiter{}, woken: map[string]bool{}, turns: map[string]task.Turn{}}
}

// Add implements Waits.
func (m *memory) Add(_ context.Context, t task.Waiter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.woken, t.ID)
	m.tasks[t.ID] = t
	return nil
}

// Next implements Waits.
func (m *memory) Next(_ context.Context, engine string, last bool) (id string, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var next task.Waiter
	turn := m.turns[engine]
	for id, one := range m.tasks {
		if _, woken := m.woken[id]; one.Engine == engine && !woken && (!ok || turn.First(one, next)) {
			next, ok = one, true
		}
	}
	if ok {
		m.woken[next.ID] = last
		m.serve(next)
	}
	return next.ID, ok, nil
}

// MayTry implements Waits.
func (m *memory) MayTry(_ context.Context, t task.Waiter) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, woken := m.woken[t.ID]; woken && m.tasks[t.ID].Engine == t.Engine {
		return true, nil
	}
	turn := m.turns[t.Engine]
	for id, one := range m.tasks {
		if _, woken := m.woken[id]; id != t.ID && one.Engine == t.Engine && !woken && turn.First(one, t) {
			return false, nil
		}
	}
	return true, nil
}

// End implements Waits.
func (m *memory) End(_ context.Context, id string) (woken, last bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, woken = m.woken[id]
	delete(m.woken, id)
	delete(m.tasks, id)
	return woken, last, nil
}

// Serve implements Waits.
func (m *memory) Serve(_ context.Context, t task.Waiter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.serve(t)
	return nil
}

func (m *memory) serve(t task.Waiter) {
	turn := m.turns[t.Engine]
	turn.Serve(t.Account, t.Weight)
	m.turns[t.Engine] = turn
}

// Forget implements Waits.
func (m *memory) Forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.woken, id)
	delete(m.tasks, id)
}
