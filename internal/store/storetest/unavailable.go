package storetest

import (
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// RunUnavailable checks what a store does while its database cannot be written. open returns an empty store, and faults by
// name: each fault makes the database impossible to write, and returns a function that ends the fault.
func RunUnavailable(t *testing.T, open func(t *testing.T) (s store.Store, faults map[string]func() (end func()))) {
	s, faults := open(t)
	first := put(t, s, newTask(1))
	n := 1
	for name, begin := range faults {
		t.Run(name, func(t *testing.T) {
			n++
			big := newTask(n)
			big.Request.Prompt = string(make([]byte, 1<<20)) // more than fits in a free page
			changed := first
			changed.State = task.Running
			end := begin()
			for call, err := range map[string]error{
				"Apply of a new task": tryApply(t, s, big), "PutKey": s.PutKey(t.Context(), apikey.Key{ID: big.ID, Hash: string(make([]byte, 1<<20))}),
				"PutGroup":   s.PutGroup(t.Context(), task.AssetGroup{ID: big.ID, Account: 1, Name: string(make([]byte, 1<<20)), Created: at(n)}),
				"PutDataset": s.PutDataset(t.Context(), task.Dataset{ID: big.ID, Account: 1, Key: string(make([]byte, 1<<20)), Created: at(n)}),
			} {
				checkError(t, call, err, store.ErrUnavailable)
			}
			checkEqual(t, get(t, s, first.ID), first)
			end()
			_, err := s.Task(t.Context(), big.ID)
			checkError(t, "Task of the refused insert", err, store.ErrNotFound)
			put(t, s, big)
			first = put(t, s, changed)
		})
	}
}

// tryApply writes a task and returns the error.
func tryApply(t *testing.T, s store.Store, tk task.Task) error {
	_, err := s.Apply(t.Context(), task.Change{Task: tk})
	return err
}
