package localai

import "context"

// Check implements [engine.Checker]: it asks for the models that are installed.
func (e *Engine) Check(ctx context.Context) (string, error) {
	var names []string
	for _, m := range e.models {
		names = append(names, m.Name)
	}
	return e.client.CheckServed(ctx, "/v1/models", names...)
}
