package gateway_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestTheVendorsCopyIsDeletedIfTheOperatorWantsIt(t *testing.T) {
	for _, c := range []struct {
		name    string
		cleanup engine.Cleanup
		wanted  bool // by the operator
		cancels int
	}{
		{"it is left alone", engine.DeletesCopy, false, 0},
		{"it is deleted", engine.DeletesCopy, true, 1},
		{"the engine can't", engine.NoCleanup, true, 0},
		{"the job is in this process", engine.FreesJob, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			for prompt, ends := range map[string]task.State{"a cat": task.Succeeded, "fail:SAFETY.INPUT.TEXT": task.Failed} {
				h := newHarness(t)
				e := &stubbornEngine{Engine: h.engine(t).Engine}
				e.Caps.Cleanup = c.cleanup
				h.registry(e)
				h.config.Registry.Engines[0].DeleteAtVendor = c.wanted
				h.Gateway = h.config.build()
				if got := h.run(t, h.submit(t, prompt).ID); got.State != ends || e.cancels != c.cancels {
					t.Errorf("%s: ended %s after %d cancels, want %s after %d", prompt, got.State, e.cancels, ends, c.cancels)
				}
			}
		})
	}
}
