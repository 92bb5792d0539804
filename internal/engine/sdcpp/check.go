package sdcpp

import "context"

// Check implements [engine.Checker]: it asks the server for what it can make, and returns the model that it has loaded.
func (e *Engine) Check(ctx context.Context) (string, error) {
	server, err := e.server(ctx)
	if err != nil {
		return "", err
	}
	return "the server has loaded " + server.Model.Name, nil
}
