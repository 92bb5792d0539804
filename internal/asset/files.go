package asset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// filesWait is how long a caller waits for the files that it wants changed; the job goes on without it.
	filesWait = 10 * time.Second
	// filesTime bounds one try of such a job: two copies of the largest video, on a slow disk.
	filesTime = 15 * time.Minute
)

// AwaitFiles changes an ended task's files as its row wants it, and waits for that as long as the caller does, but not
// longer than filesWait. What is not done by then, or fails, is done by the wake that was written with the row, or by a sweep.
func (c *Catalog) AwaitFiles(ctx context.Context, id string) {
	wait, stop := context.WithTimeout(ctx, filesWait)
	defer stop()
	unlock, err := c.changing.Lock(wait, id)
	if err != nil {
		return
	}
	done := make(chan struct{})
	c.cfg.Panics.Go(ctx, "files", func() error {
		work, stop := context.WithTimeout(context.WithoutCancel(ctx), filesTime)
		defer stop()
		return c.changeFilesLocked(work, id)
	}, func(err error) {
		if err != nil {
			c.cfg.Log.WarnContext(ctx, "files could not be changed; they will be", "task", id, "err", err)
		}
		unlock()
		close(done)
	})
	select {
	case <-done:
	case <-wait.Done():
	}
}

// ChangeFiles does all that is pending for the files of an ended task. It may run any number of times, at any time.
func (c *Catalog) ChangeFiles(ctx context.Context, id string) error {
	unlock, err := c.changing.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	return c.changeFilesLocked(ctx, id)
}

// changeFilesLocked does one step after another over the row as it is in the store by then, until nothing is pending. A step
// that was overtaken by a caller's change is simply the wrong one, and the next begins from the new row.
func (c *Catalog) changeFilesLocked(ctx context.Context, id string) error {
	for {
		t, err := c.cfg.Store.Task(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		c.withdrawn.note(t)
		i := slices.IndexFunc(t.Artifacts, func(a task.Artifact) bool { return a.Pending != "" })
		if i < 0 {
			return nil
		}
		t.Artifacts = slices.Clone(t.Artifacts)
		if t.Artifacts[i], err = c.fileStep(ctx, t.Artifacts[i]); err != nil {
			return fmt.Errorf("asset: %s the files of artifact %s: %w", t.Artifacts[i].Pending, t.Artifacts[i].ID, err)
		}
		if _, err := c.Apply(ctx, task.Change{Task: t}); err != nil && !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}

// fileStep does the next step of what is pending for an artifact's files and returns the artifact as it is then. A move
// is two steps, with the row between them: copy all, and remove the old ones. So a file that a row names is there.
func (c *Catalog) fileStep(ctx context.Context, a task.Artifact) (task.Artifact, error) {
	sealed := a.Pending == task.SealFiles
	if a.Pending == task.RemoveFiles {
		for _, f := range a.Files {
			if err := c.removeBlobs(ctx, keyOf(f.Key, false), keyOf(f.Key, true)); err != nil {
				return a, err
			}
		}
		a.Pending = ""
		return a, nil
	}
	if slices.ContainsFunc(a.Files, func(f task.File) bool { return f.Key != keyOf(f.Key, sealed) }) || a.SignedOnly != sealed {
		files := slices.Clone(a.Files)
		for i, f := range files {
			files[i].Key = keyOf(f.Key, sealed)
			if err := c.copyBlob(ctx, f, files[i].Key); err != nil {
				return a, err
			}
		}
		a.Files, a.SignedOnly = files, sealed
		return a, nil
	}
	for _, f := range a.Files {
		if err := c.removeBlobs(ctx, keyOf(f.Key, !sealed)); err != nil {
			return a, err
		}
	}
	a.Pending = ""
	return a, nil
}

// copyBlob copies a file to another key. One that is in neither place is lost already, and no reason to leave the others
// where they must not be.
func (c *Catalog) copyBlob(ctx context.Context, f task.File, to string) error {
	if f.Key == to {
		return nil
	}
	body, err := c.cfg.Bucket.Open(ctx, f.Key, 0, -1)
	if errors.Is(err, blob.ErrNotFound) {
		c.cfg.Log.WarnContext(ctx, "a file to be moved is missing", "key", f.Key, "to", to)
		return nil
	}
	if err != nil {
		return err
	}
	_, err = c.cfg.Bucket.Put(ctx, to, body, f.Type)
	return errors.Join(err, body.Close())
}

func (c *Catalog) removeBlobs(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := c.cfg.Bucket.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// wantFiles has an artifact's files sealed or brought back, if they are not on their way there.
func wantFiles(a *task.Artifact, sealed bool) {
	switch {
	case sealed && !a.SignedOnly:
		a.SignedOnly, a.Pending = true, task.SealFiles
	case !sealed && a.SignedOnly:
		a.Pending = task.UnsealFiles
	case sealed && a.Pending == task.UnsealFiles:
		a.Pending = task.SealFiles
	}
}

// SweepFiles takes up changes of files whose wake was lost. One that can't be done holds up no other.
func (c *Catalog) SweepFiles(ctx context.Context) error {
	q := task.ArtifactQuery{Pending: true, Limit: pageSize}
	for {
		page, err := c.cfg.Store.Artifacts(ctx, q)
		if err != nil {
			return fmt.Errorf("asset: sweep files: %w", err)
		}
		for _, a := range page {
			unlock, free := c.changing.TryLock(a.Task)
			if !free {
				continue // somebody is at it
			}
			err := c.cfg.Panics.Run(ctx, "files", func() error { return c.changeFilesLocked(ctx, a.Task) })
			unlock()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				c.cfg.Log.WarnContext(ctx, "files could not be changed; they will be", "task", a.Task, "err", err)
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
}
