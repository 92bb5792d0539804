package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// openUsage returns a store that discards wakes, with its port for usage.
func openUsage(t *testing.T, open Open) (store.Store, store.Usage) {
	t.Helper()
	s := openStore(t, open)
	u, ok := s.(store.Usage)
	if !ok {
		t.Fatalf("%T is no store.Usage", s)
	}
	return s, u
}

func runUsage(t *testing.T, open Open) {
	t.Run("by day", func(t *testing.T) { runUsageByDay(t, open) })
	t.Run("by model", func(t *testing.T) { runUsageByModel(t, open) })
	t.Run("by day and model", func(t *testing.T) { runUsageByBoth(t, open) })
	t.Run("of a task that changes", func(t *testing.T) { runUsageOfChanges(t, open) })
	t.Run("waits", func(t *testing.T) { runUsageWaits(t, open) })
}

// checkUsage checks what account 1 has used in the three days from baseTime on.
func checkUsage(t *testing.T, u store.Usage, q task.UsageQuery, want []task.Usage) {
	t.Helper()
	q.Account, q.From, q.To = 1, at(0), at(0).Add(3*task.UsageDay)
	got, err := u.Usage(t.Context(), q)
	checkError(t, "Usage", err, nil)
	if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("the usage by %s is\n%+v, want\n%+v", q.By, got, want)
	}
}

// putUsed writes the n-th task in a state, created some hours after baseTime.
func putUsed(t *testing.T, s store.Store, n int, hours float64, state task.State, change func(tk *task.Task)) task.Task {
	t.Helper()
	tk := newTask(n)
	tk.State, tk.Created = state, at(0).Add(time.Duration(hours*float64(time.Hour)))
	if change != nil {
		change(&tk)
	}
	return put(t, s, tk)
}

// succeeded gives a task what it has once it has succeeded: it began after so many seconds, and made as many seconds of video.
func succeeded(after, video int, attempts ...task.Attempt) func(tk *task.Task) {
	return func(tk *task.Task) {
		tk.Started = tk.Created.Add(time.Duration(after) * time.Second)
		tk.Artifacts = []task.Artifact{{ID: id(1000) + tk.ID, Task: tk.ID, Account: tk.Account, Created: tk.Created, Duration: time.Duration(video) * time.Second}}
		tk.Attempts = attempts
	}
}

func paid(engine string, cost float64, currency string) task.Attempt {
	return task.Attempt{Engine: engine, Cost: cost, Currency: currency}
}

func runUsageByDay(t *testing.T, open Open) {
	s, u := openUsage(t, open)
	checkUsage(t, u, task.UsageQuery{By: task.UsageByDay}, nil)
	putUsed(t, s, 1, -0.1, task.Succeeded, succeeded(1, 5)) // before
	putUsed(t, s, 2, 0, task.Succeeded, succeeded(4, 5, paid("team", 0.25, "USD"), paid("team", 0.1, "USD"), paid("other", 7, "credits"), paid("free", 0, "")))
	putUsed(t, s, 3, 23.9, task.Failed, func(tk *task.Task) { tk.Attempts = []task.Attempt{paid("team", 0.000001, "USD")} })
	putUsed(t, s, 4, 24, task.Cancelled, nil)
	putUsed(t, s, 5, 25, task.Queued, nil)
	putUsed(t, s, 6, 26, task.Running, func(tk *task.Task) { tk.Started = tk.Created })
	putUsed(t, s, 7, 71.9, task.Succeeded, func(tk *task.Task) { succeeded(2, 10)(tk); tk.Deleted = true })
	putUsed(t, s, 8, 72, task.Succeeded, succeeded(1, 5)) // behind
	putUsed(t, s, 9, 1, task.Succeeded, func(tk *task.Task) { succeeded(1, 5, paid("team", 1, "USD"))(tk); tk.Account = 2 })
	checkUsage(t, u, task.UsageQuery{By: task.UsageByDay}, []task.Usage{
		{Day: 0, Tasks: 2, Succeeded: 1, Failed: 1, Video: 5 * time.Second, Begun: 1, WaitP50: 4 * time.Second, WaitP90: 4 * time.Second,
			Costs: []task.UsageCost{{Engine: "other", Currency: "credits", Cost: 7}, {Engine: "team", Currency: "USD", Cost: 0.350001}}},
		{Day: 1, Tasks: 3, Cancelled: 1},
		{Day: 2, Tasks: 1, Succeeded: 1, Video: 10 * time.Second, Begun: 1, WaitP50: 2 * time.Second, WaitP90: 2 * time.Second},
	})
}

