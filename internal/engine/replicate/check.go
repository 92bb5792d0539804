package replicate

import (
	"context"
	"net/http"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks whose token it is. Replicate does not tell the balance.
func (e *Engine) Check(ctx context.Context) (string, error) {
	var out struct {
		Type string `json:"type"` // user or organization
		Name string `json:"username"`
	}
	if _, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/account", Out: &out}); err != nil {
		return "", err
	}
	if out.Name == "" {
		return "", engine.InvalidResponseError("an account without a name")
	}
	return "the key of " + out.Type + " " + out.Name, nil
}
