package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
)

// firstOfMany is the creation time of the first task of a filled store. Each further task is created one second later.
var firstOfMany = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// idOfMany returns the id of the n-th task, counted from 1.
func idOfMany(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// fillData makes a data folder whose store has ended tasks of the operator's account, each with all its files. One in a hundred
// has failed, and one in a thousand was made by Luma. A million are stored in a minute: without a log, in the order of their ids,
// and before there are indexes.
func fillData(b *testing.B, tasks int) string {
	b.Helper()
	data := b.TempDir()
	path := filepath.Join(data, "filmgate.db")
	storeOneOfMany(b, path)
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	indexes := dropIndexes(b, db)
	copyOneOfMany(b, db, tasks)
	for _, statement := range append(indexes, "PRAGMA journal_mode = WAL") {
		execSQL(b, db, statement)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close()) // now, and not while something is measured
	}
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// storeOneOfMany makes the database with the first task.
func storeOneOfMany(b *testing.B, path string) {
	db, err := sqlite.OpenDB(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := db.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	rows := sqlite.New(db, nil)
	if _, err := rows.Apply(b.Context(), task.Change{Task: oneOfMany(), Events: []task.Event{{Kind: "created"}}}); err != nil {
		b.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		b.Fatal(err)
	}
}

func execSQL(b *testing.B, db *sql.DB, query string, args ...any) {
	if _, err := db.ExecContext(b.Context(), query, args...); err != nil {
		b.Fatalf("%v: %s", err, query)
	}
}

// dropIndexes drops the indexes of tasks and artifacts, and returns the statements that make them.
func dropIndexes(b *testing.B, db *sql.DB) (statements []string) {
	rows, err := db.QueryContext(b.Context(), `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name IN ('tasks', 'artifacts') AND sql IS NOT NULL`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name, statement string
		if err := rows.Scan(&name, &statement); err != nil {
			b.Fatal(err)
		}
		names, statements = append(names, name), append(statements, statement)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		execSQL(b, db, "DROP INDEX "+name)
	}
	return statements
}

// copyOneOfMany stores the tasks from the second to the last, with their artifacts. Each row is a copy of the first, with another
// id, time, state and model.
func copyOneOfMany(b *testing.B, db *sql.DB, tasks int) {
	body, one := bodyOfMany(b, db), oneOfMany()
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	row, err := tx.PrepareContext(b.Context(), `INSERT INTO tasks (id, account, state, ended, model, dialect, created, updated, version, deleted, low, body, searchable, counted)
		VALUES ($1, 1, $2, 1, $3, $4, $5, $5, 1, 0, 0, $6, 1, 1)`)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = row.Close() }()
	for n := 2; n <= tasks; n++ {
		state, model, dialect := string(one.State), one.Request.Model, one.Request.Dialect
		if n%100 == 0 {
			state = string(task.Failed)
		}
		if n%1000 == 0 {
			model, dialect = "ray-v1", "makevid/luma"
		}
		id, at := idOfMany(n), firstOfMany.Add(time.Duration(n-1)*time.Second)
		raw := fmt.Appendf(nil, body, id, state, model, dialect, at.Format(time.RFC3339))
		if _, err := row.ExecContext(b.Context(), id, state, model, dialect, at.UnixMilli(), raw); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	execSQL(b, db, `INSERT INTO artifacts (id, task, account, asset_group, favorite, share, deleted, created)
		SELECT 'a' || id, id, 1, 'g', 0, '', 0, created FROM tasks WHERE id <> $1 ORDER BY id`, idOfMany(1))
}

// bodyOfMany returns the body of the first task as a format of the id, state, model, dialect and creation time of another.
func bodyOfMany(b *testing.B, db *sql.DB) string {
	var body string
	if err := db.QueryRowContext(b.Context(), "SELECT CAST(body AS TEXT) FROM tasks").Scan(&body); err != nil {
		b.Fatal(err)
	}
	one := oneOfMany()
	field := func(name, value string) string { return fmt.Sprintf(`"%s":"%s"`, name, value) }
	return strings.NewReplacer("%", "%%", one.ID, "%[1]s", field("State", string(one.State)), field("State", "%[2]s"),
		field("Model", one.Request.Model), field("Model", "%[3]s"), field("Dialect", one.Request.Dialect), field("Dialect", "%[4]s"),
		field("Created", one.Created.Format(time.RFC3339)), field("Created", "%[5]s")).Replace(body)
}

// oneOfMany returns a finished task with its seven files.
func oneOfMany() task.Task {
	t := task.Task{ID: idOfMany(1), Account: keystore.Operator, State: task.Succeeded, Engine: "animatic", EngineModel: "animatic", Progress: 1,
		Created: firstOfMany, Updated: firstOfMany, Started: firstOfMany, Finished: firstOfMany.Add(9 * time.Second),
		Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo", Prompt: strings.Repeat("a slow pan ", 20), Seconds: 5, AssetGroup: "Generative Video"}}
	a := task.Artifact{ID: "a" + t.ID, Task: t.ID, Account: t.Account, Filename: "film.mp4", Width: 1280, Height: 768, FrameRate: 24, Created: t.Created, Updated: t.Created}
	for _, r := range []task.Role{task.Video, task.Preview, task.Preview, task.Preview, task.Preview, task.Preview, task.Poster} {
		a.Files = append(a.Files, task.File{Role: r, Key: "cdn/20260301/" + strings.Repeat("k", 30), Size: 1 << 20, SHA256: strings.Repeat("0", 64)})
	}
	t.Artifacts = []task.Artifact{a}
	return t
}
