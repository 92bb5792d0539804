package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// localWake returns a wake of an account's n-th local task.
func localWake(account, n int) task.Wake {
	return task.Wake{Task: taskID(account, n), Lane: task.Local, Account: int64(account), Created: time.UnixMilli(int64(1000*account + n))}
}

func taskID(account, n int) string { return fmt.Sprintf("%d/%02d", account, n) }

// localWakes returns wakes of an account's first n tasks.
func localWakes(account, n int) (wakes []task.Wake) {
	for i := range n {
		wakes = append(wakes, localWake(account, i))
	}
	return wakes
}

// runOrder starts the queue and returns the first n tasks in the order of their steps. Each task is done after one step.
func (h *testQueue) runOrder(t *testing.T, n int) (order []string) {
	t.Helper()
	steps, stepped := recordSteps()
	h.start(t, steps)
	for range n {
		order = append(order, wait(t, "a task to begin", stepped))
	}
	return order
}

// ofAccount returns the account's tasks in the list, in its order.
func ofAccount(order []string, account int) (out []string) {
	for _, id := range order {
		if strings.HasPrefix(id, fmt.Sprint(account, "/")) {
			out = append(out, id)
		}
	}
	return out
}

func TestAccountsTakeTurns(t *testing.T) {
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			h := newTestQueue(t, Options{LocalWorkers: workers})
			h.schedule(t, localWakes(1, 1000)...)
			h.schedule(t, localWake(2, 0))
			order := h.runOrder(t, 8)
			if at := slices.Index(order, taskID(2, 0)); at < 0 || at > workers {
				t.Errorf("the second account's task ran at index %d with %d workers: %v", at, workers, order[:8])
			}
		})
	}
}

func TestAnAccountHasAsManyTurnsAsItsWeight(t *testing.T) {
	h := newTestQueue(t, Options{Weight: func(account int64) int { return map[int64]int{1: 1, 2: 3}[account] }})
	h.schedule(t, localWakes(1, 20)...)
	h.schedule(t, localWakes(2, 8)...)
	order := h.runOrder(t, 14)
	if first, second := ofAccount(order[:8], 1), ofAccount(order[:8], 2); len(first) != 2 || len(second) != 6 {
		t.Errorf("two rounds of four are %v", order[:8])
	}
	if rest := ofAccount(order[8:], 2); len(rest) != 2 {
		t.Errorf("then come %v", order[8:])
	}
}

func TestTasksOfAnAccountKeepTheirOrder(t *testing.T) {
	h := newTestQueue(t, Options{})
	h.schedule(t, localWakes(1, 40)...)
	h.schedule(t, localWakes(2, 3)...)
	h.schedule(t, localWakes(3, 5)...)
	order := h.runOrder(t, 48)
	for account, n := range map[int]int{1: 40, 2: 3, 3: 5} {
		own := ofAccount(order, account)
		if len(own) != n || !slices.IsSorted(own) {
			t.Errorf("account %d: %v, want %d in order", account, own, n)
		}
	}
	for i, id := range order[:9] { // three rounds of three
		if slices.Contains(order[i/3*3:i], id[:2]) || len(ofAccount(order[i/3*3:i/3*3+3], 1)) != 1 {
			t.Errorf("the rounds are %v", order[:9])
			break
		}
	}
}

func TestLateTaskRunsInTheNextRound(t *testing.T) {
	h := newTestQueue(t, Options{})
	steps, stepped, answer := controlSteps()
	h.start(t, steps)
	h.schedule(t, localWakes(1, 10)...)
	var order []string
	for i := range 11 {
		order = append(order, wait(t, "a task to begin", stepped))
		if i == 3 {
			h.schedule(t, localWake(2, 0))
		}
		answer <- Next{Done: true}
	}
	if at := slices.Index(order, taskID(2, 0)); at < 4 || at > 5 {
		t.Errorf("it was queued at index 4 and ran at %d: %v", at, order)
	}
	if own := ofAccount(order, 1); !slices.IsSorted(own) || len(own) != 10 {
		t.Errorf("the other's order is %v", own)
	}
}

