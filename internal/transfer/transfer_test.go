package transfer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

var shared postgrestest.Shared

func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// database is a database of a test, and the store in it.
type database struct {
	store.Portable
	store store.Store
	exec  func(statement string) // runs one as it is

	tables  func(context.Context) ([]string, error)
	columns func(table string) []string // sorted
}

// openers open an empty, migrated database.
var openers = map[string]func(t *testing.T) database{
	"SQLite": func(t *testing.T) database { return openSQLite(t, filepath.Join(t.TempDir(), "filmgate.db")) },
	"PostgreSQL": func(t *testing.T) database {
		db, err := postgres.OpenDB(t.Context(), shared.Server(t).NewSchema(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		migrate(t, db)
		pool := stdlib.OpenDBFromPool(db.Pool())
		t.Cleanup(func() { _ = pool.Close() })
		s := postgres.New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
		return database{db, s, executor(t, pool), db.TableNames, columnsOf(t, pool,
			`SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name COLLATE "C"`)}
	},
}

func openSQLite(t *testing.T, path string) database {
	t.Helper()
	db, err := sqlite.OpenDB(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	exec := executor(t, db.Writer())
	exec(`PRAGMA synchronous = OFF`) // no test cuts the power
	migrate(t, db)
	s := sqlite.New(db, func(context.Context, *sql.Tx, []task.Wake) error { return nil })
	return database{db, s, exec, db.TableNames, columnsOf(t, db.Writer(), `SELECT name FROM pragma_table_info($1) ORDER BY name`)}
}

// executor returns a function that runs a statement.
func executor(t *testing.T, db *sql.DB) func(statement string) {
	return func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// columnsOf returns a function that reads the names of a table's columns by a query.
func columnsOf(t *testing.T, db *sql.DB, query string) func(table string) []string {
	return func(table string) (names []string) {
		t.Helper()
		found, err := db.QueryContext(t.Context(), query, table)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = found.Close() }()
		for found.Next() {
			names = append(names, "")
			if err := found.Scan(&names[len(names)-1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		return names
	}
}

func migrate(t *testing.T, db interface {
	Migrate(context.Context) (from, to int64, err error)
}) {
	t.Helper()
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// eachDirection runs a test from each kind of database to each.
func eachDirection(t *testing.T, test func(t *testing.T, from, to func(t *testing.T) database)) {
	for from, openFrom := range openers {
		for to, openTo := range openers {
			t.Run(from+" to "+to, func(t *testing.T) { test(t, openFrom, openTo) })
		}
	}
}

// thereAndBack runs a test from SQLite to PostgreSQL and the other way round, so that each is read and written once.
func thereAndBack(t *testing.T, test func(t *testing.T, from, to func(t *testing.T) database)) {
	t.Run("SQLite to PostgreSQL", func(t *testing.T) { test(t, openers["SQLite"], openers["PostgreSQL"]) })
	t.Run("PostgreSQL to SQLite", func(t *testing.T) { test(t, openers["PostgreSQL"], openers["SQLite"]) })
}

// side returns a side of a move in a database.
func side(name string, db store.Portable) transfer.Side {
	return transfer.Side{Rows: db, Name: name, Setting: "the setting of " + name, FilesSetting: "the files of " + name}
}

func move(from, to store.Portable) transfer.Move {
	return transfer.Move{From: side("here", from), To: side("there", to), Command: "filmgate migrate --to there", PageRows: 40}
}

// run runs a move, which must succeed.
func run(t *testing.T, m transfer.Move) transfer.Report {
	t.Helper()
	r, err := m.Run(t.Context())
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	if err := transfer.Unfinished(t.Context(), m.To.Rows); err != nil {
		t.Fatalf("after the move: %v", err)
	}
	return r
}

func TestEveryKindOfRowIsMoved(t *testing.T) {
	eachDirection(t, func(t *testing.T, openFrom, openTo func(t *testing.T) database) {
		from, to := openFrom(t), openTo(t)
		storetest.Populate(t, from.store, 60)
		r := run(t, move(from, to))
		for _, table := range r.Tables {
			if table.Rows == 0 || len(table.Hash) != 64 {
				t.Errorf("%s has %d rows with the hash %q; Populate should fill it", table.Name, table.Rows, table.Hash)
			}
		}
		if got, want := contents(t, to.store), contents(t, from.store); !reflect.DeepEqual(got, want) {
			t.Errorf("the store holds\n%.2000v\ninstead of\n%.2000v", got, want)
		}
		if again := run(t, move(from, to)); !again.Already || !reflect.DeepEqual(again.Tables, r.Tables) {
			t.Errorf("called again, it reports %+v", again)
		}
	})
}

// contents returns all that the store's readers see, in their order.
func contents(t *testing.T, s store.Store) []any {
	t.Helper()
	var out []any
	add := func(v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	tasks, err := s.Tasks(t.Context(), task.Query{Deleted: true, Limit: 10000})
	add(tasks, err)
	for _, tk := range tasks {
		add(s.Events(t.Context(), tk.ID))
		add(s.Idempotency(t.Context(), tk.Account, tk.Request.ExternalID))
	}
	add(s.Artifacts(t.Context(), task.ArtifactQuery{Limit: 10000}))
	add(s.Artifacts(t.Context(), task.ArtifactQuery{Pending: true, Limit: 10000}))
	add(s.Keys(t.Context(), apikey.Query{}))
	for account := range int64(3) {
		add(s.Groups(t.Context(), account, ""))
		add(s.Tasks(t.Context(), task.Query{Account: account, Limit: 10000}))
	}
	add(s.Datasets(t.Context(), task.DatasetQuery{Limit: 10000}))
	add(s.Datasets(t.Context(), task.DatasetQuery{Unused: true, Limit: 10000}))
	add(s.Secret(t.Context(), "plain", []byte("another")))
	return out
}

func TestRoundTripIsEqual(t *testing.T) {
	first, between, last := openers["SQLite"](t), openers["PostgreSQL"](t), openers["SQLite"](t)
	storetest.Populate(t, first.store, 50)
	there, back := run(t, move(first, between)), run(t, move(between, last))
	if !reflect.DeepEqual(there.Tables, back.Tables) {
		t.Errorf("moved there: %+v\nmoved back: %+v", there.Tables, back.Tables)
	}
	for _, table := range store.Tables() {
		want := rows(t, first, table)
		for name, db := range map[string]database{"PostgreSQL": between, "SQLite again": last} {
			if got := rows(t, db, table); !reflect.DeepEqual(got, want) {
				t.Errorf("%s has other rows in %s", name, table.Name)
			}
		}
	}
}

// rows returns all rows of a table, as text and sorted: the orders of the databases differ.
func rows(t *testing.T, db store.Portable, table store.Table) []string {
	t.Helper()
	var all []string
	err := db.Scan(t.Context(), table, nil, func(row store.Row) error {
		all = append(all, fmt.Sprintf("%#v", row))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func TestTablesNamesEveryTableAndColumn(t *testing.T) {
	var want []string
	columns := map[string][]string{}
	for _, table := range store.Tables() {
		want = append(want, table.Name)
		columns[table.Name] = table.Names()
	}
	slices.Sort(want)
	for kind, open := range openers {
		db := open(t)
		names, err := db.tables(t.Context())
		names = slices.DeleteFunc(names, func(name string) bool { return name == "goose_db_version" })
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("%s has the tables %q, %v; Tables names %q", kind, names, err, want)
		}
		for name, listed := range columns {
			slices.Sort(listed)
			if got := db.columns(name); !slices.Equal(got, listed) {
				t.Errorf("%s has the columns %q in %s; Tables names %q", kind, got, name, listed)
			}
		}
	}
}

// faulty is a database whose n-th write fails: before it is written, or after.
type faulty struct {
	store.Portable
	left  int
	after bool
	table string // only writes into this table count; "" = all do
}

var errFault = errors.New("injected fault")

func (f *faulty) write(do func() error) error {
	f.left--
	if f.left != 0 {
		return do()
	}
	if f.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errFault
}

func (f *faulty) Begin(ctx context.Context, move []byte) error {
	if f.table != "" {
		return f.Portable.Begin(ctx, move)
	}
	return f.write(func() error { return f.Portable.Begin(ctx, move) })
}

func (f *faulty) Insert(ctx context.Context, t store.Table, rows []store.Row, move []byte) error {
	if f.table != "" && f.table != t.Name {
		return f.Portable.Insert(ctx, t, rows, move)
	}
	return f.write(func() error { return f.Portable.Insert(ctx, t, rows, move) })
}

func (f *faulty) End(ctx context.Context) error {
	return f.write(func() error { return f.Portable.End(ctx) })
}

// A move is cut off before and after each of its writes, and continued.
func TestMoveIsContinuedAfterACutAtEveryWrite(t *testing.T) {
	thereAndBack(t, func(t *testing.T, openFrom, openTo func(t *testing.T) database) {
		from, to := openFrom(t), openTo(t)
		storetest.Populate(t, from.store, 50) // more than a page of tasks, artifacts and events
		want := run(t, move(from, to))
		for n := 1; ; n++ {
			for _, after := range []bool{false, true} {
				deleteRows(to)
				f := &faulty{Portable: to, left: n, after: after}
				_, err := move(from, f).Run(t.Context())
				if err == nil {
					if n < 12 {
						t.Errorf("only %d writes", n)
					}
					return // there are fewer writes
				}
				if !errors.Is(err, errFault) || !strings.HasPrefix(err.Error(), "the setting of there") {
					t.Fatalf("cut at write %d: %v", n, err)
				}
				checkUnfinished(t, to, fmt.Sprint("cut at write ", n))
				got := run(t, move(from, to))
				if !reflect.DeepEqual(got.Tables, want.Tables) || got.Again {
					t.Errorf("cut at write %d (after: %t): %+v", n, after, got)
				}
			}
		}
	})
}

// deleteRows deletes all rows of a database.
func deleteRows(db database) {
	for _, table := range store.Tables() {
		db.exec(`DELETE FROM ` + table.Name)
	}
}

// checkUnfinished checks that a database that has rows is either complete or says that it is not.
func checkUnfinished(t *testing.T, db store.Portable, when string) {
	t.Helper()
	err := transfer.Unfinished(t.Context(), db)
	if err != nil {
		if !strings.Contains(err.Error(), "the move from here") || !strings.Contains(err.Error(), "filmgate migrate --to there") {
			t.Errorf("%s: %v", when, err)
		}
		return
	}
	secrets, err := db.Count(t.Context(), store.Tables()[0])
	replays, err2 := db.Count(t.Context(), store.Tables()[len(store.Tables())-1])
	if err := errors.Join(err, err2); err != nil || secrets > 0 != (replays > 0) {
		t.Errorf("%s: %d secrets, %d replays and no unfinished move, %v", when, secrets, replays, err)
	}
}

func TestSourceThatChangedSinceTheCutIsCopiedAgain(t *testing.T) {
	thereAndBack(t, func(t *testing.T, openFrom, openTo func(t *testing.T) database) {
		for name, change := range map[string]func(t *testing.T, from database){
			"a new row":     newKey,
			"a changed row": func(_ *testing.T, from database) { from.exec(`UPDATE tasks SET updated = updated + 1`) },
			"a deleted row": func(_ *testing.T, from database) { from.exec(`DELETE FROM api_keys`) },
			"a row that now clashes with one that was moved": func(_ *testing.T, from database) {
				from.exec(`UPDATE artifacts SET id = 'z' WHERE id = (SELECT min(id) FROM artifacts)`)
			},
		} {
			t.Run(name, func(t *testing.T) {
				from, to := openFrom(t), openTo(t)
				storetest.Populate(t, from.store, 60)
				if _, err := move(from, &faulty{to, 1, true, "artifacts"}).Run(t.Context()); !errors.Is(err, errFault) {
					t.Fatal(err)
				}
				change(t, from)
				r := run(t, move(from, to))
				if !r.Continued || !r.Again {
					t.Errorf("it reports %+v", r)
				}
				if again := run(t, move(from, to)); !again.Already {
					t.Errorf("called again, it reports %+v", again)
				}
			})
		}
	})
}

func newKey(t *testing.T, db database) {
	t.Helper()
	if err := db.store.PutKey(t.Context(), apikey.Key{ID: "a new key", Hash: "of a new key"}); err != nil {
		t.Fatal(err)
	}
}

func TestDestinationWithRowsOfItsOwnIsRefused(t *testing.T) {
	thereAndBack(t, func(t *testing.T, openFrom, openTo func(t *testing.T) database) {
		for name, theirs := range map[string]func(t *testing.T, from, to database){
			"other counts": func(t *testing.T, _, to database) { newKey(t, to) },
			"equal counts": func(t *testing.T, from, to database) {
				run(t, move(from, to))
				to.exec(`UPDATE tasks SET updated = updated + 1`)
			},
		} {
			t.Run(name, func(t *testing.T) {
				from, to := openFrom(t), openTo(t)
				storetest.Populate(t, from.store, 3)
				theirs(t, from, to)
				before := contents(t, to.store)
				_, err := move(from, to).Run(t.Context())
				if !errors.Is(err, transfer.ErrOccupied) || !strings.Contains(err.Error(), "in api_keys") || !strings.HasPrefix(err.Error(), "the setting of there: ") {
					t.Errorf("Run: %v", err)
				}
				if !reflect.DeepEqual(contents(t, to.store), before) {
					t.Error("the destination was changed")
				}
			})
		}
	})
}

func TestHalfMovedDatabaseIsContinuedOnlyFromItsSource(t *testing.T) {
	from, other, to := openers["SQLite"](t), openers["SQLite"](t), openers["PostgreSQL"](t)
	storetest.Populate(t, from.store, 3)
	if _, err := move(from, &faulty{to, 1, true, "tasks"}).Run(t.Context()); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	m := move(other, to)
	m.From.Name = "elsewhere"
	if _, err := m.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "the move from here") && !strings.Contains(err.Error(), "a move from here") {
		t.Errorf("from another source: %v", err)
	}
	if _, err := move(to, other).Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "the setting of here: the move from here into it is not complete") {
		t.Errorf("from the half-moved database: %v", err)
	}
	run(t, move(from, to))
}

func TestSourceThatChangesDuringTheMoveIsNamed(t *testing.T) {
	from, to := openers["SQLite"](t), openers["PostgreSQL"](t)
	storetest.Populate(t, from.store, 3)
	m := move(from, to)
	m.Progress = func(p transfer.Progress) {
		if p.Step == "copying replays" && p.Done == p.Total {
			newKey(t, from)
		}
	}
	if _, err := m.Run(t.Context()); !errors.Is(err, transfer.ErrChanged) || !strings.Contains(err.Error(), "api_keys") {
		t.Errorf("Run: %v", err)
	}
	if r := run(t, move(from, to)); !r.Again {
		t.Errorf("called again, it reports %+v", r)
	}
}

func TestProgressCountsEveryRow(t *testing.T) {
	from, to := openers["SQLite"](t), openers["PostgreSQL"](t)
	storetest.Populate(t, from.store, 30)
	last := map[string]transfer.Progress{}
	m := move(from, to)
	m.Progress = func(p transfer.Progress) { last[p.Step] = p }
	for _, table := range run(t, m).Tables {
		for _, step := range []string{"copying ", "comparing "} {
			if p := last[step+table.Name]; p.Done != table.Rows || p.Total != table.Rows {
				t.Errorf("%+v of %d rows", p, table.Rows)
			}
		}
	}
}

func TestMoveIntoAFullDiskIsContinuedWhenThereIsSpace(t *testing.T) {
	from, to := openers["PostgreSQL"](t), openers["SQLite"](t)
	storetest.Populate(t, from.store, 300)
	to.exec(`PRAGMA max_page_count = 200`)
	if _, err := move(from, to).Run(t.Context()); !errors.Is(err, store.ErrUnavailable) || !strings.HasPrefix(err.Error(), "the setting of there: ") {
		t.Errorf("Run: %v", err)
	}
	to.exec(`PRAGMA max_page_count = 1000000`)
	if r := run(t, move(from, to)); !r.Continued || r.Again {
		t.Errorf("with space, it reports %+v", r)
	}
}
