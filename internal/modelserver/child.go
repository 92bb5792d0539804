package modelserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"

	"github.com/filmgate/filmgate/internal/media"
)

// processChild is a child as a process, with a process group of its own.
type processChild struct {
	cmd *exec.Cmd
	end context.CancelFunc
}

// startProcess starts a program. On Linux the kernel kills it if this process is killed, but not what it has started itself.
func startProcess(p Program, out *output) (child, error) {
	if p.Dir != "" {
		if _, err := os.Stat(p.Dir); err != nil {
			return nil, err // else the program would be said not to exist
		}
	}
	ctx, end := context.WithCancel(context.Background()) // it outlives the request that started it; its Supervisor ends it
	cmd := media.Command(ctx, p.Path, p.Args...)
	cmd.Dir, cmd.Env = p.Dir, append(withoutSecrets(os.Environ()), p.Env...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		end()
		return nil, err
	}
	return &processChild{cmd, end}, nil
}

func (c *processChild) pid() int { return c.cmd.Process.Pid }

func (c *processChild) wait() error {
	err := c.cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) { // it ended, but a process that it left has its output
		return nil
	}
	return err
}

func (c *processChild) terminate() { _ = media.TerminateGroup(c.cmd) }

// kill may be called when the program itself has ended.
func (c *processChild) kill() {
	_ = media.KillGroup(c.cmd)
	c.end()
}

// checkFree returns an error if something listens at an address.
func checkFree(ctx context.Context, addr string) error {
	if addr == "" {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("its address %s is in use by another program: end that one, or take another port for both base_url and the server", addr)
	case err != nil:
		return fmt.Errorf("its address can't be listened on: %w", err)
	}
	return l.Close()
}

// cause returns the error of a start without the path of the program, which its reader knows.
func cause(err error) error {
	if e := (*exec.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) && e.Op == "fork/exec" {
		return e.Err
	}
	return err
}

// secretName matches the names of variables and options whose values are secrets.
var secretName = regexp.MustCompile(`(?i)key|token|secret|passw|credential`)

// SecretName reports whether the value of a variable or of a command's option of this name is likely a secret.
func SecretName(name string) bool { return secretName.MatchString(name) }

// withoutSecrets returns the environment without what is Filmgate's own or a secret.
func withoutSecrets(environ []string) []string {
	var out []string
	for _, one := range environ {
		name, _, _ := strings.Cut(one, "=")
		if !SecretName(name) && !strings.HasPrefix(name, "FILMGATE_") && !strings.HasPrefix(name, "AWS_") {
			out = append(out, one)
		}
	}
	return out
}
