package dialecttest

import (
	"context"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// EngineHealth returns Engines to account 7, which is the operator's.
func (g *Gateway) EngineHealth(_ context.Context, who apikey.Key) ([]task.EngineHealth, error) {
	if who.Account != 7 {
		return nil, &task.Error{Code: task.Forbidden, Detail: "Only keys of account 7, the operator's, see the engines."}
	}
	return g.Engines, nil
}
