package gateway

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// States returns the states that the account's task has been through, the present one last. NotFound as Read.
func (g *Gateway) States(ctx context.Context, who apikey.Key, id string) ([]task.Reached, error) {
	t, err := g.Read(ctx, who, id)
	if err != nil {
		return nil, err
	}
	all, err := g.cfg.Store.Events(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("gateway: states of task %s: %w", id, err)
	}
	known := all[:0:0]
	for _, e := range all {
		if e.Version <= t.Version { // what came after the read is for the next one
			known = append(known, e)
		}
	}
	return task.StatesOf(t, known), nil
}
