package asset

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// withdrawn holds the files that must not be served although they are still stored, because a job has yet to move or delete
// them. The rows say so too; requests for files read no row.
type withdrawn struct {
	mu    sync.RWMutex
	tasks map[string]withdrawnTask
	keys  map[string]task.FileChange
}

type withdrawnTask struct {
	version int64
	keys    []string
}

func newWithdrawn() *withdrawn {
	return &withdrawn{tasks: map[string]withdrawnTask{}, keys: map[string]task.FileChange{}}
}

// note replaces what is known of a task's files by what its row says, unless a newer version was noted before.
func (w *withdrawn) note(t task.Task) {
	pending := map[string]task.FileChange{}
	for _, a := range t.Artifacts {
		if a.Pending == task.SealFiles || a.Pending == task.RemoveFiles {
			for _, f := range a.Files {
				pending[keyOf(f.Key, false)] = a.Pending
				pending[keyOf(f.Key, true)] = a.Pending
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before, noted := w.tasks[t.ID]
	if noted && before.version > t.Version || !noted && len(pending) == 0 {
		return
	}
	for _, key := range before.keys {
		delete(w.keys, key)
	}
	delete(w.tasks, t.ID)
	if len(pending) == 0 {
		return
	}
	now := withdrawnTask{version: t.Version}
	for key, why := range pending {
		now.keys = append(now.keys, key)
		w.keys[key] = why
	}
	w.tasks[t.ID] = now
}

// Withdrawn reports whether the file must not be served: not at all if its owner deleted it, and not without a signed URL if its
// owner set it private.
func (c *Catalog) Withdrawn(key string, signed bool) bool {
	c.withdrawn.mu.RLock()
	defer c.withdrawn.mu.RUnlock()
	why := c.withdrawn.keys[key]
	return why == task.RemoveFiles || why == task.SealFiles && !signed
}

// has reports whether any file of the task is withdrawn.
func (w *withdrawn) has(id string) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	_, ok := w.tasks[id]
	return ok
}

// ids returns the tasks with files that are withdrawn.
func (w *withdrawn) ids() []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.Collect(maps.Keys(w.tasks))
}

// NeedsFiles reports whether HearFiles has anything to do.
func (c *Catalog) NeedsFiles(tasks []store.TaskNews) bool {
	return slices.ContainsFunc(tasks, c.needsFiles)
}

func (c *Catalog) needsFiles(t store.TaskNews) bool { return t.Pending || c.withdrawn.has(t.ID) }

// HearFiles withdraws the files that other processes withdrew when they wrote these tasks, and serves those again that they moved.
func (c *Catalog) HearFiles(ctx context.Context, tasks []store.TaskNews) error {
	for _, t := range tasks {
		if !c.needsFiles(t) {
			continue
		}
		if err := c.noteStored(ctx, t.ID); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) noteStored(ctx context.Context, id string) error {
	t, err := c.cfg.Store.Task(ctx, id)
	if errors.Is(err, store.ErrNotFound) { // deleted, with its files
		return nil
	}
	if err != nil {
		return fmt.Errorf("asset: find withdrawn files: %w", err)
	}
	c.withdrawn.note(t)
	return nil
}

// LoadWithdrawn finds the files that other processes, or an earlier one, withdrew and did not move or delete. Call it before files
// are served, and whenever writes of others may have been missed.
func (c *Catalog) LoadWithdrawn(ctx context.Context) error {
	for _, id := range c.withdrawn.ids() {
		if err := c.noteStored(ctx, id); err != nil {
			return err
		}
	}
	for a, err := range store.EachArtifact(ctx, c.cfg.Store, task.ArtifactQuery{Pending: true, Limit: pageSize}) {
		if err != nil {
			return fmt.Errorf("asset: find withdrawn files: %w", err)
		}
		if err := c.noteStored(ctx, a.Task); err != nil {
			return err
		}
	}
	return nil
}
