package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
)

// ErrLocked means that another server works on the database.
var ErrLocked = errors.New("another Filmgate server works on this database; only one may at a time")

// serverLock is the number of the lock of Lock in the database: "filmgate" in ASCII.
const serverLock = 0x66696c6d67617465

// The database notices within this time that a server has gone whose machine lives on.
const (
	startPatience = 3 * time.Second
	againPatience = 100 * time.Millisecond
)

// owner is the connection that holds the lock of Lock.
type owner struct {
	wanted atomic.Bool // Lock was called
	held   atomic.Bool // as far as is known

	mu   sync.Mutex
	conn *pgx.Conn
	stop func() // ends the goroutine that watches conn, and waits for it
}

// Lock makes sure that this is the only server that works on the database, until Close. It returns ErrLocked if another one
// still does after some seconds. The lock belongs to a connection of its own, so it is free as soon as the process has gone. If
// that connection is lost, the next write takes the lock again; if another server was faster, all writes fail from then on.
func (db *DB) Lock(ctx context.Context) error {
	db.owner.mu.Lock()
	defer db.owner.mu.Unlock()
	if err := db.lock(ctx, startPatience); err != nil {
		return fmt.Errorf("postgres: lock: %w", mapError(err))
	}
	db.owner.wanted.Store(true)
	return nil
}

// relock takes the lock again if it was lost. The error is ErrUnavailable if another server has it.
func (db *DB) relock(ctx context.Context) error {
	if !db.owner.wanted.Load() || db.owner.held.Load() {
		return nil
	}
	db.owner.mu.Lock()
	defer db.owner.mu.Unlock()
	if db.owner.held.Load() {
		return nil
	}
	db.owner.close()
	err := db.lock(ctx, againPatience)
	if errors.Is(err, ErrLocked) {
		return fmt.Errorf("%w (%w)", store.ErrUnavailable, err)
	}
	return err
}

func (db *DB) lock(ctx context.Context, patience time.Duration) error {
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	// If the machine of the server is lost, the database finds out in half a minute instead of two hours.
	_, err = conn.Exec(ctx, `SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4`)
	if err == nil {
		_, err = conn.Exec(ctx, fmt.Sprintf(`SET lock_timeout = %d`, patience.Milliseconds()))
	}
	if err == nil {
		_, err = conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(serverLock))
	}
	if code(err) == lockTimeout {
		err = ErrLocked
	}
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	db.owner.watch(ctx, conn)
	return nil
}

// watch waits, in a goroutine, for the end of the connection that holds the lock.
func (o *owner) watch(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	o.conn = conn
	o.stop = func() { cancel(); <-ended }
	o.held.Store(true)
	var recorder *panics.Recorder // to slog.Default
	recorder.Go(ctx, "database lock", func() error {
		_, err := conn.WaitForNotification(ctx) // none is sent
		return err
	}, func(error) {
		o.held.Store(false)
		close(ended)
	})
}

// close gives up the lock, if there is one.
func (o *owner) close() {
	if o.conn == nil {
		return
	}
	o.stop()
	_ = o.conn.Close(context.Background()) // the server frees the lock however the connection ends
	o.conn = nil
}

// Ping checks, in a few milliseconds, that the database answers and has its tables, and that the lock is still held.
func (db *DB) Ping(ctx context.Context) error {
	_, err := queryAll(ctx, db, scanID, `SELECT id FROM tasks ORDER BY created DESC, id DESC LIMIT 1`)
	if err == nil {
		err = mapError(db.relock(ctx))
	}
	if err != nil {
		return fmt.Errorf("postgres: ping: %w", err)
	}
	return nil
}

// scanID reads a row whose only column is an id.
func scanID(scan func(...any) error) (id string, err error) {
	err = scan(&id)
	return id, err
}