// ofModel gives a task a model besides what change gives it.
func ofModel(model string, change func(tk *task.Task)) func(tk *task.Task) {
	return func(tk *task.Task) { change(tk); tk.Request.Model = model }
}

func runUsageByModel(t *testing.T, open Open) {
	s, u := openUsage(t, open)
	putUsed(t, s, 1, 1, task.Succeeded, ofModel("b\x00é", succeeded(3, 5, paid("team", 2, "USD"))))
	putUsed(t, s, 2, 30, task.Succeeded, ofModel("a", succeeded(1, 7)))
	putUsed(t, s, 3, 31, task.Queued, ofModel("b\x00é", func(*task.Task) {}))
	a := task.Usage{Model: "a", Tasks: 1, Succeeded: 1, Video: 7 * time.Second, Begun: 1, WaitP50: time.Second, WaitP90: time.Second}
	b := task.Usage{Model: "b\x00é", Tasks: 2, Succeeded: 1, Video: 5 * time.Second, Begun: 1, WaitP50: 3 * time.Second, WaitP90: 3 * time.Second,
		Costs: []task.UsageCost{{Engine: "team", Currency: "USD", Cost: 2}}}
	checkUsage(t, u, task.UsageQuery{By: task.UsageByModel}, []task.Usage{a, b})
	checkUsage(t, u, task.UsageQuery{By: task.UsageByModel, Model: "b\x00é"}, []task.Usage{b})
	b.Model = ""
	checkUsage(t, u, task.UsageQuery{By: task.UsageByDay, Model: "b\x00é"}, []task.Usage{
		{Day: 0, Tasks: 1, Succeeded: 1, Video: b.Video, Begun: 1, WaitP50: b.WaitP50, WaitP90: b.WaitP90, Costs: b.Costs}, {Day: 1, Tasks: 1}})
}

func runUsageByBoth(t *testing.T, open Open) {
	s, u := openUsage(t, open)
	putUsed(t, s, 1, 1, task.Succeeded, ofModel("b\x00é", succeeded(3, 5, paid("team", 2, "USD"))))
	putUsed(t, s, 2, 2, task.Failed, ofModel("a", func(*task.Task) {}))
	putUsed(t, s, 3, 30, task.Succeeded, ofModel("b\x00é", succeeded(4, 6, paid("team", 3, "USD"))))
	putUsed(t, s, 4, 31, task.Queued, ofModel("b\x00é", func(*task.Task) {}))
	sum := func(day int, tasks int64, wait time.Duration, cost float64) task.Usage {
		return task.Usage{Day: day, Model: "b\x00é", Tasks: tasks, Succeeded: 1, Video: wait + 2*time.Second, Begun: 1, WaitP50: wait, WaitP90: wait,
			Costs: []task.UsageCost{{Engine: "team", Currency: "USD", Cost: cost}}}
	}
	first, second := sum(0, 1, 3*time.Second, 2), sum(1, 2, 4*time.Second, 3)
	checkUsage(t, u, task.UsageQuery{By: task.UsageByBoth}, []task.Usage{{Model: "a", Tasks: 1, Failed: 1}, first, second})
	checkUsage(t, u, task.UsageQuery{By: task.UsageByBoth, Model: "b\x00é"}, []task.Usage{first, second})
}

