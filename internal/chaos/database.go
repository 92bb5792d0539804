package chaos

import (
	"context"

	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
)

// database is a PostgreSQL server of the run's own.
type database struct{ server *postgrestest.Server }

func startDatabase(ctx context.Context) (*database, error) {
	s, err := postgrestest.Start(ctx)
	if err != nil {
		return nil, err
	}
	return &database{s}, nil
}

// url returns the URL of the database; "" for SQLite.
func (d *database) url() string {
	if d == nil {
		return ""
	}
	return d.server.URL("postgres")
}

func (d *database) kill(ctx context.Context) error  { return d.server.Crash(ctx) }
func (d *database) start(ctx context.Context) error { return d.server.Resume(ctx) }
func (d *database) stop() error                     { return d.server.Stop() }
