package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A server has made one video and is at work on another when a backup is made. Afterwards it makes more, and is backed up again.
// The server of each backup has all tasks of its moment, and ends those that had not ended.
func TestBackupsOfAServerAtWorkAreRestored(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	backUp := func(texts ...string) {
		t.Helper()
		(&session{env: map[string]string{"FILMGATE_DATA": data}}).run(t, "backup", dir).expect(t, 0, append(texts, "; 0 problems", "is complete, as of 2026-11-24")...)
	}
	p := run(t, data, "FILMGATE_WORKERS=1")
	done := p.createShort(t)
	p.until(t, done, hasSucceeded)
	begun := p.createLong(t)
	p.until(t, begun, atWork)
	backUp("database: 2 tasks, 1 not ended", " copied and 0 there already")
	p.until(t, begun, hasSucceeded)
	queued := p.createShort(t)
	backUp("database: 3 tasks, 1 not ended")
	p.end(syscall.SIGKILL)

	restored := filepath.Join(t.TempDir(), "restored")
	(&session{env: map[string]string{"FILMGATE_DATA": restored}}).run(t, "restore", dir).
		expect(t, 0, "database: 3 tasks as of 2026-11-24", restored+" is restored", "tasks that had not ended: 1.", "must not run any more")
	p = run(t, restored, "FILMGATE_WORKERS=1")
	for _, id := range []string{queued, begun, done} {
		a := p.until(t, id, hasSucceeded)
		if len(a.Task.Artifacts) != 1 {
			t.Fatalf("task %s has %d artifacts", id, len(a.Task.Artifacts))
		}
		for _, url := range append(a.Task.Artifacts[0].Previews, a.Task.Artifacts[0].URL) {
			if code, _ := p.call(t, http.MethodGet, strings.TrimPrefix(url, p.base), ""); code != http.StatusOK {
				t.Errorf("%s: %d", url, code)
			}
		}
	}
	p.end(syscall.SIGTERM)
}

func TestBackupAndRestoreWithoutSenseAreRefused(t *testing.T) {
	data, dir, other := t.TempDir(), filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "other")
	nothing := t.TempDir()
	s := &session{env: map[string]string{"FILMGATE_DATA": data}}
	s.run(t, "migrate").expect(t, 0)
	s.run(t, "backup", dir).expect(t, 0)
	for want, c := range map[string]struct {
		code int
		args string
	}{
		"0 arguments where 1 are taken: filmgate backup DIR":                        {exitUsage, "backup"},
		"0 arguments where 1 are taken: filmgate restore DIR":                       {exitUsage, "restore"},
		"a PostgreSQL database is backed up with pg_dump, as docs/backup.md says":   {exitFailure, "backup --database-url postgres://a@127.0.0.1:1/b " + other},
		"FILMGATE_DATABASE_URL (--database-url): backup and restore are for SQLite": {exitFailure, "restore --database-url postgres://a@127.0.0.1:1/b " + dir},
		"FILMGATE_DATA (--data): there is no database to back up":                   {exitFailure, "backup --data " + other + " " + other},
		"lie one in the other":                            {exitFailure, "backup " + data + "/backup"},
		"holds filmgate.db, which is no part of a backup": {exitFailure, "backup --data " + data + " " + copyOf(t, data)},
		"is not empty (it has ":                           {exitFailure, "restore " + dir},
		nothing + " holds no complete backup":             {exitFailure, "restore --data " + other + " " + nothing},
		"FILMGATE_BLOB_URL (--blob-url): the files of this backup go into a data folder": {exitFailure, "restore --data " + other + " --blob-url s3://films?region=a " + dir},
	} {
		t.Run(want, func(t *testing.T) {
			s.run(t, strings.Fields(c.args)...).expect(t, c.code, want)
			if _, err := os.Stat(other); err == nil {
				t.Errorf("it made the folder %s", other)
			}
		})
	}
}

// copyOf returns a folder with a database like that of data.
func copyOf(t *testing.T, data string) string {
	t.Helper()
	dir := t.TempDir()
	raw, err := os.ReadFile(filepath.Join(data, "filmgate.db"))
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "filmgate.db"), raw, 0o600)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBackupOfAServerWithABucketHoldsTheDatabase(t *testing.T) {
	data, dir, other := t.TempDir(), filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "other")
	s := &session{env: map[string]string{"FILMGATE_DATA": data, "FILMGATE_BLOB_URL": "s3://films?region=eu-central-1"}}
	(&session{env: map[string]string{"FILMGATE_DATA": data}}).run(t, "migrate").expect(t, 0)
	s.run(t, "backup", dir).expect(t, 0, "files: none, they are in the bucket of FILMGATE_BLOB_URL")
	s.run(t, "restore", dir, "--data", other).expect(t, 0, "files: none, they are in the bucket of FILMGATE_BLOB_URL", other+" is restored")
}

func TestRestoreThatWasInterruptedGoesOn(t *testing.T) {
	t.Parallel()
	data, dir, other := t.TempDir(), filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "other")
	p := run(t, data)
	id := p.createShort(t)
	p.until(t, id, hasSucceeded)
	p.end(syscall.SIGTERM)
	s := &session{env: map[string]string{"FILMGATE_DATA": data, "FILMGATE_ADDR": "127.0.0.1:0"}}
	s.run(t, "backup", dir).expect(t, 0)
	videos, err := filepath.Glob(filepath.Join(dir, "files/files/cdn/*/*.mp4"))
	if err != nil || len(videos) != 1 {
		t.Fatalf("videos %q, %v", videos, err)
	}
	raw, err := os.ReadFile(videos[0])
	if err != nil {
		t.Fatal(err)
	}
	damage := append([]byte("x"), raw[1:]...)
	if err := os.WriteFile(videos[0], damage, 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "restore", dir, "--data", other).expect(t, exitFailure, "the backup is damaged: the file cdn/")
	want := "the move from the backup " + dir + " into it is not complete; complete it with: filmgate restore " + dir + " --data " + other
	s.run(t, "serve", "--data", other).expect(t, exitFailure, want)
	s.run(t, "backup", filepath.Join(t.TempDir(), "next"), "--data", other).expect(t, exitFailure, want)
	if err := os.WriteFile(videos[0], raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "restore", dir, "--data", other).expect(t, 0, other+" is restored")
	s.run(t, "restore", dir, "--data", other).expect(t, exitFailure, "is not empty")
	p = run(t, other)
	p.until(t, id, hasSucceeded)
}

func TestInterruptedBackupAndRestoreSaySo(t *testing.T) {
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := &session{env: map[string]string{"FILMGATE_DATA": data}}
	s.run(t, "migrate").expect(t, 0)
	s.run(t, "backup", dir).expect(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.runUntil(ctx, "backup", dir).expect(t, exitInterrupted, "an earlier backup in the folder is as it was")
	s.runUntil(ctx, "restore", dir, "--data", filepath.Join(t.TempDir(), "other")).expect(t, exitInterrupted, "the same command goes on with the restore")
}
