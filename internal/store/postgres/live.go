package postgres

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
)

var _ store.Live = (*Store)(nil)

// engineOf is the SQL of a task's engine. PostgreSQL refuses to read JSON with a character 0 in any string of it, which prompts may have, so
// only the engine's own string is read as JSON. It is the first that looks like this: quotes within strings come after a backslash.
const engineOf = `(substring(convert_from(body, 'UTF8') FROM '"Engine":("(?:[^"\\]|\\.)*")'))::json #>> '{}'`

// CountLive implements store.Live.
func (s *Store) CountLive(ctx context.Context) ([]store.LiveTasks, error) {
	all, err := queryAll(ctx, s.db, query.ScanLive, query.CountLive(engineOf, `NOT ended`))
	if err != nil {
		return nil, fmt.Errorf("postgres: count live tasks: %w", err)
	}
	return all, nil
}
