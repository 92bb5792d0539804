package fal

import (
	"context"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks for a request of a built-in model that does not exist.
func (e *Engine) Check(ctx context.Context) (string, error) {
	_, _, err := e.status(ctx, "fal-ai/veo3.1/requests/"+engine.UnknownJob)
	return engine.CheckedByUnknownJob(err)
}
