package gateway_test

import (
	"context"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// noSpaceError is what an engine of this machine says while it can't write.
type noSpaceError struct{}

func (noSpaceError) Error() string { return "no space left on device" }

func (noSpaceError) Unavailable() bool { return true }

// onBadDisk is an engine of this machine whose work ends for want of the disk, so often.
type onBadDisk struct {
	*fake.Engine
	times int
}

func (e *onBadDisk) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if e.times--; e.times >= 0 {
		return engine.Status{}, noSpaceError{}
	}
	return e.Engine.Poll(ctx, handle)
}

func TestWorkThatTheDiskCouldNotTakeIsMadeAnewAnyNumberOfTimes(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Lane, h.fake.Caps.Restartable = task.Local, true
	h.use(&onBadDisk{h.fake, 50})
	id := h.submit(t, "zoom").ID
	if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
		t.Errorf("%s after %d attempts: %+v", got.State, len(got.Attempts), got.Failure)
	}
}
