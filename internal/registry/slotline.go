package registry

import (
	"container/heap"

	"github.com/filmgate/filmgate/internal/task"
)

// slotLine holds the tasks that wait for a slot of an engine, so that the next one is found by a look at each account, however many wait. The
// zero value is empty.
type slotLine struct {
	groups map[slotGroup]*slotHeap
}

// slotGroup are tasks of which the oldest is always the first.
type slotGroup struct {
	account int64
	low     bool
}

func groupOf(t task.Waiter) slotGroup { return slotGroup{t.Account, t.Low} }

// slotWaiter is a task that waits for a slot.
type slotWaiter struct {
	task.Waiter
	ready chan struct{} // closed when it has one
	place int           // in its heap; -1 = it waits no more
}

func (l *slotLine) add(w *slotWaiter) {
	g := l.groups[groupOf(w.Waiter)]
	if g == nil {
		if l.groups == nil {
			l.groups = map[slotGroup]*slotHeap{}
		}
		g = &slotHeap{}
		l.groups[groupOf(w.Waiter)] = g
	}
	heap.Push(g, w)
}

// first returns the task whose turn it is; nil if none waits.
func (l *slotLine) first(turn task.Turn) (first *slotWaiter) {
	for _, g := range l.groups {
		if head := (*g)[0]; first == nil || turn.First(head.Waiter, first.Waiter) {
			first = head
		}
	}
	return first
}

// remove removes a task; false if it does not wait.
func (l *slotLine) remove(w *slotWaiter) bool {
	if w.place < 0 {
		return false
	}
	g := l.groups[groupOf(w.Waiter)]
	heap.Remove(g, w.place)
	if g.Len() == 0 {
		delete(l.groups, groupOf(w.Waiter))
	}
	return true
}

// slotHeap implements heap.Interface: the tasks of one group, the oldest first.
type slotHeap []*slotWaiter

func (h slotHeap) Len() int { return len(h) }

func (h slotHeap) Less(i, j int) bool { return task.Turn{}.First(h[i].Waiter, h[j].Waiter) }

func (h slotHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

// Push implements heap.Interface.
func (h *slotHeap) Push(x any) {
	w := x.(*slotWaiter)
	w.place = len(*h)
	*h = append(*h, w)
}

// Pop implements heap.Interface.
func (h *slotHeap) Pop() any {
	last := len(*h) - 1
	w := (*h)[last]
	(*h)[last] = nil
	*h, w.place = (*h)[:last], -1
	return w
}
