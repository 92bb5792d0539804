package comfy

import (
	"context"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks for a job that does not exist. A proxy asks its ComfyUI for it.
func (e *Engine) Check(ctx context.Context) (string, error) {
	_, _, err := e.status(ctx, engine.UnknownJob)
	return engine.CheckedByUnknownJob(err)
}
