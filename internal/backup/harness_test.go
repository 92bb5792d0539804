package backup_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/backup"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/store/sqlite/sqlitetest"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

var template sqlitetest.Template

// site is a database and its files, and a backup of them.
type site struct {
	backup.Create
	db       *sqlite.DB
	store    store.Store
	files    *file.Bucket
	versions map[string]int64 // of the tasks
	problems []string
	deleted  []string
}

// newSite returns a database with two finished tasks, whose files are there.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{db: template.Open(t, filepath.Join(t.TempDir(), "filmgate.db")), files: openFiles(t, t.TempDir()), versions: map[string]int64{}}
	t.Cleanup(func() { _ = s.db.Close() })
	s.store = sqlite.New(s.db, func(context.Context, *sql.Tx, []task.Wake) error { return nil })
	s.Create = backup.Create{
		Folder: backup.Folder(filepath.Join(t.TempDir(), "backup")), Program: "a test", Rows: s.db, Files: s.files,
		Now:      func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) },
		OpenCopy: openCopy, OpenFiles: openBackup,
		Problem: func(p transfer.FileError) { s.problems = append(s.problems, p.Error()) },
		Deleted: func(key string) { s.deleted = append(s.deleted, key) },
	}
	s.finish(t, "one")
	s.finish(t, "two")
	return s
}

func openFiles(t *testing.T, dir string) *file.Bucket {
	t.Helper()
	b, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func openCopy(ctx context.Context, path string) (backup.Copy, error) { return sqlite.OpenDB(ctx, path) }

func openBackup(path string) (blob.Storage, error) { return file.Open(path) }

// keyOf returns the key of a task's video.
func keyOf(id string) string { return "cdn/20261124/" + id + ".mp4" }

// finish stores a task with a video.
func (s *site) finish(t *testing.T, id string) {
	t.Helper()
	content := "the video of " + id
	if _, err := s.files.Put(t.Context(), keyOf(id), strings.NewReader(content), "video/mp4"); err != nil {
		t.Fatal(err)
	}
	s.apply(t, id, task.Artifact{ID: id, Task: id, Files: []task.File{{Key: keyOf(id), SHA256: hashOf(content)}}})
}

func (s *site) apply(t *testing.T, id string, a task.Artifact) {
	t.Helper()
	v, err := s.store.Apply(t.Context(), task.Change{Task: task.Task{ID: id, Version: s.versions[id], State: task.Succeeded, Artifacts: []task.Artifact{a}}})
	if err != nil {
		t.Fatal(err)
	}
	s.versions[id] = v
}

// remove deletes the video of a task, in its row and then in the storage.
func (s *site) remove(t *testing.T, id string) {
	t.Helper()
	s.apply(t, id, task.Artifact{ID: id, Task: id, Deleted: true, Files: []task.File{{Key: keyOf(id)}}})
	if err := s.files.Delete(t.Context(), keyOf(id)); err != nil {
		t.Fatal(err)
	}
}

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// run makes the backup, which must succeed.
func (s *site) run(t *testing.T) backup.Report {
	t.Helper()
	s.problems, s.deleted = nil, nil
	r, err := s.Run(t.Context())
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	return r
}

// restored restores the backup. It returns the ids of its tasks, and the keys of its files, which must be as they were.
func (s *site) restored(t *testing.T) (ids, keys []string) {
	t.Helper()
	b, err := backup.Open(t.Context(), s.Folder, 1000, openBackup)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	path, files := filepath.Join(t.TempDir(), "filmgate.db"), openFiles(t, t.TempDir())
	_, err = b.RestoreFiles(t.Context(), files, nil)
	if err := errors.Join(err, b.RestoreDatabase(path), b.Close()); err != nil {
		t.Fatalf("restore: %v", err)
	}
	db, err := sqlite.OpenDB(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = transfer.EachNamed(t.Context(), db, func(tk task.Task) { ids = append(ids, tk.ID) }, func(f transfer.NamedFile) error {
		info, err := files.Stat(t.Context(), f.Key)
		if err == nil && info.SHA256 != f.Hash {
			t.Errorf("%s has the hash %s, and its row says %s", f.Key, info.SHA256, f.Hash)
		}
		keys = append(keys, f.Key)
		return err
	})
	if err != nil {
		t.Errorf("a file that the restored rows name: %v", err)
	}
	slices.Sort(ids)
	slices.Sort(keys)
	return ids, keys
}