func TestLowPriorityRunsLast(t *testing.T) {
	h := newTestQueue(t, Options{})
	for i := range 3 {
		low := localWake(2, i)
		low.Low = true
		h.schedule(t, low)
	}
	h.schedule(t, localWakes(1, 5)...)
	order := h.runOrder(t, 8)
	if want := append(taskNames(localWakes(1, 5)), taskNames(localWakes(2, 3))...); !slices.Equal(order, want) {
		t.Errorf("served %v, want %v", order, want)
	}
}

func taskNames(wakes []task.Wake) (out []string) {
	for _, w := range wakes {
		out = append(out, w.Task)
	}
	return out
}

func TestTurnsContinueAfterARestart(t *testing.T) {
	h := newTestQueue(t, Options{LocalWorkers: 2})
	h.schedule(t, localWakes(1, 20)...)
	h.schedule(t, localWakes(2, 2)...)
	steps, stepped, answer := controlSteps()
	h.start(t, steps)
	done := map[string]bool{}
	for range 3 {
		done[wait(t, "a task to begin", stepped)] = true
		answer <- Next{Done: true}
	}
	if err := h.Stop(t.Context()); err != nil { // jobs that started meanwhile are returned
		t.Fatal(err)
	}
	h.reopen(t, Options{LocalWorkers: 2})
	rest, begun := recordSteps()
	h.start(t, rest)
	var order []string
	for len(done) < 22 {
		id := wait(t, "the rest", begun)
		done[id] = true
		order = append(order, id)
	}
	if own := ofAccount(order, 2); len(own) > 0 && slices.Index(order, own[len(own)-1]) > 5 {
		t.Errorf("the second account is served late: %v", order)
	}
}

func TestFailedStepsKeepTheirJobs(t *testing.T) {
	h := newTestQueue(t, Options{Backoff: func(int) time.Duration { return time.Hour }})
	h.schedule(t, localWakes(1, 2)...)
	h.schedule(t, localWake(2, 0))
	stepped := make(chan string, 10)
	h.start(t, stepFuncs{advance: func(_ context.Context, id string) (Next, error) {
		stepped <- id
		return Next{}, fmt.Errorf("%s: step failed", id)
	}})
	var order []string
	for range 3 {
		order = append(order, wait(t, "a task to begin", stepped))
	}
	if want := []string{taskID(1, 0), taskID(2, 0), taskID(1, 1)}; !slices.Equal(order, want) {
		t.Errorf("served %v, want %v", order, want)
	}
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range order {
		if n := h.count(t, `state IN ('retryable', 'available') AND args->>'task' = '`+id+`'`); n != 1 {
			t.Errorf("%d jobs are left of %s, want one", n, id)
		}
		if !strings.Contains(h.log.String(), "task="+id) {
			t.Errorf("the log does not name %s: %s", id, h.log)
		}
	}
}

func TestNextJobIsFoundByIndex(t *testing.T) {
	h := newTestQueue(t, Options{})
	if h.pool != nil {
		checkPostgresPlan(t, h)
		return
	}
	rows, err := h.db.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+h.fair.nextSQL, normalPriority, 7)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plan, "; ")
	if !strings.Contains(text, "SEARCH river_job USING INDEX river_job_turn (priority=? AND <expr>>?)") || strings.Contains(text, "TEMP B-TREE") {
		t.Errorf("the plan is %s", text)
	}
}

// checkPostgresPlan checks the plan that PostgreSQL has for a table of many jobs.
func checkPostgresPlan(t *testing.T, h *testQueue) {
	t.Helper()
	h.schedule(t, localWakes(1, 500)...)
	conn, err := h.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, setting := range []string{`ANALYZE river_job`, `SET enable_seqscan = off`, `SET enable_bitmapscan = off`} {
		if _, err := conn.ExecContext(t.Context(), setting); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.QueryContext(t.Context(), `EXPLAIN `+h.fair.nextSQL, normalPriority, 7)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if text := plan.String(); !strings.Contains(text, "Index Scan using river_job_turn") || strings.Contains(text, "Sort") {
		t.Errorf("the plan is %s", text)
	}
}
