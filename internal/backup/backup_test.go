package backup_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/backup"
	"github.com/filmgate/filmgate/internal/blob"
)

func TestBackupHoldsTheRowsAndTheirFiles(t *testing.T) {
	s := newSite(t)
	if _, err := s.files.Put(t.Context(), "cdn/20261124/of-no-row.mp4", strings.NewReader("left over"), ""); err != nil {
		t.Fatal(err)
	}
	if r := s.run(t); r.Copied != 2 || r.Present != 0 || r.Manifest.Files.Count != 2 || r.Tasks.All != 2 || r.Problems != 0 {
		t.Errorf("report %+v", r)
	}
	ids, keys := s.restored(t)
	if !slices.Equal(ids, []string{"one", "two"}) || !slices.Equal(keys, []string{keyOf("one"), keyOf("two")}) {
		t.Errorf("restored tasks %q and files %q", ids, keys)
	}
}

func TestNextBackupCopiesNewFilesAndRemovesOldOnes(t *testing.T) {
	s := newSite(t)
	s.run(t)
	s.finish(t, "three")
	s.remove(t, "one")
	if r := s.run(t); r.Copied != 1 || r.Present != 1 || r.Removed != 1 {
		t.Errorf("report %+v", r)
	}
	if _, keys := s.restored(t); !slices.Equal(keys, []string{keyOf("three"), keyOf("two")}) {
		t.Errorf("restored %q", keys)
	}
	for pattern, want := range map[string]int{"filmgate-*.db": 1, "files-*.sha256": 1, "*.new*": 0} {
		if found, _ := filepath.Glob(filepath.Join(string(s.Folder), pattern)); len(found) != want {
			t.Errorf("%s: %q", pattern, found)
		}
	}
}

func TestOnlyItsUserReadsABackup(t *testing.T) {
	s := newSite(t)
	if err := os.Mkdir(string(s.Folder), 0o755); err != nil {
		t.Fatal(err)
	}
	s.run(t)
	found, err := os.ReadDir(string(s.Folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		if info, err := e.Info(); err != nil || !e.IsDir() && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info, err)
		}
	}
	if info, err := os.Stat(string(s.Folder)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
}

// between is a database whose rows change after each copy.
type between struct {
	backup.Rows
	change func()
}

func (b between) CopyTo(ctx context.Context, path string) error {
	err := b.Rows.CopyTo(ctx, path)
	b.change()
	return err
}

func TestFileDeletedAfterTheDatabaseWasCopied(t *testing.T) {
	t.Run("the database is copied again", func(t *testing.T) {
		s, done := newSite(t), false
		s.Rows = between{s.db, func() {
			if !done {
				s.remove(t, "one")
			}
			done = true
		}}
		if r := s.run(t); r.Problems != 0 || r.Deleted != 0 || r.Manifest.Files.Count != 1 {
			t.Errorf("report %+v, problems %q", r, s.problems)
		}
		if _, keys := s.restored(t); !slices.Equal(keys, []string{keyOf("two")}) {
			t.Errorf("restored %q", keys)
		}
	})
	t.Run("if that happens at every copy, the file is named", func(t *testing.T) {
		s, last := newSite(t), "one"
		s.Rows = between{s.db, func() {
			s.remove(t, last)
			last += "+"
			s.finish(t, last)
		}}
		if r := s.run(t); r.Problems != 0 || !slices.Equal(s.deleted, []string{keyOf("one++")}) {
			t.Errorf("report %+v, deleted %q", r, s.deleted)
		}
	})
	t.Run("an earlier backup has it", func(t *testing.T) {
		s := newSite(t)
		s.run(t)
		if err := s.files.Delete(t.Context(), keyOf("one")); err != nil {
			t.Fatal(err)
		}
		if r := s.run(t); r.Problems != 0 || r.Present != 2 {
			t.Errorf("report %+v, problems %q", r, s.problems)
		}
		s.restored(t)
	})
	t.Run("it is damaged, and an earlier backup has it as it was", func(t *testing.T) {
		s := newSite(t)
		s.run(t)
		if _, err := s.files.Put(t.Context(), keyOf("one"), strings.NewReader("another"), ""); err != nil {
			t.Fatal(err)
		}
		if r := s.run(t); r.Problems != 0 || r.Present != 2 {
			t.Errorf("report %+v, problems %q", r, s.problems)
		}
		s.restored(t)
	})
}

func TestFilesThatAreNotAsTheirRowsSay(t *testing.T) {
	for want, harm := range map[string]func(t *testing.T, s *site) error{
		"named by task one: it is missing": func(t *testing.T, s *site) error { return s.files.Delete(t.Context(), keyOf("one")) },
		"named by task one: it is damaged, and was copied so: it has the hash": func(t *testing.T, s *site) error {
			_, err := s.files.Put(t.Context(), keyOf("one"), strings.NewReader("another"), "")
			return err
		},
	} {
		t.Run(want, func(t *testing.T) {
			s := newSite(t)
			if err := harm(t, s); err != nil {
				t.Fatal(err)
			}
			if r := s.run(t); r.Problems != 1 || len(s.problems) != 1 || !strings.Contains(s.problems[0], want) {
				t.Errorf("report %+v, problems %q", r, s.problems)
			}
		})
	}
}