// A task is counted once, as it is now, until retention deletes it.
func runUsageOfChanges(t *testing.T, open Open) {
	s, u := openUsage(t, open)
	tk := putUsed(t, s, 1, 1, task.Queued, nil)
	checkUsage(t, u, task.UsageQuery{By: task.UsageByDay}, []task.Usage{{Tasks: 1}})
	tk.State, tk.Cancelling = task.Cancelled, true
	tk = put(t, s, tk)
	checkUsage(t, u, task.UsageQuery{By: task.UsageByDay}, []task.Usage{{Tasks: 1, Cancelled: 1}})
	tk.Cancelling, tk.Attempts = false, []task.Attempt{paid("team", 1, "USD")}
	tk = put(t, s, tk)
	tk.Attempts[0].Cost = 1.5
	tk = put(t, s, tk)
	checkUsage(t, u, task.UsageQuery{By: task.UsageByDay}, []task.Usage{{Tasks: 1, Cancelled: 1, Costs: []task.UsageCost{{Engine: "team", Currency: "USD", Cost: 1.5}}}})
	if n, err := u.CountUsage(t.Context(), 10); n != 0 || err != nil {
		t.Errorf("%d tasks were not counted, %v", n, err)
	}
	checkError(t, "DeleteTask", s.(store.Retention).DeleteTask(t.Context(), tk), nil)
	checkUsage(t, u, task.UsageQuery{By: task.UsageByDay}, nil)
}

// The waits are those of tasks: the least that at least half of them, or nine in ten, did not exceed.
func runUsageWaits(t *testing.T, open Open) {
	s, u := openUsage(t, open)
	want := task.Usage{}
	for n := 1; n <= 10; n++ {
		putUsed(t, s, n, 1, task.Succeeded, succeeded(11-n, 0))
		want.Tasks, want.Succeeded, want.Begun = want.Tasks+1, want.Succeeded+1, want.Begun+1
		switch n {
		case 3:
			want.WaitP50, want.WaitP90 = 9*time.Second, 10*time.Second
		case 10:
			want.WaitP50, want.WaitP90 = 5*time.Second, 9*time.Second
		default:
			continue
		}
		checkUsage(t, u, task.UsageQuery{By: task.UsageByDay}, []task.Usage{want})
	}
}

// BenchUsage sums up the usage of an account that has made 100,000 tasks in 90 days. exec runs a statement on the database.
func BenchUsage(b *testing.B, u store.Usage, exec func(statement string) error) {
	const rows = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) `
	for _, statement := range []string{
		rows + `INSERT INTO usage (account, created, task, model, state, wait, video) SELECT 1, i * CAST(77760 AS bigint), 't' || i, 'model', 'SUCCEEDED', (i * CAST(7919 AS bigint)) % 60000, 5000 FROM n`,
		rows + `INSERT INTO usage_costs (account, created, task, engine, currency, model, cost) SELECT 1, i * CAST(77760 AS bigint), 't' || i, 'team', 'USD', 'model', 250000 FROM n`,
		`ANALYZE`,
	} {
		if err := exec(statement); err != nil {
			b.Fatal(err)
		}
	}
	for days, by := range map[int]task.UsageBy{14: task.UsageByDay, 90: task.UsageByDay, 91: task.UsageByModel} {
		b.Run(fmt.Sprintf("%d days by %s", days, by), func(b *testing.B) {
			to := time.UnixMilli(0).Add(91 * task.UsageDay)
			for b.Loop() {
				found, err := u.Usage(b.Context(), task.UsageQuery{Account: 1, From: to.Add(-time.Duration(days) * task.UsageDay), To: to, By: by})
				if err != nil || len(found) == 0 || found[0].Tasks == 0 {
					b.Fatalf("%+v, %v", found, err)
				}
			}
		})
	}
}
