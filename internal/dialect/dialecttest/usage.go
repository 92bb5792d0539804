package dialecttest

import (
	"context"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// Usage returns those of Sums that have a model, or those that have none, to account 7.
func (g *Gateway) Usage(_ context.Context, who apikey.Key, q task.UsageQuery) ([]task.Usage, error) {
	if who.Account != 7 {
		return nil, nil
	}
	return slices.DeleteFunc(slices.Clone(g.Sums), func(u task.Usage) bool { return (u.Model == "") == (q.By == task.UsageByModel) }), nil
}
