package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// filledStore returns a store of the newest version with rows in every table.
func filledStore(t *testing.T) (*DB, *Store) {
	t.Helper()
	db, err := OpenDB(t.Context(), filepath.Join(t.TempDir(), "filmgate.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := New(db, nil)
	t.Cleanup(func() { _ = s.Close() })
	created := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	for n, key := range []string{"datasets/a.jpg", "datasets/b.jpg", ""} {
		err = errors.Join(err, s.PutDataset(t.Context(), task.Dataset{ID: fmt.Sprint("d", n), Account: 1, Key: key, Created: created.Add(time.Duration(n) * time.Second)}))
	}
	for n, state := range []task.State{task.Queued, task.Succeeded, task.Failed} {
		tk := task.Task{ID: fmt.Sprint("t", n), Account: 1, State: state, Created: created, Updated: created, Request: task.Request{Model: "m", Prompt: "日本"}}
		if n == 1 {
			tk.Request.First = &task.Image{Dataset: "d0"}
			tk.Artifacts = []task.Artifact{{ID: "a", Task: "t1", Account: 1, Share: "s", Group: "g", Created: created, Pending: task.SealFiles}}
		}
		_, applyErr := s.Apply(t.Context(), task.Change{Task: tk, Events: []task.Event{{At: created, Kind: "created"}},
			Idempotency: &task.IdempotencyRecord{Account: 1, Key: fmt.Sprint("k", n), Task: tk.ID, Created: created}})
		err = errors.Join(err, applyErr)
	}
	_, secretErr := s.Secret(t.Context(), "jwt", []byte("x"))
	err = errors.Join(err, secretErr, s.PutKey(t.Context(), apikey.Key{ID: "key", Hash: "h", Account: 1, Created: created}),
		s.PutGroup(t.Context(), task.AssetGroup{ID: "g", Account: 1, Name: "cats", Created: created}))
	if err != nil {
		t.Fatal(err)
	}
	return db, s
}

// readEverything returns the results of a query of each kind, by name.
func readEverything(t *testing.T, s *Store) map[string]any {
	t.Helper()
	out, ctx := map[string]any{}, t.Context()
	note := func(name string, v any, err error) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out[name] = v
	}
	yes := true
	v, err := s.Tasks(ctx, task.Query{Account: 1, Model: "m"})
	note("tasks", v, err)
	live, err := s.Tasks(ctx, task.Query{States: []task.State{task.Queued}})
	note("live tasks", live, err)
	h, err := s.Events(ctx, "t1")
	note("events", h, err)
	a, err := s.Artifacts(ctx, task.ArtifactQuery{Share: "s"})
	note("artifacts", a, err)
	f, err := s.Artifacts(ctx, task.ArtifactQuery{Pending: true})
	note("artifacts with pending file changes", f, err)
	r, err := s.Idempotency(ctx, 1, "k1")
	note("idempotency record", r, err)
	k, err := s.Keys(ctx, apikey.Query{Hash: "h"})
	note("keys", k, err)
	g, err := s.Groups(ctx, 1, "cats")
	note("groups", g, err)
	d, err := s.Datasets(ctx, task.DatasetQuery{Unused: true})
	note("unused datasets", d, err)
	u, err := s.Datasets(ctx, task.DatasetQuery{Uploading: &yes})
	note("open uploads", u, err)
	b, err := s.Datasets(ctx, task.DatasetQuery{CreatedTo: time.Date(2026, 3, 1, 11, 0, 1, 0, time.UTC)})
	note("datasets by age", b, err)
	c, err := s.Secret(ctx, "jwt", []byte("another"))
	note("secret", string(c), err)
	return out
}

// An operator may go back to an older program and forward again without losing a row.
func TestDowngradeAndUpgradeKeepRows(t *testing.T) {
	db, s := filledStore(t)
	before := readEverything(t, s)
	p := migrationsOf(t, db)
	newest, err := p.GetDBVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for version := newest - 1; version >= 1; version-- {
		t.Run(fmt.Sprintf("to %d", version), func(t *testing.T) {
			if _, err := p.DownTo(t.Context(), version); err != nil {
				t.Fatal(err)
			}
			if from, to, err := db.Migrate(t.Context()); err != nil || from != version || to != newest {
				t.Fatalf("upgrade: from %d to %d, %v", from, to, err)
			}
			for name, after := range readEverything(t, s) {
				if !reflect.DeepEqual(after, before[name]) {
					t.Errorf("%s:\n%+v\nbefore\n%+v", name, after, before[name])
				}
			}
			// The open upload still belongs to its account.
			if err := s.PutDataset(t.Context(), task.Dataset{ID: "d2", Account: 2, Key: "x"}); !errors.Is(err, store.ErrExists) {
				t.Errorf("an upload completed by another account: %v", err)
			}
		})
	}
	if err := s.PutDataset(t.Context(), task.Dataset{ID: "d2", Account: 1, Key: "datasets/c.jpg"}); err != nil {
		t.Errorf("completing the open upload: %v", err)
	}
}

// schema returns each table and index with the SQL that created it.
func schema(t *testing.T, db *DB) []string {
	t.Helper()
	all, err := queryAll(t.Context(), db.reader, func(scan func(...any) error) (line string, err error) {
		var name, sql string
		err = scan(&name, &sql)
		return name + ": " + sql, err
	}, `SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEachDownMigrationUndoesItsUp(t *testing.T) {
	db := openAtVersion(t, 1)
	p := migrationsOf(t, db)
	targets := p.ListSources()
	for _, to := range targets[1:] {
		before := schema(t, db)
		if _, err := p.UpTo(t.Context(), to.Version); err != nil {
			t.Fatal(err)
		}
		if slices.Equal(schema(t, db), before) {
			t.Errorf("migration %d does nothing", to.Version)
		}
		if _, err := p.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := schema(t, db); !slices.Equal(after, before) {
			t.Errorf("migration %d up and down: the schema is\n%s\nwant\n%s", to.Version, strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
		if _, err := p.UpTo(t.Context(), to.Version); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if left := schema(t, db); len(left) > 0 {
		t.Errorf("the downgrade to version 0 leaves %q", left)
	}
}

func TestMigrateLeavesNewerDatabase(t *testing.T) {
	db, s := filledStore(t)
	before := readEverything(t, s)
	for _, statement := range []string{`ALTER TABLE tasks ADD COLUMN tomorrow TEXT`, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`} {
		if _, err := db.writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	tables := schema(t, db)
	from, to, err := db.Migrate(t.Context())
	if err == nil || from != 9999 || to != 9999 || !strings.Contains(err.Error(), "9999") || !strings.Contains(err.Error(), "start a newer program, or restore a backup") {
		t.Errorf("from %d to %d: %v", from, to, err)
	}
	if !slices.Equal(schema(t, db), tables) || !reflect.DeepEqual(readEverything(t, s), before) {
		t.Error("the database was changed")
	}
}

func TestInterruptedMigrationIsRepeated(t *testing.T) {
	db := openAtVersion(t, 1)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := db.Migrate(ended); err == nil {
		t.Fatal("migrated with a cancelled context")
	}
	if from, to, err := db.Migrate(t.Context()); err != nil || from != 1 || to <= 1 {
		t.Errorf("afterwards: from %d to %d, %v", from, to, err)
	}
}

func TestCloseTwice(t *testing.T) {
	_, s := filledStore(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Task(t.Context(), "t1"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("a closed store's Task: %v", err)
	}
	if _, err := s.Apply(t.Context(), task.Change{Task: task.Task{ID: "x"}}); err == nil {
		t.Error("a closed store applied a change")
	}
}

func TestReadConnectionsCannotWrite(t *testing.T) {
	db, _ := filledStore(t)
	if _, err := db.reader.ExecContext(t.Context(), `DELETE FROM tasks`); err == nil {
		t.Error("a read connection deleted rows")
	}
}
