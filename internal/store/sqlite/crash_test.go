package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// copyFiles copies the files of the database in a folder as they are at this moment, which is what a kill of the process leaves.
func copyFiles(from, to string) error {
	for _, name := range []string{"filmgate.db", "filmgate.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), raw, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A process is killed in the middle of a group, of which more is in the log already than fits into memory. The next one finds all writes
// that were answered, and none of the group.
func TestCrashInAGroupLosesNoAnsweredWriteAndKeepsNoOther(t *testing.T) {
	const answered, many = 3, 20_000
	g, db := numbersGroup(t, nil)
	for n := range answered {
		if err := g.Do(t.Context(), insert(n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.writer.ExecContext(t.Context(), `PRAGMA cache_size = 10`); err != nil {
		t.Fatal(err)
	}
	var folder string
	if err := db.reader.QueryRowContext(t.Context(), `SELECT file FROM pragma_database_list`).Scan(&folder); err != nil {
		t.Fatal(err)
	}
	folder, killed := filepath.Dir(folder), t.TempDir()
	var before, after int64
	writes := []change{
		{rows: func(ctx context.Context, tx *writeTx) error {
			before = sizeOf(t, folder)
			_, err := tx.ExecContext(ctx, `INSERT INTO numbers WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r WHERE n < $1) SELECT n FROM r`, many)
			after = sizeOf(t, folder)
			return err
		}},
		{rows: func(context.Context, *writeTx) error { return copyFiles(folder, killed) }},
		insert(answered),
	}
	release := hold(t, db)
	defer release()
	var all sync.WaitGroup
	for n, write := range writes {
		all.Go(func() {
			if err := g.Do(t.Context(), write); err != nil {
				t.Errorf("write %d: %v", n, err)
			}
		})
		for waiting := 0; waiting <= n; {
			waiting = g.Waiting()
		}
	}
	release()
	all.Wait()
	if after <= before {
		t.Fatalf("nothing of the group was in the log when the process was killed: %d bytes, before it %d", after, before)
	}
	next, err := OpenDB(t.Context(), filepath.Join(killed, "filmgate.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = next.Close() }()
	if got := fmt.Sprint(count(t, next), " ", count(t, db)); got != fmt.Sprint(answered, " ", answered+many+1) {
		t.Errorf("rows after the kill and without it: %s", got)
	}
	var health string
	if err := next.reader.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&health); err != nil || health != "ok" {
		t.Errorf("after the kill: %s %v", health, err)
	}
}

// sizeOf returns the size of the log of the database in a folder, in bytes.
func sizeOf(t *testing.T, folder string) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(folder, "filmgate.db-wal"))
	if err != nil {
		t.Error(err)
		return 0
	}
	return info.Size()
}
