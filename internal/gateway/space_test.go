package gateway_test

import (
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/task"
)

func TestAResultThatFindsNoSpaceWaitsAtItsEngine(t *testing.T) {
	h := newHarness(t)
	h.config.TempSpace = int64(len(aClip(t))) - 1
	h.use(h.fake)
	id := h.submit(t, "a lake").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	h.pass(h.fake.Takes)
	for range 30 {
		if _, err := h.Advance(t.Context(), id); !errors.Is(err, blob.ErrUnavailable) || !blob.IsFull(err) {
			t.Fatalf("%v", err)
		}
	}
	if left := h.tempFiles(t); len(left) > 0 {
		t.Errorf("left in the temp folder: %q", left)
	}
	h.config.TempSpace++
	h.use(h.fake)
	if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
		t.Errorf("%s, %+v, %d attempts", got.State, got.Failure, len(got.Attempts))
	}
}
