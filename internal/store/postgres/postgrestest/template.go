package postgrestest

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// template is a database that has tables and no rows.
type template struct {
	once sync.Once
	name string
	err  error
}

// NewMigrated creates a database for a test as migrate has made the first one, and returns its URL. On a server that does not
// wait for the disk it takes a fifth of the time of a migration. All tests of a server must pass the same migrate. The database
// is dropped when the test ends.
func (s *Server) NewMigrated(tb testing.TB, migrate func(ctx context.Context, url string) error) string {
	tb.Helper()
	// No test's context will do, because later tests use the database too.
	s.template.once.Do(func() { s.template.name, s.template.err = s.migrated(context.Background(), migrate) })
	if s.template.err != nil {
		tb.Fatal(s.template.err)
	}
	name := fmt.Sprint("test_", s.databases.Add(1))
	// A copy of the files takes a third of the time of a copy through the log.
	if err := s.exec(tb.Context(), "CREATE DATABASE "+name+" TEMPLATE "+s.template.name+" STRATEGY FILE_COPY"); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return s.URL(name)
}

// migrated creates the template and returns its name.
func (s *Server) migrated(ctx context.Context, migrate func(ctx context.Context, url string) error) (string, error) {
	const name = "migrated"
	if err := s.exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	if err := migrate(ctx, s.URL(name)); err != nil {
		return "", fmt.Errorf("postgrestest: migrate the template: %w", err)
	}
	return name, nil
}
