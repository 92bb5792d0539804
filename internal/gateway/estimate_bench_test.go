package gateway

import (
	"cmp"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
)

// renderRun simulates local workers that take tasks in the fair order, on a clock of its own, and compares the waits that the
// gateway tells at each task's creation with those that come.
type renderRun struct {
	g       *Gateway
	random  *rand.Rand
	now     time.Time
	free    int // workers
	last    int64
	waiting []task.Task
	working []job // by their end
	told    map[string]time.Duration
	off     []time.Duration // told minus actual
	actual  []time.Duration
}

type job struct {
	task task.Task
	ends time.Time
}

func newRenderRun(b *testing.B, workers int, seed uint64) *renderRun {
	b.Helper()
	r := &renderRun{random: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), free: workers, told: map[string]time.Duration{}}
	clock := func() time.Time { return r.now }
	local := fake.New(nil, clock)
	local.Caps.Lane = task.Local
	r.g = New(Config{Workers: workers, Store: taskcache.New(nil, 1, clock), SingleProcess: true, Now: clock, Log: slog.New(slog.DiscardHandler),
		Registry: registry.Registry{Engines: []registry.ConfiguredEngine{{Name: "fake", Engine: local}}}})
	if err := r.g.backlog.refresh(r.now, 0, func(func(task.Task, task.Lane)) error { return nil }); err != nil {
		b.Fatal(err)
	}
	return r
}

// submit creates an account's task and notes the wait that its caller is told.
func (r *renderRun) submit(b *testing.B, account int64, low bool) {
	b.Helper()
	t := task.Task{ID: fmt.Sprintf("%06d", len(r.told)), Account: account, Version: 1, State: task.Queued, Engine: "fake", Created: r.now,
		Request: task.Request{Seconds: 5 + 5*r.random.IntN(2), LowPriority: low}}
	r.g.backlog.update(t, task.Local)
	r.told[t.ID] = r.g.estimateWait(b.Context(), t)
	r.waiting = append(r.waiting, t)
	r.start()
}

// start gives free workers the next tasks in the order of queue.fair.
func (r *renderRun) start() {
	for ; r.free > 0 && len(r.waiting) > 0; r.free-- {
		next := slices.MinFunc(r.waiting, r.compare)
		r.waiting = slices.DeleteFunc(r.waiting, func(t task.Task) bool { return t.ID == next.ID })
		r.last = next.Account
		wait := r.now.Sub(next.Created)
		r.off, r.actual = append(r.off, r.told[next.ID]-wait), append(r.actual, wait)
		next.State, next.Started = task.Running, r.now
		next.Version++
		r.g.backlog.update(next, task.Local)
		takes := time.Second + time.Duration(float64(next.Request.Seconds)*0.8*math.Exp(0.3*r.random.NormFloat64())*float64(time.Second))
		r.working = append(r.working, job{next, r.now.Add(takes)})
		slices.SortFunc(r.working, func(a, b job) int { return a.ends.Compare(b.ends) })
	}
}

// compare compares two waiting tasks by whose turn it is.
func (r *renderRun) compare(a, b task.Task) int {
	rank := func(t task.Task) (low, round int) {
		if t.Request.LowPriority {
			low = 1
		}
		if t.Account <= r.last {
			round = 1
		}
		return low, round
	}
	lowA, roundA := rank(a)
	lowB, roundB := rank(b)
	return cmp.Or(cmp.Compare(lowA, lowB), cmp.Compare(roundA, roundB), cmp.Compare(a.Account, b.Account), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

// until ends the tasks that end before a time, and moves the clock there.
func (r *renderRun) until(end time.Time) {
	for len(r.working) > 0 && r.working[0].ends.Before(end) {
		done := r.working[0].task
		r.now, r.working = r.working[0].ends, r.working[1:]
		done.State, done.Finished = task.Succeeded, r.now
		done.Version++
		r.g.backlog.update(done, task.Local)
		r.g.throughput.add(done)
		r.free++
		r.start()
	}
	r.now = end
}

// percentile returns the p-th percentile in seconds.
func percentile(all []time.Duration, p int) float64 {
	slices.Sort(all)
	return all[len(all)*p/100].Seconds()
}

// Two hours of four local workers: accounts that each send a task every half a minute or so, one that sends sixty at once every
// twenty minutes, and some tasks in explore mode. The figures are how far off estimatedTimeToStartSeconds was, told at creation.
func BenchmarkEstimate(b *testing.B) { b.Run("four workers", benchmarkEstimate) }

func benchmarkEstimate(b *testing.B) {
	var off, actual, late []time.Duration
	for n := range b.N {
		r := newRenderRun(b, 4, uint64(n+1))
		end, nextBatch := r.now.Add(2*time.Hour), r.now.Add(10*time.Minute)
		for r.now.Before(end) {
			r.until(r.now.Add(time.Duration(r.random.ExpFloat64() * float64(6*time.Second))))
			r.submit(b, 2+r.random.Int64N(5), r.random.IntN(10) == 0)
			if r.now.After(nextBatch) {
				nextBatch = nextBatch.Add(20 * time.Minute)
				for range 60 {
					r.submit(b, 1, false)
				}
			}
		}
		r.until(end.Add(24 * time.Hour))
		if len(r.off) != len(r.told) {
			b.Fatalf("%d of %d tasks have started", len(r.off), len(r.told))
		}
		for i, d := range r.off {
			if r.actual[i] > 0 || d > 0 { // else it neither waited nor was told to
				off, actual = append(off, d.Abs()), append(actual, r.actual[i])
				late = append(late, max(-d, 0)) // it started later than was told
			}
		}
	}
	b.ReportMetric(percentile(off, 50), "s-off-p50")
	b.ReportMetric(percentile(off, 90), "s-off-p90")
	b.ReportMetric(percentile(late, 90), "s-late-p90")
	b.ReportMetric(percentile(actual, 50), "s-waited-p50")
	b.ReportMetric(percentile(actual, 90), "s-waited-p90")
}
