package film

import (
	"context"
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/panics"
)

func TestAFrameThatPanicsEndsTheFilmWithItsPanic(t *testing.T) {
	f := &film{spec: Spec{Width: 64, Height: 64, Frames: 30}} // nothing is prepared: its painters can't be made
	err := f.drawAll(context.Background(), func(*frameJob) error {
		t.Error("a frame came of it")
		return nil
	})
	var e *panics.Error
	if !errors.As(err, &e) || len(e.Stack) == 0 {
		t.Errorf("%v", err)
	}
}
