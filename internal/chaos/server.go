package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/process"
)

const (
	key        = "a key of the chaos run, 0123456789"
	startPause = 200 * time.Millisecond // between two starts, while the server can't start
)

// server is a server's process, or the next one after it was killed.
type server struct {
	name    string // "2 (api)"
	program string
	env     []string
	log     *os.File     // standard error of all its processes
	clock   *clock       // of all its processes; nil = that of the machine
	base    atomic.Value // "http://127.0.0.1:PORT"; "" while none runs

	mu      sync.Mutex
	running *process.Server // nil = none
	ahead   time.Duration   // of the processes' wall clock
	starts  int
	kills   int
	failed  int      // starts that failed, because the database or the disk could not be used
	died    []string // how processes ended that nobody had killed
}

func newServer(name, program, log string, env []string) (*server, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	s := &server{name: name, program: program, env: append(os.Environ(), env...), log: f}
	s.base.Store("")
	return s, nil
}

// url returns the server's base URL; "" while it does not run.
func (s *server) url() string { return s.base.Load().(string) }

// start starts a process, again and again until one listens or ctx ends.
func (s *server) start(ctx context.Context) error {
	for {
		err := s.startOnce(ctx)
		if err == nil {
			return nil
		}
		s.mu.Lock()
		s.failed++
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(startPause):
		}
	}
}

func (s *server) startOnce(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := exec.Command(s.program, "serve") //nolint:noctx // it is ended by signals
	c.Env, c.Stderr = s.env, s.log
	endWithParent(c)
	var start func() error // as usual
	if s.clock != nil {
		start = func() error { return s.clock.start(c, s.ahead) }
	}
	running, err := process.Start(ctx, c, start)
	if err != nil {
		return fmt.Errorf("chaos: %w", err)
	}
	s.running, s.starts = running, s.starts+1
	s.base.Store(running.URL)
	return nil
}

// turn sets the wall clock of the process, and of those after it.
func (s *server) turn(ahead time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = ahead
	if s.running == nil {
		return nil
	}
	select {
	case <-s.running.Ended:
		return nil // end says so
	default:
		return s.clock.set(s.running.Cmd.Process.Pid, ahead)
	}
}

// kill ends the process by SIGKILL.
func (s *server) kill() {
	_ = s.end(syscall.SIGKILL)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kills++
}

// stop ends the process by SIGTERM. The error says if it has not ended well, or had ended before.
func (s *server) stop() error { return s.end(syscall.SIGTERM) }

func (s *server) end(signal syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	err := s.running.End(signal)
	if errors.Is(err, process.ErrEnded) {
		s.died = append(s.died, s.running.Cmd.ProcessState.String())
	}
	s.running = nil
	s.base.Store("")
	return err
}

// close kills the process and closes the log.
func (s *server) close() error {
	_ = s.end(syscall.SIGKILL)
	return s.log.Close()
}
