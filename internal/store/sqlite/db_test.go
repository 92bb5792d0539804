package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
)

func TestMigrate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "filmgate.db")
	db, err := sqlite.OpenDB(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	from, to, err := db.Migrate(t.Context())
	if err != nil || from != 0 || to < 1 {
		t.Fatalf("an empty file: from %d to %d (%v)", from, to, err)
	}
	newest := to
	t.Run("a second call changes nothing", func(t *testing.T) {
		if from, to, err := db.Migrate(t.Context()); err != nil || from != newest || to != newest {
			t.Errorf("from %d to %d (%v), want to stay at %d", from, to, err, newest)
		}
	})
	t.Run("a newer database is refused", func(t *testing.T) {
		if _, err := db.Writer().ExecContext(t.Context(),
			`INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, 1)`, newest+1); err != nil {
			t.Fatal(err)
		}
		if from, to, err := db.Migrate(t.Context()); err == nil || from != newest+1 || to != newest+1 {
			t.Errorf("from %d to %d (%v), want an error", from, to, err)
		}
	})
}

func TestOpenDB(t *testing.T) {
	t.Run("any file name", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "50% of #1? & ü.db")
		if err := sqlite.New(openDB(t, path), nil).Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	})
	t.Run("a relative path", func(t *testing.T) {
		t.Chdir(t.TempDir())
		if err := sqlite.New(openDB(t, "filmgate.db"), nil).Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat("filmgate.db"); err != nil {
			t.Error(err)
		}
	})
	t.Run("the error names the file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "no-such-folder", "filmgate.db")
		if _, err := sqlite.OpenDB(t.Context(), path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("OpenDB: %v", err)
		}
	})
	t.Run("a text file is refused", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "notes.txt")
		if err := os.WriteFile(path, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.OpenDB(t.Context(), path); err == nil {
			t.Error("opened a text file")
		}
	})
}

func TestDurability(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "filmgate.db"))
	t.Cleanup(func() { _ = db.Close() })
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2"} {
		var got string
		if err := db.Writer().QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
}

func TestEnqueueSharesTheTransaction(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "filmgate.db"))
	if _, err := db.Writer().ExecContext(t.Context(), `CREATE TABLE jobs (task TEXT NOT NULL) STRICT`); err != nil {
		t.Fatal(err)
	}
	var fault error
	s := sqlite.New(db, func(ctx context.Context, tx *sql.Tx, wakes []task.Wake) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO jobs VALUES ($1)`, wakes[0].Task)
		return errors.Join(fault, err)
	})
	t.Cleanup(func() { _ = s.Close() })
	jobs := func() (n int) {
		if err := db.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM jobs`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	c := task.Change{Task: task.Task{ID: "a"}, Wakes: []task.Wake{{Task: "a"}}}
	fault = errors.New("after the job was inserted")
	if _, err := s.Apply(t.Context(), c); !errors.Is(err, fault) || jobs() != 0 {
		t.Errorf("a failed change (%v) left %d jobs, want none", err, jobs())
	}
	fault = nil
	if _, err := s.Apply(t.Context(), c); err != nil || jobs() != 1 {
		t.Errorf("a committed change (%v) left %d jobs, want 1", err, jobs())
	}
}

func TestPing(t *testing.T) {
	s := openStore(t, nil)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("an open store: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a closed store answers Ping")
	}
}

func TestRowOfTheFirstRelease(t *testing.T) {
	// The file is a task as the first release wrote it, with one unknown field.
	body, err := os.ReadFile("testdata/task.json")
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t, filepath.Join(t.TempDir(), "filmgate.db"))
	s := sqlite.New(db, nil)
	t.Cleanup(func() { _ = s.Close() })
	if _, err := db.Writer().ExecContext(t.Context(), `INSERT INTO tasks
		(id, account, state, ended, model, dialect, created, updated, version, deleted, low, body)
		VALUES ('a', 1, 'SUCCEEDED', 1, '', '', 0, 0, 3, 0, 0, $1)`, body); err != nil {
		t.Fatal(err)
	}
	got, err := s.Task(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), task.Change{Task: got}); err != nil {
		t.Fatal(err)
	}
	var again []byte
	if err := db.Writer().QueryRowContext(t.Context(), `SELECT body FROM tasks`).Scan(&again); err != nil {
		t.Fatal(err)
	}
	var before, after map[string]any
	if err := errors.Join(json.Unmarshal(body, &before), json.Unmarshal(again, &after)); err != nil {
		t.Fatal(err)
	}
	delete(before, "AddedTomorrow")
	delete(before, "Wait") // an estimate that is no longer stored
	before["Version"] = 4.0
	checkContains(t, "the task", before, after)
	if want := time.Date(2026, 3, 1, 11, 0, 2, 123e6, time.UTC); got.Finished != want {
		t.Errorf("finished at %v, want %v", got.Finished, want)
	}
}

// checkContains checks that after holds every value of before. It may hold more.
func checkContains(t *testing.T, path string, before, after any) {
	t.Helper()
	switch before := before.(type) {
	case map[string]any:
		now, _ := after.(map[string]any)
		for name, value := range before {
			checkContains(t, path+"."+name, value, now[name])
		}
	case []any:
		now, _ := after.([]any)
		for i, value := range before {
			if i >= len(now) {
				t.Errorf("%s has %d elements, had %d", path, len(now), len(before))
				return
			}
			checkContains(t, fmt.Sprintf("%s[%d]", path, i), value, now[i])
		}
	default:
		if before != after {
			t.Errorf("%s was %v and is %v", path, before, after)
		}
	}
}
