package dialect

import (
	"context"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of lists by page number or offset, which read every task that they skip. Lists by cursor need none.
const (
	MaxSkip   = 10_000 // tasks that a list may skip
	mostRead  = 20_000 // tasks that one list reads
	readBatch = 500    // tasks that are read at once
)

// lister is the part of a Gateway that Skip needs.
type lister interface {
	List(ctx context.Context, who apikey.Key, q task.Query) ([]task.Task, error)
}

// Skip lists the account's tasks that q selects, without the first skip of them, and size of them at most. With keep, the others
// count as not selected. It holds no more than a batch of those that it skips, and ends after 20000 tasks that it has read.
// q.Limit and q.After have no effect. Errors: those of List. Callers check that skip is at most MaxSkip.
func Skip(ctx context.Context, gw lister, who apikey.Key, q task.Query, skip, size int, keep func(task.Task) bool) ([]task.Task, error) {
	var out []task.Task
	q.After = task.Cursor{}
	for read := 0; len(out) < size && read < mostRead; read += q.Limit {
		q.Limit = readBatch
		if keep == nil {
			q.Limit = min(skip+size-len(out), readBatch)
		}
		some, err := gw.List(ctx, who, q)
		if err != nil {
			return nil, err
		}
		for _, t := range some {
			switch {
			case keep != nil && !keep(t):
			case skip > 0:
				skip--
			case len(out) < size:
				out = append(out, t)
			}
		}
		if len(some) < q.Limit {
			break
		}
		last := some[len(some)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
	return out, nil
}
