package gateway_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Whatever is done to tasks, in whatever order, and whenever the process dies: their states move only as the table allows, and a job is
// submitted once. A seed that failed is tried again by its subtest.
func TestRandomSequencesKeepTheTableOfMoves(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := &randomRun{harness: newHarness(t), random: rand.New(rand.NewPCG(seed, 13))}
			for _, prompt := range []string{"slow:20s", "slow:2h", "refuse:overloaded times:2 slow:2h", "refuse:refused", "fail:SAFETY.INPUT.TEXT", "lost:yes",
				"refuse:unreachable times:1 slow:2h"} {
				r.tasks = append(r.tasks, r.submit(t, prompt).ID)
			}
			for range 60 {
				r.act(t)
			}
			for n, id := range r.tasks {
				if n > 0 && !r.read(t, id).State.Terminal() { // the first one makes a video, unless it was cancelled
					r.cancel(t, id)
				}
				if got := r.run(t, id); !got.State.Terminal() {
					t.Errorf("%s ended as %s", got.Request.Prompt, got.State)
				}
				r.check(t, id)
			}
		})
	}
}

// randomRun does something to some of its tasks.
type randomRun struct {
	*harness
	random *rand.Rand
	tasks  []string
}

// act does one thing to one task, and checks it.
func (r *randomRun) act(t *testing.T) {
	t.Helper()
	id := r.tasks[r.random.IntN(len(r.tasks))]
	switch n := r.random.IntN(20); {
	case n < 9:
		_, _ = r.Advance(t.Context(), id) // a worker tries again
	case n < 12:
		r.pass(time.Duration(r.random.IntN(30)) * time.Second)
	case n < 14: // a step whose write is lost
		r.store.failAt = 1 + r.random.IntN(2)
		_, _ = r.Advance(t.Context(), id)
		r.store.failAt = 0
	case n < 18:
		r.die(t, id)
	case n < 19:
		r.Gateway = r.config.build()
	default:
		if !r.read(t, id).State.Terminal() {
			r.cancel(t, id)
		}
	}
	r.check(t, id)
}

// die takes a step that the process does not survive, and starts it again.
func (r *randomRun) die(t *testing.T, id string) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	r.store.failAt, r.store.crash = 1+r.random.IntN(2), kill
	_, _ = r.Advance(ctx, id)
	r.store.failAt, r.store.crash = 0, nil
	r.Gateway = r.config.build()
}

// check reads a task's events, which must lead to its state by moves of the table.
func (r *randomRun) check(t *testing.T, id string) {
	t.Helper()
	got := r.read(t, id)
	events, err := r.store.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var state task.State
	for _, e := range events {
		if e.To == "" || e.From == e.To {
			continue
		}
		if e.From != state || state != "" && !state.CanMoveTo(e.To) || state == "" && e.To != task.Queued {
			t.Fatalf("%s moved from %s to %s (%+v)", got.Request.Prompt, state, e.To, events)
		}
		state = e.To
	}
	if state != got.State {
		t.Fatalf("%s is %s, and its events say %s", got.Request.Prompt, got.State, state)
	}
	if n := r.fake.Submits(id); n > 1 && got.Request.Prompt != "fail:SAFETY.INPUT.TEXT" && got.Request.Prompt != "lost:yes" {
		t.Fatalf("%s was submitted %d times", got.Request.Prompt, n)
	}
	if (got.State == task.Succeeded) != (len(got.Artifacts) == 1) {
		t.Fatalf("%s is %s with %d artifacts", got.Request.Prompt, got.State, len(got.Artifacts))
	}
}
