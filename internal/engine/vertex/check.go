package vertex

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it exchanges the key for a token, and asks for an operation of the project that does not exist.
func (e *Engine) Check(ctx context.Context) (string, error) {
	model := e.Capabilities().Models[0].Name
	_, err := e.fetchOperation(ctx, fmt.Sprintf("projects/%s/locations/%s/publishers/google/models/%s/operations/%s", e.opts.Project, e.opts.Location, model, engine.UnknownJob))
	return engine.CheckedByUnknownJob(err)
}
