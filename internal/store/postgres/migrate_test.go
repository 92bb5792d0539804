package postgres

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/filmgate/filmgate/internal/task"
)

// The uses of datasets are found in the tasks of a database that did not know them, whatever their callers wrote.
func TestMigrateFindsUsesOfDatasets(t *testing.T) {
	db := migratedDB(t, Shared.Server(t).NewDatabase(t))
	s := New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
	created := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	for _, id := range []string{"first", "last", "other"} {
		if err := s.PutDataset(t.Context(), task.Dataset{ID: id, Account: 1, Key: "k", Created: created}); err != nil {
			t.Fatal(err)
		}
	}
	var made []task.Task
	for _, r := range []task.Request{
		{First: &task.Image{Dataset: "first"}, Last: &task.Image{Dataset: "last"}, Prompt: "a\x00b"},
		{Last: &task.Image{Dataset: "last"}, Video: &task.InputVideo{Dataset: "gone"}, Prompt: `"Dataset":"other"`},
	} {
		tk := task.Task{ID: "task of " + r.Prompt[:1], Account: 1, State: task.Failed, Request: r, Created: created}
		version, err := s.Apply(t.Context(), task.Change{Task: tk})
		if err != nil {
			t.Fatal(err)
		}
		tk.Version = version
		made = append(made, tk)
	}
	again(t, db, 2)
	unused := func(want ...string) {
		t.Helper()
		found, err := s.Datasets(t.Context(), task.DatasetQuery{Unused: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range found {
			got = append(got, d.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("unused are %q, want %q", got, want)
		}
	}
	unused("other")
	for n, want := range [][]string{{"first", "other"}, {"first", "last", "other"}} {
		if err := s.DeleteTask(t.Context(), made[n]); err != nil {
			t.Fatal(err)
		}
		unused(want...)
	}
}

// again takes the tables back to a version and migrates them again.
func again(t *testing.T, db *DB, version int64) {
	t.Helper()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	conns := stdlib.OpenDBFromPool(db.pool)
	defer func() { _ = conns.Close() }()
	p, err := goose.NewProvider(goose.DialectPostgres, conns, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
}
