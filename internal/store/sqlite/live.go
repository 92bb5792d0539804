package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
)

var _ store.Live = (*Store)(nil)

// CountLive implements store.Live. SQLite reads JSON of text only: a blob would be its own binary form.
func (s *Store) CountLive(ctx context.Context) ([]store.LiveTasks, error) {
	all, err := queryAll(ctx, s.db.reader, query.ScanLive, query.CountLive(`json_extract(CAST(body AS TEXT), '$.Engine')`, `ended = 0`))
	if err != nil {
		return nil, fmt.Errorf("sqlite: count live tasks: %w", err)
	}
	return all, nil
}
