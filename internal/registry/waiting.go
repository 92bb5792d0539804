package registry

import (
	"cmp"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// waiting holds the tasks above their engines' own limits. At each engine the accounts take turns: one task of each before a
// second of any, an account's oldest first, and tasks of low priority after all others. Live guards it.
type waiting struct {
	tasks  map[string]waitingTask // by id
	woken  map[string]wokenTask   // by id: those that may try, and have not yet
	served map[string]int64       // by engine: the account whose task it got last
}

type waitingTask struct {
	id      string
	engine  string
	account int64
	low     bool
	created time.Time
}

type wokenTask struct {
	engine string
	last   bool // no other is to be woken if it gets capacity
}

func newWaiting() *waiting {
	return &waiting{tasks: map[string]waitingTask{}, woken: map[string]wokenTask{}, served: map[string]int64{}}
}

func waitingOf(t task.Task) waitingTask {
	return waitingTask{id: t.ID, engine: t.Engine, account: t.Account, low: t.Request.LowPriority, created: t.Created}
}

func (w *waiting) remove(id string) {
	delete(w.tasks, id)
	delete(w.woken, id)
}

// before reports whether a comes before b at their engine.
func (w *waiting) before(a, b waitingTask) bool {
	if a.low != b.low {
		return b.low
	}
	if a.account != b.account {
		last := w.served[a.engine]
		if late := a.account > last; late != (b.account > last) {
			return late
		}
		return a.account < b.account
	}
	return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) < 0
}

// AddWaiting adds a task to those above its engine's own limit.
func (l *Live) AddWaiting(t task.Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting.remove(t.ID)
	l.waiting.tasks[t.ID] = waitingOf(t)
}

// TakeNextWaiting returns the id of the task that is next above the engine's own limit, and lets it try; false if there is none.
// last says that there is capacity for this one only.
func (l *Live) TakeNextWaiting(engine string, last bool) (id string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var next waitingTask
	for _, one := range l.waiting.tasks {
		if one.engine == engine && (!ok || l.waiting.before(one, next)) {
			next, ok = one, true
		}
	}
	if ok {
		l.waiting.remove(next.id)
		l.waiting.woken[next.id] = wokenTask{engine, last}
		l.waiting.served[engine] = next.account
	}
	return next.id, ok
}

// MayTry reports whether it is the task's turn to try its engine, whether or not that has capacity: the task was woken for it,
// or no task waits there that comes before it.
func (l *Live) MayTry(t task.Task) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if woken, ok := l.waiting.woken[t.ID]; ok && woken.engine == t.Engine {
		return true
	}
	self := waitingOf(t)
	for id, one := range l.waiting.tasks {
		if id != t.ID && one.engine == t.Engine && l.waiting.before(one, self) {
			return false
		}
	}
	return true
}

// Tries records that the task tries its engine now, and reports whether another one should be woken if it gets capacity: it has
// waited, and found its turn by itself.
func (l *Live) Tries(t task.Task) (wakeNext bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	woken, ok := l.waiting.woken[t.ID]
	l.waiting.remove(t.ID)
	return !t.WaitingSince.IsZero() && !(ok && woken.last)
}

// Served records that the engine has taken the task.
func (l *Live) Served(t task.Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting.served[t.Engine] = t.Account
}
