// Package postgres implements [store.Store] in a PostgreSQL database. [OpenDB] connects, [DB.Migrate] creates or updates the
// tables, and [New] makes the store.
//
// Changes that wait at the same moment are committed together: in one transaction, and nearly all in one exchange with the
// server. The queue shares the connections, so that rows and jobs are written in the same transaction.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/filmgate/filmgate/internal/store"
)

const (
	minConns    = 4                // the queue listens on one, and others must be left while a change is written
	maxConns    = 16               // unless the URL says pool_max_conns
	connectTime = 5 * time.Second  // unless the URL says connect_timeout
	commitTime  = 30 * time.Second // longest time of one transaction
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is a pool of connections to a database.
type DB struct {
	pool    *pgxpool.Pool
	session *session
}

// OpenDB connects to the database at a URL such as postgres://USER:PASSWORD@HOST:5432/DATABASE. Its parameters may be those of
// libpq (sslmode, connect_timeout, …) and of pgxpool (pool_max_conns, …). No error contains the password. OpenDB does not
// change the tables: call Migrate before using the store.
func OpenDB(ctx context.Context, rawURL string) (*DB, error) {
	c, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("postgres: open: %w", err)
	}
	db := &DB{pool: pool, session: newSession()}
	var encoding string
	if err = pool.QueryRow(ctx, `SHOW server_encoding`).Scan(&encoding); err == nil && encoding != "UTF8" {
		err = fmt.Errorf("the database has the encoding %s: create it with the encoding UTF8", encoding)
	}
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("postgres: open: %w", connectError(c.ConnConfig, err))
	}
	return db, nil
}

// connectError says in one line why a connection could not be made: what the server said, if it answered any of the tries, with
// and without TLS.
func connectError(c *pgx.ConnConfig, err error) error {
	var failed *pgconn.ConnectError
	if !errors.As(err, &failed) {
		return mapError(err)
	}
	return fmt.Errorf("%w (%s)", store.ErrUnavailable, connectProblem(c, err))
}

// connectProblem returns what is wrong and what would help. Of several hosts it returns what pgx says of each.
func connectProblem(c *pgx.ConnConfig, err error) string {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return fmt.Sprintf("%s:%d says: %s", c.Host, c.Port, said.Message)
	}
	var lookup *net.DNSError
	var dial *net.OpError
	switch {
	case slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != c.Host || f.Port != c.Port }):
	case errors.As(err, &lookup):
		return fmt.Sprintf("there is no host %q: correct the name in the URL", c.Host)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s:%d does not answer within %v: start it, or correct the host and the port in the URL", c.Host, c.Port, c.ConnectTimeout)
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Sprintf("%s:%d can't be reached: %v: start it, or correct the host and the port in the URL", c.Host, c.Port, dial.Err)
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// parse reads the URL of a database and sets what it does not say.
func parse(rawURL string) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("postgres: it must be like postgres://USER:PASSWORD@HOST:5432/DATABASE: %s", parseProblem(rawURL, err))
	}
	if !strings.Contains(rawURL, "pool_max_conns") {
		c.MaxConns = maxConns
	}
	if c.MaxConns < minConns {
		return nil, fmt.Errorf("postgres: pool_max_conns is %d; allowed are %d and more", c.MaxConns, minConns)
	}
	if c.ConnConfig.ConnectTimeout == 0 || c.ConnConfig.ConnectTimeout > time.Minute { // pgx waits two minutes unless told otherwise
		c.ConnConfig.ConnectTimeout = connectTime
	}
	if c.ConnConfig.RuntimeParams["application_name"] == "" {
		c.ConnConfig.RuntimeParams["application_name"] = "filmgate"
	}
	return c, nil
}

// parseProblem returns why a URL can't be read, without the URL's secrets.
func parseProblem(rawURL string, err error) string {
	u, malformed := url.Parse(rawURL)
	if malformed != nil {
		var cause *url.Error
		if errors.As(malformed, &cause) { // its own text has the whole URL, and its cause may have a piece of it
			return "it is not a URL; characters such as @ : / % in a password must be percent-encoded"
		}
		return "it is not a URL"
	}
	text := err.Error()
	secrets := append([]string{u.Query().Get("password"), u.Query().Get("sslpassword")}, rawURL)
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password, url.QueryEscape(password), url.PathEscape(password))
	}
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

// Pool returns the connections, for the queue to share.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Migrate brings the tables to the newest version and returns the versions before and after. Version 0 is an empty database.
// It may be called at every start, by many processes at once. If the tables were written by a newer program, it returns an
// error and changes nothing.
func (db *DB) Migrate(ctx context.Context) (from, to int64, err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return 0, 0, fmt.Errorf("postgres: migrate: %w", err)
	}
	alone, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return 0, 0, fmt.Errorf("postgres: migrate: %w", err)
	}
	conns := stdlib.OpenDBFromPool(db.pool)
	defer func() { err = errors.Join(err, conns.Close()) }()
	p, err := goose.NewProvider(goose.DialectPostgres, conns, files, goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(alone))
	if err != nil {
		return 0, 0, fmt.Errorf("postgres: migrate: %w", err)
	}
	from, to, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("postgres: migrate: read the version: %w", mapError(err))
	}
	if err := store.CheckVersion(from, to); err != nil {
		return from, from, fmt.Errorf("postgres: migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return from, from, fmt.Errorf("postgres: migrate from %d to %d: %w", from, to, mapError(err))
	}
	return from, to, nil
}

// Check returns an error if Migrate would fail: the tables are a newer program's, or are missing and may not be made. It changes
// nothing.
func (db *DB) Check(ctx context.Context) error {
	if err := db.check(ctx); err != nil {
		return fmt.Errorf("postgres: check: %w", mapError(err))
	}
	return nil
}

func (db *DB) check(ctx context.Context) error {
	var may bool
	err := db.pool.QueryRow(ctx, `SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).Scan(&may)
	switch {
	case err != nil:
		return err
	case !may:
		return errors.New("its user may not make tables: make it the owner of the database")
	}
	there, known, err := db.versions(ctx)
	if err != nil {
		return err
	}
	return store.CheckVersion(there, known)
}

// Close closes the connections and gives up the lock. Call it after the queue has stopped. It may be called twice.
func (db *DB) Close() error {
	s := db.session
	s.end()
	s.mu.Lock()
	s.wanted.Store(nil)
	s.close()
	s.mu.Unlock()
	s.rejoins.Wait()
	db.pool.Close()
	return nil
}
