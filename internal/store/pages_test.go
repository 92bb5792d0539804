package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

var errFault = errors.New("fault")

// numbered lists tasks, of which the n-th was created in second n. The read after reads fails.
type numbered struct{ tasks, reads int }

func (l *numbered) Tasks(_ context.Context, q task.Query) (page []task.Task, err error) {
	if l.reads--; l.reads < 0 {
		return nil, errFault
	}
	for n := q.After.Created.Unix() + 1; n <= int64(l.tasks) && len(page) < q.Limit; n++ {
		page = append(page, task.Task{Created: time.Unix(n, 0)})
	}
	return page, nil
}

func TestEachTaskYieldsEveryTaskOnce(t *testing.T) {
	for tasks := range 6 {
		seen := int64(0)
		first := task.Cursor{Created: time.Unix(0, 0)}
		for one, err := range store.EachTask(t.Context(), &numbered{tasks, 9}, task.Query{After: first, Limit: 2}) {
			if seen++; err != nil || one.Created.Unix() != seen {
				t.Errorf("of %d tasks the one at %d is %v (%v)", tasks, seen, one.Created, err)
			}
		}
		if seen != int64(tasks) {
			t.Errorf("%d of %d tasks", seen, tasks)
		}
	}
}

func TestEachTaskEndsWithAnError(t *testing.T) {
	var errs []error
	for _, err := range store.EachTask(t.Context(), &numbered{9, 1}, task.Query{After: task.Cursor{Created: time.Unix(0, 0)}, Limit: 2}) {
		errs = append(errs, err)
	}
	if len(errs) != 3 || errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], errFault) {
		t.Errorf("two tasks and an error are %v", errs)
	}
}

func TestEachTaskReadsNoMoreThanIsWanted(t *testing.T) {
	all := &numbered{9, 9}
	for range store.EachTask(t.Context(), all, task.Query{After: task.Cursor{Created: time.Unix(0, 0)}, Limit: 2}) {
		break
	}
	if all.reads != 8 {
		t.Errorf("%d reads", 9-all.reads)
	}
}
