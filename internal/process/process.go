// Package process starts a server as a process, as people do, and ends it. The demo, the chaos run and tests use it.
package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

// stopTime is how long a process has to end after a signal; filmgate itself promises 30 s.
const stopTime = 40 * time.Second

// ErrEnded is that of a process which had ended before it was to be ended.
var ErrEnded = errors.New("the server had ended by itself")

// Server is a process that listens.
type Server struct {
	URL   string // "http://127.0.0.1:PORT"
	Cmd   *exec.Cmd
	Ended <-chan struct{} // closed when the process has ended and Cmd.ProcessState is set
}

// Start starts a command by start, nil = its own Start, and returns when it prints "listening on URL" as a line of its standard output.
// It kills the process if ctx ends before, or if the process ends its output. Later output is dropped. The error has what was printed.
func Start(ctx context.Context, c *exec.Cmd, start func() error) (*Server, error) {
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if start == nil {
		start = c.Start
	}
	if err := start(); err != nil {
		if c.Process != nil {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
		return nil, err
	}
	keep := context.AfterFunc(ctx, func() { _ = c.Process.Kill() })
	var printed strings.Builder
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
		if ok && err == nil && keep() {
			ended := make(chan struct{})
			var reading panics.Group
			reading.Go(func() {
				_, _ = io.Copy(io.Discard, lines)
				_ = c.Wait()
				close(ended)
			})
			return &Server{url, c, ended}, nil
		}
		printed.WriteString(line)
		if ok || err != nil {
			_ = c.Process.Kill()
			return nil, fmt.Errorf("the server ended before it listened: it printed %q; %w", printed.String(), errors.Join(c.Wait(), ctx.Err()))
		}
	}
}

// End sends a signal to the process and returns when it has ended, which it must within 40 seconds: then it is killed. The error says if
// it was killed so, if it ended with an error after SIGTERM, or if it had ended before (ErrEnded).
func (s *Server) End(signal syscall.Signal) error {
	select {
	case <-s.Ended:
		return fmt.Errorf("%w: %v", ErrEnded, s.Cmd.ProcessState)
	default:
	}
	_ = s.Cmd.Process.Signal(signal)
	late := time.NewTimer(stopTime)
	defer late.Stop()
	select {
	case <-s.Ended:
	case <-late.C:
		_ = s.Cmd.Process.Kill()
		<-s.Ended
		return fmt.Errorf("the server had not ended after %v", stopTime)
	}
	if signal == syscall.SIGTERM && !s.Cmd.ProcessState.Success() {
		return fmt.Errorf("the server ended with %v", s.Cmd.ProcessState)
	}
	return nil
}
