package transfer_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

func TestEveryKindOfRowIsMoved(t *testing.T) {
	eachDirection(t, func(t *testing.T, openFrom, openTo func(t *testing.T) database) {
		from, to := openFrom(t), openTo(t)
		storetest.Populate(t, from.store, 45)
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
		names = slices.DeleteFunc(names, func(name string) bool { return name == "goose_db_version" || strings.HasPrefix(name, "vendor_") })
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

func TestDestinationWithRowsOfItsOwnIsRefused(t *testing.T) {
	thereAndBack(t, func(t *testing.T, openFrom, openTo func(t *testing.T) database) {
		from, to := openFrom(t), openTo(t)
		storetest.Populate(t, from.store, 3)
		for name, theirs := range map[string]func(t *testing.T, from, to database){
			"other counts": func(t *testing.T, _, to database) { newKey(t, to) },
			"equal counts": func(t *testing.T, from, to database) {
				run(t, move(from, to))
				to.exec(`UPDATE tasks SET updated = updated + 1`)
			},
		} {
			t.Run(name, func(t *testing.T) {
				deleteRows(to)
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
