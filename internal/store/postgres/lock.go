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
var ErrLocked = errors.New("another Filmgate server works on this database")

// serverLock is the number of the lock of Lock and Join in the database: "filmgate" in ASCII.
const serverLock = 0x66696c6d67617465

const (
	// The database notices within this time that a server has gone whose machine lives on.
	startPatience = 3 * time.Second
	againPatience = 100 * time.Millisecond
	// Between two tries to connect again.
	minRejoin, maxRejoin = 100 * time.Millisecond, time.Second
)

// session is the connection that says that this process works on the database: it holds the lock, and hears what is written.
type session struct {
	wanted   atomic.Pointer[claim] // nil = neither Lock nor Join was called
	held     atomic.Bool           // as far as is known
	listener atomic.Pointer[store.Listener]
	ctx      context.Context // ends with Close
	end      context.CancelFunc
	rejoins  panics.Group

	mu   sync.Mutex
	conn *pgx.Conn // nil = none; it may be lost
	stop func()    // ends the goroutine that reads conn, and waits for it

	requestsMu sync.Mutex
	requests   []*request
	live       context.Context // ends when the connection is lost; nil = there is none
	interrupt  func()          // ends the wait for news
}

// claim is what a process wants of the database.
type claim struct {
	server bool  // it hears what others write, and connects again by itself
	shared bool  // with other servers
	number int32 // of a server
}

func newSession() *session {
	ctx, end := context.WithCancel(context.Background())
	return &session{ctx: ctx, end: end}
}

// Lock makes sure that no server works on the database, until Close. It returns ErrLocked if one still does after some seconds.
// The lock belongs to a connection of its own, so it is free as soon as the process has gone. If that connection is lost, the
// next write takes the lock again; if another process was faster, all writes fail from then on.
func (db *DB) Lock(ctx context.Context) error { return db.claim(ctx, claim{}) }

func (db *DB) claim(ctx context.Context, c claim) error {
	db.session.mu.Lock()
	defer db.session.mu.Unlock()
	if err := db.connect(ctx, c, startPatience); err != nil {
		return fmt.Errorf("postgres: lock: %w", mapError(err))
	}
	db.session.wanted.Store(&c)
	return nil
}

// relock takes the lock again if it was lost. The error is ErrUnavailable if another server has it.
func (db *DB) relock(ctx context.Context) error {
	s := db.session
	if s.wanted.Load() == nil || s.held.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.wanted.Load()
	if c == nil || s.held.Load() {
		return nil
	}
	s.close()
	err := db.connect(ctx, *c, againPatience)
	if errors.Is(err, ErrLocked) {
		return fmt.Errorf("%w (%w)", store.ErrUnavailable, err)
	}
	return err
}

// connect makes the connection of the session, which has none.
func (db *DB) connect(ctx context.Context, c claim, patience time.Duration) error {
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
		err = c.take(ctx, conn)
	}
	if code(err) == lockTimeout {
		err = ErrLocked
	}
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	db.read(conn, c)
	return nil
}

// read reads the connection of the session, in a goroutine, until it is lost or closed.
func (db *DB) read(conn *pgx.Conn, c claim) {
	s := db.session
	ctx, cancel := context.WithCancel(s.ctx)
	ended := make(chan struct{})
	s.conn = conn
	s.stop = func() { cancel(); <-ended }
	s.open(ctx)
	s.held.Store(true)
	if l := s.listener.Load(); l != nil && c.server {
		(*l).Listening()
	}
	var recorder *panics.Recorder // to slog.Default
	over := make(chan struct{})
	s.rejoins.Go(func() { <-over })
	recorder.Go(ctx, "database session", func() error { return s.listen(ctx, conn) }, func(error) {
		defer close(over)
		lost := ctx.Err() == nil
		cancel()
		s.refuse()
		if lost {
			s.held.Store(false)
			s.deaf()
		}
		close(ended)
		if lost && c.server {
			db.rejoin()
		}
	})
}

// rejoin connects again after the connection was lost, unless a write does so first.
func (db *DB) rejoin() {
	for wait := minRejoin; ; wait = min(2*wait, maxRejoin) {
		select {
		case <-db.session.ctx.Done():
			return
		case <-time.After(wait):
		}
		if db.relock(db.session.ctx) == nil {
			return
		}
	}
}

// close closes the connection, if there is one, which gives up the lock.
func (s *session) close() {
	if s.conn == nil {
		return
	}
	s.deaf()
	s.stop()
	_ = s.conn.Close(context.Background()) // the server frees the lock however the connection ends
	s.conn = nil
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
