package lightx2v

import (
	"context"
	"fmt"
	"net/http"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks the server what it runs, and for its queue.
func (e *Engine) Check(ctx context.Context) (string, error) {
	server, err := e.server(ctx)
	if err != nil {
		return "", err
	}
	var queue struct {
		Active int `json:"active_count"`
		Size   int `json:"queue_size"`
	}
	if _, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/tasks/queue/status", Out: &queue}); err != nil {
		return "", err
	}
	return fmt.Sprintf("the server runs %s as %s, and has %d of at most %d tasks", server.Path, server.Kind, queue.Active, queue.Size), nil
}
