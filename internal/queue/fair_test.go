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

// of is a wake of an account's n-th local task.
func of(account, n int) task.Wake {
	return task.Wake{Task: name(account, n), Lane: task.Local, Account: int64(account), Created: time.UnixMilli(int64(1000*account + n))}
}

func name(account, n int) string { return fmt.Sprintf("%d/%02d", account, n) }

// many are wakes of an account's first n tasks.
func many(account, n int) (wakes []task.Wake) {
	for i := range n {
		wakes = append(wakes, of(account, i))
	}
	return wakes
}

// served starts the queue, has it end each task as soon as it is begun, and returns the first n in the order of their begins.
func (h *house) served(t *testing.T, n int) (order []string) {
	t.Helper()
	steps, rung := told()
	h.start(t, steps)
	for range n {
		order = append(order, wait(t, "a task to begin", rung))
	}
	return order
}

// ofAccount are those of an account's tasks that are in the list, in its order.
func ofAccount(order []string, account int) (out []string) {
	for _, id := range order {
		if strings.HasPrefix(id, fmt.Sprint(account, "/")) {
			out = append(out, id)
		}
	}
	return out
}

func TestAnAccountWithOneTaskWaitsForOneOfAnothersOnly(t *testing.T) {
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			h := newHouse(t, Options{LocalWorkers: workers})
			h.set(t, many(1, 40)...)
			h.set(t, of(2, 0))
			order := h.served(t, 41)
			if at := slices.Index(order, name(2, 0)); at < 0 || at > workers {
				t.Errorf("it is number %d of %d workers: %v", at, workers, order[:8])
			}
		})
	}
}

func TestAccountsTakeTurnsAndKeepTheirOwnOrder(t *testing.T) {
	h := newHouse(t, Options{})
	h.set(t, many(1, 40)...)
	h.set(t, many(2, 3)...)
	h.set(t, many(3, 5)...)
	order := h.served(t, 48)
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

func TestATaskThatComesLateIsServedInTheNextRound(t *testing.T) {
	h := newHouse(t, Options{})
	steps, rung, answer := next()
	h.start(t, steps)
	h.set(t, many(1, 10)...)
	var order []string
	for i := range 11 {
		order = append(order, wait(t, "a task to begin", rung))
		if i == 3 {
			h.set(t, of(2, 0))
		}
		answer <- Next{Done: true}
	}
	if at := slices.Index(order, name(2, 0)); at < 4 || at > 5 {
		t.Errorf("it came at number 4 and was served at %d: %v", at, order)
	}
	if own := ofAccount(order, 1); !slices.IsSorted(own) || len(own) != 10 {
		t.Errorf("the other's order is %v", own)
	}
}

func TestLowPriorityYieldsToEveryone(t *testing.T) {
	h := newHouse(t, Options{})
	for i := range 3 {
		low := of(2, i)
		low.Low = true
		h.set(t, low)
	}
	h.set(t, many(1, 5)...)
	order := h.served(t, 8)
	if want := append(taskNames(many(1, 5)), taskNames(many(2, 3))...); !slices.Equal(order, want) {
		t.Errorf("served %v, want %v", order, want)
	}
}

func taskNames(wakes []task.Wake) (out []string) {
	for _, w := range wakes {
		out = append(out, w.Task)
	}
	return out
}

func TestTurnsSurviveAProcessThatEnds(t *testing.T) {
	h := newHouse(t, Options{LocalWorkers: 2})
	h.set(t, many(1, 20)...)
	h.set(t, many(2, 2)...)
	steps, rung, answer := next()
	h.start(t, steps)
	done := map[string]bool{}
	for range 3 {
		done[wait(t, "a task to begin", rung)] = true
		answer <- Next{Done: true}
	}
	if err := h.Stop(t.Context()); err != nil { // whatever was begun meanwhile is given back
		t.Fatal(err)
	}
	h.open(t, Options{LocalWorkers: 2})
	rest, begun := told()
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

func TestAFailedStepLeavesBothTasksTheirJobs(t *testing.T) {
	h := newHouse(t, Options{Backoff: func(int) time.Duration { return time.Hour }})
	h.set(t, many(1, 2)...)
	h.set(t, of(2, 0))
	rung := make(chan string, 10)
	h.start(t, script{advance: func(_ context.Context, id string) (Next, error) {
		rung <- id
		return Next{}, fmt.Errorf("%s: no such luck", id)
	}})
	var order []string
	for range 3 {
		order = append(order, wait(t, "a task to begin", rung))
	}
	if want := []string{name(1, 0), name(2, 0), name(1, 1)}; !slices.Equal(order, want) {
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

func TestTheNextTurnIsFoundByItsIndex(t *testing.T) {
	h := newHouse(t, Options{})
	rows, err := h.db.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+h.fair.first, normalPriority, 7)
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
