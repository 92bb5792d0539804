package media

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// pipeGrace is how long Wait reads on from the pipes of a child that has been killed.
const pipeGrace = time.Second

// Command prepares the program name with args as a child in a process group of its own. When ctx ends, the whole
// group is killed at once, so that nothing the child started outlives the work: there is nothing to save, for what a
// cancelled child was making is thrown away, and a later kill could meet a group that no longer is ours.
// Wait then returns ctx's error, or the child's own if it had already ended.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	cmd.WaitDelay = pipeGrace
	return cmd
}
