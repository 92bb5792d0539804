package gemini

import (
	"context"
	"net/http"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Check implements [engine.Checker]: it asks whether the API has the first model for this key.
func (e *Engine) Check(ctx context.Context) (string, error) {
	model := e.models[0].Name
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/models/" + model, Out: &struct{}{}})
	if err == nil {
		return "the key is accepted, and the API offers " + model, nil
	}
	if fault := engine.AsError(err); fault.Class == engine.NotFound {
		return "", &engine.Error{Class: engine.ModelError, Reason: task.VendorRefused, Status: fault.Status, Detail: fault.Detail, Said: fault.Said}
	}
	return "", err
}
