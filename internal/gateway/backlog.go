package gateway

import (
	"cmp"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	backlogLife  = 10 * time.Second // how long it is used before it is read again if other processes write tasks too
	backlogEnded = 4096             // ended tasks that are remembered, so that a late update does not add one again
)

// backlog holds the tasks of the local workers, for estimates: those of each account that wait, oldest first, and those at
// work. Writes of this process update it, so that no read of a task has to read the queue.
type backlog struct {
	mu     sync.Mutex
	filled time.Time // when the rows were read; zero = never
	tasks  map[string]queuedTask
	queues map[bool]map[int64][]queuedTask // waiting tasks by account, of normal (false) and low (true) priority
	totals map[bool]queueLoad              // of all queues of a priority
	busy   queueLoad                       // tasks at work
	ended  *lru.Cache[string, bool]
}

// queuedTask is a task of the backlog.
type queuedTask struct {
	id      string
	version int64
	account int64
	created time.Time
	low     bool
	state   task.State
	seconds int // of video
}

// queueLoad is a number of tasks, and the seconds of video of all of them together.
type queueLoad struct{ tasks, seconds int }

func (l *queueLoad) add(s queuedTask, sign int) {
	l.tasks += sign
	l.seconds += sign * s.seconds
}

func newBacklog() *backlog {
	ended, _ := lru.New[string, bool](backlogEnded) // fails on no size above 0
	b := &backlog{ended: ended}
	b.reset()
	return b
}

func (b *backlog) reset() {
	b.tasks, b.totals, b.busy = map[string]queuedTask{}, map[bool]queueLoad{}, queueLoad{}
	b.queues = map[bool]map[int64][]queuedTask{false: {}, true: {}}
}

// invalidate has the next estimate read the rows again.
func (b *backlog) invalidate() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.filled = time.Time{}
}

// refresh reads the live tasks again if that was never done, or was done more than life ago; life 0 = never again. Updates wait
// meanwhile.
func (b *backlog) refresh(now time.Time, life time.Duration, read func(set func(task.Task, task.Lane)) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.filled.IsZero() && (life == 0 || now.Sub(b.filled) < life) {
		return nil
	}
	b.reset()
	b.filled = time.Time{}
	if err := read(b.set); err != nil {
		return err
	}
	b.filled = now
	return nil
}

// update sets a task that was written.
func (b *backlog) update(t task.Task, lane task.Lane) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.filled.IsZero() {
		b.set(t, lane)
	}
}

// set replaces what is known of a task. An older version changes nothing.
func (b *backlog) set(t task.Task, lane task.Lane) {
	old, known := b.tasks[t.ID]
	if known && t.Version < old.version || b.ended.Contains(t.ID) {
		return
	}
	if t.State.Terminal() {
		b.ended.Add(t.ID, true)
	}
	if known {
		b.remove(old)
	}
	if t.State.Terminal() || lane != task.Local {
		return
	}
	s := queuedTask{id: t.ID, version: t.Version, account: t.Account, created: t.Created, low: t.Request.LowPriority, state: t.State, seconds: t.Request.Seconds}
	b.tasks[t.ID] = s
	switch s.state {
	case task.Queued:
		queue := b.queues[s.low][s.account]
		at, _ := slices.BinarySearchFunc(queue, s, older)
		b.queues[s.low][s.account] = slices.Insert(queue, at, s)
		b.count(s, 1)
	case task.Pending, task.Running:
		b.busy.add(s, 1)
	default: // it does not wait for a worker
	}
}

func (b *backlog) remove(s queuedTask) {
	delete(b.tasks, s.id)
	switch s.state {
	case task.Queued:
		queue := b.queues[s.low][s.account]
		if at, ok := slices.BinarySearchFunc(queue, s, older); ok {
			queue = slices.Delete(queue, at, at+1)
		}
		if len(queue) == 0 {
			delete(b.queues[s.low], s.account)
		} else {
			b.queues[s.low][s.account] = queue
		}
		b.count(s, -1)
	case task.Pending, task.Running:
		b.busy.add(s, -1)
	default:
	}
}

func (b *backlog) count(s queuedTask, sign int) {
	l := b.totals[s.low]
	l.add(s, sign)
	b.totals[s.low] = l
}

// older compares two tasks of an account in the order in which they are served.
func older(a, b queuedTask) int {
	return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id))
}

// ahead returns how much is at work or is served before t. Accounts take turns, each with as many tasks as its weight says, its
// oldest first, and tasks of low priority come after all others (queue.fair). Of two accounts in the same round, that with the older
// task counts as first.
func (b *backlog) ahead(t task.Task, weight func(account int64) int) (tasks, seconds int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum, low := b.busy, t.Request.LowPriority
	if low {
		sum.tasks, sum.seconds = sum.tasks+b.totals[false].tasks, sum.seconds+b.totals[false].seconds
	}
	self := queuedTask{id: t.ID, created: t.Created}
	own := b.queues[low][t.Account]
	place, _ := slices.BinarySearchFunc(own, self, older)
	round := place / weight(t.Account)
	if first := round * weight(t.Account); first < place {
		self = own[first] // with which its account comes in this round
	}
	for account, queue := range b.queues[low] {
		n := min(place, len(queue))
		if account != t.Account {
			n = min(round*weight(account), len(queue))
			if n < len(queue) && older(queue[n], self) < 0 {
				n = min(n+weight(account), len(queue))
			}
		}
		for _, s := range queue[:n] {
			sum.add(s, 1)
		}
	}
	return sum.tasks, sum.seconds
}
