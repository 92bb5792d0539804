package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// queued submits n tasks of an account to the local workers, a millisecond apart, and returns them.
func (h *harness) queued(t testing.TB, account int64, n int, low bool) (made []task.Task) {
	t.Helper()
	for range n {
		r := request("a lake with a long enough prompt to be like a real one, at dusk, with a boat")
		r.LowPriority = low
		one, err := h.Submit(t.Context(), apikey.Key{Account: account}, r)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, one)
		h.pass(time.Millisecond)
	}
	return made
}

// waitOf returns the queue wait that Read estimates.
func (h *harness) waitOf(t *testing.T, one task.Task) time.Duration {
	t.Helper()
	got, err := h.Read(t.Context(), apikey.Key{Account: one.Account}, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got.QueueWait
}

// localHarness returns a harness with a local engine and one worker. A video takes 4 s by the first estimate.
func localHarness(t testing.TB) *harness {
	h := newHarness(t)
	h.fake.Caps.Lane = task.Local
	h.config.Workers = 1
	h.use(h.fake)
	return h
}

const each = 4 * time.Second

func TestEstimatesFollowFairOrder(t *testing.T) {
	h := localHarness(t)
	many := h.queued(t, 1, 20, false)
	two := h.queued(t, 2, 2, false)
	explored := h.queued(t, 2, 1, true)[0]
	check := func(when string) {
		t.Helper()
		for name, c := range map[string]struct {
			task task.Task
			want time.Duration // in tasks that are served before it
		}{
			"the first of all":                      {many[0], 0},
			"another account's first":               {two[0], 1},
			"the second of the account with many":   {many[1], 2},
			"another account's second":              {two[1], 3},
			"the third, when the other has no more": {many[2], 4},
			"the last":                              {many[19], 21},
			"one of low priority":                   {explored, 22},
		} {
			if got := h.waitOf(t, c.task); got != c.want*each {
				t.Errorf("%s, %s waits %v, want %v", when, name, got, c.want*each)
			}
		}
	}
	check("at first")
	h.use(h.fake)
	check("after a restart")
}

func TestEstimatesFollowTheWeights(t *testing.T) {
	h := localHarness(t)
	h.config.Registry.Weights = map[int64]int{2: 3}
	h.use(h.fake)
	many := h.queued(t, 1, 20, false)
	four := h.queued(t, 2, 4, false)
	for name, c := range map[string]struct {
		task task.Task
		want time.Duration // in tasks that are served before it
	}{
		"the first of all":                      {many[0], 0},
		"the first of the account of weight 3":  {four[0], 1},
		"its third":                             {four[2], 3},
		"the second of the account of weight 1": {many[1], 4},
		"the fourth of the account of weight 3": {four[3], 5},
		"the third, when the other has no more": {many[2], 6},
	} {
		if got := h.waitOf(t, c.task); got != c.want*each {
			t.Errorf("%s waits %v, want %v", name, got, c.want*each)
		}
	}
}

func TestEstimatesFollowProgress(t *testing.T) {
	h := localHarness(t)
	all := h.queued(t, 1, 4, false)
	if got := h.waitOf(t, all[3]); got != 3*each {
		t.Errorf("it waits %v, want %v", got, 3*each)
	}
	if _, err := h.Cancel(t.Context(), apikey.Key{Account: 1}, all[1].ID); err != nil {
		t.Fatal(err)
	}
	if got := h.waitOf(t, all[3]); got != 2*each {
		t.Errorf("after one was cancelled it waits %v, want %v", got, 2*each)
	}
	for range 2 {
		if _, err := h.Advance(t.Context(), all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.waitOf(t, all[3]); got != 2*each {
		t.Errorf("while the first is at work it waits %v, want %v", got, 2*each)
	}
	if got := h.waitOf(t, all[0]); got != 0 {
		t.Errorf("the task at work waits %v", got)
	}
}

func TestEstimatesAreReadAgainWithOtherWriters(t *testing.T) {
	h := localHarness(t)
	h.config.SingleProcess = false
	h.use(h.fake)
	mine := h.queued(t, 1, 2, false)
	other := h.config.build()
	if _, err := other.Submit(t.Context(), apikey.Key{Account: 2}, request("a cat")); err != nil {
		t.Fatal(err)
	}
	last := h.queued(t, 1, 1, false)[0]
	if got := h.waitOf(t, last); got != 2*each {
		t.Errorf("it waits %v, want %v: the other's task is not known yet", got, 2*each)
	}
	h.pass(time.Minute)
	if got := h.waitOf(t, last); got != 3*each {
		t.Errorf("after a minute it waits %v, want %v", got, 3*each)
	}
	if got := h.waitOf(t, mine[0]); got != 0 {
		t.Errorf("the first waits %v", got)
	}
}

func TestReadOfQueuedTaskReadsNoList(t *testing.T) {
	h := localHarness(t)
	costs := map[int]float64{}
	var all []task.Task
	for _, many := range []int{10, 150} {
		all = append(all, h.queued(t, 1, many-len(all), false)...)
		one := all[many/2]
		h.waitOf(t, one)
		before := h.store.lists
		costs[many] = testing.AllocsPerRun(20, func() { h.waitOf(t, one) })
		if n := h.store.lists - before; n > 0 {
			t.Errorf("with %d queued, reads listed tasks %d times", many, n)
		}
	}
	if costs[150] > costs[10]+10 {
		t.Errorf("a read allocates %v times with 10 queued and %v times with 150", costs[10], costs[150])
	}
}

func BenchmarkReadQueued(b *testing.B) {
	for _, many := range []int{10, 1000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			h := localHarness(b)
			one := h.queued(b, 7, many, false)[many/2]
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Read(b.Context(), h.who, one.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
