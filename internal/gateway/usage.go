package gateway

import (
	"context"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// Usage sums up the account's tasks that q selects, sorted by day, then by model. Days and models without a task are left out.
func (g *Gateway) Usage(ctx context.Context, who apikey.Key, q task.UsageQuery) ([]task.Usage, error) {
	q.Account = who.Account
	return g.cfg.Usage.Usage(ctx, q)
}
