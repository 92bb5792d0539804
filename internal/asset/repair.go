package asset

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// fileComparison says how an artifact's stored files differ from its row.
type fileComparison struct {
	stray bool // a file is stored that should not be
	lost  bool // the video is not stored
}

// compareFiles compares an artifact with the stored files. It finds no difference while a change is pending.
func compareFiles(a task.Artifact, stored map[string]time.Time) fileComparison {
	if a.Pending != "" {
		return fileComparison{} // a job changes the files
	}
	var c fileComparison
	for _, f := range a.Files {
		_, plain := stored[keyOf(f.Key, false)]
		_, sealed := stored[keyOf(f.Key, true)]
		c.stray = c.stray || plain && (a.SignedOnly || a.Deleted) || sealed && (!a.SignedOnly || a.Deleted)
		c.lost = c.lost || f.Role == task.Video && !plain && !sealed && !a.Deleted
	}
	return c
}

// moveFiles sets pending that an artifact's files move to where its row says, and that all other copies are deleted.
func moveFiles(a *task.Artifact, stored map[string]time.Time) {
	if a.Deleted {
		a.Pending = task.RemoveFiles
		return
	}
	a.Pending = task.UnsealFiles
	if a.SignedOnly {
		a.Pending = task.SealFiles
	}
	a.Files = slices.Clone(a.Files)
	for i, f := range a.Files {
		other := keyOf(f.Key, !a.SignedOnly)
		_, named := stored[f.Key]
		if _, ok := stored[other]; ok && !named {
			a.Files[i].Key = other
		}
	}
}

// repairArtifact changes an artifact, if it is still as it was when it was compared, and carries out what is pending then. After
// an error the next pass tries again.
func (c *Catalog) repairArtifact(ctx context.Context, was task.Artifact, change func(a *task.Artifact, stored map[string]time.Time)) {
	t, err := c.cfg.Store.Task(ctx, was.Task)
	if err == nil {
		i := slices.IndexFunc(t.Artifacts, func(a task.Artifact) bool {
			return a.ID == was.ID && a.Pending == "" && a.Deleted == was.Deleted && a.SignedOnly == was.SignedOnly
		})
		if i < 0 {
			return
		}
		stored, ok := c.recheckFiles(ctx, t.Artifacts[i])
		if !ok {
			return
		}
		t.Artifacts = slices.Clone(t.Artifacts)
		change(&t.Artifacts[i], stored)
		if _, err = c.Apply(ctx, task.Change{Task: t, Wakes: FileWakes(t)}); err == nil {
			err = c.ChangeFiles(ctx, t.ID)
		}
	}
	if err != nil && !errors.Is(err, store.ErrStale) {
		c.cfg.Log.WarnContext(ctx, "files that differ from their row could not be repaired", "task", was.Task, "err", err)
	}
}

// recheckFiles reports whether an artifact's files still differ from its row, since the list was read before the row, and where
// they are.
func (c *Catalog) recheckFiles(ctx context.Context, a task.Artifact) (stored map[string]time.Time, differ bool) {
	stored = map[string]time.Time{}
	for _, f := range a.Files {
		for _, sealed := range []bool{false, true} {
			key := keyOf(f.Key, sealed)
			info, err := c.cfg.Bucket.Stat(ctx, key)
			if err == nil {
				stored[key] = info.Modified
			} else if !errors.Is(err, blob.ErrNotFound) {
				return nil, false
			}
		}
	}
	found := compareFiles(a, stored)
	return stored, found.stray || found.lost
}
