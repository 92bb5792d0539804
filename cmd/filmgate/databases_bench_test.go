package main

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/task"
)

// benchData is a data folder and the URL of its database; "" = SQLite in the folder.
type benchData struct{ folder, url string }

// onBoth runs a benchmark on SQLite and, if it is installed, on PostgreSQL. Both sync each commit. fresh returns new data.
func onBoth(b *testing.B, f func(b *testing.B, fresh func() benchData)) {
	b.Run("sqlite", func(b *testing.B) {
		f(b, func() benchData { return benchData{folder: b.TempDir()} })
	})
	b.Run("postgres", func(b *testing.B) {
		var shared postgrestest.Shared
		b.Cleanup(shared.Stop)
		server := shared.Server(b)
		f(b, func() benchData { return benchData{b.TempDir(), server.NewDatabase(b)} })
	})
}

// serve starts a server on the data. It logs warnings only.
func (d benchData) serve(b *testing.B, settings ...string) *process {
	return runWith(b, d.folder, append(settings, "FILMGATE_LOG=warn", "FILMGATE_DATABASE_URL="+d.url)...)
}

func (d benchData) settings() config.Settings {
	return config.Settings{Data: d.folder, DatabaseURL: apikey.Secret(d.url), Workers: 1}
}

// open opens the database without any of our code.
func (d benchData) open(b *testing.B) *sql.DB {
	driver, url := "pgx", d.url
	if url == "" {
		driver, url = "sqlite", "file:"+filepath.Join(d.folder, "filmgate.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// benchID returns the id of the i-th task of fill.
func benchID(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", i) }

// fill stores tasks with their jobs, as creates do. tags returns the tags of a prompt that the fake vendor obeys.
func (d benchData) fill(b *testing.B, tasks int, tags func(i int) string) {
	d.fillFor(b, tasks, 1, tags)
}

// fillFor is fill for tasks that several engines have in turn.
func (d benchData) fillFor(b *testing.B, tasks, engines int, tags func(i int) string) {
	n, err := node.Open(b.Context(), node.Options{
		Settings: d.settings(), Getenv: os.Getenv, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			b.Error(err)
		}
	}()
	now := time.Now().UTC()
	for i := range tasks {
		id, seed := benchID(i), uint32(i)
		t := task.Task{
			ID: id, Account: 1, State: task.Queued, Engine: vendorName(i % engines), EngineModel: "gen4.5", Created: now, Updated: now,
			Request: task.Request{Dialect: "makevid/runway", Model: "gen4", Prompt: "a cat walks " + tags(i), Seconds: 5, AspectRatio: "16:9", Seed: &seed},
		}
		c := task.Change{Task: t, Wakes: []task.Wake{{Task: id, Lane: task.Remote}}, Events: []task.Event{{At: now, Kind: "created", To: task.Queued}}}
		if _, err := n.Store().Apply(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}

// inFlightAt starts a server on new data with tasks, and returns it once the vendor has accepted all of them. They take hours.
func (d benchData) inFlightAt(b *testing.B, vendor string, tasks int) *process {
	d.fill(b, tasks, func(i int) string { return "slow:5h tag:" + benchID(i) })
	p := d.serve(b, vendorConfig(b, vendor))
	begun, tick := time.Now(), time.NewTicker(500*time.Millisecond)
	defer tick.Stop()
	for accepted(vendorTasks(b, vendor)) < tasks {
		if time.Since(begun) > 5*time.Minute {
			b.Fatalf("only %d are submitted\n%s", accepted(vendorTasks(b, vendor)), p.errs)
		}
		<-tick.C
	}
	return p
}

// columns returns the columns of a table, without the named ones.
func columns(b *testing.B, db *sql.DB, table string, without ...string) string {
	rows, err := db.QueryContext(b.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || rows.Err() != nil {
		b.Fatal(err, rows.Err())
	}
	var out []string
	for _, name := range names {
		skip := false
		for _, other := range without {
			skip = skip || name == other
		}
		if !skip {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}
