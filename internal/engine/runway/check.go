package runway

import (
	"context"
	"net/http"
	"strconv"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Check implements [engine.Checker]: it asks for the organization's credits. An organization without any is an error.
func (e *Engine) Check(ctx context.Context) (string, error) {
	var out struct {
		Credits float64 `json:"creditBalance"`
	}
	if _, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v1/organization", Out: &out}); err != nil {
		return "", err
	}
	if out.Credits <= 0 {
		return "", &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused, Said: "the organization has no credits left"}
	}
	return strconv.FormatFloat(out.Credits, 'f', -1, 64) + " credits left", nil
}
