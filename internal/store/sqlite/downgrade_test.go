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

// filledStore is a store of the newest version with something in every table.
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
	made := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	for n, key := range []string{"datasets/a.jpg", "datasets/b.jpg", ""} {
		err = errors.Join(err, s.PutDataset(t.Context(), task.Dataset{ID: fmt.Sprint("d", n), Account: 1, Key: key, Created: made.Add(time.Duration(n) * time.Second)}))
	}
	for n, state := range []task.State{task.Queued, task.Succeeded, task.Failed} {
		tk := task.Task{ID: fmt.Sprint("t", n), Account: 1, State: state, Created: made, Updated: made, Request: task.Request{Model: "m", Prompt: "日本"}}
		if n == 1 {
			tk.Request.First = &task.Image{Dataset: "d0"}
			tk.Artifacts = []task.Artifact{{ID: "a", Task: "t1", Account: 1, Share: "s", Group: "g", Created: made, Pending: task.SealFiles}}
		}
		_, fault := s.Apply(t.Context(), task.Change{Task: tk, Events: []task.Event{{At: made, Kind: "created"}},
			Idempotency: &task.IdempotencyRecord{Account: 1, Key: fmt.Sprint("k", n), Task: tk.ID, Created: made}})
		err = errors.Join(err, fault)
	}
	_, secret := s.Secret(t.Context(), "jwt", []byte("x"))
	err = errors.Join(err, secret, s.PutKey(t.Context(), apikey.Key{ID: "key", Hash: "h", Account: 1, Created: made}),
		s.PutGroup(t.Context(), task.AssetGroup{ID: "g", Account: 1, Name: "cats", Created: made}))
	if err != nil {
		t.Fatal(err)
	}
	return db, s
}

// readEverything is all that a store says of itself.
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
	note("artifacts whose files are to be changed", f, err)
	r, err := s.Idempotency(ctx, 1, "k1")
	note("replay", r, err)
	k, err := s.Keys(ctx, "h")
	note("keys", k, err)
	g, err := s.Groups(ctx, 1, "cats")
	note("groups", g, err)
	d, err := s.Datasets(ctx, task.DatasetQuery{Unused: true})
	note("unused datasets", d, err)
	u, err := s.Datasets(ctx, task.DatasetQuery{Uploading: &yes})
	note("datasets that are being uploaded", u, err)
	b, err := s.Datasets(ctx, task.DatasetQuery{CreatedTo: time.Date(2026, 3, 1, 11, 0, 1, 0, time.UTC)})
	note("datasets by age", b, err)
	c, err := s.Secret(ctx, "jwt", []byte("another"))
	note("secret", string(c), err)
	return out
}

// An operator who goes back to an older program and forward again loses no row, and each says what it said.
func TestRowsOutliveTheWayDownAndUpAgain(t *testing.T) {
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
				t.Fatalf("up again: from %d to %d, %v", from, to, err)
			}
			for name, after := range readEverything(t, s) {
				if !reflect.DeepEqual(after, before[name]) {
					t.Errorf("%s:\n%+v\nbefore\n%+v", name, after, before[name])
				}
			}
			// What was on its way can still be completed.
			if err := s.PutDataset(t.Context(), task.Dataset{ID: "d2", Account: 2, Key: "x"}); !errors.Is(err, store.ErrExists) {
				t.Errorf("an upload completed by another account: %v", err)
			}
		})
	}
	if err := s.PutDataset(t.Context(), task.Dataset{ID: "d2", Account: 1, Key: "datasets/c.jpg"}); err != nil {
		t.Errorf("an upload that was on its way: %v", err)
	}
}

// schema is each table and index with the words that made it.
func schema(t *testing.T, db *DB) []string {
	t.Helper()
	all, err := queryAll(t.Context(), db.reader, func(scan func(...any) error) (line string, err error) {
		var name, words string
		err = scan(&name, &words)
		return name + ": " + words, err
	}, `SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEachStepDownUndoesItsStepUp(t *testing.T) {
	db := openAtVersion(t, 1)
	p := migrationsOf(t, db)
	targets := p.ListSources()
	for _, to := range targets[1:] {
		before := schema(t, db)
		if _, err := p.UpTo(t.Context(), to.Version); err != nil {
			t.Fatal(err)
		}
		if slices.Equal(schema(t, db), before) {
			t.Errorf("step %d does nothing", to.Version)
		}
		if _, err := p.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := schema(t, db); !slices.Equal(after, before) {
			t.Errorf("step %d leaves\n%s\nof\n%s", to.Version, strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
		if _, err := p.UpTo(t.Context(), to.Version); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if left := schema(t, db); len(left) > 0 {
		t.Errorf("the way down to nothing leaves %q", left)
	}
}

func TestADatabaseOfANewerProgramKeepsWhatItHas(t *testing.T) {
	db, s := filledStore(t)
	before := readEverything(t, s)
	for _, words := range []string{`ALTER TABLE tasks ADD COLUMN tomorrow TEXT`, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`} {
		if _, err := db.writer.ExecContext(t.Context(), words); err != nil {
			t.Fatal(err)
		}
	}
	tables := schema(t, db)
	from, to, err := db.Migrate(t.Context())
	if err == nil || from != 9999 || to != 9999 || !strings.Contains(err.Error(), "9999") || !strings.Contains(err.Error(), "start a newer program, or restore a backup") {
		t.Errorf("from %d to %d: %v", from, to, err)
	}
	if !slices.Equal(schema(t, db), tables) || !reflect.DeepEqual(readEverything(t, s), before) {
		t.Error("what it has was changed")
	}
}

func TestAMigrationThatIsCutShortIsDoneAgain(t *testing.T) {
	db := openAtVersion(t, 1)
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := db.Migrate(gone); err == nil {
		t.Fatal("migrated with a context that has ended")
	}
	if from, to, err := db.Migrate(t.Context()); err != nil || from != 1 || to <= 1 {
		t.Errorf("then: from %d to %d, %v", from, to, err)
	}
}

func TestClosingTwiceDoesNoHarm(t *testing.T) {
	_, s := filledStore(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Task(t.Context(), "t1"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("a closed store says of a task: %v", err)
	}
	if _, err := s.Apply(t.Context(), task.Change{Task: task.Task{ID: "x"}}); err == nil {
		t.Error("a closed store takes a change")
	}
}

// A reader can't write, whatever it is asked.
func TestReadersOnlyRead(t *testing.T) {
	db, _ := filledStore(t)
	if _, err := db.reader.ExecContext(t.Context(), `DELETE FROM tasks`); err == nil {
		t.Error("a reader has deleted rows")
	}
}
