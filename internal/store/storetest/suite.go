// Package storetest is the suite that every store passes. It checks the sentences of package store's documentation one
// by one, and knows nothing of any database.
package storetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Open makes an empty store for one test and closes it when the test ends. Its Apply must call enqueue inside the
// transaction.
type Open func(t *testing.T, enqueue func(ctx context.Context, wakes []task.Wake) error) store.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, open Open)
	}{
		{"Apply", runApply},
		{"Atomicity", runAtomicity},
		{"RoundTrip", runRoundTrip},
		{"Tasks", runTasks},
		{"Events", runEvents},
		{"Artifacts", runArtifacts},
		{"Replay", runIdempotency},
		{"Keys", runKeys},
		{"Groups", runGroups},
		{"Datasets", runDatasets},
		{"Secrets", runSecrets},
		{"Texts", runTexts},
		{"Sizes", runSizes},
		{"Times", runTimes},
		{"Writers", runWriters},
		{"Refusals", runRefusals},
		{"Cursors", runCursors},
		{"CancelledContext", runCancelled},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open) })
	}
}

// baseTime is when the tests' rows begin. It has more digits than a store keeps and a zone that it forgets.
var baseTime = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600))

// at is the n-th second of the day.
func at(n int) time.Time { return baseTime.Add(time.Duration(n) * time.Second) }

// id is the n-th UUID. They sort as their numbers do.
func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// openStore is a store whose alarms ring for nobody.
func openStore(t *testing.T, open Open) store.Store {
	t.Helper()
	return open(t, func(context.Context, []task.Wake) error { return nil })
}

// newTask is the n-th task, one second younger than the one before.
func newTask(n int) task.Task {
	return task.Task{ID: id(n), Account: 1, State: task.Queued, Created: at(n), Updated: at(n),
		Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo"}}
}

// apply writes a change that must succeed and returns the task as it may be changed next.
func apply(t *testing.T, s store.Store, c task.Change) task.Task {
	t.Helper()
	version, err := s.Apply(t.Context(), c)
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	c.Task.Version = version
	return c.Task
}

// put writes a task alone.
func put(t *testing.T, s store.Store, tk task.Task) task.Task {
	t.Helper()
	return apply(t, s, task.Change{Task: tk})
}

// get reads a task that must be there.
func get(t *testing.T, s store.Store, id string) task.Task {
	t.Helper()
	tk, err := s.Task(t.Context(), id)
	if err != nil {
		t.Fatalf("Task: %v", err)
	}
	return tk
}

// events reads a history.
func events(t *testing.T, s store.Store, id string) []task.Event {
	t.Helper()
	found, err := s.Events(t.Context(), id)
	if err != nil {
		t.Fatalf("Events: %v", err)
	}
	return found
}

// checkEqual fails unless got is want as a store keeps it: times in milliseconds and UTC.
func checkEqual[T any](t *testing.T, got, want T) {
	t.Helper()
	v := reflect.New(reflect.TypeFor[T]()).Elem()
	v.Set(reflect.ValueOf(&want).Elem())
	kept := truncateTimes(v).Interface()
	if !reflect.DeepEqual(any(got), kept) {
		t.Errorf("read back\n%+v\nafter writing\n%+v", got, kept)
	}
}
