// Package storetest is the test suite for implementations of [store.Store]. [Run] checks each sentence of that interface's
// documentation; [RunUnavailable] checks what a store does while its database cannot be written. The suite does not depend
// on any database.
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

// Open returns an empty store for one test, and closes it when the test ends. The store's Apply must call enqueue inside
// its transaction.
type Open func(t *testing.T, enqueue func(ctx context.Context, wakes []task.Wake) error) store.Store

// Run runs the suite on the stores that open returns.
func Run(t *testing.T, open Open) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, open Open)
	}{
		{"Apply", runApply},
		{"Atomicity", runAtomicity},
		{"RoundTrip", runRoundTrip},
		{"Tasks", runTasks},
		{"Prompts", runPrompts},
		{"Usage", runUsage},
		{"Events", runEvents},
		{"Feed", runFeed},
		{"Live", runLive},
		{"Artifacts", runArtifacts},
		{"Idempotency", runIdempotency},
		{"Keys", runKeys},
		{"Groups", runGroups},
		{"Datasets", runDatasets},
		{"Storyboards", runStoryboards},
		{"Secrets", runSecrets},
		{"Retention", runRetention},
		{"Webhooks", runWebhooks},
		{"Texts", runTexts},
		{"Sizes", runSizes},
		{"Times", runTimes},
		{"Writers", runWriters},
		{"Together", runTogether},
		{"Failures", runFailures},
		{"Cursors", runCursors},
		{"CancelledContext", runCancelled},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open) })
	}
}

// baseTime is the creation time of task 0. It has nanoseconds and a zone, neither of which a store keeps.
var baseTime = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600))

// at returns the time n seconds after baseTime.
func at(n int) time.Time { return baseTime.Add(time.Duration(n) * time.Second) }

// id returns the n-th UUID. UUIDs sort as their numbers do.
func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// openStore returns a store that discards wakes.
func openStore(t *testing.T, open Open) store.Store {
	t.Helper()
	return open(t, func(context.Context, []task.Wake) error { return nil })
}

// newTask returns the n-th task, created one second after task n-1.
func newTask(n int) task.Task {
	return task.Task{ID: id(n), Account: 1, State: task.Queued, Created: at(n), Updated: at(n),
		Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo"}}
}

// apply writes a change, which must succeed, and returns the task with its new version.
func apply(t *testing.T, s store.Store, c task.Change) task.Task {
	t.Helper()
	version, err := s.Apply(t.Context(), c)
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	c.Task.Version = version
	return c.Task
}

// put writes a task without events or wakes.
func put(t *testing.T, s store.Store, tk task.Task) task.Task {
	t.Helper()
	return apply(t, s, task.Change{Task: tk})
}

// get reads a task, which must exist.
func get(t *testing.T, s store.Store, id string) task.Task {
	t.Helper()
	tk, err := s.Task(t.Context(), id)
	if err != nil {
		t.Fatalf("Task: %v", err)
	}
	return tk
}

// events reads a task's history as it was written: without the versions, which are in order.
func events(t *testing.T, s store.Store, id string) []task.Event {
	t.Helper()
	found, err := s.Events(t.Context(), id)
	if err != nil {
		t.Fatalf("Events: %v", err)
	}
	last := int64(1)
	for i := range found {
		if found[i].Version < last {
			t.Errorf("an event of version %d is behind one of version %d", found[i].Version, last)
		}
		last, found[i].Version = found[i].Version, 0
	}
	return found
}

// checkEqual fails the test unless got equals want as a store keeps it, with times in milliseconds and UTC.
func checkEqual[T any](t *testing.T, got, want T) {
	t.Helper()
	v := reflect.New(reflect.TypeFor[T]()).Elem()
	v.Set(reflect.ValueOf(&want).Elem())
	stored := truncateTimes(v).Interface()
	if !reflect.DeepEqual(any(got), stored) {
		t.Errorf("read back\n%+v\nafter writing\n%+v", got, stored)
	}
}
