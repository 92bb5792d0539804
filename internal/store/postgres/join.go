package postgres

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// nodeLocks is the class of the locks that say that servers live: "film" in ASCII. Each server holds the one of its number.
const nodeLocks = 0x66696c6d

// Join makes this process a server of the database, until Close. Servers keep out those that call Lock, and one that is alone keeps
// out all others; the error is ErrLocked if the database is not free after some seconds. A server hears what others write (see
// Follow), and others know that it lives (see Nodes). If its connection is lost, it writes nothing before it has joined again, which
// it tries at once.
func (db *DB) Join(ctx context.Context, alone bool) error {
	var random [4]byte
	if _, err := rand.Read(random[:]); err != nil {
		return fmt.Errorf("postgres: draw the number of this server: %w", err)
	}
	return db.claim(ctx, claim{server: true, shared: !alone, number: int32(binary.BigEndian.Uint32(random[:]) >> 1)}) //nolint:gosec // 31 bits
}

// Node returns the name of this server among all that ever joined; "" before Join.
func (db *DB) Node() string {
	c := db.session.wanted.Load()
	if c == nil || !c.server {
		return ""
	}
	return fmt.Sprintf("node_%d", c.number)
}

// livingSQL selects the names of the servers that live, by their locks. The class is nodeLocks.
const livingSQL = `SELECT DISTINCT 'node_' || objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid::bigint = x'66696c6d'::bigint
	AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// Nodes returns the names of the servers that have joined and live. One that has lost its connection is not among them before it
// has joined again.
func (db *DB) Nodes(ctx context.Context) ([]string, error) {
	names, err := queryAll(ctx, db, scanID, livingSQL)
	if err != nil {
		return nil, fmt.Errorf("postgres: list the servers that live: %w", err)
	}
	return names, nil
}

// Now returns the time of the database's clock.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	now, err := queryOne(ctx, db, scanNumber, `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint`)
	if err != nil {
		return time.Time{}, fmt.Errorf("postgres: read the clock: %w", err)
	}
	return time.UnixMilli(now), nil
}

// Send sends a message to all servers. Their listeners hear it as News.
func (db *DB) Send(ctx context.Context, message string) error {
	text, err := json.Marshal(announcement{Message: message})
	if err == nil {
		_, err = db.pool.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, string(text))
	}
	if err != nil {
		return fmt.Errorf("postgres: send a message: %w", mapError(err))
	}
	return nil
}

// Alone calls f while no other process is in a call of Alone, so that servers that start at the same time don't make the same tables.
func (db *DB) Alone(ctx context.Context, f func() error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("postgres: %w", mapError(err))
	}
	defer conn.Release()
	const number = serverLock + 1
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(number)); err != nil {
		return fmt.Errorf("postgres: wait for another server's start: %w", mapError(err))
	}
	err = f()
	if _, freed := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(number)); freed != nil {
		_ = conn.Conn().Close(context.WithoutCancel(ctx)) // which frees it, too
	}
	return err
}

// take takes the locks of a claim.
func (c claim) take(ctx context.Context, conn *pgx.Conn) error {
	lock := `SELECT pg_advisory_lock($1)`
	if c.shared {
		lock = `SELECT pg_advisory_lock_shared($1)`
	}
	_, err := conn.Exec(ctx, lock, int64(serverLock))
	if err == nil && c.server {
		// Shared, since the database may not know yet that this server's earlier connection is lost.
		_, err = conn.Exec(ctx, `SELECT pg_advisory_lock_shared($1::integer, $2::integer)`, nodeLocks, c.number)
	}
	if err == nil && c.server {
		_, err = conn.Exec(ctx, `LISTEN `+channel)
	}
	return err
}
