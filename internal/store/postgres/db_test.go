package postgres_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/task"
)

func TestErrorsOfTheURLNeverShowThePassword(t *testing.T) {
	for name, c := range map[string]struct{ url, want string }{
		"nothing listens there": {"postgres://me:hunter2@127.0.0.1:1/films?connect_timeout=2",
			"(127.0.0.1:1 can't be reached: connect: connection refused: start it, or correct the host and the port in the URL)"},
		"a host that does not exist": {"postgres://me:hunter2@nowhere..invalid/films", `(there is no host "nowhere..invalid": correct the name in the URL)`},
		"one of several hosts":       {"postgres://me:hunter2@127.0.0.1:1,127.0.0.1:2/films", "127.0.0.1:2"},
		"another scheme":             {"mysql://me:hunter2@db/films", "postgres://USER:PASSWORD@HOST:5432/DATABASE"},
		"a port that is no number":   {"postgres://me:hunter2@db:port/films", "it is not a URL"},
		"a password with a slash":    {"postgres://me:hunter2/#?@db/films", "postgres://USER:PASSWORD@HOST:5432/DATABASE"},
		"a wrong escape":             {"postgres://me:hunter2%zz@db/films", "percent-encoded"},
		"an unknown sslmode":         {"postgres://me:hunter2@db/films?sslmode=maybe", "sslmode"},
		"a password as a parameter":  {"postgres://db/films?password=hunter2&sslmode=maybe", "sslmode"},
		"a pool that is too small":   {"postgres://me:hunter2@db/films?pool_max_conns=3", "allowed are 4"},
		"a pool without size":        {"postgres://me:hunter2@db/films?pool_max_conns=hunter2", "pool_max_conns"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := postgres.OpenDB(t.Context(), c.url)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v, want one with %q and without the password", err, c.want)
			}
		})
	}
}

func TestUnreachableDatabaseIsUnavailable(t *testing.T) {
	if _, err := postgres.OpenDB(t.Context(), "postgres://127.0.0.1:1/films"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	shared.Server(t)
	missing := shared.Server(t).URL("missing")
	if _, err := postgres.OpenDB(t.Context(), missing); err == nil || !strings.HasSuffix(err.Error(), `says: database "missing" does not exist)`) {
		t.Errorf("a database that does not exist: %v", err)
	}
}

func TestMigrate(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	db, err := postgres.OpenDB(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	from, to, err := db.Migrate(t.Context())
	if err != nil || from != 0 || to == 0 {
		t.Errorf("an empty database goes from %d to %d, %v", from, to, err)
	}
	if from, again, err := db.Migrate(t.Context()); err != nil || from != to || again != to {
		t.Errorf("the second time it goes from %d to %d, %v", from, again, err)
	}
	if _, err := db.Pool().Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "start a newer program") {
		t.Errorf("a newer program's tables: %v", err)
	}
	if err := db.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "start a newer program") {
		t.Errorf("checking a newer program's tables: %v", err)
	}
}

func TestCheckChangesNothing(t *testing.T) {
	db, err := postgres.OpenDB(t.Context(), shared.Server(t).NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("an empty database: %v", err)
	}
	var tables int
	if err := db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables were made, %v", tables, err)
	}
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("a migrated database: %v", err)
	}
}

func TestUserWhoMayNotMakeTablesIsToldSo(t *testing.T) {
	direct := shared.Server(t).NewDatabase(t)
	conn, err := pgx.Connect(t.Context(), direct)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `CREATE USER guest`)
	if err = errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.OpenDB(t.Context(), strings.Replace(direct, "filmgate@", "guest@", 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "owner of the database") {
		t.Errorf("%v", err)
	}
}

