package queue

import "sync"

// inFlight holds the tasks that a job of this process steps, each with that job's wake signal.
type inFlight struct {
	mu      sync.Mutex
	signals map[string]chan struct{}
}

// acquire gives the task to the caller. If another job has it, acquire sends that job a wake signal and mine is false.
func (b *inFlight) acquire(id string) (wakeSignal chan struct{}, mine bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wakeSignal, taken := b.signals[id]; taken {
		send(wakeSignal)
		return nil, false
	}
	if b.signals == nil {
		b.signals = make(map[string]chan struct{})
	}
	wakeSignal = make(chan struct{}, 1)
	b.signals[id] = wakeSignal
	return wakeSignal, true
}

// signal sends the job of this process that steps the task a wake signal; false if there is none.
func (b *inFlight) signal(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	wakeSignal, taken := b.signals[id]
	if taken {
		send(wakeSignal)
	}
	return taken
}

// signalAll sends every job of this process that steps a task a wake signal.
func (b *inFlight) signalAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, wakeSignal := range b.signals {
		send(wakeSignal)
	}
}

func send(wakeSignal chan<- struct{}) {
	select {
	case wakeSignal <- struct{}{}:
	default: // already signalled
	}
}

// release gives the task up and returns true. If the caller was signalled, release returns false and the caller keeps the
// task and must step it once more.
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

// abandon gives the task up if the caller still has it, even if the caller was signalled: its job stays in the queue and will
// step the task again.
func (b *inFlight) abandon(id string, wakeSignal chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.signals[id] == wakeSignal {
		delete(b.signals, id)
	}
}
