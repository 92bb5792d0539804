package postgrestest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startOnly is the variable that makes the test program start a server, print its folder, and wait to be killed.
const startOnly = "POSTGRESTEST_START_ONLY"

func TestMain(m *testing.M) {
	if os.Getenv(startOnly) != "" {
		s, err := Start(context.Background())
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.Socket())
		select {}
	}
	os.Exit(m.Run())
}

func TestServerSurvivesACrashAndIsGoneAfterStop(t *testing.T) {
	s := start(t)
	url := s.NewDatabase(t)
	if got := query(t, url, `CREATE TABLE films (title text); INSERT INTO films VALUES ('Metropolis'); SHOW fsync`); got != "on" {
		t.Errorf("fsync is %s", got)
	}
	if err := errors.Join(s.Crash(t.Context()), s.Resume(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := query(t, url, `SELECT title FROM films`); got != "Metropolis" {
		t.Errorf("after the crash the table holds %q", got)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Socket()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// migrateFilms makes the tables of the tests, of which two have rows.
func migrateFilms(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE TABLE versions (n int GENERATED ALWAYS AS IDENTITY, at timestamptz, hash bytea, about jsonb, old text);
		INSERT INTO versions (at, hash, about) VALUES ('2026-11-24T12:00:00.123456Z', '\x00ff27', '{"it''s": "%L"}');
		CREATE TABLE films (id bigserial PRIMARY KEY, title text);
		CREATE TABLE scenes (film bigint REFERENCES films)`)
	return errors.Join(err, conn.Close(ctx))
}

func TestMigratedDatabasesHaveTheTablesAndShareNoRows(t *testing.T) {
	s := start(t)
	migrations := 0
	migrate := func(ctx context.Context, url string) error {
		migrations++
		return migrateFilms(ctx, url)
	}
	for _, title := range []string{"Metropolis", "M"} {
		if got := query(t, s.NewMigrated(t, migrate), `INSERT INTO films (title) VALUES ('`+title+`'); SELECT string_agg(title, ', ') FROM films`); got != title {
			t.Errorf("the films are %q, want %q", got, title)
		}
	}
	if migrations != 1 {
		t.Errorf("migrated %d times", migrations)
	}
}

// A test leaves rows, changes those of the template, and keeps a lock. Some change the tables too.
func TestMigratedDatabaseIsAsNewForTheNextTest(t *testing.T) {
	s := start(t)
	const look = `SELECT concat_ws(' ', (SELECT string_agg(v::text, ';') FROM versions v), (SELECT count(*) FROM films), (SELECT count(*) FROM scenes),
		nextval('films_id_seq'), pg_try_advisory_lock(1), (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
		(SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace))`
	changes := []string{"", "CREATE TABLE more (n int)", "ALTER TABLE films RENAME TO movies", "ALTER TABLE scenes ADD COLUMN n int", ""}
	var urls, found []string
	var open []*pgx.Conn
	defer func() {
		for _, conn := range open {
			_ = conn.Close(context.Background()) // it was cut off
		}
	}()
	for _, change := range changes {
		t.Run("that runs "+change, func(t *testing.T) {
			url := s.NewMigrated(t, migrateFilms)
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, conn)
			var all string
			if err := conn.QueryRow(t.Context(), look).Scan(&all); err != nil {
				t.Fatal(err)
			}
			urls, found = append(urls, url), append(found, all)
			if _, err := conn.Exec(t.Context(), `UPDATE versions SET about = '{}'; INSERT INTO versions DEFAULT VALUES;
				INSERT INTO films (title) VALUES ('M'); INSERT INTO scenes SELECT id FROM films; `+change); err != nil {
				t.Fatal(err)
			}
		})
	}
	if want := `(1,"2026-11-24 12:00:00.123456+00","\\x00ff27","{""it's"": ""%L""}",) 0 0 1 t 6 films scenes versions`; found[0] != want {
		t.Errorf("the first test found %s, want %s", found[0], want)
	}
	for i, url := range urls[1:] {
		if found[i+1] != found[0] || (url == urls[i]) != (changes[i] == "") {
			t.Errorf("after %q a test found %s in %s, want %s; the database before was %s", changes[i], found[i+1], url, found[0], urls[i])
		}
	}
}

func TestServerEndsWithAProgramThatIsKilled(t *testing.T) {
	if err := start(t).Stop(); err != nil { // skips if there is none
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), startOnly+"=1")
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	dir := strings.TrimSpace(line)
	if _, stat := os.Stat(dir); err != nil || stat != nil {
		t.Fatalf("it printed %q, %v", line, err)
	}
	_ = program.Process.Kill()
	_ = program.Wait()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1500 { // half a minute at most
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) || len(entries) == 0 {
			_ = os.RemoveAll(dir)
			return
		}
		<-tick.C
	}
	t.Errorf("%s is still there", dir)
}

func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start(t.Context())
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// query runs statements and returns the only value of the last one.
func query(t *testing.T, url, statements string) (value string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	results, err := conn.PgConn().Exec(t.Context(), statements).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return string(results[len(results)-1].Rows[0][0])
}
