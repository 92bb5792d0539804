package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// runFailures checks that a change that fails halfway writes nothing and does not block later changes.
func runFailures(t *testing.T, open Open) {
	t.Run("a conflict", func(t *testing.T) { runConflicts(t, openStore(t, open)) })
	t.Run("a panic in enqueue", func(t *testing.T) { runEnqueuePanic(t, open) })
	t.Run("a cancelled context", func(t *testing.T) { runCancelledApply(t, open) })
}

func runConflicts(t *testing.T, s store.Store) {
	first := put(t, s, taskWithArtifact(1, func(a *task.Artifact) { a.Share = "token" }))
	for name, c := range map[string]struct {
		n      int
		change func(*task.Artifact)
	}{
		"share token": {2, func(a *task.Artifact) { a.Share = "token" }},
		"artifact id": {3, func(a *task.Artifact) { a.ID = id(1) }},
	} {
		t.Run(name, func(t *testing.T) {
			bare := newTask(c.n)
			bare = put(t, s, bare)
			change := taskWithArtifact(c.n, c.change)
			change.Version = bare.Version
			_, err := s.Apply(t.Context(), task.Change{Task: change, Events: []task.Event{{At: at(1), Kind: "state"}}})
			checkError(t, "Apply", err, store.ErrExists)
			checkEqual(t, get(t, s, bare.ID), bare)
			if got := events(t, s, bare.ID); len(got) > 0 {
				t.Errorf("its history is %+v", got)
			}
			checkEqual(t, artifacts(t, s, task.ArtifactQuery{}), first.Artifacts)
		})
	}
	t.Run("a cleared share token is free", func(t *testing.T) {
		first.Artifacts = []task.Artifact{first.Artifacts[0]}
		first.Artifacts[0].Share = ""
		first = put(t, s, first)
		second := taskWithArtifact(4, func(a *task.Artifact) { a.Share = "token" })
		put(t, s, second)
		if got := artifacts(t, s, task.ArtifactQuery{Share: "token"}); len(got) != 1 || got[0].ID != id(4) {
			t.Errorf("the token finds %+v", got)
		}
	})
	t.Run("empty share tokens do not conflict", func(t *testing.T) {
		put(t, s, taskWithArtifact(5, func(*task.Artifact) {}))
		put(t, s, taskWithArtifact(6, func(*task.Artifact) {}))
	})
	t.Run("hash of another key", func(t *testing.T) {
		mine, theirs := apikey.Key{ID: "mine", Hash: "h1", Created: at(1)}, apikey.Key{ID: "theirs", Hash: "h2", Created: at(2)}
		checkError(t, "PutKey", s.PutKey(t.Context(), mine), nil)
		checkError(t, "PutKey", s.PutKey(t.Context(), theirs), nil)
		stolen := mine
		stolen.Hash = theirs.Hash
		checkError(t, "PutKey", s.PutKey(t.Context(), stolen), store.ErrExists)
		found, err := s.Keys(t.Context(), apikey.Query{})
		checkError(t, "Keys", err, nil)
		checkEqual(t, found, []apikey.Key{mine, theirs})
	})
}

// runEnqueuePanic checks that a panic in enqueue ends the transaction: a store may have only one connection for writing.
func runEnqueuePanic(t *testing.T, open Open) {
	broken := true
	s := open(t, func(context.Context, []task.Wake) error {
		if broken {
			panic("enqueue")
		}
		return nil
	})
	c := task.Change{Task: newTask(1), Wakes: []task.Wake{{Task: id(1)}}}
	func() {
		defer func() { _ = recover() }()
		_, err := s.Apply(t.Context(), c)
		t.Errorf("Apply returned %v, want a panic", err)
	}()
	broken = false
	if _, err := s.Task(t.Context(), id(1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the task: %v, want ErrNotFound", err)
	}
	apply(t, s, c)
}

// runCancelledApply checks an Apply whose context ends in the middle.
func runCancelledApply(t *testing.T, open Open) {
	var cancel func()
	s := open(t, func(ctx context.Context, _ []task.Wake) error {
		cancel()
		return ctx.Err()
	})
	before := put(t, s, newTask(1))
	ctx, stop := context.WithCancel(t.Context())
	cancel = stop
	changed := before
	changed.State = task.Running
	c := task.Change{Task: changed, Events: []task.Event{{At: at(1), Kind: "state"}}, Wakes: []task.Wake{{Task: id(1)}}}
	_, err := s.Apply(ctx, c)
	checkError(t, "Apply", err, context.Canceled)
	checkEqual(t, get(t, s, before.ID), before)
	cancel = func() {}
	apply(t, s, c)
	if got := events(t, s, before.ID); len(got) != 1 {
		t.Errorf("the history is %+v", got)
	}
}
