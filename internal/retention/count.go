package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// countPage is how many rows Count reads at once.
const countPage = 500

// Files is how many files of how many artifacts there are.
type Files struct {
	Artifacts int64
	Files     int64
	Bytes     int64
}

// Expired is what sweeps would delete.
type Expired struct {
	Periods Periods // by which it was counted
	Files   Files   // of artifacts that were made long ago
	Tasks   int64
	OfThem  Files // files of Tasks that are not among Files
	Old     store.Old
}

// CountedRows are the rows that Count reads.
type CountedRows interface {
	Rows
	store.ArtifactLister
}

// Count returns what a Sweeper with these periods would delete at that time, in all its sweeps. It changes nothing.
func Count(ctx context.Context, rows CountedRows, p Periods, now time.Time) (e Expired, err error) {
	e.Periods = p
	if e.Files, err = countFiles(ctx, rows, beginOf(p.Files, now)); err != nil {
		return Expired{}, fmt.Errorf("retention: count files: %w", err)
	}
	if e.Tasks, e.OfThem, err = countTasks(ctx, rows, beginOf(p.Tasks, now), beginOf(p.Files, now)); err != nil {
		return Expired{}, fmt.Errorf("retention: count tasks: %w", err)
	}
	if e.Old, err = rows.CountOld(ctx, beginOf(p.Events, now), beginOf(p.Keys, now)); err != nil {
		return Expired{}, fmt.Errorf("retention: %w", err)
	}
	return e, nil
}

// beginOf returns the time from which on things are kept; the zero time if they are kept for ever.
func beginOf(period time.Duration, now time.Time) time.Time {
	if period == 0 {
		return time.Time{}
	}
	return now.Add(-period)
}

func (f *Files) add(a task.Artifact) {
	f.Artifacts++
	for _, file := range a.Files {
		f.Files++
		f.Bytes += file.Size
	}
}

func countFiles(ctx context.Context, rows CountedRows, before time.Time) (f Files, err error) {
	if before.IsZero() {
		return f, nil
	}
	for a, err := range store.EachArtifact(ctx, rows, task.ArtifactQuery{CreatedTo: before, OldestFirst: true, Limit: countPage}) {
		if err != nil {
			return f, err
		}
		f.add(a)
	}
	return f, nil
}

// countTasks counts the tasks that ended before a time, and those of their files that were made after filesFrom.
func countTasks(ctx context.Context, rows CountedRows, before, filesFrom time.Time) (n int64, f Files, err error) {
	if before.IsZero() {
		return n, f, nil
	}
	for t, err := range store.EachTask(ctx, rows, oldTasks(before, countPage)) {
		if err != nil {
			return n, f, err
		}
		if !isOver(t, before) {
			continue
		}
		n++
		for _, a := range t.Artifacts {
			if !a.Deleted && !a.Created.Before(filesFrom) {
				f.add(a)
			}
		}
	}
	return n, f, nil
}
