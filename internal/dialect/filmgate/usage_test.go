package filmgate_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// usageGateway records the query of a call for usage.
type usageGateway struct {
	*gateway
	asked task.UsageQuery
}

// Usage records the query.
func (g *usageGateway) Usage(ctx context.Context, who apikey.Key, q task.UsageQuery) ([]task.Usage, error) {
	g.asked = q
	return g.gateway.Usage(ctx, who, q)
}

func TestUsageIsOfTheTimeThatIsAskedFor(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	for query, want := range map[string]task.UsageQuery{
		"":                           {From: day(11, 11), To: now, By: task.UsageByDay},
		"?by=model&model=m":          {From: day(11, 11), To: now, By: task.UsageByModel, Model: "m"},
		"?to=2026-06-15T00:00:00Z":   {From: day(6, 2), To: day(6, 15), By: task.UsageByDay},
		"?from=2026-11-24T00:00:00Z": {From: day(11, 24), To: now, By: task.UsageByDay},
		"?from=2026-08-16T10:00:00Z": {From: now.AddDate(0, 0, -100), To: now, By: task.UsageByDay}, // the longest
		"?from=2026-11-01T02:00:00.0009%2B02:00&to=2026-11-02T00:00:00Z": {From: day(11, 1), To: day(11, 2), By: task.UsageByDay},
	} {
		g := &usageGateway{gateway: open()}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x/api/v1/usage"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+dialecttest.ReadKey)
		if code := answer(routesOf(g), r); code != http.StatusOK || g.asked != want {
			t.Errorf("%q: status %d, asked for %+v, want %+v", query, code, g.asked, want)
		}
	}
}
