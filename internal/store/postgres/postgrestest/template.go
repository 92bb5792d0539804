package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// template is a database that has tables, and the databases that were copied from it.
type template struct {
	once   sync.Once
	name   string
	tables string // a hash of its tables, indexes and sequences
	reset  string // the statements that give a copy the template's rows and sequences again
	err    error

	mu   sync.Mutex
	free []string // copies with the template's tables and rows that no test uses
}

// NewMigrated returns the URL of a database for a test with the tables and rows that migrate has made in the first one. All tests of
// a server must pass the same migrate. When the test ends, its clients are cut off. The database gets the template's rows again and
// is given to a later test, which takes a fraction of the time of a new copy, or is dropped if the test has changed its tables.
func (s *Server) NewMigrated(tb testing.TB, migrate func(ctx context.Context, url string) error) string {
	tb.Helper()
	// No test's context will do, because later tests use the database too.
	s.template.once.Do(func() { s.template.err = s.makeTemplate(context.Background(), migrate) })
	if s.template.err != nil {
		tb.Fatal(s.template.err)
	}
	name, err := s.copyTemplate(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.release(context.Background(), name); err != nil {
			tb.Error(err)
		}
	})
	return s.URL(name)
}

// makeTemplate creates the template.
func (s *Server) makeTemplate(ctx context.Context, migrate func(ctx context.Context, url string) error) error {
	const name = "migrated"
	if err := s.exec(ctx, "CREATE DATABASE "+name); err != nil {
		return err
	}
	if err := migrate(ctx, s.URL(name)); err != nil {
		return fmt.Errorf("postgrestest: migrate the template: %w", err)
	}
	conn, err := pgx.Connect(ctx, s.URL(name))
	if err != nil {
		return fmt.Errorf("postgrestest: %w", err)
	}
	s.template.name = name
	s.template.tables, err = hashTables(ctx, conn)
	if err == nil {
		s.template.reset, err = resetStatements(ctx, conn)
	}
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return fmt.Errorf("postgrestest: read the template: %w", err)
	}
	return nil
}

// copyTemplate returns the name of a copy that no test uses.
func (s *Server) copyTemplate(ctx context.Context) (string, error) {
	s.template.mu.Lock()
	defer s.template.mu.Unlock()
	if last := len(s.template.free) - 1; last >= 0 {
		name := s.template.free[last]
		s.template.free = s.template.free[:last]
		return name, nil
	}
	name := fmt.Sprint("test_", s.databases.Add(1))
	// A copy of the files takes a third of the time of a copy through the log.
	return name, s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+s.template.name+" STRATEGY FILE_COPY")
}

// release makes a copy ready for the next test.
func (s *Server) release(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.URL(name))
	if err != nil {
		return fmt.Errorf("postgrestest: %w", err)
	}
	// It waits until they are gone, because the next test must not meet their locks.
	const cutOff = `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
	_, err = conn.Exec(ctx, cutOff)
	tables := ""
	if err == nil {
		tables, err = hashTables(ctx, conn)
	}
	same := tables == s.template.tables
	if err == nil && same {
		_, err = conn.Exec(ctx, s.template.reset)
	}
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return fmt.Errorf("postgrestest: empty %s: %w", name, err)
	}
	if !same {
		return s.exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
	}
	s.template.mu.Lock()
	defer s.template.mu.Unlock()
	s.template.free = append(s.template.free, name)
	return nil
}

// hashTables returns a hash of the tables, indexes and sequences of a database, which a copy of its files has too.
func hashTables(ctx context.Context, conn *pgx.Conn) (hash string, err error) {
	err = conn.QueryRow(ctx, `SELECT md5(coalesce(string_agg(concat_ws(' ', oid, relname, relnatts, relhastriggers), ',' ORDER BY oid), ''))
		FROM pg_class WHERE oid >= 16384`).Scan(&hash) // the objects below are PostgreSQL's own
	return hash, err
}

// truncateUsed empties the tables that have pages, as TRUNCATE does: a query planner looks at the pages too. To truncate a table that
// has none would take as long.
const truncateUsed = `DO $$ DECLARE used text; BEGIN
	SELECT string_agg(oid::regclass::text, ', ') INTO used FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0;
	IF used IS NOT NULL THEN EXECUTE 'TRUNCATE ' || used || ' CASCADE'; END IF;
END $$`

// resetStatements returns the statements that give a database with the same tables the rows and sequences of this one.
func resetStatements(ctx context.Context, conn *pgx.Conn) (string, error) {
	tables, err := texts(ctx, conn, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		return "", err
	}
	out := []string{`SET session_replication_role = replica`, truncateUsed} // no foreign key of the new rows is checked, and no trigger runs
	for _, table := range tables {
		rows, err := texts(ctx, conn, `SELECT format('INSERT INTO `+table+` OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::`+table+`, %L)', json_agg(t))
			FROM `+table+` t HAVING count(*) > 0`)
		if err != nil {
			return "", err
		}
		out = append(out, rows...)
	}
	sequences, err := texts(ctx, conn, `SELECT format('SELECT setval(%L, %s, %L)', quote_ident(sequencename), coalesce(last_value, start_value), last_value IS NOT NULL)
		FROM pg_sequences WHERE schemaname = 'public'`)
	return strings.Join(append(out, sequences...), "; "), err
}

// texts returns the only column of a query's rows.
func texts(ctx context.Context, conn *pgx.Conn, query string) ([]string, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
