package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// rowsOf returns what the rows of jobs have besides their times, ordered by their tasks.
func rowsOf(t *testing.T, h *testQueue) (rows []string) {
	t.Helper()
	found, err := h.db.QueryContext(t.Context(), `SELECT json(args), attempt, attempted_at IS NULL, attempted_by IS NULL, errors IS NULL, finalized_at IS NULL, kind,
		max_attempts, json_remove(metadata, '$."river:unique_nonce"'), typeof(metadata), priority, queue, state, json(tags), typeof(tags), unique_key IS NULL, unique_states IS NULL,
		length(scheduled_at), abs(unixepoch(scheduled_at) - unixepoch('now')) < 60 FROM river_job WHERE kind <> 'sweep' ORDER BY args->>'task'`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		values := make([]any, 19)
		to := make([]any, len(values))
		for i := range values {
			to[i] = &values[i]
		}
		if err := found.Scan(to...); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%s", values))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestJobsThatAreInsertedTogetherAreThoseOfEach(t *testing.T) {
	if server != nil {
		t.Skip("on PostgreSQL River inserts all of them")
	}
	wakes := []task.Wake{
		{Task: "a", Lane: task.Remote, At: time.Now().Add(time.Hour)},
		{Task: "b", Lane: task.Remote, Account: 7, Created: time.UnixMilli(1)},
		{Task: "c", Lane: task.Local, Account: 8},
		{Task: "d", Lane: task.Remote, Low: true},
		{Task: "e", Notify: task.Running},
		{Task: "f", Lane: task.Local, Account: 8, Low: true},
		{Task: "g", Lane: task.Remote, Account: 9},
	}
	each, together := newTestQueue(t, Options{}), newTestQueue(t, Options{})
	for _, w := range wakes {
		each.schedule(t, w)
	}
	together.schedule(t, wakes...)
	want, got := rowsOf(t, each), rowsOf(t, together)
	if !slices.Equal(got, want) || len(got) != len(wakes) {
		t.Errorf("the jobs are\n%s\nwant\n%s", got, want)
	}
}

func TestJobsThatAreInsertedTogetherRunAtTheirTimes(t *testing.T) {
	h := newTestQueue(t, Options{ShortWait: time.Millisecond})
	begun, at := time.Now(), time.Now().Add(500*time.Millisecond)
	var wakes []task.Wake
	for n := range 20 {
		w := task.Wake{Task: fmt.Sprint(n), Lane: task.Remote}
		if n%2 == 1 {
			w.At = at
		}
		wakes = append(wakes, w)
	}
	h.schedule(t, wakes...)
	steps, stepped := recordSteps()
	h.start(t, steps)
	for range wakes {
		var n int
		if _, err := fmt.Sscan(<-stepped, &n); err != nil {
			t.Fatal(err)
		}
		if early := n%2 == 1 && time.Now().Before(at.Add(-time.Millisecond)); early {
			t.Errorf("task %d was stepped %v after the begin", n, time.Since(begun))
		}
	}
}
