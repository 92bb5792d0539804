package queue

import "sync"

// inFlight are the tasks that are being stepped, each with the bell of the job that is at it.
type inFlight struct {
	mu      sync.Mutex
	signals map[string]chan struct{}
}

// acquire makes the task the caller's to step; mine is false where another has it, whose bell is then rung.
func (b *inFlight) acquire(id string) (wakeSignal chan struct{}, mine bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wakeSignal, taken := b.signals[id]; taken {
		select {
		case wakeSignal <- struct{}{}:
		default: // it rings already
		}
		return nil, false
	}
	if b.signals == nil {
		b.signals = make(map[string]chan struct{})
	}
	wakeSignal = make(chan struct{}, 1)
	b.signals[id] = wakeSignal
	return wakeSignal, true
}

// release gives the task up, unless the bell has rung: then it stays the caller's, to be stepped once more.
func (b *inFlight) release(id string, wakeSignal chan struct{}) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-wakeSignal:
		return false
	default:
		delete(b.signals, id)
		return true
	}
}

// abandon gives the task up if it is still the caller's, bell or not: its job stays and will step it again.
func (b *inFlight) abandon(id string, wakeSignal chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.signals[id] == wakeSignal {
		delete(b.signals, id)
	}
}
