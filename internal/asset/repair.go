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

// fileComparison is how an artifact's files stand to its row.
type fileComparison struct {
	stray bool // there are files where the row says that there are none
	lost  bool // the video is not there
}

func compareFiles(a task.Artifact, there map[string]time.Time) fileComparison {
	if a.Pending != "" {
		return fileComparison{} // a job is at it, or comes to it
	}
	var c fileComparison
	for _, f := range a.Files {
		_, plain := there[keyOf(f.Key, false)]
		_, sealed := there[keyOf(f.Key, true)]
		c.stray = c.stray || plain && (a.SignedOnly || a.Deleted) || sealed && (!a.SignedOnly || a.Deleted)
		c.lost = c.lost || f.Role == task.Video && !plain && !sealed && !a.Deleted
	}
	return c
}

// moveFiles has an artifact's files brought to where its row says that they are, from wherever they are, and all others removed.
func moveFiles(a *task.Artifact, there map[string]time.Time) {
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
		_, named := there[f.Key]
		if _, ok := there[other]; ok && !named {
			a.Files[i].Key = other
		}
	}
}

// repairArtifact changes an artifact that is still as it was compared, and has its files changed at once. What fails is found
// by the next pass.
func (c *Catalog) repairArtifact(ctx context.Context, was task.Artifact, change func(a *task.Artifact, there map[string]time.Time)) {
	t, err := c.cfg.Store.Task(ctx, was.Task)
	if err == nil {
		i := slices.IndexFunc(t.Artifacts, func(a task.Artifact) bool {
			return a.ID == was.ID && a.Pending == "" && a.Deleted == was.Deleted && a.SignedOnly == was.SignedOnly
		})
		if i < 0 {
			return
		}
		there, ok := c.recheckFiles(ctx, t.Artifacts[i])
		if !ok {
			return
		}
		t.Artifacts = slices.Clone(t.Artifacts)
		change(&t.Artifacts[i], there)
		if _, err = c.Apply(ctx, task.Change{Task: t, Wakes: FileWakes(t)}); err == nil {
			err = c.ChangeFiles(ctx, t.ID)
		}
	}
	if err != nil && !errors.Is(err, store.ErrStale) {
		c.cfg.Log.WarnContext(ctx, "files that are not as their row says could not be mended", "task", was.Task, "err", err)
	}
}

// recheckFiles asks the storage once more whether an artifact's files are not as its row says, since the list was read before the
// row, and where they are.
func (c *Catalog) recheckFiles(ctx context.Context, a task.Artifact) (there map[string]time.Time, so bool) {
	there = map[string]time.Time{}
	for _, f := range a.Files {
		for _, sealed := range []bool{false, true} {
			key := keyOf(f.Key, sealed)
			info, err := c.cfg.Bucket.Stat(ctx, key)
			if err == nil {
				there[key] = info.Modified
			} else if !errors.Is(err, blob.ErrNotFound) {
				return nil, false
			}
		}
	}
	found := compareFiles(a, there)
	return there, found.stray || found.lost
}
