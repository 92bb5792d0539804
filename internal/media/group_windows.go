package media

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// killTime is how long taskkill may take.
const killTime = 10 * time.Second

// newProcessGroup puts a child into a group of its own, which console events can be sent to.
func newProcessGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// TerminateGroup sends Ctrl+Break to all processes of a started Command that share this process's console.
func TerminateGroup(cmd *exec.Cmd) error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(cmd.Process.Pid)) //nolint:gosec // Windows' process ids have 32 bits
}

// KillGroup ends a started Command and the processes that descend from it, by the program taskkill of Windows. If the program itself has
// ended, those that it left are not found any more.
func KillGroup(cmd *exec.Cmd) error {
	ctx, stop := context.WithTimeout(context.Background(), killTime)
	defer stop()
	err := exec.CommandContext(ctx, "taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run() //nolint:gosec // a number
	if err == nil {
		return nil
	}
	return errors.Join(err, cmd.Process.Kill())
}
