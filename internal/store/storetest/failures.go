package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// runRefusals checks that a change that is refused in its midst leaves nothing, and the way free for the next.
func runRefusals(t *testing.T, open Open) {
	t.Run("what is another's", func(t *testing.T) { runConflicts(t, openStore(t, open)) })
	t.Run("an alarm that breaks", func(t *testing.T) { runEnqueuePanic(t, open) })
	t.Run("a caller who gives up", func(t *testing.T) { runCancelledApply(t, open) })
}

func runConflicts(t *testing.T, s store.Store) {
	first := put(t, s, taskWithArtifact(1, func(a *task.Artifact) { a.Share = "token" }))
	for name, c := range map[string]struct {
		n      int
		change func(*task.Artifact)
	}{
		"a share token": {2, func(a *task.Artifact) { a.Share = "token" }},
		"an artifact":   {3, func(a *task.Artifact) { a.ID = id(1) }},
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
	t.Run("a share token that was given up is free", func(t *testing.T) {
		first.Artifacts = []task.Artifact{first.Artifacts[0]}
		first.Artifacts[0].Share = ""
		first = put(t, s, first)
		second := taskWithArtifact(4, func(a *task.Artifact) { a.Share = "token" })
		put(t, s, second)
		if got := artifacts(t, s, task.ArtifactQuery{Share: "token"}); len(got) != 1 || got[0].ID != id(4) {
			t.Errorf("the token is %+v's", got)
		}
	})
	t.Run("no share token is no one's", func(t *testing.T) {
		put(t, s, taskWithArtifact(5, func(*task.Artifact) {}))
		put(t, s, taskWithArtifact(6, func(*task.Artifact) {}))
	})
	t.Run("a key's hash, of a key that is there", func(t *testing.T) {
		mine, theirs := apikey.Key{ID: "mine", Hash: "h1", Created: at(1)}, apikey.Key{ID: "theirs", Hash: "h2", Created: at(2)}
		checkError(t, "PutKey", s.PutKey(t.Context(), mine), nil)
		checkError(t, "PutKey", s.PutKey(t.Context(), theirs), nil)
		stolen := mine
		stolen.Hash = theirs.Hash
		checkError(t, "PutKey", s.PutKey(t.Context(), stolen), store.ErrExists)
		found, err := s.Keys(t.Context(), "")
		checkError(t, "Keys", err, nil)
		checkEqual(t, found, []apikey.Key{mine, theirs})
	})
}

// A store may have one connection to write: who holds it when an alarm panics must let go of it.
func runEnqueuePanic(t *testing.T, open Open) {
	broken := true
	s := open(t, func(context.Context, []task.Wake) error {
		if broken {
			panic("an alarm that breaks")
		}
		return nil
	})
	c := task.Change{Task: newTask(1), Wakes: []task.Wake{{Task: id(1)}}}
	func() {
		defer func() { _ = recover() }()
		_, err := s.Apply(t.Context(), c)
		t.Errorf("Apply came back with %v", err)
	}()
	broken = false
	if _, err := s.Task(t.Context(), id(1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the task: %v, want ErrNotFound", err)
	}
	apply(t, s, c)
}

func runCancelledApply(t *testing.T, open Open) {
	var leave func()
	s := open(t, func(ctx context.Context, _ []task.Wake) error {
		leave()
		return ctx.Err()
	})
	before := put(t, s, newTask(1))
	ctx, stop := context.WithCancel(t.Context())
	leave = stop
	changed := before
	changed.State = task.Running
	c := task.Change{Task: changed, Events: []task.Event{{At: at(1), Kind: "state"}}, Wakes: []task.Wake{{Task: id(1)}}}
	_, err := s.Apply(ctx, c)
	checkError(t, "Apply", err, context.Canceled)
	checkEqual(t, get(t, s, before.ID), before)
	leave = func() {}
	apply(t, s, c)
	if got := events(t, s, before.ID); len(got) != 1 {
		t.Errorf("the history is %+v", got)
	}
}
