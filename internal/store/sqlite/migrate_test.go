package sqlite

import (
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/filmgate/filmgate/internal/task"
)

// openAtVersion returns a new database with the tables of that version.
func openAtVersion(t testing.TB, version int64) *DB {
	t.Helper()
	db, err := OpenDB(t.Context(), filepath.Join(t.TempDir(), "filmgate.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := migrationsOf(t, db).UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return db
}

// migrationsOf returns goose's provider for db, which applies single migrations.
func migrationsOf(t testing.TB, db *DB) *goose.Provider {
	t.Helper()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.writer, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMigrateFindsUsedDatasets(t *testing.T) {
	db := openAtVersion(t, 1)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.writer.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"first", "last", "unused"} {
		exec(`INSERT INTO datasets (id, account, body) VALUES ($1, 7, $2)`, id,
			[]byte(`{"ID":"`+id+`","Account":7,"Key":"datasets/x.jpg","Created":"2026-03-01T11:00:00.123Z"}`))
	}
	for id, request := range map[string]string{"a": `{"First":{"Dataset":"first"},"Last":{"Dataset":"last"}}`, "b": `{"First":null}`, "c": `{"Last":{"Dataset":"last"},"Video":{"Dataset":"gone"}}`} {
		exec(`INSERT INTO tasks (id, account, state, ended, model, dialect, created, updated, version, deleted, low, body)
			VALUES ($1, 7, 'FAILED', 1, '', '', 0, 0, 1, 0, 0, $2)`, id, []byte(`{"ID":"`+id+`","Request":`+request+`}`))
	}
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := func(q task.DatasetQuery) (out []string) {
		found, err := New(db, nil).Datasets(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range found {
			out = append(out, d.ID)
		}
		return out
	}
	if got := ids(task.DatasetQuery{Unused: true}); !slices.Equal(got, []string{"unused"}) {
		t.Errorf("unused are %q", got)
	}
	a, err := New(db, nil).Task(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	a.Version = 1
	if err := New(db, nil).DeleteTask(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got := ids(task.DatasetQuery{Unused: true}); !slices.Equal(got, []string{"first", "unused"}) {
		t.Errorf("unused after a task was deleted are %q", got)
	}
	created := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	if before, after := ids(task.DatasetQuery{CreatedTo: created}), ids(task.DatasetQuery{CreatedTo: created.Add(time.Second)}); len(before) != 0 || len(after) != 3 {
		t.Errorf("created before 11:00:00: %q, before 11:00:01: %q", before, after)
	}
}
