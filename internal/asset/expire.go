package asset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// ExpireFiles deletes the files of artifacts that were made before a time, of at most limit artifacts, oldest first. It does what
// DeleteAsset does, and carries it out at once. It returns how many artifacts it deleted; less than limit if there are no more.
// If the storage fails the files are no longer served, and SweepFiles deletes them later.
func (c *Catalog) ExpireFiles(ctx context.Context, before time.Time, limit int) (deleted int, err error) {
	page, err := c.cfg.Store.Artifacts(ctx, task.ArtifactQuery{CreatedTo: before, OldestFirst: true, Limit: limit})
	if err != nil {
		return 0, fmt.Errorf("asset: find files that are kept no longer: %w", err)
	}
	for _, a := range page {
		if err := c.expireTask(ctx, a.Task, before); err != nil {
			return deleted, fmt.Errorf("asset: delete the files of task %s: %w", a.Task, err)
		}
		deleted++
	}
	return deleted, nil
}

// RemoveFiles deletes the files of all artifacts of an ended task, and returns the task as it is stored then. store.ErrNotFound if
// there is no such task.
func (c *Catalog) RemoveFiles(ctx context.Context, id string) (task.Task, error) {
	if err := c.markExpired(ctx, id, func(task.Artifact) bool { return true }); err != nil {
		return task.Task{}, err
	}
	if err := c.ChangeFiles(ctx, id); err != nil {
		return task.Task{}, err
	}
	return c.cfg.Store.Task(ctx, id)
}

// expireTask marks a task's artifacts that were made before a time as deleted, and deletes their files.
func (c *Catalog) expireTask(ctx context.Context, id string, before time.Time) error {
	old := func(a task.Artifact) bool { return a.Created.Before(before) }
	if err := c.markExpired(ctx, id, old); err != nil {
		return err
	}
	c.cfg.Log.InfoContext(ctx, "deleting files that are kept no longer", "task", id)
	return c.tryFiles(ctx, id, c.ChangeFiles)
}

// markExpired marks those of a task's artifacts as deleted that are expired. It schedules no job: the caller carries the change
// out, and a sweep if that fails.
func (c *Catalog) markExpired(ctx context.Context, id string, expired func(task.Artifact) bool) error {
	for {
		t, err := c.cfg.Store.Task(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		changed := false
		t.Artifacts = slices.Clone(t.Artifacts)
		for i := range t.Artifacts {
			if a := &t.Artifacts[i]; !a.Deleted && expired(*a) {
				c.MarkDeleted(a)
				changed = true
			}
		}
		if !changed {
			return nil
		}
		if _, err = c.Apply(ctx, task.Change{Task: t}); !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}
