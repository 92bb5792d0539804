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

// patience limits how long the server may take to listen, and to end.
const patience = 40 * time.Second

// server is a running server.
type server struct {
	cmd  *exec.Cmd
	url  string // "http://127.0.0.1:PORT"
	kill func() // kills the server
}

// start runs the server on a free loopback port, and returns once it listens.
func (d demo) start(ctx context.Context, data string) (*server, error) {
	// Only stop signals the server. Ctrl-C ends the demo, which then stops the server.
	life, kill := context.WithCancel(context.WithoutCancel(ctx))
	s := &server{cmd: exec.CommandContext(life, d.program, "serve"), kill: kill}
	s.cmd.Env = d.environment("FILMGATE_ADDR=127.0.0.1:0", "FILMGATE_DATA="+data, "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8", "FILMGATE_LOG=warn")
	s.cmd.Stderr = os.Stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		kill()
		return nil, fmt.Errorf("start the server: %w", err)
	}
	late := time.AfterFunc(patience, kill)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok && late.Stop() {
			s.url = url
			go func() { _, _ = io.Copy(io.Discard, stdout) }() // more output must not fill the pipe
			_, err = fmt.Fprintln(d.out, lines.Text())
			return s, err
		}
	}
	kill()
	return nil, errors.Join(errors.New("the server ended before it listened"), s.cmd.Wait())
}

// stop asks the server to end with SIGTERM, and waits until it has. It kills a server that does not end in time.
func (s *server) stop() error {
	defer s.kill()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	defer time.AfterFunc(patience, s.kill).Stop()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended with an error: %w", err)
	}
	return nil
}

// environment returns this program's environment without its FILMGATE_ variables, with the given settings and the key.
func (d demo) environment(settings ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "FILMGATE_") {
			env = append(env, v)
		}
	}
	return append(env, append(settings, "FILMGATE_API_KEY="+d.key)...)
}
