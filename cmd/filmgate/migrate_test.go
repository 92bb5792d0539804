package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/store/sqlite"
)

// A server that has made one video is killed while it makes another. Its data is moved to PostgreSQL, where the next server
// makes the rest, and back to a folder of its own with the files.
func TestServersGoOnAfterAMoveThereAndBack(t *testing.T) {
	t.Parallel()
	url := postgres.Server(t).NewDatabase(t)
	first, last := t.TempDir(), filepath.Join(t.TempDir(), "last")
	p := run(t, first, "FILMGATE_WORKERS=1")
	done := p.createShort(t)
	p.until(t, done, hasSucceeded)
	begun := p.createLong(t)
	p.until(t, begun, atWork)
	queued := p.createShort(t)
	if _, b := p.call(t, http.MethodGet, "/api/v1/tasks/"+queued, ""); !strings.Contains(string(b), `"QUEUED"`) {
		t.Errorf("with one worker, the third task is not queued: %s", b)
	}
	p.end(syscall.SIGKILL)

	moved := (&session{env: map[string]string{"FILMGATE_DATA": first}}).run(t, "migrate", "--to", url)
	moved.expect(t, 0, "the move is complete, with ", "copying tasks: ", "comparing tasks: ")
	p = run(t, first, "FILMGATE_WORKERS=1", "FILMGATE_DATABASE_URL="+url)
	for _, id := range []string{queued, begun} {
		p.until(t, id, hasSucceeded)
	}
	p.end(syscall.SIGTERM)

	settings := map[string]string{"FILMGATE_DATA": first, "FILMGATE_DATABASE_URL": url}
	there := (&session{env: settings}).run(t, "migrate", "--to", last, "--blobs")
	there.expect(t, 0, "the move is complete, with 0 jobs", " copied and 0 there already", "; 0 problems")
	again := (&session{env: settings}).run(t, "migrate", "--to", last, "--blobs")
	again.expect(t, 0, "the rows had been moved before, and both databases are equal", "files: 0 copied and ")
	if hashes(there.out) != hashes(again.out) {
		t.Errorf("other hashes after the move:\n%s\n%s", there.out, again.out)
	}
	p = run(t, last, "FILMGATE_WORKERS=1")
	for _, id := range []string{queued, begun, done} {
		a := p.get(t, id)
		if !hasSucceeded(a) || len(a.Task.Artifacts) != 1 {
			t.Fatalf("task %s is %s with %d artifacts", id, a.Task.Status, len(a.Task.Artifacts))
		}
		if code, _ := p.call(t, http.MethodGet, strings.TrimPrefix(a.Task.Artifacts[0].URL, p.base), ""); code != http.StatusOK {
			t.Errorf("its video: %d", code)
		}
	}
	p.end(syscall.SIGTERM)
}

// hashes returns the hashes of the tables in the output of a move.
func hashes(out string) string {
	return strings.Join(regexp.MustCompile(`(?m)^\w+ +\d+ +[0-9a-f]{64}$`).FindAllString(out, -1), "\n")
}

func TestMoveWithoutSenseIsRefusedBeforeAnythingIsMade(t *testing.T) {
	data, other := t.TempDir(), filepath.Join(t.TempDir(), "other")
	(&session{env: map[string]string{"FILMGATE_DATA": data}}).run(t, "migrate").expect(t, 0, "went from version 0")
	const nowhere = "postgres://me:hunter2@127.0.0.1:1/films"
	for want, c := range map[string]struct {
		code int
		args []string
	}{
		"--blobs and --blobs-to need --to":                         {exitUsage, []string{"--blobs"}},
		"--blobs needs --blobs-to, a data folder or a bucket":      {exitUsage, []string{"--to", nowhere, "--blobs"}},
		`--to is ***: "mysql://" is not supported`:                 {exitUsage, []string{"--to", "mysql://me:hunter2@127.0.0.1:1/films"}},
		"--to is ***: it names no database":                        {exitUsage, []string{"--to", "postgres://me:hunter2@127.0.0.1:1"}},
		"--to: postgres: open: ":                                   {exitFailure, []string{"--to", nowhere}},
		"--to: " + data + " is the data folder of the database":    {exitFailure, []string{"--to", data}},
		"FILMGATE_DATA (--data): there is no database to move":     {exitFailure, []string{"--data", other, "--to", data}},
		"FILMGATE_DATABASE_URL (--database-url): postgres: open: ": {exitFailure, []string{"--database-url", nowhere, "--to", other}},
		"--blobs-to is ***: ":                                      {exitUsage, []string{"--to", other, "--blobs-to", "gs://hunter2"}},
		"--blobs-to: the files are there already":                  {exitFailure, []string{"--to", other, "--blobs-to", data}},
		"FILMGATE_DATA (--data): there are no files to copy":       {exitFailure, []string{"--database-url", nowhere, "--data", t.TempDir(), "--to", other, "--blobs"}},
	} {
		t.Run(want, func(t *testing.T) {
			if err := os.MkdirAll(filepath.Join(data, "files"), 0o700); err != nil {
				t.Fatal(err)
			}
			got := (&session{env: map[string]string{"FILMGATE_DATA": data}}).run(t, append([]string{"migrate"}, c.args...)...)
			got.expect(t, c.code, want)
			if strings.Contains(got.out+got.err, "hunter2") {
				t.Errorf("it shows the password: %s", got.err)
			}
			if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it made the folder %s: %v", other, err)
			}
		})
	}
}

