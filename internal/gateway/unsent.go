package gateway

import (
	"slices"
	"sync"

	"github.com/filmgate/filmgate/internal/task"
)

// unsent remembers the "submitting" markers of this process that the database has, or may have, though the engine certainly has no
// job: the write of the marker failed, so nothing was sent, or the engine refused the submit, and that could not be written. A
// later step then need not doubt whether the engine has a job, which most can't be asked. The zero value is ready to use.
type unsent struct {
	mu      sync.Mutex
	markers map[string][]marker // by task, of all writes that failed
}

// marker tells a submit of a task from its other submits.
type marker struct {
	round int
	begun int64 // epoch milliseconds
}

// markerOf returns the marker of t's last submit.
func markerOf(t task.Task) marker {
	last := t.Attempts[len(t.Attempts)-1]
	return marker{last.Round, last.Begun.UnixMilli()}
}

func (u *unsent) add(id string, m marker) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.markers == nil {
		u.markers = map[string][]marker{}
	}
	u.markers[id] = append(u.markers[id], m)
}

func (u *unsent) remove(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.markers, id)
}

// has reports whether the engine has no job of the marker that t has.
func (u *unsent) has(t task.Task) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return t.Submitting && len(t.Attempts) > 0 && slices.Contains(u.markers[t.ID], markerOf(t))
}

// withoutMarker returns t as it was before the marker of its last submit.
func withoutMarker(t task.Task) task.Task {
	t.Submitting = false
	t.Attempts = slices.Clone(t.Attempts[:len(t.Attempts)-1])
	return t
}
