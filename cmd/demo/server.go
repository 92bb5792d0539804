package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// patience is how long the server may take to listen, and to end.
const patience = 40 * time.Second

// server is a running server.
type server struct {
	cmd *exec.Cmd
	url string // "http://127.0.0.1:PORT"
	end func() // kills it, for one that does not stop
}

// start runs the server on a free loopback port, and returns once it listens.
func (d demo) start(ctx context.Context, data string) (*server, error) {
	// It gets its signal from stop alone: a Ctrl-C ends the demo first, which then stops it in order.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	s := &server{cmd: exec.CommandContext(life, d.program, "serve"), end: end}
	s.cmd.Env = d.environment("FILMGATE_ADDR=127.0.0.1:0", "FILMGATE_DATA="+data, "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8", "FILMGATE_LOG=warn")
	s.cmd.Stderr = os.Stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	said, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		end()
		return nil, fmt.Errorf("start the server: %w", err)
	}
	late := time.AfterFunc(patience, end)
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok && late.Stop() {
			s.url = url
			go func() { _, _ = io.Copy(io.Discard, said) }() // whatever else it says must not fill the pipe
			_, err = fmt.Fprintln(d.out, lines.Text())
			return s, err
		}
	}
	end()
	return nil, errors.Join(errors.New("the server ended before it listened"), s.cmd.Wait())
}

// stop asks the server to end, by its process id, and waits until it has.
func (s *server) stop() error {
	defer s.end()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	defer time.AfterFunc(patience, s.end).Stop()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server did not end well: %w", err)
	}
	return nil
}

// environment is this program's own, without settings that someone else made, with the given ones and the key.
func (d demo) environment(settings ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "FILMGATE_") {
			env = append(env, v)
		}
	}
	return append(env, append(settings, "FILMGATE_API_KEY="+d.key)...)
}
