package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/store"
)

var _ store.Portable = (*DB)(nil)

// Name returns the path of the file.
func (db *DB) Name() string { return db.path }

// Version returns the newest version of the tables that this program knows.
func Version() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, fmt.Errorf("sqlite: read the version: %w", err)
	}
	return int64(len(files)), nil
}

// Versions returns the version of the tables and the newest that this program knows. A file without tables has version 0. It
// changes nothing.
func (db *DB) Versions(ctx context.Context) (there, known int64, err error) {
	if known, err = Version(); err != nil {
		return 0, 0, err
	}
	names, err := db.TableNames(ctx)
	for _, name := range names {
		if name == "goose_db_version" {
			there, err = queryOne(ctx, db.reader, scanNumber, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`)
		}
	}
	if err != nil {
		return 0, 0, fmt.Errorf("sqlite: read the version: %w", mapDamage(err))
	}
	return there, known, nil
}

// Check returns an error if the tables are a newer program's. It changes nothing.
func (db *DB) Check(ctx context.Context) error {
	there, known, err := db.Versions(ctx)
	if err == nil {
		err = store.CheckVersion(there, known)
	}
	if err != nil {
		return fmt.Errorf("sqlite: check: %w", err)
	}
	return nil
}

// TableNames returns the names of all tables, the queue's too.
func (db *DB) TableNames(ctx context.Context) ([]string, error) {
	names, err := queryAll(ctx, db.reader, scanText, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list the tables: %w", mapDamage(err))
	}
	return names, nil
}

// Count implements store.Portable.
func (db *DB) Count(ctx context.Context, t store.Table) (int64, error) {
	n, err := queryOne(ctx, db.reader, scanNumber, `SELECT count(*) FROM `+t.Name)
	if err != nil {
		return 0, fmt.Errorf("sqlite: count %s: %w", t.Name, mapDamage(err))
	}
	return n, nil
}

// Scan implements store.Portable. The order is that of the key.
func (db *DB) Scan(ctx context.Context, t store.Table, after store.Row, yield func(store.Row) error) error {
	names := t.Names()
	key := strings.Join(names[:t.Key], ", ")
	query := `SELECT ` + strings.Join(names, ", ") + ` FROM ` + t.Name
	if after != nil {
		query += ` WHERE (` + key + `) > (` + placeholders(t.Key) + `)`
	}
	rows, err := db.reader.QueryContext(ctx, query+` ORDER BY `+key, after...)
	if err != nil {
		return fmt.Errorf("sqlite: read %s: %w", t.Name, mapDamage(err))
	}
	defer func() { _ = rows.Close() }() // rows.Err returns the same errors
	for rows.Next() {
		row, err := scanRow(rows, t)
		if err != nil {
			return fmt.Errorf("sqlite: read %s: %w", t.Name, mapDamage(err))
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("sqlite: read %s: %w", t.Name, mapDamage(err))
	}
	return nil
}

func scanRow(rows *sql.Rows, t store.Table) (store.Row, error) {
	into := make([]any, len(t.Columns))
	row := make(store.Row, len(t.Columns))
	for i, c := range t.Columns {
		switch c.Kind {
		case store.Integer:
			into[i] = new(int64)
		case store.Boolean:
			into[i] = new(bool)
		case store.Bytes:
			into[i] = new([]byte)
		default:
			into[i] = new(string)
		}
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	for i, v := range into {
		switch v := v.(type) {
		case *int64:
			row[i] = *v
		case *bool:
			row[i] = *v
		case *[]byte:
			row[i] = append([]byte{}, *v...) // nil would be written as NULL
		case *string:
			row[i] = *v
		}
	}
	return row, nil
}

// Begin implements store.Portable.
func (db *DB) Begin(ctx context.Context, move []byte) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		for _, t := range store.Tables() {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+t.Name); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+store.MoveTable+` (id INTEGER PRIMARY KEY CHECK (id = 1), state BLOB NOT NULL) STRICT`); err != nil {
			return err
		}
		return recordMove(ctx, tx, move)
	})
	if err != nil {
		return fmt.Errorf("sqlite: begin a move: %w", err)
	}
	return nil
}

// Insert implements store.Portable.
func (db *DB) Insert(ctx context.Context, t store.Table, rows []store.Row, move []byte) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO `+t.Name+` (`+strings.Join(t.Names(), ", ")+`) VALUES (`+placeholders(len(t.Columns))+`)`)
		if err != nil {
			return err
		}
		defer func() { _ = insert.Close() }() // the transaction ends it in any case
		for _, row := range rows {
			if _, err := insert.ExecContext(ctx, row...); err != nil {
				return err
			}
		}
		return recordMove(ctx, tx, move)
	})
	if err != nil {
		return fmt.Errorf("sqlite: insert into %s: %w", t.Name, err)
	}
	return nil
}

func recordMove(ctx context.Context, tx *sql.Tx, move []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO `+store.MoveTable+` (id, state) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET state = excluded.state`, move)
	return err
}

// Move implements store.Portable.
func (db *DB) Move(ctx context.Context) ([]byte, error) {
	there, err := queryAll(ctx, db.reader, scanText, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = $1`, store.MoveTable)
	var found [][]byte
	if err == nil && len(there) > 0 {
		found, err = queryAll(ctx, db.reader, scanBlob, `SELECT state FROM `+store.MoveTable)
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: read the state of a move: %w", mapDamage(err))
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

// End implements store.Portable.
func (db *DB) End(ctx context.Context) error {
	if _, err := db.writer.ExecContext(ctx, `DROP TABLE `+store.MoveTable); err != nil {
		return fmt.Errorf("sqlite: end a move: %w", mapError(err))
	}
	return nil
}

// inTx runs f in a transaction, and commits it unless f fails.
func (db *DB) inTx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := f(tx); err != nil {
		return mapError(err)
	}
	return mapError(tx.Commit())
}

// placeholders returns "$1, $2, …", of n parameters.
func placeholders(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(all, ", ")
}

func scanNumber(scan func(...any) error) (n int64, err error) {
	err = scan(&n)
	return n, err
}

func scanBlob(scan func(...any) error) (b []byte, err error) {
	err = scan(&b)
	return b, err
}
