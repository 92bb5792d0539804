package sqlite_test

import (
	"context"
	"database/sql"
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

// populatedStore returns a store with 300 tasks in the file at path. None of them is only in the write-ahead log.
func populatedStore(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s := sqlite.New(openDB(t, path), nil)
	for n := range 300 {
		tk := task.Task{ID: fmt.Sprint("t", n), Account: 1, State: task.Failed, Created: time.Unix(int64(n), 0), Request: task.Request{Prompt: strings.Repeat("a lake ", 200)}}
		if _, err := s.Apply(t.Context(), task.Change{Task: tk}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return sqlite.New(openDB(t, path), nil)
}

// overwrite writes garbage over a part of a file.
func overwrite(t *testing.T, path string, from, bytes int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("\xa5", int(bytes))), from); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPingFindsDamage(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(t *testing.T, path string)
		verify bool // only Verify finds it
	}{
		"garbage in the first pages": {func(t *testing.T, path string) { overwrite(t, path, 0, 8192) }, false},
		"garbage in all but the first page": {func(t *testing.T, path string) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, 4096, info.Size()-4096)
		}, false},
		"truncated": {func(t *testing.T, path string) {
			if err := os.Truncate(path, 4096); err != nil {
				t.Fatal(err)
			}
		}, false},
		"empty": {func(t *testing.T, path string) {
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		}, false},
		"removed": {func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, false},
		"replaced by another file": {func(t *testing.T, path string) {
			other := filepath.Join(t.TempDir(), "other.db")
			if err := errors.Join(sqlite.New(openDB(t, other), nil).Close(), os.Rename(other, path)); err != nil {
				t.Fatal(err)
			}
		}, false},
		"garbage in some pages": {func(t *testing.T, path string) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, info.Size()/2/4096*4096, 40*4096)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "filmgate.db")
			s := populatedStore(t, path)
			t.Cleanup(func() { _ = s.Close() })
			if err := errors.Join(s.Ping(t.Context()), s.Verify(t.Context())); err != nil {
				t.Fatalf("before the damage: %v", err)
			}
			c.damage(t, path)
			if c.verify {
				restarted := sqlite.New(openDB(t, path), nil)
				t.Cleanup(func() { _ = restarted.Close() })
				if err := restarted.Verify(t.Context()); err == nil {
					t.Error("Verify found nothing")
				}
				s = restarted
			}
			if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "the database is damaged") || !strings.Contains(err.Error(), "restore a backup") {
				t.Errorf("ping: %v", err)
			}
		})
	}
}

func TestPingAndVerifyReturnContextErrors(t *testing.T) {
	s := openStore(t, func(context.Context, *sql.Tx, []task.Wake) error { return nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Ping(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ping: %v", err)
	}
	if err := s.Verify(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("verify: %v", err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
