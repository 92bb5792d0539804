package node

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

// The settings that choose the database, as errors name them.
const (
	dataSetting     = "FILMGATE_DATA (--data)"
	databaseSetting = "FILMGATE_DATABASE_URL (--database-url)"
)

// database is a store that can check its connection.
type database interface {
	store.Store
	store.Retention
	store.Feed
	store.Storyboards
	store.Prompts
	store.Usage
	store.Live
	store.Webhooks
	// Ping reports whether the database can be read and written.
	Ping(ctx context.Context) error
}

// verifier is a database that can look for damage. PostgreSQL is none: its server checks its own files.
type verifier interface {
	// Verify reads the whole database. Ping reports the damage that it finds.
	Verify(ctx context.Context) error
}

// jobs is the queue of a node, whatever its database.
type jobs interface {
	Start(ctx context.Context, steps queue.Steps) error
	Stop(ctx context.Context) error
	Ping(ctx context.Context) error
	Wake(ctx context.Context, wakes ...task.Wake) error
	Scheduled(ctx context.Context, task string) (bool, error)
	Receive(message string)
	Missed()
}

// openDatabase opens the database that the settings choose, and the queue in it.
func (n *Node) openDatabase(ctx context.Context) error {
	s, o := n.Settings, queue.Options{LocalWorkers: n.Settings.Workers, Log: n.Log, Panics: n.Panics,
		Weight: func(account int64) int { return n.gw.Registry().Weight(account) }, // the gateway is made before the queue starts
		Ping:   func(ctx context.Context) error { return n.store.Ping(ctx) }}       // the store is opened below
	if s.DatabaseURL != "" {
		if err := n.openPostgres(ctx, s, o); err != nil {
			return fmt.Errorf("%s: %w", databaseSetting, err)
		}
		return nil
	}
	db, _, _, err := openSQLite(ctx, s)
	if err != nil {
		return err
	}
	n.onClose(db.Close)
	var rows *sqlite.Store
	o.Ping = func(ctx context.Context) error { return errors.Join(rows.Ping(ctx), rows.CheckWrite(ctx)) } // on a full disk rows can be read
	q, err := queue.NewSQLite(db.Writer(), o)
	if err != nil {
		return err
	}
	rows = sqlite.New(db, q.Enqueue)
	n.queue, n.store, n.rows = q, rows, db
	if _, _, err = q.Migrate(ctx); err != nil {
		return fmt.Errorf("%s: %w", dataSetting, err)
	}
	return nil
}

// openPostgres opens a PostgreSQL database and the queue in it. Other servers may use it too if all keep their files in a bucket.
func (n *Node) openPostgres(ctx context.Context, s config.Settings, o queue.Options) error {
	db, err := postgres.OpenDB(ctx, string(s.DatabaseURL))
	if err != nil {
		return err
	}
	n.onClose(db.Close)
	shared := isShared(s)
	if err := db.Join(ctx, !shared); err != nil {
		return lockedAdvice(err, shared)
	}
	if err := transfer.Unfinished(ctx, db); err != nil {
		return err
	}
	if shared {
		n.Log.InfoContext(ctx, "joined the servers of the database", "node", db.Node(), "role", s.Role)
		o.Peers = db
	}
	q, err := queue.NewPostgres(db.Pool(), o)
	if err != nil {
		return err
	}
	n.queue, n.store, n.rows, n.peers = q, postgres.New(db, q.Enqueue), db, db
	return db.Alone(ctx, func() error {
		if _, _, err := db.Migrate(ctx); err != nil {
			return err
		}
		_, _, err := q.Migrate(ctx)
		return err
	})
}

// openSQLite opens the data folder's database and migrates its tables from their version to this program's. It makes the folder
// and the database if they do not exist.
func openSQLite(ctx context.Context, s config.Settings) (db *sqlite.DB, from, to int64, err error) {
	if err := datafolder.Folder(s.Data).Make(); err != nil {
		return nil, 0, 0, err
	}
	if db, err = sqlite.OpenDB(ctx, datafolder.Folder(s.Data).Database()); err != nil {
		return nil, 0, 0, fmt.Errorf("%s: %w", dataSetting, err)
	}
	if err = transfer.Unfinished(ctx, db); err == nil {
		from, to, err = db.Migrate(ctx)
	}
	if err != nil {
		return nil, 0, 0, errors.Join(fmt.Errorf("%s: %w", dataSetting, err), db.Close())
	}
	return db, from, to, nil
}

// OpenStore opens and migrates the store that the settings choose, for commands that change no task: it has no queue. It returns
// the versions of the tables before and after. A missing SQLite database is made; its version before is 0. The caller closes
// the store.
func OpenStore(ctx context.Context, s config.Settings) (db store.Store, from, to int64, err error) {
	if s.DatabaseURL == "" {
		db, from, to, err := openSQLite(ctx, s)
		if err != nil {
			return nil, 0, 0, err
		}
		return withoutQueue(db), from, to, nil
	}
	rows, err := postgres.OpenDB(ctx, string(s.DatabaseURL))
	if err == nil {
		if err = transfer.Unfinished(ctx, rows); err == nil {
			from, to, err = rows.Migrate(ctx)
		}
		if err != nil {
			err = errors.Join(err, rows.Close())
		}
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%s: %w", databaseSetting, err)
	}
	return withoutQueue(rows), from, to, nil
}

// withoutQueue returns the store in a database, for a command that schedules no jobs.
func withoutQueue(db usable) database {
	noQueue := errors.New("this command has no queue")
	if db, ok := db.(*sqlite.DB); ok {
		return sqlite.New(db, func(context.Context, *sql.Tx, []task.Wake) error { return noQueue })
	}
	return postgres.New(db.(*postgres.DB), func(context.Context, pgx.Tx, []task.Wake) error { return noQueue })
}

// CheckDatabase returns the name of the database that the settings choose, and an error if it can't be used. The name is "" if
// the SQLite database is still to be made. It changes nothing.
func CheckDatabase(ctx context.Context, s config.Settings) (name string, err error) {
	name = "the database of FILMGATE_DATABASE_URL"
	if s.DatabaseURL == "" {
		path := datafolder.Folder(s.Data).Database()
		if _, err := os.Stat(path); err != nil {
			return "", nil //nolint:nilerr // what is wrong with the folder is another check's to say
		}
		name = "the database " + path
	}
	db, err := openUsable(ctx, s)
	if err != nil {
		return name, err
	}
	return name, db.Close()
}

// usable is an open database that a check has found good.
type usable interface {
	tables
	Check(ctx context.Context) error
	Versions(ctx context.Context) (there, known int64, err error)
	Close() error
}

// openUsable opens the database that the settings choose, and returns an error if a server could not use it. It does not make an
// SQLite database: the error is fs.ErrNotExist if there is none.
func openUsable(ctx context.Context, s config.Settings) (db usable, err error) {
	if s.DatabaseURL != "" {
		db, err = postgres.OpenDB(ctx, string(s.DatabaseURL))
	} else {
		path := datafolder.Folder(s.Data).Database()
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
		db, err = sqlite.OpenDB(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	if err = transfer.Unfinished(ctx, db); err == nil {
		err = db.Check(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
