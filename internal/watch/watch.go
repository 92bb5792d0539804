// Package watch lets readers wait for changes of tasks. A [Hub] is told of every write, and signals the watches of the task and of
// its account. A signal says only that there is something to read: a slow reader keeps nothing waiting, and loses nothing that
// is stored. [Shared] has many readers share one read.
//
// What a change is, and who may see it, does not belong here.
package watch

import "sync"

// accountTasks is how many changed tasks an account's watch remembers. Of more, the watch only knows that there were more.
const accountTasks = 1024

// Hub signals watches. It is safe for use by many goroutines.
type Hub struct {
	mu       sync.Mutex
	tasks    map[string]map[*Watch]struct{}
	accounts map[int64]map[*Watch]struct{}
}

// NewHub returns a Hub that nobody watches.
func NewHub() *Hub {
	return &Hub{tasks: map[string]map[*Watch]struct{}{}, accounts: map[int64]map[*Watch]struct{}{}}
}

// Watch is signalled when what it watches may have changed. Its reader calls Close when it watches no more.
type Watch struct {
	// C receives a value if there was a change since the last receive, however many there were.
	C <-chan struct{}

	signal  chan struct{}
	hub     *Hub
	task    string              // "" = it watches an account
	account int64               // if task is ""
	changed map[string]struct{} // tasks of the account, since Changed; guarded by hub.mu
}

// Task returns a watch of a task, signalled by every change after this call.
func (h *Hub) Task(id string) *Watch {
	w := h.watch()
	w.task = id
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tasks[id] == nil {
		h.tasks[id] = map[*Watch]struct{}{}
	}
	h.tasks[id][w] = struct{}{}
	return w
}

// Account returns a watch of all tasks of an account, signalled by every change after this call.
func (h *Hub) Account(account int64) *Watch {
	w := h.watch()
	w.account, w.changed = account, map[string]struct{}{}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.accounts[account] == nil {
		h.accounts[account] = map[*Watch]struct{}{}
	}
	h.accounts[account][w] = struct{}{}
	return w
}

func (h *Hub) watch() *Watch {
	c := make(chan struct{}, 1)
	return &Watch{C: c, signal: c, hub: h}
}

// Close ends the watch. It may be called twice.
func (w *Watch) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	if w.task != "" {
		remove(w.hub.tasks, w.task, w)
	} else {
		remove(w.hub.accounts, w.account, w)
	}
}

func remove[K comparable](all map[K]map[*Watch]struct{}, key K, w *Watch) {
	delete(all[key], w)
	if len(all[key]) == 0 {
		delete(all, key)
	}
}

// Changed returns the tasks of the account that have changed since the last call, at most 1,024 of them.
func (w *Watch) Changed() []string {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	ids := make([]string, 0, len(w.changed))
	for id := range w.changed {
		ids = append(ids, id)
	}
	clear(w.changed)
	return ids
}

// Tell signals the watches of a task, and those of its account; 0 = the account is not known. Call it after the change can be read.
func (h *Hub) Tell(id string, account int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.tasks[id] {
		w.wake()
	}
	for w := range h.accounts[account] {
		if len(w.changed) < accountTasks {
			w.changed[id] = struct{}{}
		}
		w.wake()
	}
}

// TellAll signals all watches: there may have been changes that the hub was not told of.
func (h *Hub) TellAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, all := range h.tasks {
		for w := range all {
			w.wake()
		}
	}
	for _, all := range h.accounts {
		for w := range all {
			w.wake()
		}
	}
}

// Watches returns how many watches there are.
func (h *Hub) Watches() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, all := range h.tasks {
		n += len(all)
	}
	for _, all := range h.accounts {
		n += len(all)
	}
	return n
}

// wake signals the watch, unless it has a signal already.
func (w *Watch) wake() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}
