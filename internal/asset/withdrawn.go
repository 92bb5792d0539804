package asset

import (
	"context"
	"fmt"
	"sync"

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

// LoadWithdrawn finds the files that an earlier process withdrew and did not move or delete. Call it once, before files are
// served.
func (c *Catalog) LoadWithdrawn(ctx context.Context) error {
	q := task.ArtifactQuery{Pending: true, Limit: pageSize}
	for {
		page, err := c.cfg.Store.Artifacts(ctx, q)
		if err != nil {
			return fmt.Errorf("asset: find withdrawn files: %w", err)
		}
		for _, a := range page {
			t, err := c.cfg.Store.Task(ctx, a.Task)
			if err != nil {
				return fmt.Errorf("asset: find withdrawn files: %w", err)
			}
			c.withdrawn.note(t)
		}
		if len(page) < q.Limit {
			return nil
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
}
