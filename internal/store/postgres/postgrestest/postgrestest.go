// Package postgrestest starts PostgreSQL servers for tests. Each runs on a socket in a temporary folder of its own, as a user
// without privileges, and is gone with the test program, however that ends. No other server of the machine is used or disturbed.
package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// ErrMissing means that PostgreSQL is not installed.
var ErrMissing = errors.New("PostgreSQL's server is missing: install the package postgresql")

// account is the user who runs the servers if the tests run as root, whom PostgreSQL refuses. Debian's package makes it.
const account = "postgres"

// Server is a running PostgreSQL server. Make one with Start.
type Server struct {
	bin, dir  string
	as        *syscall.Credential // nil = as the user of the tests
	watch     *exec.Cmd           // ends the server when its standard input ends
	watched   io.Closer           // that input
	options   string              // of the server program
	databases atomic.Int64
	template  template
}

// Start makes an empty cluster in a temporary folder and starts its server, with fsync on. It returns ErrMissing if PostgreSQL
// is not installed.
func Start(ctx context.Context) (*Server, error) { return startWith(ctx, "") }

// startWith starts a server with options of the server program besides its own.
func startWith(ctx context.Context, options string) (s *Server, err error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	s = &Server{bin: bin, options: options}
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, fmt.Errorf("postgrestest: %w", err)
	}
	if s.as != nil {
		err = os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid))
	}
	if err == nil {
		err = s.watchParent()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("postgrestest: %w", err), os.RemoveAll(s.dir))
	}
	err = s.run(ctx, "initdb", "--pgdata="+s.data(), "--auth=trust", "--username=filmgate", "--encoding=UTF8", "--locale=C", "--no-sync")
	if err == nil {
		err = s.Resume(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// programs returns the folder of PostgreSQL's programs. Debian keeps them out of the search path.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrMissing
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// unprivileged returns the user who runs the server; nil if that is the user of the tests.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // nil is a value of its own here
	}
	u, err := user.Lookup(account)
	if err != nil {
		return nil, fmt.Errorf("postgrestest: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("postgrestest: user %s: %w", account, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("postgrestest: user %s: %w", account, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...) //nolint:gosec // the programs are those of programs
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	return c
}

// run runs one of PostgreSQL's programs to its end.
func (s *Server) run(ctx context.Context, program string, args ...string) error {
	out, err := s.command(ctx, filepath.Join(s.bin, program), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("postgrestest: %s: %w: %s", program, err, bytes.TrimSpace(out))
	}
	return nil
}

// watchParent starts a shell that ends the server and removes its folder when the test program has gone, even by a signal that
// can't be handled.
func (s *Server) watchParent() error {
	s.watch = s.command(context.Background(), "/bin/sh", "-c", `read -r line; "$0" -D "$1/data" -m immediate stop; cd /; rm -rf "$1"`,
		filepath.Join(s.bin, "pg_ctl"), s.dir)
	in, err := s.watch.StdinPipe()
	if err != nil {
		return err
	}
	s.watched = in
	return s.watch.Start()
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	if err := errors.Join(s.watched.Close(), s.watch.Wait()); err != nil {
		return fmt.Errorf("postgrestest: stop: %w", err)
	}
	return os.RemoveAll(s.dir) // the folder itself may lie where the server's user can't remove it
}

// Crash ends the server as a loss of power would: nothing is written after it, and clients are cut off.
func (s *Server) Crash(ctx context.Context) error {
	return s.run(ctx, "pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop")
}

// Resume starts the server after a Crash, and returns when it accepts connections.
func (s *Server) Resume(ctx context.Context) error {
	return s.run(ctx, "pg_ctl", "-D", s.data(), "-l", filepath.Join(s.dir, "log"), "-w",
		"-o", "-c listen_addresses='' -c unix_socket_directories='"+s.dir+"' -c max_connections=300 -c shared_buffers=32MB "+s.options, "start")
}

// Socket returns the folder of the server's socket.
func (s *Server) Socket() string { return s.dir }

// URL returns the URL of a database of the server.
func (s *Server) URL(database string) string {
	return "postgres://filmgate@/" + database + "?host=" + url.QueryEscape(s.dir)
}

// NewDatabase creates an empty database for a test and returns its URL. It is gone with the server: to drop it would sync all
// files of the cluster, which takes longer than most tests.
func (s *Server) NewDatabase(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprint("test_", s.databases.Add(1))
	if err := s.exec(tb.Context(), "CREATE DATABASE "+name); err != nil {
		tb.Fatal(err)
	}
	return s.URL(name)
}

// NewSchema creates an empty schema for a test and returns the URL of its database with the schema as the only one searched. It
// is made faster than a database, but shares the database's connections, settings and advisory locks with other schemas.
func (s *Server) NewSchema(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprint("test_", s.databases.Add(1))
	if err := s.exec(tb.Context(), "CREATE SCHEMA "+name); err != nil {
		tb.Fatal(err)
	}
	return s.URL("postgres") + "&search_path=" + name
}

func (s *Server) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return fmt.Errorf("postgrestest: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return fmt.Errorf("postgrestest: %s: %w", statement, err)
	}
	return nil
}
