package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
)

var _ store.Portable = (*DB)(nil)

// Versions returns the version of the tables and the newest that this program knows. A database without tables has version 0. It
// changes nothing.
func (db *DB) Versions(ctx context.Context) (there, known int64, err error) {
	there, known, err = db.versions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("postgres: read the version: %w", err)
	}
	return there, known, nil
}

func (db *DB) versions(ctx context.Context) (there, known int64, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, 0, err
	}
	tables, err := db.exists(ctx, "goose_db_version")
	if err == nil && tables {
		there, err = queryOne(ctx, db, scanNumber, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`)
	}
	return there, int64(len(files)), err
}

// exists reports whether there is a table of that name.
func (db *DB) exists(ctx context.Context, table string) (bool, error) {
	return queryOne(ctx, db, func(scan func(...any) error) (there bool, err error) {
		err = scan(&there)
		return there, err
	}, `SELECT to_regclass($1::text) IS NOT NULL`, table)
}

// TableNames returns the names of all tables of the schema in use, the queue's too.
func (db *DB) TableNames(ctx context.Context) ([]string, error) {
	names, err := queryAll(ctx, db, scanID, `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`)
	if err != nil {
		return nil, fmt.Errorf("postgres: list the tables: %w", err)
	}
	return names, nil
}

// Name says which database it is, for people: "films at 127.0.0.1:5432".
func (db *DB) Name() string {
	c := db.pool.Config().ConnConfig
	return fmt.Sprintf("%s at %s:%d", c.Database, c.Host, c.Port)
}

// Same reports whether other is a connection to the same database.
func (db *DB) Same(ctx context.Context, other *DB) (bool, error) {
	var of [2]string
	for i, d := range []*DB{db, other} {
		var err error
		of[i], err = queryOne(ctx, d, scanID, `SELECT oid || ' ' || pg_postmaster_start_time() FROM pg_database WHERE datname = current_database()`)
		if err != nil {
			return false, fmt.Errorf("postgres: compare two databases: %w", err)
		}
	}
	return of[0] == of[1], nil
}

// Count implements store.Portable.
func (db *DB) Count(ctx context.Context, t store.Table) (int64, error) {
	n, err := queryOne(ctx, db, scanNumber, `SELECT count(*) FROM `+t.Name)
	if err != nil {
		return 0, fmt.Errorf("postgres: count %s: %w", t.Name, err)
	}
	return n, nil
}

// Scan implements store.Portable. The order is that of the index of the key, which holds the hashes of callers' texts.
func (db *DB) Scan(ctx context.Context, t store.Table, after store.Row, yield func(store.Row) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before the rows are closed, which would read all that are left
	key, from := make([]string, t.Key), make([]string, t.Key)
	for i, c := range t.Columns[:t.Key] {
		key[i], from[i] = c.Name, "$"+strconv.Itoa(i+1)
		if c.Kind == store.Text {
			key[i], from[i] = "sha256("+key[i]+")", "sha256("+from[i]+")"
		}
	}
	query := `SELECT ` + strings.Join(t.Names(), ", ") + ` FROM ` + t.Name
	if after != nil {
		query += ` WHERE (` + strings.Join(key, ", ") + `) > (` + strings.Join(from, ", ") + `)`
	}
	rows, err := db.pool.Query(ctx, query+` ORDER BY `+strings.Join(key, ", "), columnValues(t, after)...)
	if err != nil {
		return fmt.Errorf("postgres: read %s: %w", t.Name, mapError(err))
	}
	defer func() { cancel(); rows.Close() }()
	for rows.Next() {
		row, err := scanRow(rows, t)
		if err != nil {
			return fmt.Errorf("postgres: read %s: %w", t.Name, mapError(err))
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("postgres: read %s: %w", t.Name, mapError(err))
	}
	return nil
}

// scanRow reads a row. The database's values have the types of store.Row, except texts of callers and small integers.
func scanRow(rows pgx.Rows, t store.Table) (store.Row, error) {
	row, err := rows.Values()
	if err != nil {
		return nil, err
	}
	for i, c := range t.Columns {
		switch v := row[i].(type) {
		case int32:
			row[i] = int64(v)
		case []byte:
			if c.Kind == store.Text {
				row[i] = string(v)
			}
		}
	}
	return row, nil
}

// columnValues returns a row, or its key, as the database holds it.
func columnValues(t store.Table, row store.Row) []any {
	values := slices.Clone(row)
	for i, v := range values {
		if s, ok := v.(string); ok && t.Columns[i].Kind == store.Text {
			values[i] = free(s)
		}
	}
	return values
}

// Begin implements store.Portable.
func (db *DB) Begin(ctx context.Context, move []byte) error {
	err := db.inTx(ctx, func(tx pgx.Tx) error {
		for _, t := range store.Tables() {
			if _, err := tx.Exec(ctx, `DELETE FROM `+t.Name); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS `+store.MoveTable+` (id integer PRIMARY KEY CHECK (id = 1), state bytea NOT NULL)`); err != nil {
			return err
		}
		return recordMove(ctx, tx, move)
	})
	if err != nil {
		return fmt.Errorf("postgres: begin a move: %w", err)
	}
	return nil
}

// Insert implements store.Portable.
func (db *DB) Insert(ctx context.Context, t store.Table, rows []store.Row, move []byte) error {
	err := db.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{t.Name}, t.Names(), pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			return columnValues(t, rows[i]), nil
		}))
		if err != nil {
			return err
		}
		return recordMove(ctx, tx, move)
	})
	if err != nil {
		return fmt.Errorf("postgres: insert into %s: %w", t.Name, err)
	}
	return nil
}

func recordMove(ctx context.Context, tx pgx.Tx, move []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO `+store.MoveTable+` (id, state) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET state = excluded.state`, move)
	return err
}

// Move implements store.Portable.
func (db *DB) Move(ctx context.Context) ([]byte, error) {
	there, err := db.exists(ctx, store.MoveTable)
	var found [][]byte
	if err == nil && there {
		found, err = queryAll(ctx, db, scanBytes, `SELECT state FROM `+store.MoveTable)
	}
	if err != nil {
		return nil, fmt.Errorf("postgres: read the state of a move: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

// End implements store.Portable. It also updates the planner's statistics, which know nothing of the rows yet.
func (db *DB) End(ctx context.Context) error {
	err := db.inTx(ctx, func(tx pgx.Tx) error {
		for _, t := range store.Tables() {
			if _, err := tx.Exec(ctx, `ANALYZE `+t.Name); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `DROP TABLE `+store.MoveTable)
		return err
	})
	if err != nil {
		return fmt.Errorf("postgres: end a move: %w", err)
	}
	return nil
}

func scanNumber(scan func(...any) error) (n int64, err error) {
	err = scan(&n)
	return n, err
}
