package node

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/store/sqlite"
)

func TestCommandOfAMoveHoldsNoPassword(t *testing.T) {
	const sqlite, server = "/srv/data", apikey.Secret("postgres://me:hunter2@db:5432/films?sslmode=require&password=hunter2")
	for want, m := range map[string]Move{
		"filmgate migrate --data /srv/data --to 'postgres://me@db:5432/films?sslmode=require'": {Settings: config.Settings{Data: sqlite}, To: server},
		"filmgate migrate --database-url 'postgres://me@db:5432/films?sslmode=require' --to /srv/data": {
			Settings: config.Settings{Data: "/srv/files", DatabaseURL: server}, To: sqlite},
		"filmgate migrate --database-url 'postgres://me@db:5432/films?sslmode=require' --data /srv/files --to /srv/data --blobs-to /srv/data": {
			Settings: config.Settings{Data: "/srv/files", DatabaseURL: server}, To: sqlite, FilesTo: sqlite},
		"filmgate migrate --data /srv/data --blob-url 's3://films?region=eu-central-1' --to /srv/new --blobs-to /srv/new": {
			Settings: config.Settings{Data: sqlite, BlobURL: "s3://films?region=eu-central-1"}, To: "/srv/new", FilesTo: "/srv/new"},
		`filmgate migrate --data '/srv/it'\''s data' --to postgres:///films`: {Settings: config.Settings{Data: "/srv/it's data"}, To: "postgres:///films"},
	} {
		if got := m.Command(); got != want {
			t.Errorf("%s\ninstead of\n%s", got, want)
		}
	}
}

// folder makes a data folder with an empty database, and changes it by a statement.
func folder(t *testing.T, statement string) string {
	t.Helper()
	dir := t.TempDir()
	db, err := sqlite.OpenDB(t.Context(), datafolder.Folder(dir).Database())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = db.Migrate(t.Context())
	if err == nil {
		_, err = db.Writer().ExecContext(t.Context(), statement)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	unchanged = `SELECT 1`
	newer     = `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`
	older     = `DELETE FROM goose_db_version WHERE version_id > 2`
	secret    = `INSERT INTO secrets (name, value) VALUES ('a', x'00ff')`
	foreign   = `DROP TABLE goose_db_version`
)

func TestVersionsOfBothDatabasesAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		want     string
	}{
		"the source is a newer program's":      {newer, unchanged, "FILMGATE_DATA (--data): sqlite: check: the database has version 99"},
		"the destination is a newer program's": {unchanged, newer, "--to: sqlite: check: the database has version 99"},
		"the destination has older rows":       {unchanged, older + `; ` + secret, "--to: it has 1 rows in secrets, of an older version: take an empty database"},
		"the destination has other tables":     {unchanged, foreign, "--to: it has a table secrets that is not Filmgate's: take an empty database"},
	} {
		t.Run(name, func(t *testing.T) {
			m := Move{Settings: config.Settings{Data: folder(t, c.from)}, To: apikey.Secret(folder(t, c.to))}
			if _, err := m.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("Run: %v", err)
			}
		})
	}
}

func TestPostgreSQLDatabasesAreChecked(t *testing.T) {
	server := shared.Server(t)
	url, empty, readOnly := server.NewDatabase(t), server.NewDatabase(t), server.NewDatabase(t)
	execute(t, readOnly, `REVOKE CREATE ON SCHEMA public FROM PUBLIC; DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
	data := folder(t, secret)
	if _, err := (Move{Settings: config.Settings{Data: data}, To: apikey.Secret(url)}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for want, m := range map[string]Move{
		"--to: it is the database that is moved": {Settings: config.Settings{DatabaseURL: apikey.Secret(url)}, To: apikey.Secret(url + "&application_name=other")},
		"FILMGATE_DATABASE_URL (--database-url): there are no tasks to move": {Settings: config.Settings{DatabaseURL: apikey.Secret(empty)},
			To: apikey.Secret(filepath.Join(t.TempDir(), "new"))},
		"--to: postgres: check: its user may not make tables": {Settings: config.Settings{Data: data},
			To: apikey.Secret(strings.Replace(readOnly, "filmgate@", "reader@", 1))},
		"--to: it has rows of its own (1 in secrets): take an empty one": {Settings: config.Settings{Data: folder(t, unchanged)}, To: apikey.Secret(url)},
	} {
		if _, err := m.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Run: %v, want %q", err, want)
		}
	}
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), statement)
	if err := errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}
