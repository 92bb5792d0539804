package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/filmgate/filmgate/internal/store"
)

// lockTimeout is the code lock_not_available.
const lockTimeout = "55P03"

// mapError adds ErrUnavailable or ErrExists to an error that means one of them. It adds neither twice.
func mapError(err error) error {
	switch {
	case err == nil, errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrExists):
		return err
	case errors.Is(err, errOutcome): // "nothing was written" would not be known to be true
		return err
	case unavailable(err):
		return fmt.Errorf("%w (%w)", store.ErrUnavailable, err)
	case code(err) == "23505": // unique_violation
		return fmt.Errorf("%w (%w)", store.ErrExists, err)
	}
	return err
}

// code returns the code of an error that the server reported; "" for any other (postgresql.org/docs/15/errcodes-appendix.html).
func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// unavailable reports whether the database can't be used now.
func unavailable(err error) bool {
	c := code(err)
	if c == "" {
		return lost(err)
	}
	switch c {
	case "25006", // read_only_sql_transaction: a standby
		"40001", "40P01", // serialization_failure, deadlock_detected
		lockTimeout,
		"57014": // query_canceled: by the operator or a timeout of the server
		return true
	}
	switch c[:2] {
	case "08", "28", "53", "58": // the connection, the sign-in, resources such as the disk, errors of the system
		return true
	}
	return lost(err)
}

// lost reports whether there is no connection to the database, or no longer one.
func lost(err error) bool {
	switch code(err) {
	case "57P01", "57P02", "57P03", "57P05": // the server stops, has crashed or starts; the session was idle for too long
		return true
	case "":
	default:
		return false
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var failed *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &failed) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// reconnect drops the idle connections, and the lock, if err says that a connection was lost, since the others then are too. It
// reports whether the caller should try again.
func (db *DB) reconnect(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil || !lost(err) {
		return false
	}
	db.pool.Reset()
	db.session.held.Store(false)
	return true
}
