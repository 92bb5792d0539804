package makevid

import (
	"context"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Check implements [engine.Checker]: it asks for a task that does not exist. A Filmgate says if the address is wrong.
func (e *Engine) Check(ctx context.Context) (string, error) {
	_, _, err := e.status(ctx, engine.UnknownJob)
	if said := engine.AsError(err).Said; err != nil && strings.Contains(said, "nothing at this path") {
		return "", &engine.Error{Class: engine.ModelError, Reason: task.VendorRefused, Said: said, Text: "Its base_url may be wrong."}
	}
	return engine.CheckedByUnknownJob(err)
}
