package sqlite_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store/sqlite"
)

// This test changes the process's umask, so it must not run in parallel with others.
func TestDatabaseFileIsPrivate(t *testing.T) {
	for name, c := range map[string]struct {
		umask  int
		before os.FileMode // of files that exist already; 0 = none
	}{
		"new":                          {0o022, 0},
		"new, umask 0":                 {0, 0},
		"new, umask 0777":              {0o777, 0},
		"readable by others":           {0o022, 0o644},
		"writable by others":           {0, 0o666},
		"not writable by its own user": {0o022, 0o444},
		"private already":              {0o022, 0o600},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // the test needs an open folder
				t.Fatal(err)
			}
			path := filepath.Join(dir, "filmgate.db")
			defer syscall.Umask(syscall.Umask(c.umask))
			if c.before != 0 {
				for _, ending := range []string{"", "-wal", "-shm"} {
					if err := os.WriteFile(path+ending, nil, c.before); err != nil {
						t.Fatal(err)
					}
					if err := os.Chmod(path+ending, c.before); err != nil {
						t.Fatal(err)
					}
				}
			}
			s := sqlite.New(openDB(t, path), nil)
			defer func() { _ = s.Close() }()
			if err := s.PutKey(t.Context(), apikey.Key{ID: "k", Hash: "h"}); err != nil {
				t.Fatal(err)
			}
			for _, ending := range []string{"", "-wal", "-shm"} {
				info, err := os.Stat(path + ending)
				if err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v", ending, info.Mode(), err)
				}
			}
		})
	}
}
