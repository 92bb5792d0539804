package query_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

func TestPlaceholdersAreNumberedInTheOrderOfTheirArguments(t *testing.T) {
	var f query.Filter
	if f.Conditions() != "" {
		t.Errorf("without conditions: %q", f.Conditions())
	}
	f.Add("account = ?", 7)
	f.Add("state IN (" + f.Arg("A") + ", " + f.Arg("B") + ")")
	f.Add("NOT deleted")
	if got, want := f.Conditions(), " WHERE account = $1 AND state IN ($2, $3) AND NOT deleted"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if want := []any{7, "A", "B"}; !reflect.DeepEqual(f.Args, want) {
		t.Errorf("arguments %v", f.Args)
	}
}

func TestPagesBeginAfterTheirCursor(t *testing.T) {
	at := task.Cursor{Created: time.UnixMilli(5), ID: "x"}
	for _, c := range []struct {
		name   string
		after  task.Cursor
		oldest bool
		limit  int
		want   string
		args   []any
	}{
		{"the newest", task.Cursor{}, false, 3, " ORDER BY t.created DESC, t.id DESC LIMIT $1", []any{3}},
		{"without a limit", task.Cursor{}, true, 0, " ORDER BY t.created ASC, t.id ASC LIMIT $1", []any{100}},
		{"older ones", at, false, 3, " WHERE (t.created, t.id) < ($1, $2) ORDER BY t.created DESC, t.id DESC LIMIT $3", []any{int64(5), "x", 3}},
		{"newer ones", at, true, 3, " WHERE (t.created, t.id) > ($1, $2) ORDER BY t.created ASC, t.id ASC LIMIT $3", []any{int64(5), "x", 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f query.Filter
			if got := f.Page("t", c.after, c.oldest, c.limit); got != c.want || !reflect.DeepEqual(f.Args, c.args) {
				t.Errorf("%q with %v", got, f.Args)
			}
		})
	}
}
