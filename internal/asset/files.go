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
	// filesWait is how long a caller waits until its change of files is carried out; the job goes on after that.
	filesWait = 10 * time.Second
	// filesTime bounds one run of the job: two copies of the largest video, on a slow disk.
	filesTime = 15 * time.Minute
)

// AwaitFiles carries out the pending changes of an ended task's files, and waits for that until ctx ends, or 10 seconds. If they
// take longer or fail, the wake that was written with the row carries them out, or a sweep.
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
			c.cfg.Log.WarnContext(ctx, "files could not be changed; a sweep will try again", "task", id, "err", err)
		}
		unlock()
		close(done)
	})
	select {
	case <-done:
	case <-wait.Done():
	}
}

// ChangeFiles carries out all pending changes of an ended task's files. It may run any number of times, at any time.
func (c *Catalog) ChangeFiles(ctx context.Context, id string) error {
	unlock, err := c.changing.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	return c.changeFilesLocked(ctx, id)
}

// changeFilesLocked does one step after another until nothing is pending. Each step begins from the stored row, so that a
// change by a caller during a step is seen by the next one.
func (c *Catalog) changeFilesLocked(ctx context.Context, id string) error {
	ctx, unlock, err := c.cfg.Lock.Lock(ctx, "files "+id)
	if err != nil {
		return err
	}
	defer unlock()
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

// fileStep does the next step of an artifact's pending change and returns the artifact after it. A move has two steps, and the
// row is written between them: copy all files, and delete the old ones. So a file that a row names always exists.
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

// copyBlob copies a file to another key. A missing file is only logged, so that the others are still moved.
func (c *Catalog) copyBlob(ctx context.Context, f task.File, to string) error {
	if f.Key == to {
		return nil
	}
	body, err := c.cfg.Bucket.Open(ctx, f.Key, 0, -1)
	if errors.Is(err, blob.ErrNotFound) {
		c.cfg.Log.WarnContext(ctx, "a file that is to be moved is missing", "key", f.Key, "to", to)
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

// setSignedOnly makes an artifact's files reachable by signed URLs only, or by plain ones. It sets what is pending, if that is
// not pending already.
func setSignedOnly(a *task.Artifact, sealed bool) {
	switch {
	case sealed && !a.SignedOnly:
		a.SignedOnly, a.Pending = true, task.SealFiles
	case !sealed && a.SignedOnly:
		a.Pending = task.UnsealFiles
	case sealed && a.Pending == task.UnsealFiles:
		a.Pending = task.SealFiles
	}
}

// SweepFiles carries out pending changes whose wake was lost. If one fails it goes on with the next.
func (c *Catalog) SweepFiles(ctx context.Context) error {
	for a, err := range store.EachArtifact(ctx, c.cfg.Store, task.ArtifactQuery{Pending: true, Limit: pageSize}) {
		if err != nil {
			return fmt.Errorf("asset: sweep files: %w", err)
		}
		unlock, free := c.changing.TryLock(a.Task)
		if !free {
			continue // another goroutine carries it out
		}
		err := c.tryFiles(ctx, a.Task, c.changeFilesLocked)
		unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// tryFiles has change carry out the pending changes of a task's files. It fails only if ctx has ended: what fails otherwise is
// logged, and a sweep tries again.
func (c *Catalog) tryFiles(ctx context.Context, id string, change func(ctx context.Context, id string) error) error {
	err := c.cfg.Panics.Run(ctx, "files", func() error { return change(ctx, id) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		c.cfg.Log.WarnContext(ctx, "files could not be changed; a sweep will try again", "task", id, "err", err)
	}
	return nil
}
