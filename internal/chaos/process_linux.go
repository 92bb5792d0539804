package chaos

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the kernel kill the process if this one dies.
func endWithParent(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
