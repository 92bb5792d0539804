package dialect_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// numbered lists tasks with the ids 0 to count-1, newest first.
type numbered struct {
	count int
	lists []int // sizes of the lists that were read
	fail  error
}

func (n *numbered) List(_ context.Context, _ apikey.Key, q task.Query) ([]task.Task, error) {
	from := 0
	if q.After != (task.Cursor{}) {
		_, _ = fmt.Sscan(q.After.ID, &from)
		from++
	}
	var out []task.Task
	for i := from; i < min(n.count, from+q.Limit); i++ {
		out = append(out, task.Task{ID: fmt.Sprint(i), Created: time.Unix(int64(n.count-i), 0)})
	}
	n.lists = append(n.lists, len(out))
	return out, n.fail
}

func TestSkip(t *testing.T) {
	thirds := func(t task.Task) bool { n := 0; _, _ = fmt.Sscan(t.ID, &n); return n%3 == 0 }
	for _, c := range []struct {
		name              string
		count, skip, size int
		keep              func(task.Task) bool
		first             string // id
		got               int
		lists             []int
	}{
		{"the first page", 100, 0, 30, nil, "0", 30, []int{30}},
		{"a page within one read", 100, 90, 30, nil, "90", 10, []int{100}},
		{"a page beyond one read", 1100, 990, 30, nil, "990", 30, []int{500, 500, 20}},
		{"a page larger than a read", 1100, 0, 600, nil, "0", 600, []int{500, 100}},
		{"a page after the last", 100, 100, 30, nil, "", 0, []int{100}},
		{"no tasks", 0, 0, 30, nil, "", 0, []int{0}},
		{"some of them", 100, 10, 5, thirds, "30", 5, []int{100}},
		{"the deepest page", 30_000, dialect.MaxSkip, 500, nil, "10000", 500, slices.Repeat([]int{500}, 21)},
		{"none of very many", 30_000, 0, 5, func(task.Task) bool { return false }, "", 0, slices.Repeat([]int{500}, 40)},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw := &numbered{count: c.count}
			q := task.Query{Limit: 7, After: task.Cursor{ID: "50"}} // neither has an effect
			got, err := dialect.Skip(t.Context(), gw, apikey.Key{}, q, c.skip, c.size, c.keep)
			if err != nil || len(got) != c.got || c.got > 0 && got[0].ID != c.first || !slices.Equal(gw.lists, c.lists) {
				t.Errorf("%d tasks, %v, in lists of %v", len(got), err, gw.lists)
			}
		})
	}
	down := errors.New("the database is down")
	if _, err := dialect.Skip(t.Context(), &numbered{fail: down}, apikey.Key{}, task.Query{}, 5, 5, nil); !errors.Is(err, down) {
		t.Errorf("%v", err)
	}
}
