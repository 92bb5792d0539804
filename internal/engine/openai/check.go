package openai

import (
	"context"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks for the server's models. A server without such a list is asked for a video that does
// not exist.
func (e *Engine) Check(ctx context.Context) (string, error) {
	var names []string
	for _, m := range e.models {
		if m.Name != anyModel {
			names = append(names, m.Name)
		}
	}
	learned, err := e.client.CheckServed(ctx, "/models", names...)
	if err != nil && engine.AsError(err).Class == engine.NotFound {
		_, _, err = e.status(ctx, engine.UnknownJob)
		return engine.CheckedByUnknownJob(err)
	}
	return learned, err
}
