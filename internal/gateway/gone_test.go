package gateway_test

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// A task whose engine the operator has removed fails in words, whether the engine had its job or not.
func TestATaskOfARemovedEngineFailsInWords(t *testing.T) {
	for _, begun := range []bool{false, true} {
		h := newHarness(t)
		h.registry(h.engine(t))
		id := h.submit(t, "a cat").ID
		if begun {
			if _, err := h.Advance(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		other := fake.New(nil, h.now)
		other.Caps.Models = []engine.Model{{Name: "of videos", Modes: []engine.Mode{engine.FromVideo}}}
		h.config.Registry = registryOf("other", other)
		h.Gateway = h.config.build()
		got := h.run(t, id)
		if f := got.WhyFailed(); got.State != task.Failed || f.Reason != task.VendorUnavailable || !strings.HasPrefix(f.Text, "The engine a is no longer configured. ") {
			t.Errorf("with a job %v: ended %s, %+v", begun, got.State, f)
		}
	}
}
