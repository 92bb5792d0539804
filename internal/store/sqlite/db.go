// Package sqlite implements [store.Store] in one SQLite file. [OpenDB] opens the file, [DB.Migrate] creates or updates its
// tables, and [New] makes the store.
//
// SQLite allows one writer at a time, so the package has a pool of a single connection for writing. The queue shares it, so
// that rows and jobs are written in the same transaction. Reads have a pool of their own and never wait for a writer. A
// transaction is on disk when it is committed (synchronous=FULL). Only one process at a time may have the file open.
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
	"modernc.org/sqlite"

	"github.com/filmgate/filmgate/internal/store"
)

// maxReaders is the number of reads that may run at once. More would not help: reads are limited by the processor, not by
// the disk.
const maxReaders = 4

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database file.
type DB struct {
	writer, reader *sql.DB
	path           string
	probeURI       string      // opens the file for Ping's checks, without changing it
	file           os.FileInfo // the file that was opened
	damage         atomic.Pointer[damagedError]
}

// OpenDB opens the database file at path, and creates the file if there is none. The folder must exist. It sets the mode of
// the file, and of those that SQLite keeps beside it, to 0600, because they hold secrets and the hashes of keys. It does not
// change the tables: call Migrate before using the store.
func OpenDB(ctx context.Context, path string) (*DB, error) {
	if err := makePrivate(path); err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	// Every connection waits up to ten seconds for another process, such as a backup, to unlock the file.
	// The log is copied into the file when it has 8,192 pages (32 MiB): a page that has changed many times until then is copied once.
	const shared = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(8192)&_dqs=0"
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

// makePrivate creates the file if there is none, and sets its mode, and that of SQLite's files beside it, to 0600. SQLite
// gives files that it creates later the mode of the database file. If the file system has no modes, or the files belong to
// another user, their modes stay as they are.
func makePrivate(path string) error {
	const mode = 0o600
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the path comes from the operator
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
	plain, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{plain})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Writer returns the pool of the one connection that writes, for the queue to share. Do not begin a transaction inside
// another: the second would wait forever.
func (db *DB) Writer() *sql.DB { return db.writer }

// Migrate brings the tables to the newest version and returns the versions before and after. Version 0 is an empty file.
// It may be called at every start. If the database was written by a newer program, it returns an error and changes nothing.
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
	if err := store.CheckVersion(from, to); err != nil {
		return from, from, fmt.Errorf("sqlite: migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return from, from, fmt.Errorf("sqlite: migrate from %d to %d: %w", from, to, err)
	}
	return from, to, nil
}

// Close closes the file. Call it after the queue has stopped. It may be called twice.
func (db *DB) Close() error {
	return errors.Join(db.reader.Close(), db.writer.Close())
}
