package media

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// killGrace is how long a child may take to end by itself after SIGTERM before its group is killed.
const killGrace = 3 * time.Second

// Command prepares the program name with args as a child in a process group of its own. When ctx ends, the whole
// group gets SIGTERM, and SIGKILL after three seconds, so that nothing the child started outlives the work.
// Wait then returns ctx's error, or the child's own if it had already ended.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		pgid := -cmd.Process.Pid
		time.AfterFunc(killGrace, func() { _ = syscall.Kill(pgid, syscall.SIGKILL) })
		return syscall.Kill(pgid, syscall.SIGTERM)
	}
	cmd.WaitDelay = killGrace
	return cmd
}
