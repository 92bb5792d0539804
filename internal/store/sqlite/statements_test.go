package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"modernc.org/sqlite"
)

// countingConnector opens connections that note what they parse.
type countingConnector struct {
	driver.Connector
	texts *[]string
}

type countingConn struct {
	sqliteConn
	texts *[]string
}

func (c countingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	return countingConn{made.(sqliteConn), c.texts}, err
}

func (c countingConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	*c.texts = append(*c.texts, text)
	return c.sqliteConn.PrepareContext(ctx, text)
}

// parsing returns a connection to a database with one table, numbers, and how often it has parsed a statement.
func parsing(t *testing.T) (conn *sql.Conn, times func(text string) int) {
	t.Helper()
	plain, err := sqlite.NewConnector("file:" + filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	db := sql.OpenDB(connector{countingConnector{plain, &texts}})
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if conn, err = db.Conn(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	run(t, conn, `CREATE TABLE numbers (n INTEGER NOT NULL)`)
	return conn, func(text string) (n int) {
		for _, one := range texts {
			if one == text {
				n++
			}
		}
		return n
	}
}

func run(t *testing.T, conn *sql.Conn, text string, args ...any) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

func numbers(t *testing.T, conn *sql.Conn, text string, args ...any) []int {
	t.Helper()
	found, err := queryAll(t.Context(), conn, scanNumber, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int, len(found))
	for i, n := range found {
		out[i] = int(n)
	}
	return out
}

const (
	insertNumber  = `INSERT INTO numbers VALUES ($1)`
	selectNumbers = `SELECT * FROM numbers WHERE n > $1 ORDER BY 1`
)

func TestAStatementIsParsedOnce(t *testing.T) {
	conn, times := parsing(t)
	for n := range 5 {
		run(t, conn, insertNumber, n)
		if got := numbers(t, conn, selectNumbers, n-2); len(got) != min(n+1, 2) {
			t.Errorf("%v", got)
		}
	}
	if times(insertNumber) != 1 || times(selectNumbers) != 1 {
		t.Errorf("the insert is parsed %d times, the query %d times", times(insertNumber), times(selectNumbers))
	}
}

func TestAQueryMayRunWhileItsRowsAreRead(t *testing.T) {
	conn, times := parsing(t)
	for n := range 3 {
		run(t, conn, insertNumber, n)
	}
	for range 2 {
		rows, err := conn.QueryContext(t.Context(), selectNumbers, -1)
		if err != nil {
			t.Fatal(err)
		}
		for want := 0; rows.Next(); want++ {
			var n int
			if err := rows.Scan(&n); err != nil || n != want {
				t.Fatalf("%d, %v; want %d", n, err, want)
			}
			if got := numbers(t, conn, selectNumbers, n); len(got) != 2-n {
				t.Errorf("after %d: %v", n, got)
			}
		}
		if err := rows.Err(); err != nil {
			t.Error(err)
		}
		_ = rows.Close() //nolint:sqlclosecheck // before the next query of the loop
	}
	if n := times(selectNumbers); n > 7 {
		t.Errorf("parsed %d times for 2 queries and 6 within them", n)
	}
}

func TestAStatementThatFailsCanRunAgain(t *testing.T) {
	conn, times := parsing(t)
	run(t, conn, `CREATE UNIQUE INDEX once ON numbers (n)`)
	run(t, conn, insertNumber, 1)
	if _, err := conn.ExecContext(t.Context(), insertNumber, 1); err == nil {
		t.Error("inserted twice")
	}
	run(t, conn, insertNumber, 2)
	if got := numbers(t, conn, selectNumbers, 0); !slices.Equal(got, []int{1, 2}) || times(insertNumber) != 1 {
		t.Errorf("%v, parsed %d times", got, times(insertNumber))
	}
}

func TestAStatementFollowsItsTable(t *testing.T) {
	conn, _ := parsing(t)
	run(t, conn, insertNumber, 1)
	numbers(t, conn, selectNumbers, 0)
	run(t, conn, `ALTER TABLE numbers ADD COLUMN m INTEGER NOT NULL DEFAULT 7`)
	if _, err := conn.ExecContext(t.Context(), insertNumber, 2); err == nil {
		t.Error("one value for two columns")
	}
	var n, m int
	if err := conn.QueryRowContext(t.Context(), selectNumbers, 0).Scan(&n, &m); err != nil || n != 1 || m != 7 {
		t.Errorf("%d, %d, %v", n, m, err)
	}
	run(t, conn, `DROP TABLE numbers`)
	if _, err := conn.QueryContext(t.Context(), selectNumbers, 0); err == nil { //nolint:rowserrcheck,sqlclosecheck // there are none
		t.Error("rows of a table that is gone")
	}
}

func TestOnlySoManyStatementsAreKeptAndNoPragma(t *testing.T) {
	conn, times := parsing(t)
	const often, pragma = `SELECT 0`, `PRAGMA user_version`
	for n := range 3 * maxParsed {
		numbers(t, conn, often)
		numbers(t, conn, pragma)
		numbers(t, conn, fmt.Sprintf(`SELECT %d`, n+1))
	}
	err := conn.Raw(func(c any) error {
		if n := len(c.(*parsingConn).parsed); n != maxParsed {
			t.Errorf("%d are kept, want %d", n, maxParsed)
		}
		return nil
	})
	if err != nil || times(often) != 1 || times(pragma) != 3*maxParsed {
		t.Errorf("%v; the query is parsed %d times, the pragma %d times", err, times(often), times(pragma))
	}
}
