package gateway_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// TestAPollOfTheEngineAllocatesLittle counts the allocations of a step that polls the engine and hears nothing new. To read the row would
// take several times as many.
func TestAPollOfTheEngineAllocatesLittle(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "a cat slow:1h").ID
	for h.read(t, id).State != task.Running {
		next, err := h.Advance(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		h.pass(next.After)
	}
	const most = 3
	got := testing.AllocsPerRun(100, func() {
		if next, err := h.Advance(t.Context(), id); err != nil || next.Done || next.After < time.Second {
			t.Fatalf("%+v, %v", next, err)
		}
	})
	if got > most {
		t.Errorf("%g allocations, at most %d are wanted", got, most)
	}
}
