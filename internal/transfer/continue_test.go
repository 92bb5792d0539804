package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/transfer"
)

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

// A move is cut off before each of its writes, and when the answer to the last one is lost.
func TestMoveIsContinuedAfterACutAtEveryWrite(t *testing.T) {
	thereAndBack(t, func(t *testing.T, openFrom, openTo func(t *testing.T) database) {
		from, to := openFrom(t), openTo(t)
		storetest.Populate(t, from.store, 50) // more than a page of artifacts and events
		want := run(t, move(from, to))
		writes := 0
		for ; cutOff(t, from, to, &faulty{Portable: to, left: writes + 1}); writes++ {
			checkUnfinished(t, to, fmt.Sprint("cut before write ", writes+1))
			if got := run(t, move(from, to)); !reflect.DeepEqual(got.Tables, want.Tables) || got.Again {
				t.Errorf("cut before write %d: %+v", writes+1, got)
			}
		}
		if writes < 12 {
			t.Errorf("only %d writes", writes)
		}
		if !cutOff(t, from, to, &faulty{Portable: to, left: writes, after: true}) {
			t.Error("the last write did not fail")
		}
		if got := run(t, move(from, to)); !reflect.DeepEqual(got.Tables, want.Tables) || !got.Already {
			t.Errorf("cut after the last write: %+v", got)
		}
	})
}

// cutOff moves all rows to a database that is emptied first, by way of a faulty one. It reports whether the move failed.
func cutOff(t *testing.T, from, to database, f *faulty) bool {
	t.Helper()
	deleteRows(to)
	_, err := move(from, f).Run(t.Context())
	if err != nil && (!errors.Is(err, errFault) || !strings.HasPrefix(err.Error(), "the setting of there")) {
		t.Fatalf("Run: %v", err)
	}
	return err != nil
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
		from, to := openFrom(t), openTo(t)
		storetest.Populate(t, from.store, 20)
		for name, change := range map[string]func(t *testing.T, from database){
			"a new row":     newKey,
			"a changed row": func(_ *testing.T, from database) { from.exec(`UPDATE tasks SET updated = updated + 1`) },
			"a deleted row": func(_ *testing.T, from database) { from.exec(`DELETE FROM api_keys`) },
			"a row that now clashes with one that was moved": func(_ *testing.T, from database) {
				from.exec(`UPDATE artifacts SET id = 'z' WHERE id = (SELECT min(id) FROM artifacts)`)
			},
		} {
			t.Run(name, func(t *testing.T) {
				deleteRows(to)
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
