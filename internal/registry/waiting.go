package registry

import (
	"github.com/filmgate/filmgate/internal/task"
)

// waiting holds the tasks above their engines' own limits. At each engine the accounts take turns: one task of each before a
// second of any, or as many as its weight says, an account's oldest first, and tasks of low priority after all others. Live guards it.
type waiting struct {
	tasks map[string]task.Waiter // by id
	woken map[string]wokenTask   // by id: those that may try, and have not yet
	turns map[string]*task.Turn  // by engine
}

type wokenTask struct {
	engine string
	last   bool // no other is to be woken if it gets capacity
}

func newWaiting() *waiting {
	return &waiting{tasks: map[string]task.Waiter{}, woken: map[string]wokenTask{}, turns: map[string]*task.Turn{}}
}

func (w *waiting) remove(id string) {
	delete(w.tasks, id)
	delete(w.woken, id)
}

// turn returns the turn of an engine.
func (w *waiting) turn(engine string) task.Turn {
	if t, ok := w.turns[engine]; ok {
		return *t
	}
	return task.Turn{}
}

// serve records that an engine serves an account.
func (w *waiting) serve(engine string, account int64, weight int) {
	if w.turns[engine] == nil {
		w.turns[engine] = &task.Turn{}
	}
	w.turns[engine].Serve(account, weight)
}

// AddWaiting adds a task to those above its engine's own limit.
func (l *Live) AddWaiting(t task.Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting.remove(t.ID)
	l.waiting.tasks[t.ID] = t.Waiter()
}

// TakeNextWaiting returns the id of the task that is next above the engine's own limit, and lets it try; false if there is none.
// last says that there is capacity for this one only.
func (l *Live) TakeNextWaiting(engine string, last bool) (id string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var next task.Waiter
	turn := l.waiting.turn(engine)
	for _, one := range l.waiting.tasks {
		if one.Engine == engine && (!ok || turn.First(one, next)) {
			next, ok = one, true
		}
	}
	if ok {
		l.waiting.remove(next.ID)
		l.waiting.woken[next.ID] = wokenTask{engine, last}
		l.waiting.serve(engine, next.Account, l.current.Weight(next.Account))
	}
	return next.ID, ok
}

// MayTry reports whether it is the task's turn to try its engine, whether or not that has capacity: the task was woken for it,
// or no task waits there that comes before it.
func (l *Live) MayTry(t task.Task) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if woken, ok := l.waiting.woken[t.ID]; ok && woken.engine == t.Engine {
		return true
	}
	self, turn := t.Waiter(), l.waiting.turn(t.Engine)
	for id, one := range l.waiting.tasks {
		if id != t.ID && one.Engine == t.Engine && turn.First(one, self) {
			return false
		}
	}
	return true
}

// Tries records that the task tries its engine now. wakeNext says that another one should be woken if it gets capacity: it has
// waited, and found its turn by itself. served says that its account's turn was counted when it was woken.
func (l *Live) Tries(t task.Task) (wakeNext, served bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	woken, served := l.waiting.woken[t.ID]
	l.waiting.remove(t.ID)
	return !t.WaitingSince.IsZero() && !(served && woken.last), served
}

// Served records that the engine has taken a task whose account's turn was not counted before.
func (l *Live) Served(t task.Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting.serve(t.Engine, t.Account, l.current.Weight(t.Account))
}
