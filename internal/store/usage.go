package store

import (
	"context"
	"math"

	"github.com/filmgate/filmgate/internal/task"
)

// Usage is a database that sums up what accounts have used. Apply counts the tasks that it ends; a server of an earlier version does not.
// A task that retention deletes is not counted any more. Every method may return ErrUnavailable.
type Usage interface {
	// Usage sums up the tasks that q selects, sorted by day, then by model. Days and models without a task are left out.
	Usage(ctx context.Context, q task.UsageQuery) ([]task.Usage, error)
	// CountUsage counts at most limit ended tasks that are not counted yet, and returns how many. It may be called at any time, by many
	// servers at once.
	CountUsage(ctx context.Context, limit int) (counted int, err error)
}

// UsageRow is what is stored of an ended task to be summed up.
type UsageRow struct {
	Wait  int64 // milliseconds until its work began; -1 = it never did
	Video int64 // milliseconds
	Costs []UsageCostRow
}

// UsageCostRow is what a task's jobs cost at one engine, in millionths of the currency.
type UsageCostRow struct {
	Engine, Currency string
	Cost             int64
}

// mostCost is the most that one job is counted to cost, far from what would overflow a sum.
const mostCost = 1e6

// UsageOf returns the row of an ended task.
func UsageOf(t task.Task) UsageRow {
	r := UsageRow{Wait: -1}
	if !t.Started.IsZero() {
		r.Wait = max(0, t.Started.UnixMilli()-t.Created.UnixMilli())
	}
	for _, a := range t.Artifacts {
		r.Video += a.Duration.Milliseconds()
	}
	at := map[[2]string]int{}
	for _, a := range t.Attempts {
		if a.Cost <= 0 {
			continue
		}
		key := [2]string{a.Engine, a.Currency}
		i, known := at[key]
		if !known {
			i, at[key] = len(r.Costs), len(r.Costs)
			r.Costs = append(r.Costs, UsageCostRow{Engine: a.Engine, Currency: a.Currency})
		}
		r.Costs[i].Cost += int64(math.Round(min(a.Cost, mostCost) * 1e6))
	}
	return r
}