func TestOtherEncodingsAreRefused(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0`)
	if err = errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.OpenDB(t.Context(), shared.Server(t).URL("latin")); err == nil || !strings.Contains(err.Error(), "UTF8") {
		t.Errorf("%v", err)
	}
}

func TestOneServerLocksTheDatabase(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	first, second := openDB(t, url), openDB(t, url)
	t.Cleanup(func() { _ = errors.Join(first.Close(), second.Close()) })
	if err := first.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := second.Lock(t.Context()); !errors.Is(err, postgres.ErrLocked) {
		t.Errorf("the second: %v", err)
	}
	if err := first.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	t.Run("Ping takes it again after the connection was lost", func(t *testing.T) {
		cut(t, second)
		if err := first.Ping(t.Context()); err != nil {
			t.Errorf("ping: %v", err)
		}
		if err := second.Lock(t.Context()); !errors.Is(err, postgres.ErrLocked) {
			t.Errorf("the second: %v", err)
		}
	})
	rows := postgres.New(first, noWakes)
	t.Run("a write takes it again after the connection was lost", func(t *testing.T) {
		cut(t, second)
		if _, err := rows.Apply(t.Context(), task.Change{Task: task.Task{ID: "a", Account: 1}}); err != nil {
			t.Errorf("Apply: %v", err)
		}
		if err := second.Lock(t.Context()); !errors.Is(err, postgres.ErrLocked) {
			t.Errorf("the second: %v", err)
		}
	})
	t.Run("nothing is written if another has taken it meanwhile", func(t *testing.T) {
		cut(t, second)
		if err := second.Lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := first.Ping(t.Context()); !errors.Is(err, postgres.ErrLocked) {
			t.Errorf("ping: %v", err)
		}
		_, err := rows.Apply(t.Context(), task.Change{Task: task.Task{ID: "b", Account: 1}})
		if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, postgres.ErrLocked) {
			t.Errorf("Apply: %v", err)
		}
		if _, err := rows.Task(t.Context(), "b"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the task: %v", err)
		}
	})
	t.Run("Close gives it up", func(t *testing.T) {
		third := openDB(t, url)
		t.Cleanup(func() { _ = third.Close() })
		if err := second.Close(); err != nil {
			t.Fatal(err)
		}
		if err := third.Lock(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// cut ends all connections to the database but the one that says so.
func cut(t *testing.T, db *postgres.DB) {
	t.Helper()
	_, err := db.Pool().Exec(t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestIDsThatNoColumnCanHoldFindNothing(t *testing.T) {
	s := openStore(t, shared.Server(t).NewDatabase(t), noWakes)
	if _, err := s.Apply(t.Context(), task.Change{Task: task.Task{ID: "a", Account: 1}}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a\x00", "\x00", "a\xff", "\xc0\x80"} {
		if _, err := s.Task(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("task %q: %v", id, err)
		}
		found, err := s.Artifacts(t.Context(), task.ArtifactQuery{Artifact: id, Share: id, Group: id, After: task.Cursor{ID: id}})
		if err != nil || len(found) > 0 {
			t.Errorf("artifact %q: %v, %v", id, found, err)
		}
		if _, err := s.Tasks(t.Context(), task.Query{Model: id, ExternalID: id}); err != nil {
			t.Errorf("tasks of model %q: %v", id, err)
		}
	}
}

func TestLongTextsFitInTheIndexes(t *testing.T) {
	s := openStore(t, shared.Server(t).NewDatabase(t), noWakes)
	var b strings.Builder
	for n := range 3000 { // nothing that could be compressed
		b.WriteString(url.PathEscape(string(rune(0x4e00 + n*7919%20000))))
	}
	long := b.String()
	tk := task.Task{ID: "a", Account: 1, Request: task.Request{Model: long, Dialect: long, ExternalID: long}}
	tk.Artifacts = []task.Artifact{{ID: "b", Task: "a", Account: 1, Group: long, Share: long}}
	record := task.IdempotencyRecord{Account: 1, Key: long, Fingerprint: long, Task: "a"}
	if _, err := s.Apply(t.Context(), task.Change{Task: tk, Idempotency: &record}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutGroup(t.Context(), task.AssetGroup{ID: "g", Account: 1, Name: long}); err != nil {
		t.Error(err)
	}
	if found, err := s.Tasks(t.Context(), task.Query{Account: 1, ExternalID: long}); err != nil || len(found) != 1 {
		t.Errorf("found %d, %v", len(found), err)
	}
}

func TestMissingPostgreSQLIsNamed(t *testing.T) {
	if !strings.Contains(postgrestest.ErrMissing.Error(), "install the package postgresql") {
		t.Errorf("%v", postgrestest.ErrMissing)
	}
}
