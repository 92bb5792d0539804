// Package sqlite keeps the rows in one SQLite file.
//
// SQLite has one writer at a time, so this package has one too: a pool of a single connection, which the queue shares
// so that rows and alarms stand in the same transaction. Readers have a pool of their own and never wait for a writer.
// A transaction is on the disk when it is committed (synchronous=FULL). One process at a time may have the file open.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers the database/sql driver "sqlite"
)

// maxReaders is how many reads may run at once. More gain nothing: they are bound by the processor, not by the disk.
const maxReaders = 4

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database file.
type DB struct {
	writer, reader *sql.DB
	path           string
	probeURI       string      // the driver's name of the file, for looks at it that change nothing
	file           os.FileInfo // what was opened
	damage         atomic.Pointer[damagedError]
}

// OpenDB opens the database in the file at path, and makes the file if there is none. The folder must exist. The file and those
// that SQLite keeps beside it are for this user only, whatever they were: hashes of keys and secrets are in them. The tables
// are as they were left: call Migrate before New's store is used.
func OpenDB(ctx context.Context, path string) (*DB, error) {
	// Every connection waits up to ten seconds for another process, such as a backup, to let go of the file.
	if err := makePrivate(path); err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	const shared = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_dqs=0"
	uri := "file:" + (&url.URL{Path: path}).EscapedPath()
	name := uri + "?" + shared
	writer, err := openStore(ctx, name+"&_txlock=immediate", 1)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	db := &DB{writer: writer, path: path, probeURI: uri + "?mode=rw&_pragma=busy_timeout(2000)&_query_only=1&_dqs=0"}
	if db.reader, err = openStore(ctx, name+"&_query_only=1", maxReaders); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s to read: %w", path, err), writer.Close())
	}
	if db.file, err = os.Stat(path); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), db.Close())
	}
	return db, nil
}

// makePrivate makes the file where there is none, and takes away what others may do with it and the files beside it. SQLite gives
// those that it makes later the file's own mode. A file system without modes, or with those of another user, keeps its own.
func makePrivate(path string) error {
	const mode = 0o600
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the operator names it
	if err == nil {
		err = errors.Join(f.Chmod(mode), f.Close()) // a umask may have taken too much
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, ending := range []string{"", "-wal", "-shm", "-journal"} {
		info, err := os.Stat(path + ending)
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm() != mode {
			err = os.Chmod(path+ending, mode)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	return nil
}

func openStore(ctx context.Context, name string, conns int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Writer is the one connection that writes, for the queue to share. Never ask it for a second transaction inside one:
// that waits for ever.
func (db *DB) Writer() *sql.DB { return db.writer }

// Migrate brings the tables to the newest version and returns the versions before and after; 0 is an empty file. It is
// safe to call at every start. A database of a newer program is refused and left as it is.
func (db *DB) Migrate(ctx context.Context) (from, to int64, err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return 0, 0, fmt.Errorf("sqlite: migrate: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.writer, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, 0, fmt.Errorf("sqlite: migrate: %w", err)
	}
	from, to, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("sqlite: migrate: read the version: %w", err)
	}
	if from > to {
		return from, from, fmt.Errorf("sqlite: migrate: the database has version %d and this program knows %d: "+
			"start a newer program, or restore a backup", from, to)
	}
	if _, err := p.Up(ctx); err != nil {
		return from, from, fmt.Errorf("sqlite: migrate from %d to %d: %w", from, to, err)
	}
	return from, to, nil
}

// Close lets go of the file. Call it after the queue has stopped; twice does no harm.
func (db *DB) Close() error {
	return errors.Join(db.reader.Close(), db.writer.Close())
}
