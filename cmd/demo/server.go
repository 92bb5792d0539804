package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/process"
)

// patience limits how long the server may take to listen.
const patience = 40 * time.Second

// start runs the server on a free loopback port, and returns once it listens. Only End signals it: Ctrl-C ends the demo, which then ends
// the server.
func (d demo) start(ctx context.Context, data string) (*process.Server, error) {
	c := exec.Command(d.program, "serve") //nolint:noctx // End ends it
	c.Env = d.environment("FILMGATE_ADDR=127.0.0.1:0", "FILMGATE_DATA="+data, "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8", "FILMGATE_LOG=warn")
	c.Stderr = os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	starting, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	s, err := process.Start(starting, c, nil)
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	_, err = fmt.Fprintln(d.out, "listening on", s.URL)
	return s, err
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
