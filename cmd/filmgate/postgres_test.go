package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A server on PostgreSQL is killed while it makes a video. The next server finishes the task.
func TestServerOnPostgreSQL(t *testing.T) {
	t.Parallel()
	url := strings.Replace(postgres.Server(t).NewDatabase(t), "filmgate@", "filmgate:hunter2@", 1)
	data := t.TempDir()
	p := run(t, data, "FILMGATE_DATABASE_URL="+url)
	id := p.createLong(t)
	p.until(t, id, atWork)
	p.end(syscall.SIGKILL)
	killed := p.errs.String()
	p = run(t, data, "FILMGATE_DATABASE_URL="+url)
	p.until(t, id, hasSucceeded)

	settings := &session{env: map[string]string{"FILMGATE_DATABASE_URL": url, "FILMGATE_DATA": filepath.Join(t.TempDir(), "other"), "FILMGATE_ADDR": "127.0.0.1:0"}}
	settings.run(t, "serve").expect(t, exitFailure, "FILMGATE_DATABASE_URL (--database-url)", "another Filmgate server works on this database")
	settings.run(t, "migrate").expect(t, 0, "the database of FILMGATE_DATABASE_URL is at version ", " already")
	settings.run(t, "key", "list").expect(t, 0, "FILMGATE_API_KEY")
	p.end(syscall.SIGTERM)
	if _, err := os.Stat(filepath.Join(data, "filmgate.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an SQLite database was made, too: %v", err)
	}
	if strings.Contains(killed+p.errs.String(), "hunter2") {
		t.Error("the log shows the password")
	}
}

func TestUnreachablePostgreSQLIsNamedWithItsSetting(t *testing.T) {
	s := &session{env: map[string]string{"FILMGATE_DATABASE_URL": "postgres://me:hunter2@127.0.0.1:1/films", "FILMGATE_DATA": t.TempDir(), "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_URL": "http://127.0.0.1:1"}}
	for _, command := range []string{"serve", "migrate", "key list", "doctor"} {
		got := s.run(t, strings.Fields(command)...)
		got.expect(t, exitFailure, "FILMGATE_DATABASE_URL (--database-url)", "connection refused")
		if strings.Contains(got.out+got.err, "hunter2") {
			t.Errorf("%s shows the password: %s", command, got.err)
		}
	}
}
