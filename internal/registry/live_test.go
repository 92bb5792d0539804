package registry_test

import (
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

func TestWorkStaysWithItsEngine(t *testing.T) {
	first, second := engines("a"), engines("a")
	begun, queued := task.Task{ID: "1", Engine: "a", Handle: "h"}, task.Task{ID: "2", Engine: "a"}
	l := registry.NewLive(first)
	l.Assign(begun.ID, first.Engines[0])
	l.Replace(second)
	l.Assign(begun.ID, second.Engines[0]) // it is assigned already
	for _, c := range []struct {
		name string
		t    task.Task
		want registry.Registry
	}{{"a task with work", begun, first}, {"a task without", queued, second}} {
		if n, ok := l.EngineFor(c.t); !ok || n.Engine != c.want.Engines[0].Engine {
			t.Errorf("%s goes to another engine", c.name)
		}
	}
	l.Reassign(begun.ID)
	if n, ok := l.EngineFor(begun); !ok || n.Engine != second.Engines[0].Engine {
		t.Error("a reassigned task stays with the old engine")
	}
	l.Replace(engines("b"))
	if _, ok := l.EngineFor(begun); !ok {
		t.Error("the engine of a task with work is not found")
	}
	if _, ok := l.EngineFor(queued); ok {
		t.Error("an engine that is gone is found")
	}
}

func TestReplaceGivesNewPolicies(t *testing.T) {
	r := engines("a")
	begun := task.Task{ID: "1", Engine: "a", Submitting: true}
	l := registry.NewLive(r)
	l.Assign(begun.ID, r.Engines[0])
	next := registry.Registry{Engines: []registry.ConfiguredEngine{r.Engines[0]}}
	next.Engines[0].Patience = time.Hour
	l.Replace(next)
	if n, _ := l.EngineFor(begun); n.Patience != time.Hour {
		t.Errorf("patience %v", n.Patience)
	}
}

func TestReleaseForgetsATask(t *testing.T) {
	r := engines("a")
	l := registry.NewLive(r)
	l.Assign("1", r.Engines[0])
	if !l.Assigned("1") || l.Assigned("2") {
		t.Error("only the first task is assigned")
	}
	l.Release("1")
	if l.Assigned("1") {
		t.Error("a released task is still known")
	}
}

func TestLiveIsSafeForConcurrentUse(t *testing.T) {
	r := engines("a")
	l := registry.NewLive(r)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				l.Assign("1", r.Engines[0])
				l.EngineFor(task.Task{ID: "1", Engine: "a", Handle: "h"})
				l.Replace(r)
				l.Release("1")
			}
		})
	}
	all.Wait()
	if len(l.Current().Engines) != 1 {
		t.Error("the engines are gone")
	}
}
