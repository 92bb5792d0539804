package queue

import "sync"

// bells are the tasks that are being stepped, each with the bell of the job that is at it.
type bells struct {
	mu   sync.Mutex
	bell map[string]chan struct{}
}

// take makes the task the caller's to step; mine is false where another has it, whose bell is then rung.
func (b *bells) take(id string) (bell chan struct{}, mine bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bell, taken := b.bell[id]; taken {
		select {
		case bell <- struct{}{}:
		default: // it rings already
		}
		return nil, false
	}
	if b.bell == nil {
		b.bell = make(map[string]chan struct{})
	}
	bell = make(chan struct{}, 1)
	b.bell[id] = bell
	return bell, true
}

// leave gives the task up, unless the bell has rung: then it stays the caller's, to be stepped once more.
func (b *bells) leave(id string, bell chan struct{}) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-bell:
		return false
	default:
		delete(b.bell, id)
		return true
	}
}

// drop gives the task up if it is still the caller's, bell or not: its job stays and will step it again.
func (b *bells) drop(id string, bell chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bell[id] == bell {
		delete(b.bell, id)
	}
}
