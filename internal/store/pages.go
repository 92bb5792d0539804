package store

import (
	"context"
	"iter"

	"github.com/filmgate/filmgate/internal/task"
)

// TaskLister lists tasks, as Store does.
type TaskLister interface {
	Tasks(ctx context.Context, q task.Query) ([]task.Task, error)
}

// ArtifactLister lists artifacts, as Store does.
type ArtifactLister interface {
	Artifacts(ctx context.Context, q task.ArtifactQuery) ([]task.Artifact, error)
}

// EachTask yields all tasks that q selects, however many there are: it reads q.Limit at once, which must be above 0. After an error
// it yields no more.
func EachTask(ctx context.Context, from TaskLister, q task.Query) iter.Seq2[task.Task, error] {
	return each(q.Limit, func(last *task.Task) ([]task.Task, error) {
		if last != nil {
			q.After = task.Cursor{Created: last.Created, ID: last.ID}
		}
		return from.Tasks(ctx, q)
	})
}

// EachArtifact is EachTask for artifacts.
func EachArtifact(ctx context.Context, from ArtifactLister, q task.ArtifactQuery) iter.Seq2[task.Artifact, error] {
	return each(q.Limit, func(last *task.Artifact) ([]task.Artifact, error) {
		if last != nil {
			q.After = task.Cursor{Created: last.Created, ID: last.ID}
		}
		return from.Artifacts(ctx, q)
	})
}

// each yields the rows of all pages. next returns the page after a row; nil asks for the first.
func each[R any](limit int, next func(last *R) ([]R, error)) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for last := (*R)(nil); ; {
			page, err := next(last)
			if err != nil {
				yield(*new(R), err)
				return
			}
			for _, row := range page {
				if !yield(row, nil) {
					return
				}
			}
			if len(page) < limit {
				return
			}
			last = &page[len(page)-1]
		}
	}
}
