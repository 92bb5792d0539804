package chaos

import (
	"fmt"
	"slices"
	"sync"

	"github.com/filmgate/filmgate/internal/task"
)

// heard is what a receiver was told of an account's tasks, in the order in which it came.
type heard struct {
	mu       sync.Mutex
	tasks    map[string][]notice // by task
	problems []string            // of what is no event of a task, or came in a wrong way
}

// notice is an event as it came to a receiver, or that the receiver has said that it has it. An event of which it has not said so must
// come again.
type notice struct {
	id   string // of the event, the same each time that it comes
	kind task.EventType
	has  bool
}

// add notes what came of a task.
func (h *heard) add(taskID string, news ...notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tasks == nil {
		h.tasks = map[string][]notice{}
	}
	h.tasks[taskID] = append(h.tasks[taskID], news...)
}

func (h *heard) problem(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.problems = append(h.problems, fmt.Sprintf(format, args...))
}

// wrong returns the problems so far.
func (h *heard) wrong() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.problems)
}

// snapshot returns a copy of what came.
func (h *heard) snapshot() map[string][]notice {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make(map[string][]notice, len(h.tasks))
	for id, all := range h.tasks {
		out[id] = slices.Clone(all)
	}
	return out
}

// told counts what was told of all tasks.
type told struct {
	events   int // of the tasks
	hooks    tally
	tries    int   // attempts that were begun
	followed tally // of the streams that were cut off
	streams  int   // that were begun
}

// tally counts what came to receivers.
type tally struct {
	events int // that came
	again  int // times that one came which had come before
}

// judgeHeard says what is wrong with what a receiver was told of a task whose events are those of want, in their order.
func judgeHeard(want []task.EventType, got []notice) (count tally, wrong []string) {
	ids, has := map[task.EventType]string{}, map[task.EventType]bool{}
	for _, n := range got {
		at := slices.Index(want, n.kind)
		if at < 0 {
			wrong = append(wrong, fmt.Sprintf("%s came, and the task has no such event", n.kind))
			continue
		}
		if n.has {
			has[n.kind] = true
			continue
		}
		switch id, before := ids[n.kind]; {
		case !before:
			ids[n.kind] = n.id
			count.events++
		case id != n.id:
			wrong = append(wrong, fmt.Sprintf("%s came as %s and as %s", n.kind, id, n.id))
		default:
			count.again++
		}
		for _, earlier := range want[:at] {
			if !has[earlier] {
				wrong = append(wrong, fmt.Sprintf("%s came before its receiver had %s", n.kind, earlier))
			}
		}
	}
	for _, kind := range want {
		if !has[kind] {
			wrong = append(wrong, fmt.Sprintf("%s never came", kind))
		}
	}
	return count, wrong
}

// lacks reports whether a receiver is still to be told of an event.
func lacks(want []task.EventType, got []notice) bool {
	return slices.ContainsFunc(want, func(kind task.EventType) bool {
		return !slices.ContainsFunc(got, func(n notice) bool { return n.has && n.kind == kind })
	})
}

// judgeLife says what is wrong with the events of a task, given the state in which it has ended.
func judgeLife(events []task.EventType, ended task.State) (wrong []string) {
	end := task.Event{Kind: "state", To: ended}.Type()
	if n := len(events); n < 2 || events[0] != task.EventCreated || events[n-1] != end || n == 3 && events[1] != task.EventRunning || n > 3 {
		wrong = append(wrong, fmt.Sprintf("it is %s, and its events are %v", ended, events))
	}
	return wrong
}
