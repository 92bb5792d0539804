package ltx

import (
	"context"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks for a video that does not exist.
func (e *Engine) Check(ctx context.Context) (string, error) {
	_, _, err := e.status(ctx, "text-to-video/"+engine.UnknownJob)
	return engine.CheckedByUnknownJob(err)
}
