//go:build unix

package media

import (
	"os/exec"
	"syscall"
)

// TerminateGroup asks all processes of a started Command to end.
func TerminateGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// KillGroup ends all processes of a started Command at once. It may be called when the program itself has ended: a process that is left in
// its group keeps the group's number from being used again.
func KillGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
