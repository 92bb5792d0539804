package chaos

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	key        = "a key of the chaos run, 0123456789"
	startPause = 200 * time.Millisecond // between two starts, while the server can't start
	stopTime   = 40 * time.Second       // the server itself promises 30 s
)

// server is the server's process, or the next one after it was killed.
type server struct {
	program string
	env     []string
	log     *os.File     // standard error of all its processes
	clock   *clock       // of all its processes; nil = that of the machine
	base    atomic.Value // "http://127.0.0.1:PORT"; "" while none runs

	mu     sync.Mutex
	cmd    *exec.Cmd
	ended  chan struct{} // closed when cmd has ended
	ahead  time.Duration // of the processes' wall clock
	starts int
	failed int      // starts that failed, because the database or the disk could not be used
	died   []string // how processes ended that nobody had killed
}

func newServer(program, log string, env []string) (*server, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	s := &server{program: program, env: append(os.Environ(), env...), log: f}
	s.base.Store("")
	return s, nil
}

// url returns the server's base URL; "" while it does not run.
func (s *server) url() string { return s.base.Load().(string) }

// start starts a process, again and again until one listens or ctx ends.
func (s *server) start(ctx context.Context) error {
	for {
		err := s.startOnce()
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

func (s *server) startOnce() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := exec.Command(s.program, "serve") //nolint:noctx // it is ended by signals
	c.Env, c.Stderr = s.env, s.log
	endWithParent(c)
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	start := c.Start
	if s.clock != nil {
		start = func() error { return s.clock.start(c, s.ahead) }
	}
	if err := start(); err != nil {
		return err
	}
	printed := bufio.NewReader(out)
	line, err := printed.ReadString('\n')
	base, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		_ = c.Process.Kill()
		return fmt.Errorf("chaos: the server printed %q, %w; %w", line, err, c.Wait())
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, printed)
		_ = c.Wait()
		close(ended)
	}()
	s.cmd, s.ended, s.starts = c, ended, s.starts+1
	s.base.Store(base)
	return nil
}

// turn sets the wall clock of the process, and of those after it.
func (s *server) turn(ahead time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = ahead
	if s.cmd == nil {
		return nil
	}
	select {
	case <-s.ended:
		return nil // end says so
	default:
		return s.clock.set(s.cmd.Process.Pid, ahead)
	}
}

// kill ends the process by SIGKILL.
func (s *server) kill() { _ = s.end(syscall.SIGKILL) }

// stop ends the process by SIGTERM. The error says if it has not ended well, or had ended before.
func (s *server) stop() error { return s.end(syscall.SIGTERM) }

func (s *server) end(signal syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return nil
	}
	defer func() { s.cmd = nil; s.base.Store("") }()
	select {
	case <-s.ended:
		s.died = append(s.died, s.cmd.ProcessState.String())
		return fmt.Errorf("it had ended by itself: %v", s.cmd.ProcessState)
	default:
	}
	_ = s.cmd.Process.Signal(signal)
	select {
	case <-s.ended:
	case <-time.After(stopTime):
		_ = s.cmd.Process.Kill()
		<-s.ended
		return fmt.Errorf("it had not ended after %v", stopTime)
	}
	if signal == syscall.SIGTERM && !s.cmd.ProcessState.Success() {
		return fmt.Errorf("it ended with %v", s.cmd.ProcessState)
	}
	return nil
}

// close kills the process and closes the log.
func (s *server) close() error {
	s.kill()
	return s.log.Close()
}
