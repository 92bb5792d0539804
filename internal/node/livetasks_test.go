package node

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// slowRows counts tasks slowly, by a clock of its own.
type slowRows struct {
	clock time.Time
	takes time.Duration
	rows  []store.LiveTasks
	err   error
	asked int
}

func (r *slowRows) CountLive(context.Context) ([]store.LiveTasks, error) {
	r.asked++
	r.clock = r.clock.Add(r.takes)
	return r.rows, r.err
}

func (r *slowRows) now() time.Time { return r.clock }

func idleEngine() registry.Registry {
	return registry.Registry{Engines: []registry.ConfiguredEngine{{Name: "idle"}}}
}

// collect returns the values that a collector exports, by the name and the labels.
func collect(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(c); err != nil {
		t.Fatal(err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			name := f.GetName()
			for _, l := range m.Label {
				name += fmt.Sprintf(" %s=%s", l.GetName(), l.GetValue())
			}
			all[name] = m.GetGauge().GetValue()
		}
	}
	return all
}

func TestLiveTasksAreThoseOfTheRows(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	rows := &slowRows{clock: now, rows: []store.LiveTasks{
		{State: task.Queued, Model: "gen4", Engine: "team", Tasks: 3, Oldest: now.Add(-time.Minute)},
		{State: task.Throttled, Model: "gen3", Engine: "team", Tasks: 1, Oldest: now.Add(-time.Hour)},
		{State: task.Running, Model: "gen4", Engine: "team", Tasks: 2, Oldest: now.Add(-2 * time.Hour)},
		{State: task.Queued, Tasks: 1, Oldest: now.Add(time.Second)}, // by another server's clock
	}}
	want := map[string]float64{
		"filmgate_tasks engine=team model=gen4 state=QUEUED": 3, "filmgate_tasks engine=team model=gen3 state=THROTTLED": 1,
		"filmgate_tasks engine=team model=gen4 state=RUNNING": 2, "filmgate_tasks engine=none model=none state=QUEUED": 1,
		"filmgate_queue_tasks engine=team": 4, "filmgate_queue_oldest_seconds engine=team": 3600,
		"filmgate_queue_tasks engine=idle": 0, "filmgate_queue_oldest_seconds engine=idle": 0,
		"filmgate_queue_tasks engine=none": 1, "filmgate_queue_oldest_seconds engine=none": 0,
	}
	got := collect(t, newLiveTasks(rows, idleEngine, newMeter(rows.now)))
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	rows.err = errors.New("away")
	if got := collect(t, newLiveTasks(rows, idleEngine, newMeter(rows.now))); len(got) != 0 {
		t.Errorf("while the database is away: %v", got)
	}
}

// However often metrics are read, at most a fiftieth of the time is spent on counting.
func TestLiveTasksAreCountedSeldom(t *testing.T) {
	t.Parallel()
	for takes, seconds := range map[time.Duration]int{time.Millisecond: 10, time.Second: 50} {
		rows := &slowRows{clock: time.Unix(1_800_000_000, 0), takes: takes}
		live := newLiveTasks(rows, idleEngine, newMeter(rows.now))
		for range 10 * seconds {
			live.count()
			rows.clock = rows.clock.Add(time.Second)
		}
		if rows.asked < 9 || rows.asked > 10 {
			t.Errorf("rows that take %v are counted %d times in %d s", takes, rows.asked, 10*seconds)
		}
	}
}

func TestLabelsHaveABound(t *testing.T) {
	t.Parallel()
	l := newLabelValues(2)
	for _, v := range []struct{ in, out string }{{"a", "a"}, {"b", "b"}, {"c", "other"}, {"", "none"}, {"a", "a"}, {"d", "other"}} {
		if got := l.of(v.in); got != v.out {
			t.Errorf("%q is %q", v.in, got)
		}
	}
}
