package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// leftoverFiles is how many files one sweep looks at, about; the next goes on from there.
	leftoverFiles = 2000
	leftoverPage  = 500
	// leftoverAge is how old a file, and the day that it is filed under, must be before it counts as left over. Nothing is
	// in the making for so long, and an upload is over before.
	leftoverAge = 48 * time.Hour
	// leftoverPause is how long after one pass over the storage the next begins.
	leftoverPause = 12 * time.Hour
	dayForm       = "20060102"
)

// leftovers is how far the pass over the storage has come. After a restart it begins anew.
type leftovers struct {
	mu    sync.Mutex // held by the sweep that goes on
	stage int        // which of the storage's folders
	after string     // the last key, or day, that was looked at
	next  time.Time  // when the next pass begins; zero while one is under way
}

// sweepLeftovers compares what the storage holds with what the rows name, a part in each sweep. What no row names is removed;
// copies of an artifact's files that its own row does not name are removed by its row; an artifact whose video is gone is
// marked as deleted. What may still be in the making is left alone.
func (g *Gateway) sweepLeftovers(ctx context.Context, now time.Time) error {
	p := &g.leftovers
	if g.cfg.Files == nil || !p.mu.TryLock() {
		return nil
	}
	defer p.mu.Unlock()
	if now.Before(p.next) {
		return nil
	}
	p.next = time.Time{}
	stages := []func(ctx context.Context, after string, now time.Time) (looked int, last string, err error){
		g.sweepUploads, g.sweepDatasets, g.sweepDay,
	}
	for budget := leftoverFiles; budget > 0; {
		looked, last, err := stages[p.stage](ctx, p.after, now)
		if err != nil {
			return fmt.Errorf("gateway: sweep leftovers: %w", err)
		}
		budget -= looked
		p.after = last
		if last != "" {
			continue
		}
		if p.stage++; p.stage == len(stages) {
			p.stage, p.next = 0, now.Add(leftoverPause)
			return nil
		}
	}
	return nil
}

// sweepUploads removes parts of uploads that are gone or complete.
func (g *Gateway) sweepUploads(ctx context.Context, after string, now time.Time) (int, string, error) {
	return g.sweepByID(ctx, "uploads/", after, now, func(_ string, d task.Dataset) bool { return d.Uploading() })
}

// sweepDatasets removes pictures and videos whose rows were never written, or are gone.
func (g *Gateway) sweepDatasets(ctx context.Context, after string, now time.Time) (int, string, error) {
	return g.sweepByID(ctx, "datasets/", after, now, func(key string, d task.Dataset) bool { return d.Key == key })
}

// sweepByID removes the old files of one page of a folder whose names begin with a dataset's id, except those that keep keeps.
// An id is drawn once, so a file that no row names now is named by none later: of an upload, the time is over.
func (g *Gateway) sweepByID(ctx context.Context, folder, after string, now time.Time, keep func(key string, d task.Dataset) bool) (int, string, error) {
	page, err := g.cfg.Files.List(ctx, folder, after, leftoverPage)
	if err != nil {
		return 0, "", err
	}
	for _, e := range page {
		if now.Sub(e.Modified) < leftoverAge {
			continue
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(e.Key, folder), ".")
		d, err := g.dataset(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, "", err
		}
		if err == nil && keep(e.Key, d) {
			continue
		}
		if err := g.removeLeftover(ctx, e.Key); err != nil {
			return 0, "", err
		}
	}
	if len(page) < leftoverPage {
		return len(page), "", nil
	}
	return len(page), page[len(page)-1].Key, nil
}

func (g *Gateway) removeLeftover(ctx context.Context, key string) error {
	g.cfg.Log.InfoContext(ctx, "removing a file that no row names", "key", key)
	return g.cfg.Bucket.Delete(ctx, key)
}

// sweepDay compares the files of the first day after the given one with the tasks that were created on it. It returns "" for
// last once the days are too recent.
func (g *Gateway) sweepDay(ctx context.Context, after string, now time.Time) (int, string, error) {
	day, err := g.dayAfter(ctx, after)
	if err != nil || day == "" {
		return 0, "", err
	}
	begin, err := time.Parse(dayForm, day)
	if err != nil { // no file of ours
		return 0, day, nil //nolint:nilerr // as above
	}
	if now.Sub(begin.Add(24*time.Hour)) < leftoverAge {
		return 0, "", nil
	}
	there := map[string]time.Time{}
	for _, sealed := range []bool{false, true} {
		if err := g.filesOf(ctx, sealedKey("/"+day+"/", sealed), there); err != nil {
			return 0, "", err
		}
	}
	looked := len(there)
	live, err := g.compareDay(ctx, begin, there)
	if err != nil {
		return 0, "", err
	}
	for key, modified := range there {
		// A task of that day that has not ended may come to name it.
		if live || now.Sub(modified) < leftoverAge {
			continue
		}
		if err := g.removeLeftover(ctx, key); err != nil {
			return 0, "", err
		}
	}
	return looked + 1, day, nil
}

// dayAfter is the first day after the given one that has files; "" where there is none.
func (g *Gateway) dayAfter(ctx context.Context, day string) (string, error) {
	first := ""
	for _, folder := range []string{"cdn/", "sealed/"} {
		after := ""
		if day != "" {
			after = folder + day + "0" // "0" is what comes after the slash
		}
		found, err := g.cfg.Files.List(ctx, folder, after, 1)
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

// filesOf adds all files of a folder.
func (g *Gateway) filesOf(ctx context.Context, folder string, to map[string]time.Time) error {
	for after := ""; ; {
		page, err := g.cfg.Files.List(ctx, folder, after, leftoverPage)
		if err != nil {
			return err
		}
		for _, e := range page {
			to[e.Key] = e.Modified
		}
		if len(page) < leftoverPage {
			return nil
		}
		after = page[len(page)-1].Key
	}
}

// compareDay takes out of there what belongs to an artifact of that day's, and has artifacts mended whose files are not as
// their row says. live is true where a task of that day has not ended.
func (g *Gateway) compareDay(ctx context.Context, begin time.Time, there map[string]time.Time) (live bool, err error) {
	q := task.Query{CreatedFrom: begin, CreatedTo: begin.Add(24 * time.Hour), OldestFirst: true, Deleted: true, Limit: leftoverPage}
	var lost []task.Artifact
	found := false // whether anything that a row names is there: else it may be another storage
	for {
		page, err := g.cfg.Store.Tasks(ctx, q)
		if err != nil {
			return false, err
		}
		for _, t := range page {
			live = live || !t.State.Terminal()
			for _, a := range t.Artifacts {
				switch c := compareFiles(a, there); {
				case c.lost:
					lost = append(lost, a)
				case c.stray:
					g.repairArtifact(ctx, a, moveFiles)
				}
				for _, f := range a.Files {
					_, ok := there[f.Key]
					found = found || ok && !a.Deleted
					delete(there, sealedKey(f.Key, false))
					delete(there, sealedKey(f.Key, true))
				}
			}
		}
		if len(page) < q.Limit {
			break
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
	for _, a := range lost {
		g.cfg.Log.ErrorContext(ctx, "the video of an artifact is missing in the storage", "task", a.Task, "artifact", a.ID)
		if found {
			g.repairArtifact(ctx, a, func(a *task.Artifact, _ map[string]time.Time) { g.markDeleted(a) })
		}
	}
	return live, nil
}
