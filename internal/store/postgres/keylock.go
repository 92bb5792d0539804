package postgres

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
)

const (
	keyLocks    = 0x66696c6e            // the class of the locks of LockKey; the number is a hash of the key
	keyLockPoll = 50 * time.Millisecond // between two tries to get a lock that another server has
)

// LockKey waits until this server is the only one that has the key's lock. The caller keeps out others of its own process. held
// ends with ctx and when the lock is lost with the connection; the holder must stop then. Only a server that has joined may call it.
func (db *DB) LockKey(ctx context.Context, key string) (held context.Context, unlock func(), err error) {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(key))
	number := int32(hash.Sum32()) //nolint:gosec // any number will do
	for {
		var got bool
		live, err := db.session.do(func(ctx context.Context, conn *pgx.Conn) error {
			return conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1::integer, $2::integer)`, keyLocks, number).Scan(&got)
		})
		if err != nil {
			return nil, nil, fmt.Errorf("postgres: lock %s: %w", key, mapError(err))
		}
		if got {
			held, cancel := context.WithCancel(ctx)
			stop := context.AfterFunc(live, cancel)
			return held, func() { stop(); cancel(); db.unlockKey(number) }, nil
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(keyLockPoll):
		}
	}
}

// unlockKey gives up a lock. If the connection is lost, the lock is, too.
func (db *DB) unlockKey(number int32) {
	_, _ = db.session.do(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SELECT pg_advisory_unlock($1::integer, $2::integer)`, keyLocks, number)
		return err
	})
}

// request is a statement that is to run on the connection of the session.
type request struct {
	run  func(ctx context.Context, conn *pgx.Conn) error
	done chan error
}

// do runs a statement on the connection of the session, which is interrupted in its wait for news. live ends when the connection
// is lost. ErrUnavailable if there is none.
func (s *session) do(run func(ctx context.Context, conn *pgx.Conn) error) (live context.Context, err error) {
	r := &request{run, make(chan error, 1)}
	s.requestsMu.Lock()
	live = s.live
	if live == nil {
		s.requestsMu.Unlock()
		return nil, fmt.Errorf("%w (the session is not connected)", store.ErrUnavailable)
	}
	s.requests = append(s.requests, r)
	s.interrupt()
	s.requestsMu.Unlock()
	return live, <-r.done
}

// next returns the next request; nil if there is none. Then wait ends when one comes, or after silence.
func (s *session) next(ctx context.Context) (r *request, wait context.Context, stop context.CancelFunc) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	if len(s.requests) > 0 {
		r, s.requests = s.requests[0], s.requests[1:]
		return r, nil, nil
	}
	wait, stop = context.WithTimeout(ctx, silence)
	s.interrupt = stop
	return nil, wait, stop
}

// open lets requests be made.
func (s *session) open(live context.Context) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	s.live, s.interrupt = live, func() {}
}

// refuse fails the requests that wait, and all others until open.
func (s *session) refuse() {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for _, r := range s.requests {
		r.done <- fmt.Errorf("%w (the session's connection was lost)", store.ErrUnavailable)
	}
	s.live, s.requests = nil, nil
}
