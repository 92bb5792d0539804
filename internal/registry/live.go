package registry

import (
	"sync"

	"github.com/filmgate/filmgate/internal/task"
)

// Live holds the Registry in force, and which engine has each task's work. It is safe for use by many goroutines.
type Live struct {
	mu       sync.RWMutex
	current  Registry
	assigned map[string]ConfiguredEngine // by task: the engine that has its work, even if the Registry no longer has the engine
}

// NewLive makes a Live with r in force.
func NewLive(r Registry) *Live {
	return &Live{current: r, assigned: map[string]ConfiguredEngine{}}
}

// HasWork reports whether an engine has, or may have, a job for the task.
func HasWork(t task.Task) bool { return t.Handle != "" || t.Submitting }

// Current returns the Registry in force.
func (l *Live) Current() Registry {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.current
}

// Replace puts next in force. Tasks stay assigned to their engines, which get the policies of next if it has them.
func (l *Live) Replace(next Registry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = next
	for id, n := range l.assigned {
		if same, ok := next.Find(n.Name); ok && same.Engine == n.Engine {
			l.assigned[id] = same
		}
	}
}

// EngineFor returns the engine for the task's next step: the one that has its work, else the one that now has the name of
// the task's engine. It returns false if there is neither.
func (l *Live) EngineFor(t task.Task) (ConfiguredEngine, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.assigned[t.ID]; ok && HasWork(t) {
		return n, true
	}
	return l.current.Find(t.Engine)
}

// Assign records that the engine has, or is about to have, the task's work. A task that is assigned already stays so.
func (l *Live) Assign(id string, n ConfiguredEngine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.assigned[id]; !ok {
		l.assigned[id] = n
	}
}

// Reassign assigns a task to the engine that now has the name of the task's engine, if there is one: the same account with
// another key, for example.
func (l *Live) Reassign(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := l.assigned[id]; ok {
		if next, ok := l.current.Find(n.Name); ok {
			l.assigned[id] = next
		}
	}
}

// Assigned reports whether a step of this process assigned the task to an engine.
func (l *Live) Assigned(id string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	_, ok := l.assigned[id]
	return ok
}

// Release records that no engine has the task's work any more.
func (l *Live) Release(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.assigned, id)
}
