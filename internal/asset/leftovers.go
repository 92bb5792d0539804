package asset

import (
	"context"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// pageSize is how many rows or files are read at once.
const pageSize = 500

// SweepDay compares the stored files of the first day after the one given with the tasks that were created on it, unless the
// day ended after old. Files older than old that no row names are deleted; copies of an artifact's files that its row does
// not name are deleted by its row; an artifact whose video is gone is marked as deleted. Nothing that may be in the making is
// touched. It returns how many files it looked at and their day; "" if there are no more old days.
func (c *Catalog) SweepDay(ctx context.Context, after string, old time.Time) (looked int, last string, err error) {
	day, err := c.dayAfter(ctx, after)
	if err != nil || day == "" {
		return 0, "", err
	}
	begin, err := time.Parse(dayForm, day)
	if err != nil { // no file of ours
		return 0, day, nil //nolint:nilerr // as above
	}
	if begin.Add(24 * time.Hour).After(old) {
		return 0, "", nil
	}
	stored := map[string]time.Time{}
	for _, folder := range []string{plainFolder, sealedFolder} {
		if err := c.listFiles(ctx, folder+day+"/", stored); err != nil {
			return 0, "", err
		}
	}
	looked = len(stored)
	live, err := c.compareDay(ctx, begin, stored)
	if err != nil {
		return 0, "", err
	}
	for key, modified := range stored {
		// A task of that day that has not ended may come to name it.
		if live || modified.After(old) {
			continue
		}
		c.cfg.Log.InfoContext(ctx, "deleting a file that no row names", "key", key)
		if err := c.cfg.Bucket.Delete(ctx, key); err != nil {
			return 0, "", err
		}
	}
	return looked + 1, day, nil
}

// dayAfter returns the first day after the one given that has files; "" if there is none.
func (c *Catalog) dayAfter(ctx context.Context, day string) (string, error) {
	first := ""
	for _, folder := range []string{plainFolder, sealedFolder} {
		after := ""
		if day != "" {
			after = folder + day + "0" // "0" is what comes after the slash
		}
		found, err := c.cfg.Files.List(ctx, folder, after, 1)
		if err != nil {
			return "", err
		}
		for _, e := range found {
			next, _, _ := strings.Cut(strings.TrimPrefix(e.Key, folder), "/")
			if first == "" || next < first {
				first = next
			}
		}
	}
	return first, nil
}

// listFiles adds all files of a folder, with the times of their last changes.
func (c *Catalog) listFiles(ctx context.Context, folder string, to map[string]time.Time) error {
	for after := ""; ; {
		page, err := c.cfg.Files.List(ctx, folder, after, pageSize)
		if err != nil {
			return err
		}
		for _, e := range page {
			to[e.Key] = e.Modified
		}
		if len(page) < pageSize {
			return nil
		}
		after = page[len(page)-1].Key
	}
}

// compareDay removes from stored the files that artifacts of that day name, and repairs artifacts whose files are not as
// their row says. live is true if a task of that day has not ended.
func (c *Catalog) compareDay(ctx context.Context, begin time.Time, stored map[string]time.Time) (live bool, err error) {
	q := task.Query{CreatedFrom: begin, CreatedTo: begin.Add(24 * time.Hour), OldestFirst: true, Deleted: true, Limit: pageSize}
	var lost []task.Artifact
	found := false // whether any file that a row names is stored: if not, this may be another storage
	for t, err := range store.EachTask(ctx, c.cfg.Store, q) {
		if err != nil {
			return false, err
		}
		live = live || !t.State.Terminal()
		for _, a := range t.Artifacts {
			switch cmp := compareFiles(a, stored); {
			case cmp.lost:
				lost = append(lost, a)
			case cmp.stray:
				c.repairArtifact(ctx, a, moveFiles)
			}
			for _, f := range a.Files {
				_, ok := stored[f.Key]
				found = found || ok && !a.Deleted
				delete(stored, keyOf(f.Key, false))
				delete(stored, keyOf(f.Key, true))
			}
		}
	}
	for _, a := range lost {
		c.cfg.Log.ErrorContext(ctx, "the video of an artifact is missing in the storage", "task", a.Task, "artifact", a.ID)
		if found {
			c.repairArtifact(ctx, a, func(a *task.Artifact, _ map[string]time.Time) { c.MarkDeleted(a) })
		}
	}
	return live, nil
}