func TestFolderThatIsNoBackupIsRefused(t *testing.T) {
	for _, name := range []string{"filmgate.db", "temp", "holiday.jpg"} {
		s := newSite(t)
		path := filepath.Join(string(s.Folder), name)
		if err := errors.Join(os.Mkdir(string(s.Folder), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "holds "+name+", which is no part of a backup") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTwoBackupsIntoOneFolderAreRefused(t *testing.T) {
	s := newSite(t)
	s.run(t)
	b, err := backup.Open(t.Context(), s.Folder, 1000, openBackup)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	if _, err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "another command uses the backup") {
		t.Errorf("Run: %v", err)
	}
}

func TestOpenRefusesWhatCannotBeRestored(t *testing.T) {
	edit := func(old, replaced string) func(dir string) error {
		return func(dir string) error {
			path := filepath.Join(dir, "manifest.json")
			raw, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path, []byte(strings.Replace(string(raw), old, replaced, 1)), 0o600))
		}
	}
	each := func(pattern string, f func(path string) error) func(dir string) error {
		return func(dir string) error {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil || len(found) != 1 {
				return errors.Join(err, fs.ErrNotExist)
			}
			return f(found[0])
		}
	}
	shorten := func(path string) error { return os.Truncate(path, 10) }
	for name, c := range map[string]struct {
		harm func(dir string) error
		want string
	}{
		"no manifest":        {each("manifest.json", os.Remove), "holds no complete backup"},
		"half a manifest":    {each("manifest.json", shorten), "manifest.json is damaged"},
		"a path as a name":   {edit(`"filmgate-`, `"../filmgate-`), `database.name is "../filmgate-`},
		"a newer form":       {edit(`"format": 1`, `"format": 2, "more": 1`), "was made by a newer program: it has the form 2, and this program knows 1"},
		"a newer database":   {edit(`"version": `, `"version": 99`), "the database has version 99"},
		"no database":        {each("filmgate-*.db", os.Remove), "the backup is not complete"},
		"half a database":    {each("filmgate-*.db", shorten), "the backup is damaged"},
		"no list":            {each("files-*.sha256", os.Remove), "the backup is not complete"},
		"half a list":        {each("files-*.sha256", shorten), "the backup is damaged"},
		"a file is missing":  {each("files/files/cdn/20261124/one.mp4", os.Remove), "1 of its 2 files are missing; the first is " + keyOf("one")},
		"half a file":        {each("files/files/cdn/20261124/one.mp4", shorten), "the backup is damaged: its 2 files have"},
		"no folder of files": {each("files", os.RemoveAll), "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			r := s.run(t)
			if err := c.harm(string(s.Folder)); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Open(t.Context(), s.Folder, r.Database.Version, openBackup); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Open: %v", err)
			}
		})
	}
}

func TestDamagedFileIsNotRestored(t *testing.T) {
	s := newSite(t)
	s.run(t)
	path := filepath.Join(s.Folder.Files(), "files", keyOf("one"))
	raw, err := os.ReadFile(path)
	if err := errors.Join(err, os.WriteFile(path, []byte(strings.ToUpper(string(raw))), 0o600)); err != nil {
		t.Fatal(err)
	}
	b, err := backup.Open(t.Context(), s.Folder, 1000, openBackup)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	to := openFiles(t, t.TempDir())
	if _, err := b.RestoreFiles(t.Context(), to, nil); err == nil || !strings.Contains(err.Error(), "the file "+keyOf("one")+" has the hash") {
		t.Errorf("RestoreFiles: %v", err)
	}
	if _, err := to.Stat(t.Context(), keyOf("one")); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("the damaged file: %v", err)
	}
}

func TestDatabaseOfAnOlderProgramIsBackedUpAsItIs(t *testing.T) {
	s := newSite(t)
	version := s.run(t).Database.Version
	if _, err := s.db.Writer().ExecContext(t.Context(), `DROP INDEX tasks_external; ALTER TABLE tasks DROP COLUMN external_id;
		DELETE FROM goose_db_version WHERE version_id >= 6`); err != nil {
		t.Fatal(err)
	}
	if r := s.run(t); r.Database.Version != 5 || version < 6 || r.Present != 2 || r.Problems != 0 {
		t.Errorf("report %+v, problems %q", r, s.problems)
	}
	if ids, _ := s.restored(t); !slices.Equal(ids, []string{"one", "two"}) {
		t.Errorf("restored %q", ids)
	}
}