func TestMoveWhileAServerRunsIsRefused(t *testing.T) {
	t.Parallel()
	data, other := t.TempDir(), t.TempDir()
	run(t, data)
	(&session{env: map[string]string{"FILMGATE_DATA": other}}).run(t, "migrate").expect(t, 0)
	(&session{env: map[string]string{"FILMGATE_DATA": data}}).run(t, "migrate", "--to", other).
		expect(t, exitFailure, "FILMGATE_DATA (--data): another filmgate serves the folder "+data)
	(&session{env: map[string]string{"FILMGATE_DATA": other}}).run(t, "migrate", "--to", data).
		expect(t, exitFailure, "--to: another filmgate serves the folder "+data)
}

func TestHalfMovedDatabaseIsRefusedUntilTheMoveIsComplete(t *testing.T) {
	t.Parallel()
	from, half := t.TempDir(), t.TempDir()
	for _, data := range []string{from, half} {
		(&session{env: map[string]string{"FILMGATE_DATA": data}}).run(t, "migrate").expect(t, 0)
	}
	source := filepath.Join(from, "filmgate.db")
	begin(t, filepath.Join(half, "filmgate.db"), `{"Source": "`+source+`", "Command": "filmgate migrate --data `+from+` --to `+half+`", "Table": "secrets"}`)
	env := map[string]string{"FILMGATE_DATA": half, "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_URL": "http://127.0.0.1:1"}
	want := "the move from " + source + " into it is not complete; complete it with: filmgate migrate --data " + from + " --to " + half
	for _, command := range []string{"serve", "migrate", "key list", "migrate --to " + filepath.Join(t.TempDir(), "third")} {
		(&session{env: env}).run(t, strings.Fields(command)...).expect(t, exitFailure, "FILMGATE_DATA (--data): "+want)
	}
	(&session{env: env}).run(t, "doctor").expect(t, exitFailure, "✗ the database "+filepath.Join(half, "filmgate.db")+": "+want)
	(&session{env: map[string]string{"FILMGATE_DATA": from}}).run(t, "migrate", "--to", half).expect(t, 0, "the move is complete")
	(&session{env: env}).run(t, "doctor").expect(t, 0, "✓ the database "+filepath.Join(half, "filmgate.db")+" can be used")
}

// A program that is older than the tables leaves them alone and says which program to start.
func TestDatabaseOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := &session{env: map[string]string{"FILMGATE_DATA": data, "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_URL": "http://127.0.0.1:1"}}
	s.run(t, "migrate").expect(t, 0)
	db, err := sqlite.OpenDB(t.Context(), filepath.Join(data, "filmgate.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Writer().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "migrate", "doctor"} {
		s.run(t, command).expect(t, exitFailure, "FILMGATE_DATA (--data)", "version 9999", "start a newer program")
	}
}

// begin begins a move into an SQLite database.
func begin(t *testing.T, path, state string) {
	t.Helper()
	db, err := sqlite.OpenDB(t.Context(), path)
	if err == nil {
		err = errors.Join(db.Begin(t.Context(), []byte(state)), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestInterruptedMoveSaysThatItCanGoOn(t *testing.T) {
	data := t.TempDir()
	s := &session{env: map[string]string{"FILMGATE_DATA": data}}
	s.run(t, "migrate").expect(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.runUntil(ctx, "migrate", "--to", filepath.Join(t.TempDir(), "other")).expect(t, exitInterrupted, "the same command goes on with the move")
}
