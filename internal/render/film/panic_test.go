package film

import (
	"context"
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/panics"
)

func TestAPanicInAFrameEndsTheRenderWithAnError(t *testing.T) {
	f := &film{spec: Spec{Width: 64, Height: 64, Frames: 30}} // it has no layers, so drawing a frame panics
	err := f.drawAll(context.Background(), func(*frameJob) error {
		t.Error("a frame was delivered")
		return nil
	})
	var e *panics.Error
	if !errors.As(err, &e) || len(e.Stack) == 0 {
		t.Errorf("%v", err)
	}
}
