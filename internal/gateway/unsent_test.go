package gateway_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// The engine can't be asked for its jobs, but this process knows that it has none.
func TestTaskWithAMarkerOfASubmitThatMadeNoJobIsSubmittedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		prompt string
		before awayStore // how the database fails before the marker is written
		during int       // the writes that fail after the submit
	}{
		"the write of the marker failed, and it is there all the same": {"a cat", awayStore{fails: 1, committed: true}, 0},
		"the write of the marker failed, and it is not there":          {"a cat", awayStore{fails: 2}, 0},
		"the engine was not reached, and that could not be written":    {"refuse:unreachable times:1", awayStore{}, 3},
		"the engine had no capacity, and that could not be written":    {"refuse:overloaded times:1", awayStore{}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.ExternalID = false
			rows := c.before
			rows.Store, rows.fails = h.config.Store, 0
			h.config.Store = &rows
			id := h.submit(t, c.prompt).ID
			h.use(blindEngine{&submitHookedEngine{Engine: h.fake, hook: func() { rows.fails = c.during }}})
			rows.fails = c.before.fails
			if got := h.run(t, id); got.State != task.Succeeded || h.fake.Submits(id) != 1 {
				t.Errorf("ended %s after %d submits: %+v", got.State, h.fake.Submits(id), got.Failure)
			}
		})
	}
}
