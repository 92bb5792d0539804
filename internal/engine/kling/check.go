package kling

import (
	"context"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks for a task that does not exist.
func (e *Engine) Check(ctx context.Context) (string, error) {
	_, _, err := e.status(ctx, "text2video/"+engine.UnknownJob)
	return engine.CheckedByUnknownJob(err)
}
