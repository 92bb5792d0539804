package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrLocked means that another server works on the database.
var ErrLocked = errors.New("another Filmgate server works on this database; only one may at a time")

// serverLock is the number of the lock of Lock in the database: "filmgate" in ASCII.
const serverLock = 0x66696c6d67617465

// The database notices within this time that a server has gone whose machine lives on.
const (
	startPatience = 5 * time.Second
	pingPatience  = 100 * time.Millisecond
)

// Lock makes sure that this is the only server that works on the database, until Close. It returns ErrLocked if another one
// still does after some seconds. The lock belongs to a connection of its own, so it is free as soon as the process has gone; Ping takes it again if that
// connection was lost.
func (db *DB) Lock(ctx context.Context) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.lock(ctx, startPatience); err != nil {
		return fmt.Errorf("postgres: lock: %w", mapError(err))
	}
	return nil
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
	db.owner = conn
	return nil
}

// Ping checks, in a few milliseconds, that the database answers and has its tables, and that the lock is still held.
func (db *DB) Ping(ctx context.Context) error {
	if _, err := queryAll(ctx, db, scanID, `SELECT id FROM tasks ORDER BY created DESC, id DESC LIMIT 1`); err != nil {
		return fmt.Errorf("postgres: ping: %w", err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.owner == nil || db.owner.Ping(ctx) == nil {
		return nil
	}
	_ = db.owner.Close(ctx) // it is lost
	if err := db.lock(ctx, pingPatience); err != nil {
		return fmt.Errorf("postgres: ping: %w", mapError(err))
	}
	return nil
}

// scanID reads a row whose only column is an id.
func scanID(scan func(...any) error) (id string, err error) {
	err = scan(&id)
	return id, err
}
