package sqlite_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store/sqlite"
)

// The tests of this file change the process's umask, so none of them runs beside another.
func TestTheDatabaseIsForItsUserOnly(t *testing.T) {
	for name, c := range map[string]struct {
		umask  int
		before os.FileMode // of files that are there; 0 = none
	}{
		"a new one":                            {0o022, 0},
		"a new one under a umask of nothing":   {0, 0},
		"a new one under a umask of all":       {0o777, 0},
		"one that others could read":           {0o022, 0o644},
		"one that others could write":          {0, 0o666},
		"one that its user could not write":    {0o022, 0o444},
		"one that is for its user only so far": {0o022, 0o600},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // that is the case
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
